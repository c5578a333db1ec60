//! Public keys of those who shall read what is encrypted.

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::algorithms::{ContentEncryption, KeyManagement};
use super::content;
use super::error::EncryptError;
use super::key_agreement::{self, Parties};
use crate::Secret;
use crate::algorithm::Family;
use crate::backend::{self, AgreementKey, OaepPublicKey};
use crate::digest::{base64url, push_base64url};
use crate::error::KeyError;
use crate::jwk::{Jwk, public_member};
use crate::numbers::coordinates;
use crate::verify::{check_rsa, ec_point};

/// The operations of RFC 7517 §4.3 that one who encrypts needs.
const OPERATIONS: [&str; 4] = ["encrypt", "wrapKey", "deriveKey", "deriveBits"];

/// A public key that messages are encrypted for. Cloning is cheap.
#[derive(Clone)]
pub struct EncryptionKey {
    kid: Option<String>,
    family: Family,
    algorithms: Vec<KeyManagement>,
    public: Arc<Public>,
}

enum Public {
    Rsa(OaepPublicKey),
    /// A point on the curve, uncompressed.
    Point(Vec<u8>),
}

/// How a message is encrypted, and what it is.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// How the key of the content reaches the recipient.
    pub alg: KeyManagement,
    /// How the content is encrypted.
    pub enc: ContentEncryption,
    /// `cty`: `JWT` where a signed token is inside (RFC 7519 §5.2).
    pub cty: Option<&'a str>,
}

impl EncryptionKey {
    /// Checks and parses the public part of `jwk`; private members are not looked at.
    ///
    /// Refused are keys reserved for signatures, symmetric keys, RSA moduli outside 2048 to 8192 bits, points that are not
    /// on their curve, and an `alg` that is no algorithm for this kind of key.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        let family = jwk.family()?;
        if !jwk.allows("enc", &OPERATIONS) {
            return Err(KeyError::NotForEncryption);
        }
        let algorithms = algorithms(jwk, family)?;
        let public = if family == Family::Rsa {
            let (n, e) = (public_member(jwk.n.as_ref(), "n")?, public_member(jwk.e.as_ref(), "e")?);
            check_rsa(&n, &e)?;
            Public::Rsa(OaepPublicKey::new(&n, &e).map_err(|_| KeyError::Inconsistent)?)
        } else {
            Public::Point(point_on_curve(jwk, family)?)
        };
        Ok(Self { kid: jwk.kid.clone(), family, algorithms, public: Arc::new(public) })
    }

    /// The key's name, where it has one.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether messages may be encrypted for it in this way.
    pub fn accepts(&self, alg: KeyManagement) -> bool {
        self.algorithms.contains(&alg)
    }

    /// Encrypts `plaintext` in compact form (RFC 7516 §7.1). The header has `alg`, `enc`, and what there is of `kid`, `cty`
    /// and `epk`.
    pub fn encrypt(&self, envelope: &Envelope<'_>, plaintext: &[u8]) -> Result<String, EncryptError> {
        let Envelope { alg, enc, cty } = *envelope;
        if !self.accepts(alg) {
            return Err(EncryptError::UnsupportedAlgorithm);
        }
        let mut header = json!({ "alg": alg.as_str(), "enc": enc.as_str() });
        for (name, value) in [("kid", self.kid()), ("cty", cty)] {
            if let Some(value) = value {
                header[name] = value.into();
            }
        }
        let (content_key, encrypted_key) = match &*self.public {
            Public::Rsa(key) => {
                let content_key = content::fresh_key(enc)?;
                let encrypted = key.encrypt(content_key.expose())?;
                (content_key, encrypted)
            }
            Public::Point(point) => {
                let (agreed, ephemeral) = self.agree(point, (alg, enc))?;
                header["epk"] = ephemeral;
                if alg.wrapping_bytes().is_some() {
                    let content_key = content::fresh_key(enc)?;
                    let wrapped = key_agreement::wrap(&agreed, &content_key)?;
                    (content_key, wrapped)
                } else {
                    (agreed, Vec::new())
                }
            }
        };
        let mut message = base64url(header.to_string().as_bytes());
        let sealed = content::seal(enc, &content_key, message.as_bytes(), plaintext)?;
        for part in [encrypted_key, sealed.iv, sealed.ciphertext, sealed.tag] {
            message.push('.');
            push_base64url(&mut message, &part);
        }
        Ok(message)
    }

    /// The agreed key, and the public half of the key that was made for this message.
    fn agree(
        &self,
        point: &[u8],
        algorithms: (KeyManagement, ContentEncryption),
    ) -> Result<(Secret<Vec<u8>>, Value), EncryptError> {
        let own = AgreementKey::generate(self.family)?;
        let public = own.point()?;
        let (x, y) = coordinates(self.family, &public).ok_or(EncryptError::Library)?;
        let (kty, crv) = self.family.key_type_and_curve();
        let ephemeral = json!({ "kty": kty, "crv": crv, "x": base64url(x), "y": base64url(y) });
        Ok((key_agreement::agree(&own, point, algorithms, Parties::default())?, ephemeral))
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EncryptionKey")
            .field("kid", &self.kid)
            .field("accepts", &self.algorithms)
            .finish_non_exhaustive()
    }
}

/// The one algorithm that the key names, else all of its kind.
pub(super) fn algorithms(jwk: &Jwk, family: Family) -> Result<Vec<KeyManagement>, KeyError> {
    let of_family = KeyManagement::all().iter().copied().filter(|alg| alg.fits(family));
    let named = |alg: &KeyManagement| jwk.alg.as_deref().is_none_or(|name| name == alg.as_str());
    let found: Vec<_> = of_family.filter(named).collect();
    match (found.is_empty(), &jwk.alg) {
        (false, _) => Ok(found),
        (true, Some(_)) => Err(KeyError::UnsupportedAlgorithm),
        (true, None) => Err(KeyError::UnsupportedKeyType),
    }
}

/// The point of a key, after it was found to be on its curve.
pub(super) fn point_on_curve(jwk: &Jwk, family: Family) -> Result<Vec<u8>, KeyError> {
    if matches!(family, Family::Rsa | Family::Ed25519) {
        return Err(KeyError::UnsupportedKeyType);
    }
    let point = ec_point(jwk, family)?;
    if backend::is_on_curve(family, &point) { Ok(point) } else { Err(KeyError::Inconsistent) }
}
