//! The key that access tokens are bound to.

use std::fmt;

use symbolon_jose::{Algorithm, Jwk, KeyError, SigningKey, VerifyingKey};

use crate::error::Error;
use crate::signer::{ClientKey, Signer};
use crate::wire::ProviderMetadata;

/// What a key is made for where the provider leaves the choice, the best first: small proofs, known everywhere.
const PREFERRED: [Algorithm; 6] =
    [Algorithm::ES256, Algorithm::EdDSA, Algorithm::ES384, Algorithm::ES512, Algorithm::PS256, Algorithm::RS256];

/// A key that access tokens are bound to (RFC 9449). Cloning is cheap. `Debug` shows no key.
///
/// Tokens outlive the process only with their key: whoever keeps refresh tokens of a public client keeps the key, too.
///
/// ```
/// use symbolon_client::{Client, DpopKey};
///
/// let key = DpopKey::generate()?;
/// let client = Client::builder("https://login.example.com", "my-app").dpop(key.clone()).build()?;
///
/// // To be kept where only the program reads, and to go on with after a restart:
/// let kept = serde_json::to_string(&key.private_jwk())?;
/// let key = DpopKey::from_jwk(&serde_json::from_str(&kept)?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct DpopKey {
    pub(super) key: ClientKey,
    /// The public key as it stands in proofs: nothing but the numbers.
    pub(super) public: Jwk,
    thumbprint: String,
    private: Option<Jwk>,
}

impl DpopKey {
    /// A fresh key for ES256, in memory.
    ///
    /// # Errors
    /// [`KeyError::Library`] when the cryptographic library fails.
    pub fn generate() -> Result<Self, KeyError> {
        Self::of(SigningKey::generate(Algorithm::ES256, String::new())?)
    }

    /// A fresh key for an algorithm that the provider takes, in memory.
    ///
    /// # Errors
    /// [`KeyError::UnsupportedAlgorithm`] when all of the provider's algorithms are unknown here.
    pub fn generate_for(metadata: &ProviderMetadata) -> Result<Self, KeyError> {
        let offered = &metadata.dpop_signing_alg_values_supported;
        let takes = |algorithm: &Algorithm| {
            offered.is_empty() || offered.iter().any(|name| Algorithm::parse(name) == Some(*algorithm))
        };
        let algorithm = PREFERRED.into_iter().find(takes).ok_or(KeyError::UnsupportedAlgorithm)?;
        Self::of(SigningKey::generate(algorithm, String::new())?)
    }

    /// A key that was kept: a private JWK.
    ///
    /// # Errors
    /// [`KeyError`] for a key that is not private, not whole, or not for signatures.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        Self::of(SigningKey::from_jwk(jwk)?)
    }

    /// A key that is elsewhere, such as in a security module.
    ///
    /// # Errors
    /// [`KeyError`] when the signer's public key cannot be used.
    pub fn new(signer: impl Signer) -> Result<Self, KeyError> {
        Self::assemble(ClientKey::new(signer), None)
    }

    /// The thumbprint of the key (RFC 7638), which bound tokens name as `jkt`.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The algorithm of proofs.
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// The private key, to be kept; `None` for one that is elsewhere.
    pub fn private_jwk(&self) -> Option<&Jwk> {
        self.private.as_ref()
    }

    fn of(key: SigningKey) -> Result<Self, KeyError> {
        let private = Jwk { kid: None, use_: None, ..key.to_private_jwk() };
        Self::assemble(ClientKey::new(key), Some(private))
    }

    fn assemble(key: ClientKey, private: Option<Jwk>) -> Result<Self, KeyError> {
        let shown = key.public_jwk();
        let thumbprint = VerifyingKey::from_jwk(&shown)?.thumbprint().to_owned();
        let Jwk { kty, crv, x, y, n, e, .. } = shown;
        Ok(Self { key, public: Jwk { kty, crv, x, y, n, e, ..Jwk::default() }, thumbprint, private })
    }

    /// The name of the algorithm, if the provider takes it (RFC 9449 §5.1).
    pub(super) fn algorithm_at(&self, metadata: &ProviderMetadata) -> Result<&'static str, Error> {
        self.key.algorithm_among(&metadata.dpop_signing_alg_values_supported, "dpop_signing_alg_values_supported")
    }
}

impl fmt::Debug for DpopKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DpopKey").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_key_is_the_same_key() {
        let key = DpopKey::generate().unwrap();
        let kept = serde_json::to_string(key.private_jwk().unwrap()).unwrap();
        let back = DpopKey::from_jwk(&serde_json::from_str(&kept).unwrap()).unwrap();
        assert_eq!((back.thumbprint(), back.algorithm()), (key.thumbprint(), Algorithm::ES256));
        let text = format!("{key:?}");
        assert!(!text.contains(key.private_jwk().unwrap().d.as_ref().unwrap().expose()), "{text}");
        assert!(DpopKey::from_jwk(&key.private_jwk().unwrap().to_public()).is_err(), "the private half is missing");
    }

    #[test]
    fn a_new_key_is_one_that_the_provider_takes() {
        let mut metadata = ProviderMetadata::new("https://as.example");
        assert_eq!(DpopKey::generate_for(&metadata).unwrap().algorithm(), Algorithm::ES256);
        metadata.dpop_signing_alg_values_supported = vec!["ES384".into(), "Ed25519".into(), "HS256".into()];
        assert_eq!(DpopKey::generate_for(&metadata).unwrap().algorithm(), Algorithm::EdDSA);
        metadata.dpop_signing_alg_values_supported = vec!["none".into()];
        assert_eq!(DpopKey::generate_for(&metadata).unwrap_err(), KeyError::UnsupportedAlgorithm);
    }
}
