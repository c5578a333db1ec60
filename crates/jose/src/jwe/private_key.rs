//! Private keys that open what was encrypted for them.

use std::fmt;
use std::sync::Arc;

use super::algorithms::KeyManagement;
use super::key_agreement::{self, Parties};
use super::message::JweHeader;
use super::public_key::{EncryptionKey, point_on_curve};
use crate::algorithm::{Algorithm, Family};
use crate::backend::{AgreementKey, OaepPrivateKey, Refused};
use crate::error::KeyError;
use crate::jwk::Jwk;
use crate::numbers::{rsa_numbers, sized_private};
use crate::{Secret, SigningKey};

/// A private key with its name. It opens whatever its kind of key can open; the `alg` that it is published with is what
/// senders are asked to use. Cloning is cheap.
#[derive(Clone)]
pub struct DecryptionKey {
    kid: String,
    family: Family,
    private: Arc<Jwk>,
    pair: Arc<Pair>,
}

enum Pair {
    Rsa(OaepPrivateKey),
    Curve(AgreementKey),
}

impl DecryptionKey {
    /// A fresh key for `alg`, named `kid`: RSA with 2048 bits, or P-256.
    pub fn generate(alg: KeyManagement, kid: String) -> Result<Self, KeyError> {
        // The two kinds of key are the same numbers whatever they are used for.
        let source = if alg.fits(Family::Rsa) { Algorithm::RS256 } else { Algorithm::ES256 };
        let numbers = SigningKey::generate(source, kid.clone())?.to_private_jwk();
        let jwk = Jwk {
            use_: Some("enc".to_owned()),
            alg: Some(alg.as_str().to_owned()),
            kid: Some(kid),
            key_ops: None,
            ..numbers
        };
        Self::from_jwk(&jwk)
    }

    /// Reads a private key; without `kid` its thumbprint is its name. Private and public members must belong together.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        let family = jwk.family()?;
        if !jwk.allows("enc", &["decrypt", "unwrapKey", "deriveKey", "deriveBits"]) {
            return Err(KeyError::NotForEncryption);
        }
        // All that is asked of a public key holds here as well.
        EncryptionKey::from_jwk(&Jwk { key_ops: None, ..jwk.to_public() })?;
        let pair = if family == Family::Rsa {
            Pair::Rsa(OaepPrivateKey::new(&rsa_numbers(jwk)?).map_err(|_| KeyError::Inconsistent)?)
        } else {
            let scalar = sized_private(jwk, family)?;
            let key = AgreementKey::from_scalar(family, scalar.expose()).map_err(|_| KeyError::Inconsistent)?;
            if key.point().map_err(|_| KeyError::Library)? != point_on_curve(jwk, family)? {
                return Err(KeyError::Inconsistent);
            }
            Pair::Curve(key)
        };
        let kid = jwk.kid.clone().unwrap_or_else(|| jwk.thumbprint());
        let private = Jwk { use_: Some("enc".to_owned()), kid: Some(kid.clone()), ..jwk.clone() };
        Ok(Self { kid, family, private: Arc::new(private), pair: Arc::new(pair) })
    }

    /// Reads a private key from PEM, as [`Jwk::from_pem`] does; its thumbprint is its name.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        Self::from_jwk(&Jwk::from_pem(pem)?)
    }

    /// The key with its private members, to be sealed and stored.
    pub fn to_private_jwk(&self) -> Jwk {
        (*self.private).clone()
    }

    /// The public key, to be published: with `use` `enc` and `kid`.
    pub fn public_jwk(&self) -> Jwk {
        self.private.to_public()
    }

    /// The key's name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Whether it opens messages of this kind.
    pub fn accepts(&self, alg: KeyManagement) -> bool {
        alg.fits(self.family)
    }

    /// The key of a message's content.
    pub(super) fn content_key(&self, header: &JweHeader, encrypted: &[u8]) -> Result<Secret<Vec<u8>>, Refused> {
        match &*self.pair {
            Pair::Rsa(key) => key.decrypt(encrypted),
            Pair::Curve(key) => {
                let ephemeral = header.ephemeral.as_deref().ok_or(Refused)?;
                if ephemeral.family().map_err(|_| Refused)? != self.family {
                    return Err(Refused);
                }
                let point = point_on_curve(ephemeral, self.family).map_err(|_| Refused)?;
                let [producer, recipient] = &header.parties;
                let agreed =
                    key_agreement::agree(key, &point, (header.alg, header.enc), Parties { producer, recipient })?;
                match header.alg.wrapping_bytes() {
                    Some(_) => key_agreement::unwrap(&agreed, encrypted),
                    // RFC 7516 §5.2, step 10: nothing stands where a wrapped key would.
                    None if encrypted.is_empty() => Ok(agreed),
                    None => Err(Refused),
                }
            }
        }
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DecryptionKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}
