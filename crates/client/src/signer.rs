//! Whoever signs for the client: a key in memory, a security module, a key service.
//!
//! [`Signer`] is what such a one has to answer, [`ClientKey`] one that was given to this crate. Messages are put together
//! here, so that every JWT that the client signs has its header in the same form; what stands in them is the business of
//! whoever asks.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, Jwk, SigningKey, VerifyingKey, digest};

use crate::error::Error;

/// What a [`Signer`] gives back: the signature, or why there is none.
#[cfg(not(target_arch = "wasm32"))]
pub type SignatureFuture<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, SignerError>> + Send + 'a>>;
/// What a [`Signer`] gives back: the signature, or why there is none.
#[cfg(target_arch = "wasm32")]
pub type SignatureFuture<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, SignerError>> + 'a>>;

/// Somebody who can sign with a private key: a key in memory ([`SigningKey`]), a security module, a key service.
///
/// ```
/// use symbolon_client::{Algorithm, Jwk, SignatureFuture, Signer, SignerError};
///
/// struct SecurityModule {
///     public: Jwk,
/// }
///
/// impl Signer for SecurityModule {
///     fn public_jwk(&self) -> Jwk {
///         self.public.clone()
///     }
///
///     fn algorithm(&self) -> Algorithm {
///         Algorithm::ES256
///     }
///
///     fn sign<'a>(&'a self, message: &'a [u8]) -> SignatureFuture<'a> {
///         Box::pin(async move { Err(SignerError::new("the module is not connected")) })
///     }
/// }
/// ```
pub trait Signer: Send + Sync + 'static {
    /// The public key. Its `kid` is named in what is signed; private members are removed before it is shown to anybody.
    fn public_jwk(&self) -> Jwk;

    /// The algorithm it signs with.
    fn algorithm(&self) -> Algorithm;

    /// The signature over `message`, in the form of RFC 7518 §3: for ECDSA the two numbers one after the other, not DER.
    fn sign<'a>(&'a self, message: &'a [u8]) -> SignatureFuture<'a>;
}

/// Why a signer did not sign; the text is shown to whoever called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerError(String);

impl SignerError {
    /// With a reason, which must not contain a secret.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for SignerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for SignerError {}

impl Signer for SigningKey {
    fn public_jwk(&self) -> Jwk {
        Self::public_jwk(self)
    }

    fn algorithm(&self) -> Algorithm {
        Self::algorithm(self)
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> SignatureFuture<'a> {
        let signature = self.sign_bytes(message).map_err(|error| SignerError::new(error.to_string()));
        Box::pin(std::future::ready(signature))
    }
}

/// A private key of the client's, in memory or elsewhere. Cloning is cheap.
///
/// ```
/// use symbolon_client::{Algorithm, ClientKey, SigningKey};
///
/// let key = ClientKey::new(SigningKey::generate(Algorithm::ES256, "my-key".into())?);
/// println!("{:?}", key.public_jwk());
/// # Ok::<(), symbolon_client::KeyError>(())
/// ```
#[derive(Clone)]
pub struct ClientKey(Arc<dyn Signer>);

impl ClientKey {
    /// The key of `signer`.
    pub fn new(signer: impl Signer) -> Self {
        Self(Arc::new(signer))
    }

    /// The public key, as it is published in the client's `jwks`.
    pub fn public_jwk(&self) -> Jwk {
        self.0.public_jwk().to_public()
    }

    /// The algorithm it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }

    /// The public key, if it is one that somebody can check signatures with.
    pub(crate) fn usable_public_jwk(&self) -> Result<Jwk, Error> {
        usable_public_jwk(&*self.0)
    }

    /// The name of the algorithm as a list of the provider's spells it; `member` is that list's name.
    pub(crate) fn algorithm_among(&self, offered: &[String], member: &str) -> Result<&'static str, Error> {
        spelling(self.algorithm(), offered).ok_or_else(|| {
            let (own, list) = (self.algorithm(), offered.join(", "));
            Error::Configuration(format!("the key signs with {own}, and '{member}' of the provider has only {list}"))
        })
    }

    /// A JWT with `alg` and `kid` in its header, and a `typ` where there is one.
    pub(crate) async fn sign_jwt(&self, alg: &str, typ: Option<&str>, claims: &Value) -> Result<String, Error> {
        let mut header = Map::new();
        header.insert("alg".to_owned(), alg.into());
        if let Some(kid) = self.0.public_jwk().kid {
            header.insert("kid".to_owned(), kid.into());
        }
        if let Some(typ) = typ {
            header.insert("typ".to_owned(), typ.into());
        }
        sign_message(&*self.0, &header, claims).await
    }

    /// A JWT with exactly this header.
    pub(crate) async fn sign_message(&self, header: &Map<String, Value>, claims: &Value) -> Result<String, Error> {
        sign_message(&*self.0, header, claims).await
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClientKey").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

/// The signer's key, fit to be shown.
pub(crate) fn usable_public_jwk(signer: &dyn Signer) -> Result<Jwk, Error> {
    let key = signer.public_jwk().to_public();
    VerifyingKey::from_jwk(&key)
        .map_err(|error| Error::Argument(format!("the signer's public key cannot be used: {error}")))?;
    Ok(key)
}

pub(crate) async fn sign_message(
    signer: &dyn Signer,
    header: &Map<String, Value>,
    claims: &Value,
) -> Result<String, Error> {
    let header = serde_json::to_vec(header).unwrap_or_default();
    let message = format!("{}.{}", digest::base64url(&header), digest::base64url(claims.to_string().as_bytes()));
    let signature = signer.sign(message.as_bytes()).await.map_err(|error| Error::Signer(error.to_string()))?;
    Ok(format!("{message}.{}", digest::base64url(&signature)))
}

/// The name of `algorithm` in a list, which may use the newer one (RFC 9864 §2.2). An empty list says nothing.
fn spelling(algorithm: Algorithm, offered: &[String]) -> Option<&'static str> {
    let names = [algorithm.as_str(), if algorithm == Algorithm::EdDSA { "Ed25519" } else { algorithm.as_str() }];
    let listed = names.into_iter().find(|name| offered.iter().any(|offer| offer == name));
    if offered.is_empty() { Some(algorithm.as_str()) } else { listed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_algorithm_is_named_as_the_provider_spells_it() {
        let offered = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(spelling(Algorithm::EdDSA, &offered(&["Ed25519"])), Some("Ed25519"));
        assert_eq!(spelling(Algorithm::EdDSA, &offered(&["Ed25519", "EdDSA"])), Some("EdDSA"));
        assert_eq!(spelling(Algorithm::ES256, &[]), Some("ES256"));
        assert_eq!(spelling(Algorithm::ES256, &offered(&["ES384", "es256"])), None);
    }

    #[test]
    fn debug_shows_no_key() {
        let key = SigningKey::generate(Algorithm::ES256, "name".into()).unwrap();
        let private = key.to_private_jwk();
        let text = format!("{:?}", ClientKey::new(key));
        assert!(!text.contains(private.d.unwrap().expose()) && !text.contains(&private.x.unwrap()), "{text}");
    }
}
