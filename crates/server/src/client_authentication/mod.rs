//! Client authentication (RFC 6749 §2.3, RFC 7523 §2.2, OpenID Connect Core §9) for the token and revocation endpoints:
//! `client_secret_basic`, `client_secret_post`, `private_key_jwt`, `client_secret_jwt`, `none`, and with
//! certificates (RFC 8705 §2) `tls_client_auth` and `self_signed_tls_client_auth`. A client may use the method that it
//! registered and no other. An unknown client, another method and a wrong secret get the same answer after the same kind
//! of work, so that nobody learns which clients there are and how they authenticate; which it was is in the log.

mod assertion;
mod audience;
mod certificate;
mod federation;
mod mac;

use std::ops::Deref;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use percent_encoding::percent_decode_str;
use symbolon_store::WriteError;
use symbolon_types::{ClientAuthenticationMethod as Method, ClientId, ErrorCode, GrantType};

use crate::audit::Event;
use crate::clients::secret::{SentSecret, Verdict};
use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::dpop::{self, Proof};
use crate::error::{OAuthError, in_log};
use crate::exchange::Request;
use crate::params::Params;
use crate::security_profile::Rule;
use crate::trail;
use assertion::UnusedAssertion;

/// A client that has proved who it is, by the one method that it registered. Only this module makes one.
#[derive(Clone, Debug)]
pub struct AuthenticatedClient {
    client: Arc<RegisteredClient>,
    method: Method,
}

impl AuthenticatedClient {
    /// How it authenticated.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The client.
    pub fn registered(&self) -> &Arc<RegisteredClient> {
        &self.client
    }

    /// The one gate to a grant type: is it registered for the client, and may a client of its kind use it
    /// (RFC 6749 §5.2, §4.4).
    pub fn admit(&self, grant_type: GrantType) -> Result<(), OAuthError> {
        if grant_type == GrantType::ClientCredentials && self.is_public() {
            return Err(OAuthError::invalid_grant("A public client must not use the grant_type 'client_credentials'."));
        }
        if grant_type == GrantType::JwtBearer && self.is_public() {
            // Whoever finds an assertion could use it in the name of a client that anybody can name (RFC 7521 §6.3).
            let hint = "A public client must not use the grant_type 'urn:ietf:params:oauth:grant-type:jwt-bearer'.";
            return Err(OAuthError::new(ErrorCode::UnauthorizedClient, hint));
        }
        if grant_type == GrantType::Ciba && self.is_public() {
            // OpenID Connect CIBA §7.1: whoever may ask a person out of the blue has authenticated.
            let hint = "A public client must not use the grant_type 'urn:openid:params:grant-type:ciba'.";
            return Err(OAuthError::new(ErrorCode::UnauthorizedClient, hint));
        }
        if grant_type == GrantType::TokenExchange && self.is_public() {
            // Whoever finds a token could exchange it in the name of a client that anybody can name (RFC 8693 §5).
            let hint = "A public client must not use the grant_type 'urn:ietf:params:oauth:grant-type:token-exchange'.";
            return Err(OAuthError::new(ErrorCode::UnauthorizedClient, hint));
        }
        if self.allows_grant(grant_type) {
            return Ok(());
        }
        let hint = format!("The client is not registered for the grant_type '{}'.", grant_type.as_str());
        Err(OAuthError::new(ErrorCode::UnauthorizedClient, hint))
    }
}

impl Deref for AuthenticatedClient {
    type Target = RegisteredClient;

    fn deref(&self) -> &RegisteredClient {
        &self.client
    }
}

/// What a request brings to prove who it is.
enum Credentials<'r> {
    Assertion(&'r str),
    Basic { client_id: String, secret: String },
    Post { client_id: &'r str, secret: &'r str },
    None { client_id: &'r str },
}

/// A client that proved who it is, with an assertion that must still be used up.
struct Identified {
    client: AuthenticatedClient,
    assertion: Option<UnusedAssertion>,
}

impl Identified {
    fn by(client: Arc<RegisteredClient>, method: Method) -> Self {
        Self { client: AuthenticatedClient { client, method }, assertion: None }
    }

    fn by_assertion(client: Arc<RegisteredClient>, method: Method, assertion: UnusedAssertion) -> Self {
        Self { client: AuthenticatedClient { client, method }, assertion: Some(assertion) }
    }

    async fn conclude(self, context: &Context) -> Result<AuthenticatedClient, OAuthError> {
        permitted(context, &self.client)?;
        if let Some(assertion) = self.assertion {
            assertion.use_up(context).await?;
        }
        let (client_id, method) = (self.client.id().as_str(), self.client.method);
        trail::note_client(client_id);
        // Who has nothing to prove with is only found.
        if method != Method::None {
            trail::tell(&Event::ClientAuthenticated { client_id, method: method.as_str() });
        }
        Ok(self.client)
    }
}

/// The client that a request is said to be of, before anything of that is checked; none where it does not say so in its
/// body.
pub fn claimed(params: &Params) -> Option<ClientId> {
    let asserted = || assertion::claimed_in(params.get(assertion::PARAMETER)?);
    params.get("client_id").map(ClientId::from).or_else(asserted)
}

/// The authenticated client of a request.
pub async fn authenticate(
    context: &Context,
    http: &Request,
    params: &Params,
) -> Result<AuthenticatedClient, OAuthError> {
    let failed = |fault| failed(http, params, fault);
    identify(context, http, params).await.map_err(failed)?.conclude(context).await.map_err(failed)
}

/// The authenticated client of a request that may have a DPoP proof, and the proof. Who is sent back for the sake of the
/// proof, as for a nonce, may come again with the same assertion (RFC 9449 §8).
pub async fn authenticate_with_proof(
    context: &Context,
    http: &Request,
    params: &Params,
) -> Result<(AuthenticatedClient, Option<Proof>), OAuthError> {
    let failed = |fault| failed(http, params, fault);
    let identified = identify(context, http, params).await.map_err(failed)?;
    let proof = dpop::read(context, http, None)?;
    if proof.is_some() && identified.client.metadata().tls_client_certificate_bound_access_tokens {
        return Err(dpop::invalid("The tokens of the client are bound to its certificate, and to no DPoP key."));
    }
    Ok((identified.conclude(context).await.map_err(failed)?, proof))
}

/// Tells of a failed authentication. RFC 6749 §5.2: whoever came with the Authorization header is answered with a challenge
/// of its scheme. This hangs on what was sent alone, so that it says nothing about the client.
fn failed(http: &Request, params: &Params, fault: OAuthError) -> OAuthError {
    if !fault.status().is_server_error() {
        let of_header = || basic(http.header(&AUTHORIZATION)?).ok().map(|(client_id, _)| client_id);
        let client_id = claimed(params).map(|id| id.as_str().to_owned()).or_else(of_header);
        let client_id = client_id.as_deref().map(in_log);
        let reason = in_log(fault.reason.as_deref().unwrap_or(&fault.hint));
        let (error, client_id) = (fault.code.as_str(), client_id.as_deref());
        trail::tell(&Event::ClientAuthenticationFailed { client_id, error, reason: &reason });
    }
    let challenge = fault.code == ErrorCode::InvalidClient && http.headers.contains_key(AUTHORIZATION);
    OAuthError { challenge, ..fault }
}

async fn identify(context: &Context, http: &Request, params: &Params) -> Result<Identified, OAuthError> {
    let sent = |secret| SentSecret { secret, sender: http.address };
    let (client, method) = match read(http, params)? {
        Credentials::Assertion(assertion) => return assertion::identify(context, http, params, assertion).await,
        Credentials::Basic { client_id, .. } if params.get("client_id").is_some_and(|other| other != client_id) => {
            return Err(OAuthError::invalid_request(
                "Parameter 'client_id' is not the client of the Authorization header.",
            ));
        }
        Credentials::Basic { client_id, secret } if secret.is_empty() => {
            (public(context, &client_id).await?, Method::None)
        }
        Credentials::Basic { client_id, secret } => {
            let method = Method::ClientSecretBasic;
            (confidential(context, &client_id, sent(&secret), method).await?, method)
        }
        Credentials::Post { client_id, secret } => {
            let method = Method::ClientSecretPost;
            (confidential(context, client_id, sent(secret), method).await?, method)
        }
        Credentials::None { client_id } => without_secret(context, http, client_id).await?,
    };
    Ok(Identified::by(client, method))
}

/// A method that a security profile does not allow authenticates nobody, also where the client has registered it before.
fn permitted(context: &Context, client: &AuthenticatedClient) -> Result<(), OAuthError> {
    if !clients::documents::is_admitted(context, client) {
        return Err(OAuthError::invalid_client("documents at its host do not count"));
    }
    let broken = [Rule::ConfidentialClients, Rule::AuthenticationByKey]
        .into_iter()
        .any(|rule| client.is_held_to(&context.config, rule) && !clients::change::admits(rule, client.method));
    if broken {
        let hint = "The security profile wants clients to authenticate with 'private_key_jwt' or mutual TLS.";
        return Err(OAuthError::new(ErrorCode::InvalidClient, hint));
    }
    Ok(())
}

fn read<'r>(http: &'r Request, params: &'r Params) -> Result<Credentials<'r>, OAuthError> {
    let header = http.headers.get(AUTHORIZATION);
    let asserted = params.get("client_assertion").or_else(|| params.get("client_assertion_type")).is_some();
    let secret = params.get("client_secret");
    if usize::from(header.is_some()) + usize::from(asserted) + usize::from(secret.is_some()) > 1 {
        // RFC 6749 §2.3: not more than one method in each request.
        return Err(OAuthError::invalid_request("The request authenticates the client in more than one way."));
    }
    if asserted {
        return Ok(Credentials::Assertion(assertion::of_request(params)?));
    }
    if let Some(header) = header {
        let text = header.to_str().map_err(|_| malformed())?;
        let (client_id, secret) = basic(text)?;
        return Ok(Credentials::Basic { client_id, secret });
    }
    let Some(client_id) = params.get("client_id") else {
        return Err(OAuthError::invalid_request(
            "Client credentials are missing: send them in the Authorization header or in the body.",
        ));
    };
    Ok(match secret {
        Some(secret) => Credentials::Post { client_id, secret },
        None => Credentials::None { client_id },
    })
}

fn malformed() -> OAuthError {
    OAuthError::invalid_request("The Authorization header is not well-formed Basic authentication.")
}

/// RFC 6749 §2.3.1: user and password are form-encoded before they are base64-encoded.
pub(crate) fn basic(header: &str) -> Result<(String, String), OAuthError> {
    let (scheme, credentials) = header.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let decoded = STANDARD.decode(credentials.trim()).map_err(|_| malformed())?;
    let text = String::from_utf8(decoded).map_err(|_| malformed())?;
    let (client_id, secret) = text.split_once(':').ok_or_else(malformed)?;
    Ok((form_decode(client_id)?, form_decode(secret)?))
}

fn form_decode(text: &str) -> Result<String, OAuthError> {
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let escaped = bytes.get(at + 1..at + 3);
        if *byte == b'%' && !escaped.is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)) {
            return Err(OAuthError::invalid_request(
                "Client credentials in the Authorization header must be form-encoded before base64 (RFC 6749, section 2.3.1).",
            ));
        }
    }
    let spaced = text.replace('+', " ");
    Ok(percent_decode_str(&spaced).decode_utf8().map_err(|_| malformed())?.into_owned())
}

async fn confidential(
    context: &Context,
    client_id: &str,
    sent: SentSecret<'_>,
    method: Method,
) -> Result<Arc<RegisteredClient>, OAuthError> {
    let found = clients::find(context, &ClientId::from(client_id)).await?;
    let hashes = found.as_ref().map_or(&[][..], |client| client.record().secrets.as_slice());
    let verdict = context.clients.secrets.judge(client_id, hashes, sent).await?;
    let client = found.ok_or_else(|| OAuthError::invalid_client("unknown client"))?;
    require_method(&client, method)?;
    match verdict {
        Verdict::Wrong => return Err(OAuthError::invalid_client("wrong secret")),
        Verdict::Right => {}
        Verdict::Outdated(place) => renew(context, &client, place, sent.secret).await?,
    }
    Ok(client)
}

/// Keeps a secret in today's form from now on, so that old system secrets and foreign hashes can be retired. If the client
/// is being changed at this moment, or many hashes wait, the next use does it: the secret is right in any case.
async fn renew(context: &Context, client: &RegisteredClient, place: usize, secret: &str) -> Result<(), OAuthError> {
    let Some(outdated) = client.record().secrets.get(place) else { return Ok(()) };
    match context.clients.secrets.renew(client.id().as_str(), outdated, secret).await {
        Ok(renewed) => keep(context, client, place, renewed).await,
        Err(busy) if busy.code == ErrorCode::TemporarilyUnavailable => Ok(()),
        Err(fault) => Err(fault),
    }
}

/// Writes another form of the secret at this place.
async fn keep(context: &Context, client: &RegisteredClient, place: usize, stored: String) -> Result<(), OAuthError> {
    let mut changed = (**client.record()).clone();
    let Some(secret) = changed.secrets.get_mut(place) else { return Ok(()) };
    *secret = stored;
    match context.store.replace_client(&changed, client.revision()).await {
        Ok(()) | Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => Ok(()),
        Err(fault) => Err(fault.into()),
    }
}

/// A client that sends its id alone: a public one, or one that shows a certificate.
async fn without_secret(
    context: &Context,
    http: &Request,
    client_id: &str,
) -> Result<(Arc<RegisteredClient>, Method), OAuthError> {
    let found = clients::find(context, &ClientId::from(client_id)).await?;
    let client = found.ok_or_else(|| OAuthError::invalid_client("unknown client"))?;
    if client.is_public() {
        return Ok((client, Method::None));
    }
    let method = certificate::check(context, http, &client).await?;
    Ok((client, method))
}

async fn public(context: &Context, client_id: &str) -> Result<Arc<RegisteredClient>, OAuthError> {
    let Some(client) = clients::find(context, &ClientId::from(client_id)).await? else {
        return Err(OAuthError::invalid_client("unknown client"));
    };
    require_method(&client, Method::None)?;
    Ok(client)
}

/// The registered method is the only one, or one of those of a document. Asked after the work of a check, which is the same for every method.
fn require_method(client: &RegisteredClient, used: Method) -> Result<(), OAuthError> {
    let registered = client.authentication_methods();
    if registered.contains(&used) {
        return Ok(());
    }
    let registered: Vec<&str> = registered.iter().map(|method| method.as_str()).collect();
    let (registered, used) = (registered.join(" or "), used.as_str());
    Err(OAuthError::invalid_client(format!("registered for the method {registered}, used {used}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_decoded() {
        let header = format!("Basic {}", STANDARD.encode("a%3Ab:p%20q+r%25"));
        assert_eq!(basic(&header).unwrap(), ("a:b".to_owned(), "p q r%".to_owned()));
    }

    #[test]
    fn stray_percent_signs_are_refused() {
        assert!(basic(&format!("Basic {}", STANDARD.encode("a:100%"))).is_err());
        assert!(basic("Basic !!!").is_err());
        assert!(basic("Bearer abc").is_err());
    }
}
