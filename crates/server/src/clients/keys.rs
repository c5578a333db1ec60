//! The public keys of a client: those in its metadata, or those at its `jwks_uri`, which are kept for a while. What was
//! signed with a key that is not among them makes them be fetched again. Anybody can send such a thing in a client's
//! name, so there is a pause between two fetches of one address, whoever asks and however often. Keys of issuers that the
//! operator names are looked for in the same way.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_jose::digest::sha256;
use symbolon_jose::jwe::{EncryptionKey, KeyManagement};
use symbolon_jose::{JwkSet, Jws, JwsError, Verified, VerifyingKey};

use super::{KeySource, RegisteredClient};
use crate::clock::Clock;
use crate::config::IssuerKeys;
use crate::confirmation::CertificateThumbprint;
use crate::context::Context;
use crate::error::OAuthError;
use crate::outbound::{Fetched, NamedAddress, NamedBy, Outbound};

/// How long fetched keys are used without asking again, in seconds.
const KEPT: i64 = 300;
/// Shortest time between two fetches of one address, in seconds, when none of the known keys made a signature, or when
/// nothing is known. A client that begins to use a new key, under whatever name, has to wait no longer than this.
const PAUSE: i64 = 5;
/// Largest key set that is read.
const LIMIT_BYTES: usize = 512 * 1024;
/// Most keys of a set that are used.
const MOST_KEYS: usize = 64;
/// How many key sets are kept.
const SETS: usize = 1_024;

/// Why something is not known to be signed by a client.
#[derive(Debug)]
pub enum VerificationFault {
    /// No key of the client made the signature.
    Signature(JwsError),
    /// No key of the client is for the encryption that it asks for.
    NoEncryptionKey,
    /// The client's keys are elsewhere and could not be fetched.
    Unreachable,
}

impl From<VerificationFault> for OAuthError {
    fn from(fault: VerificationFault) -> Self {
        match fault {
            VerificationFault::Signature(fault) => Self::invalid_client(fault.to_string()),
            VerificationFault::NoEncryptionKey => Self::invalid_client("no key for encryption"),
            VerificationFault::Unreachable => Self::invalid_client("the client's keys could not be fetched"),
        }
    }
}

/// What a client publishes to be known by, and to be written to.
#[derive(Debug, Default)]
pub struct ClientKeys {
    /// Keys with which it signs.
    pub verifying: Vec<VerifyingKey>,
    /// Keys with which something is encrypted for it, those that say so first.
    pub encrypting: Vec<EncryptionKey>,
    /// Certificates with which it authenticates (RFC 8705 §2.2).
    pub certificates: Vec<CertificateThumbprint>,
}

/// Fetched key sets by address.
pub type FetchedKeys = Fetched<ClientKeys>;

/// No keys fetched yet.
pub fn nothing_fetched(clock: &Clock) -> FetchedKeys {
    Fetched::new(clock, SETS)
}

/// Checks a signature with the keys of the client that is said to have made it.
pub async fn verify(context: &Context, client: &RegisteredClient, jws: &Jws) -> Result<Verified, VerificationFault> {
    let check = |keys: &ClientKeys| jws.verify_with(&keys.verifying).map_err(VerificationFault::Signature);
    with_keys(context, client, check).await
}

/// The key with which something is encrypted for the client.
pub async fn encryption_key(
    context: &Context,
    client: &RegisteredClient,
    alg: KeyManagement,
) -> Result<EncryptionKey, VerificationFault> {
    let check = |keys: &ClientKeys| keys.for_encryption(alg).cloned().ok_or(VerificationFault::NoEncryptionKey);
    with_keys(context, client, check).await
}

/// Whether the client published the certificate of this hash. Neither its dates nor its names count (RFC 8705 §2.2).
pub async fn published(
    context: &Context,
    client: &RegisteredClient,
    certificate: CertificateThumbprint,
) -> Result<(), VerificationFault> {
    let foreign = || VerificationFault::Signature(JwsError::NoMatchingKey);
    let check = |keys: &ClientKeys| keys.certificates.contains(&certificate).then_some(()).ok_or_else(foreign);
    with_keys(context, client, check).await
}

/// Checks a signature with the keys of an issuer that the operator named.
pub async fn verify_issuer(
    context: &Context,
    (issuer, keys): (&str, &IssuerKeys),
    jws: &Jws,
) -> Result<Verified, VerificationFault> {
    let source = match keys {
        IssuerKeys::Listed(set) => KeySource::Embedded(Arc::new(ClientKeys::of(set))),
        IssuerKeys::Published(address) => KeySource::At(NamedAddress::new(address, NamedBy::Operator)),
    };
    let check = |keys: &ClientKeys| jws.verify_with(&keys.verifying).map_err(VerificationFault::Signature);
    with_keys_of(context, (&source, issuer), check).await
}

/// Checks something with the keys of a client, and where that fails with those that it has published since.
async fn with_keys<T>(
    context: &Context,
    client: &RegisteredClient,
    check: impl Fn(&ClientKeys) -> Result<T, VerificationFault>,
) -> Result<T, VerificationFault> {
    with_keys_of(context, (client.key_source(), client.id().as_str()), check).await
}

/// The same with the keys that are there. `whose` is for the log.
async fn with_keys_of<T>(
    context: &Context,
    (source, whose): (&KeySource, &str),
    check: impl Fn(&ClientKeys) -> Result<T, VerificationFault>,
) -> Result<T, VerificationFault> {
    let address = match source {
        KeySource::Embedded(keys) => return check(keys),
        KeySource::At(address) => address,
    };
    let known = match context.clients.fetched_keys.kept(address, KEPT) {
        Some(keys) => keys,
        None => fetched(context, whose, address).await?,
    };
    let fault = match check(&known) {
        Ok(checked) => return Ok(checked),
        Err(fault) => fault,
    };
    let latest = fetched(context, whose, address).await?;
    if Arc::ptr_eq(&latest, &known) { Err(fault) } else { check(&latest) }
}

/// The keys at an address, fetched now unless that was tried a moment ago.
async fn fetched(context: &Context, whose: &str, address: &NamedAddress) -> Result<Arc<ClientKeys>, VerificationFault> {
    let fetch = |known| {
        let (outbound, address, whose) = (context.outbound.clone(), address.clone(), whose.to_owned());
        async move {
            match fetch(&outbound, &address).await {
                Ok(keys) => Some(Arc::new(keys)),
                Err(reason) => {
                    tracing::warn!(of = whose, reason, "keys could not be fetched");
                    // Whose server is down for a moment keeps working with the keys that are known.
                    known
                }
            }
        }
    };
    context.clients.fetched_keys.get(address, |_| PAUSE, fetch).await.ok_or(VerificationFault::Unreachable)
}

async fn fetch(outbound: &Outbound, address: &NamedAddress) -> Result<ClientKeys, String> {
    let body = outbound.get(address, LIMIT_BYTES).await.map_err(|fault| fault.to_string())?;
    let set: JwkSet = serde_json::from_slice(&body).map_err(|fault| fault.to_string())?;
    Ok(ClientKeys::of(&set))
}

impl ClientKeys {
    /// Those of a set.
    pub fn of(set: &JwkSet) -> Self {
        Self { verifying: verifying(set), encrypting: encrypting(set), certificates: certificates(set) }
    }

    /// The key for an algorithm.
    pub fn for_encryption(&self, alg: KeyManagement) -> Option<&EncryptionKey> {
        self.encrypting.iter().find(|key| key.accepts(alg))
    }
}

/// The certificates of a set: the first of each `x5c` is the client's own (RFC 7517 §4.7).
fn certificates(set: &JwkSet) -> Vec<CertificateThumbprint> {
    let own = set.keys.iter().filter_map(|jwk| jwk.x5c.as_ref()?.first());
    let ders = own.filter_map(|text| STANDARD.decode(text).ok());
    ders.map(|der| CertificateThumbprint::from_bytes(sha256(&der))).take(MOST_KEYS).collect()
}

/// The keys of a set that verify signatures: those for encryption, and those that cannot be used, are left out.
fn verifying(set: &JwkSet) -> Vec<VerifyingKey> {
    let signs = |use_: &Option<String>| use_.as_deref().is_none_or(|use_| use_ == "sig");
    set.keys
        .iter()
        .filter(|jwk| signs(&jwk.use_))
        .filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok())
        .take(MOST_KEYS)
        .collect()
}

/// The keys of a set that something can be encrypted with. Those without `use` come last: they may be meant for signatures
/// alone.
fn encrypting(set: &JwkSet) -> Vec<EncryptionKey> {
    let (named, others): (Vec<_>, Vec<_>) = set.keys.iter().partition(|jwk| jwk.use_.as_deref() == Some("enc"));
    let usable = named.into_iter().chain(others).filter_map(|jwk| EncryptionKey::from_jwk(jwk).ok());
    usable.take(MOST_KEYS).collect()
}
