//! The proof of possession: a JWT with the public key in its header, over the provider's nonce, signed by the caller.

use std::fmt;
use std::future::Future;

use serde_json::json;
use symbolon_jose::{Algorithm, Jwk, SigningKey, digest};

use super::CredentialNonce;
use crate::client::Client;
use crate::error::Error;

/// The `typ` of a proof.
const TYPE: &str = "openid4vci-proof+jwt";

/// Somebody who can sign with a private key: a key in memory ([`SigningKey`]), a security module, a key service.
///
/// ```
/// use symbolon_client::{Algorithm, Jwk, ProofSigner, SignerError};
///
/// struct SecurityModule {
///     public: Jwk,
/// }
///
/// impl ProofSigner for SecurityModule {
///     fn public_jwk(&self) -> Jwk {
///         self.public.clone()
///     }
///
///     fn algorithm(&self) -> Algorithm {
///         Algorithm::ES256
///     }
///
///     async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
///         Err(SignerError::new("the module is not connected"))
///     }
/// }
/// ```
pub trait ProofSigner: Sync {
    /// The public key. Private members are removed before it is sent.
    fn public_jwk(&self) -> Jwk;

    /// The algorithm it signs with.
    fn algorithm(&self) -> Algorithm;

    /// The signature over `message`, in the form of RFC 7518 §3: for ECDSA the two numbers one after the other, not DER.
    fn sign(&self, message: &[u8]) -> impl Future<Output = Result<Vec<u8>, SignerError>> + Send;
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

impl ProofSigner for SigningKey {
    fn public_jwk(&self) -> Jwk {
        Self::public_jwk(self)
    }

    fn algorithm(&self) -> Algorithm {
        Self::algorithm(self)
    }

    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.sign_bytes(message).map_err(|error| SignerError::new(error.to_string()))
    }
}

/// The signer's key, fit to be shown.
pub(super) fn public_key(signer: &impl ProofSigner) -> Result<Jwk, Error> {
    let key = signer.public_jwk().to_public();
    symbolon_jose::VerifyingKey::from_jwk(&key)
        .map_err(|error| Error::Argument(format!("the signer's public key cannot be used: {error}")))?;
    Ok(key)
}

/// The proof over `nonce`, for the provider of `client`.
pub(super) async fn make(
    client: &Client,
    key: &Jwk,
    nonce: &CredentialNonce,
    signer: &impl ProofSigner,
) -> Result<String, Error> {
    let header = json!({ "typ": TYPE, "alg": signer.algorithm(), "jwk": key });
    let mut claims = json!({
        "aud": client.issuer(),
        "iat": client.inner().clock.now(),
        "nonce": nonce.value.expose(),
    });
    if !client.client_id().is_empty() {
        claims["iss"] = client.client_id().into();
    }
    let part = |value: &serde_json::Value| digest::base64url(value.to_string().as_bytes());
    let message = format!("{}.{}", part(&header), part(&claims));
    let signature = signer.sign(message.as_bytes()).await.map_err(|error| Error::Signer(error.to_string()))?;
    Ok(format!("{message}.{}", digest::base64url(&signature)))
}

#[cfg(test)]
mod tests {
    use symbolon_jose::{Jws, Secret, VerifyingKey};

    use super::*;

    #[tokio::test]
    async fn proof_is_signed_by_the_key_it_shows() {
        let client = Client::builder("https://as.example", "app").build().unwrap();
        let nonce = CredentialNonce { value: Secret::new("n".to_owned()), lifetime_seconds: None };
        for algorithm in [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA, Algorithm::PS256] {
            let signer = SigningKey::generate(algorithm, "k".into()).unwrap();
            let key = public_key(&signer).unwrap();
            let proof = Jws::parse(&make(&client, &key, &nonce, &signer).await.unwrap()).unwrap();
            let shown = proof.header().jwk.as_deref().unwrap();
            assert!(!shown.is_private());
            assert_eq!(proof.header().typ.as_deref(), Some(TYPE));
            let claims = proof.verify(&VerifyingKey::from_jwk(shown).unwrap()).unwrap().claims;
            assert_eq!(claims["aud"], "https://as.example");
            assert_eq!((claims["nonce"].as_str(), claims["iss"].as_str()), (Some("n"), Some("app")));
        }
    }
}
