//! Private keys that sign.
//!
//! A [`SigningKey`] belongs to one algorithm and one name. It is parsed once and kept, because parsing costs more than
//! half of an RSA signature, and the header of its usual messages is encoded once as well. Where keys are kept, sealed,
//! rotated and published is the server's business; this module makes them, reads them and writes them as JWK
//! (RFC 7517, RFC 7518 §6, RFC 8037 §2).

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::algorithm::{Algorithm, Family};
use crate::backend::{self, KeyPair};
use crate::digest::{base64url, push_base64url};
use crate::error::{KeyError, SignError};
use crate::jwk::Jwk;
use crate::numbers::{private_jwk, private_numbers};
use crate::verify::VerifyingKey;

/// The `typ` whose header is kept ready encoded.
const USUAL_TYPE: &str = "JWT";

/// A private key with its algorithm and name.
#[derive(Clone)]
pub struct SigningKey {
    algorithm: Algorithm,
    kid: String,
    pair: KeyPair,
    private: Jwk,
    /// The header without its closing brace: `{"alg":…,"kid":…`.
    header_start: String,
    /// The whole header for [`USUAL_TYPE`], in base64url.
    usual_header: String,
}

impl SigningKey {
    /// A fresh key for `algorithm`, named `kid`. RSA keys have 2048 bits, and take tens of milliseconds to make.
    pub fn generate(algorithm: Algorithm, kid: String) -> Result<Self, KeyError> {
        if !backend::FAMILIES.contains(&algorithm.family()) {
            return Err(KeyError::UnsupportedAlgorithm);
        }
        let pair = KeyPair::generate(algorithm, 2048).map_err(|_| KeyError::Library)?;
        Self::assemble(algorithm, kid, pair)
    }

    /// A fresh RSA key of 2048, 3072 or 4096 `bits` for one of the RSA algorithms, named `kid`. 4096 bits take up to
    /// seconds to make and sign six times slower than 2048.
    pub fn generate_rsa(algorithm: Algorithm, bits: u32, kid: String) -> Result<Self, KeyError> {
        if ![2048, 3072, 4096].contains(&bits) {
            return Err(KeyError::UnsupportedSize);
        }
        if algorithm.family() != Family::Rsa {
            return Err(KeyError::UnsupportedAlgorithm);
        }
        let pair = KeyPair::generate(algorithm, bits).map_err(|_| KeyError::Library)?;
        Self::assemble(algorithm, kid, pair)
    }

    /// Reads a private key. Without `alg` it signs with RS256, the algorithm of its curve, or `EdDSA`; without `kid` its
    /// thumbprint is its name.
    ///
    /// An RSA key needs all of `n e d p q dp dq qi` (two primes; RFC 7518 §6.3.2 lets senders leave out the last five, and
    /// such keys are refused). Private and public members must belong together.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        // All that is asked of a public key holds here as well: sizes, canonical members, `alg` of the right family.
        let public = VerifyingKey::from_jwk(jwk)?;
        if !jwk.allows("sig", &["sign"]) {
            return Err(KeyError::NotForSignatures);
        }
        let family = jwk.family()?;
        let algorithm = jwk.alg.as_deref().and_then(Algorithm::parse).unwrap_or(family.default_algorithm());
        let numbers = private_numbers(jwk, family)?;
        let pair = KeyPair::from_numbers(algorithm, &numbers).map_err(|_| KeyError::Inconsistent)?;
        let kid = jwk.kid.clone().unwrap_or_else(|| public.thumbprint().to_owned());
        Self::assemble(algorithm, kid, pair)
    }

    /// The key with its private members, to be sealed and stored.
    pub fn to_private_jwk(&self) -> Jwk {
        self.private.clone()
    }

    /// The public key, to be published: with `use` `sig`, `alg` and `kid`.
    pub fn public_jwk(&self) -> Jwk {
        self.private.to_public()
    }

    /// The algorithm that this key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key's name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Signs `payload`, written as JSON, in compact form (RFC 7515 §7.1). The header is `alg`, `kid` and, if given, `typ`.
    pub fn sign(&self, typ: Option<&str>, payload: &impl Serialize) -> Result<String, SignError> {
        let payload = serde_json::to_vec(payload).map_err(SignError::Payload)?;
        let mut message = String::with_capacity(self.usual_header.len() + payload.len() * 4 / 3 + 720);
        match typ {
            Some(USUAL_TYPE) => message.push_str(&self.usual_header),
            other => push_base64url(&mut message, self.header(other).as_bytes()),
        }
        message.push('.');
        push_base64url(&mut message, &payload);
        let signature = self.sign_bytes(message.as_bytes())?;
        message.push('.');
        push_base64url(&mut message, &signature);
        Ok(message)
    }

    /// Signs `payload`, written as JSON, under a header with any members at all, in compact form (RFC 7515 §7.1): `alg`
    /// first, then `header` as it is, in which `kid` is the caller's as well. A proof of possession (RFC 9449 §4.2) shows
    /// its key like this:
    ///
    /// ```
    /// use serde_json::json;
    /// use symbolon_jose::{Algorithm, Jws, SigningKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let key = SigningKey::generate(Algorithm::ES256, "proofs".to_owned())?;
    /// let header = json!({"typ": "dpop+jwt", "jwk": key.public_jwk().bare()});
    /// let proof = key.sign_with_header(header.as_object().ok_or("an object")?, &json!({"htm": "POST"}))?;
    /// assert!(Jws::parse(&proof)?.header().jwk.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// `header` may have `alg` if it names the key's algorithm: `Ed25519` instead of `EdDSA` (RFC 9864 §2.2). Another one,
    /// and `crit` and `b64`, which ask for what is not done here, are [`SignError::Header`].
    pub fn sign_with_header(&self, header: &Map<String, Value>, payload: &impl Serialize) -> Result<String, SignError> {
        let name = match header.get("alg") {
            None => self.algorithm.as_str(),
            Some(alg) => {
                let name = alg.as_str().filter(|name| Algorithm::parse(name) == Some(self.algorithm));
                name.ok_or(SignError::Header("alg"))?
            }
        };
        let mut message = signing_input(name, header, payload)?;
        let signature = self.sign_bytes(message.as_bytes())?;
        message.push('.');
        push_base64url(&mut message, &signature);
        Ok(message)
    }

    /// The bare signature over `message`, in the form of RFC 7515 §5.1: for messages that are
    /// put together elsewhere.
    pub fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.pair.sign(message).map_err(|_| SignError::Library)
    }

    fn header(&self, typ: Option<&str>) -> String {
        match typ {
            Some(typ) => format!("{},\"typ\":{}}}", self.header_start, serde_json::Value::from(typ)),
            None => format!("{}}}", self.header_start),
        }
    }

    fn assemble(algorithm: Algorithm, kid: String, pair: KeyPair) -> Result<Self, KeyError> {
        let numbers = pair.numbers().map_err(|_| KeyError::Library)?;
        let private = Jwk {
            use_: Some("sig".to_owned()),
            kid: Some(kid.clone()),
            alg: Some(algorithm.as_str().to_owned()),
            ..private_jwk(&numbers)?
        };
        let header_start = format!("{{\"alg\":\"{algorithm}\",\"kid\":{}", serde_json::Value::from(kid.as_str()));
        let mut key = Self { algorithm, kid, pair, private, header_start, usual_header: String::new() };
        key.usual_header = base64url(key.header(Some(USUAL_TYPE)).as_bytes());
        Ok(key)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// Header and payload as they are signed, with the dot between them: `alg` first, then the other members of `header`.
pub(crate) fn signing_input(
    alg: &str,
    header: &Map<String, Value>,
    payload: &impl Serialize,
) -> Result<String, SignError> {
    for refused in ["crit", "b64"] {
        if header.contains_key(refused) {
            return Err(SignError::Header(refused));
        }
    }
    let mut text = format!("{{\"alg\":{}", Value::from(alg));
    for (name, value) in header.iter().filter(|(name, _)| *name != "alg") {
        text.extend([",", &Value::from(name.as_str()).to_string(), ":", &value.to_string()]);
    }
    text.push('}');
    let payload = serde_json::to_vec(payload).map_err(SignError::Payload)?;
    let mut message = base64url(text.as_bytes());
    message.push('.');
    push_base64url(&mut message, &payload);
    Ok(message)
}
