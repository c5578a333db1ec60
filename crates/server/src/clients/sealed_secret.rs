//! Secrets of clients that authenticate with `client_secret_jwt` (OpenID Connect Core §9). A MAC can only be checked by
//! whoever has the secret itself, so these are stored sealed, and all others hashed. A secret stays in the form in which it
//! is stored: with a method that needs the other form, a client gets another secret.

use symbolon_jose::{MacAlgorithm, Secret, digest};
use symbolon_store::ClientRecord;
use symbolon_types::{Client, ClientAuthenticationMethod};

use crate::context::Context;
use crate::seal::kinds;

/// What a stored secret begins with that is sealed.
const SEALED: &str = "$symbolon-sealed$";
/// Length of generated secrets, in characters: enough for each algorithm (RFC 7518 §3.2).
pub const GENERATED_LENGTH: usize = 64;

/// Whether secrets of this method are stored sealed.
pub fn seals(method: ClientAuthenticationMethod) -> bool {
    method == ClientAuthenticationMethod::ClientSecretJwt
}

/// Whether a client of this method has a secret.
pub fn has_secret(method: ClientAuthenticationMethod) -> bool {
    use ClientAuthenticationMethod as Method;
    match method {
        Method::ClientSecretBasic | Method::ClientSecretPost | Method::ClientSecretJwt => true,
        Method::None | Method::PrivateKeyJwt | Method::TlsClientAuth | Method::SelfSignedTlsClientAuth => false,
    }
}

/// Whether a stored secret is sealed.
pub fn is_sealed(stored: &str) -> bool {
    stored.starts_with(SEALED)
}

/// Whether a client that has these secrets can authenticate with them by its method.
pub fn fit(method: ClientAuthenticationMethod, secrets: &[String]) -> bool {
    use ClientAuthenticationMethod as Method;
    match method {
        Method::None | Method::PrivateKeyJwt | Method::TlsClientAuth | Method::SelfSignedTlsClientAuth => true,
        Method::ClientSecretJwt => secrets.iter().all(|stored| is_sealed(stored)),
        Method::ClientSecretBasic | Method::ClientSecretPost => !secrets.iter().any(|stored| is_sealed(stored)),
    }
}

/// The algorithm of a client's MACs: the registered one, or HS256.
pub fn algorithm(client: &Client) -> Option<MacAlgorithm> {
    match client.token_endpoint_auth_signing_alg.as_str() {
        "" => Some(MacAlgorithm::HS256),
        name => MacAlgorithm::parse(name),
    }
}

/// The stored form of a secret. It names its client, so that it is nobody else's secret wherever it is written.
pub fn seal(context: &Context, client_id: &str, secret: &str) -> String {
    let plaintext = Secret::new(format!("{client_id}\0{secret}"));
    let sealed = context.seal.seal_bytes(kinds::CLIENT_SECRET, plaintext.expose().as_bytes());
    format!("{SEALED}{}", digest::base64url(&sealed))
}

/// A client's secret, read from its stored form.
pub fn open(context: &Context, client_id: &str, stored: &str) -> Option<Secret<String>> {
    let opened = context.seal.open_bytes(kinds::CLIENT_SECRET, &bytes(stored)?)?;
    let plaintext = Secret::new(String::from_utf8(opened).ok()?);
    let secret = plaintext.expose().strip_prefix(client_id)?.strip_prefix('\0')?;
    Some(Secret::new(secret.to_owned()))
}

/// Whether a stored secret was sealed under a system secret that is not the first one any more.
pub fn is_outdated(context: &Context, stored: &str) -> bool {
    bytes(stored).is_some_and(|sealed| !context.seal.is_newest(kinds::CLIENT_SECRET, &sealed))
}

/// Whether a text is one of a client's sealed secrets.
pub fn matches(context: &Context, record: &ClientRecord, text: &str) -> bool {
    let opened = |stored: &String| open(context, record.id.as_str(), stored);
    record.secrets.iter().filter_map(opened).any(|secret| secret.matches(text.as_bytes()))
}

fn bytes(stored: &str) -> Option<Vec<u8>> {
    digest::base64url_decode(stored.strip_prefix(SEALED)?)
}
