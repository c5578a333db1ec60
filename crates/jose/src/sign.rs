//! Private keys that sign.
//!
//! A [`SigningKey`] belongs to one algorithm and one name. It is parsed once and kept, because parsing costs more than
//! half of an RSA signature, and the header of its usual messages is encoded once as well. Where keys are kept, sealed,
//! rotated and published is the server's business; this module makes them, reads them and writes them as JWK
//! (RFC 7517, RFC 7518 §6, RFC 8037 §2).

use std::fmt;

use aws_lc_rs::encoding::{AsBigEndian, AsDer, EcPrivateKeyBin, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeyPairComponents, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaEncoding};
use serde::Serialize;

use crate::Secret;
use crate::algorithm::{Algorithm, Family};
use crate::der;
use crate::digest::{base64url, push_base64url};
use crate::error::{KeyError, SignError};
use crate::jwk::{Jwk, private_member, public_member};
use crate::verify::{VerifyingKey, ec_point};

/// The `typ` whose header is kept ready encoded.
const USUAL_TYPE: &str = "JWT";

/// A private key with its algorithm and name.
#[derive(Clone)]
pub struct SigningKey {
    algorithm: Algorithm,
    kid: String,
    pair: Pair,
    private: Jwk,
    /// The header without its closing brace: `{"alg":…,"kid":…`.
    header_start: String,
    /// The whole header for [`USUAL_TYPE`], in base64url.
    usual_header: String,
}

/// A key as the library wants it. Cloning shares the parsed key.
#[derive(Clone)]
enum Pair {
    Rsa(rsa::KeyPair, &'static dyn RsaEncoding),
    Ec(EcdsaKeyPair),
    Ed25519(std::sync::Arc<Ed25519KeyPair>),
}

impl SigningKey {
    /// A fresh key for `algorithm`, named `kid`. RSA keys have 2048 bits, and take tens of milliseconds to make.
    pub fn generate(algorithm: Algorithm, kid: String) -> Result<Self, KeyError> {
        match algorithm.family() {
            Family::Rsa => Self::generate_rsa(algorithm, 2048, kid),
            Family::Ed25519 => {
                let pair = Ed25519KeyPair::generate().map_err(|_| KeyError::Library)?;
                let private = ed25519_jwk(&pair)?;
                Ok(Self::assemble(algorithm, kid, Pair::Ed25519(pair.into()), private))
            }
            Family::P256 | Family::P384 | Family::P521 => {
                let pair = EcdsaKeyPair::generate(ec_signing(algorithm)).map_err(|_| KeyError::Library)?;
                let private = ec_jwk(&pair, algorithm.family())?;
                Ok(Self::assemble(algorithm, kid, Pair::Ec(pair), private))
            }
        }
    }

    /// A fresh RSA key of 2048, 3072 or 4096 `bits` for one of the RSA algorithms, named `kid`. 4096 bits take up to
    /// seconds to make and sign six times slower than 2048.
    pub fn generate_rsa(algorithm: Algorithm, bits: u32, kid: String) -> Result<Self, KeyError> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            _ => return Err(KeyError::UnsupportedSize),
        };
        let encoding = rsa_signing(algorithm).ok_or(KeyError::UnsupportedAlgorithm)?;
        let pair = rsa::KeyPair::generate(size).map_err(|_| KeyError::Library)?;
        let private = rsa_jwk(&pair)?;
        Ok(Self::assemble(algorithm, kid, Pair::Rsa(pair, encoding), private))
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
        let (pair, private) = match family {
            Family::Rsa => {
                let encoding = rsa_signing(algorithm).ok_or(KeyError::UnsupportedAlgorithm)?;
                let pair = rsa_pair(jwk)?;
                let private = rsa_jwk(&pair)?;
                (Pair::Rsa(pair, encoding), private)
            }
            Family::P256 | Family::P384 | Family::P521 => {
                let scalar = sized_private(jwk, family)?;
                let point = ec_point(jwk, family)?;
                let pair =
                    EcdsaKeyPair::from_private_key_and_public_key(ec_signing(algorithm), scalar.expose(), &point)
                        .map_err(|_| KeyError::Inconsistent)?;
                let private = ec_jwk(&pair, family)?;
                (Pair::Ec(pair), private)
            }
            Family::Ed25519 => {
                let seed = sized_private(jwk, family)?;
                let point = public_member(jwk.x.as_ref(), "x")?;
                let pair = Ed25519KeyPair::from_seed_and_public_key(seed.expose(), &point)
                    .map_err(|_| KeyError::Inconsistent)?;
                let private = ed25519_jwk(&pair)?;
                (Pair::Ed25519(pair.into()), private)
            }
        };
        let kid = jwk.kid.clone().unwrap_or_else(|| public.thumbprint().to_owned());
        Ok(Self::assemble(algorithm, kid, pair, private))
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

    /// The bare signature over `message`, in the form of RFC 7515 §5.1: for messages whose header has members that
    /// [`SigningKey::sign`] does not write, such as `jwk` in a proof of possession.
    pub fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature).map(|()| signature)
            }
            Pair::Ec(pair) => pair.sign(&random, message).map(|signature| signature.as_ref().to_vec()),
            Pair::Ed25519(pair) => pair.try_sign(message).map(|signature| signature.as_ref().to_vec()),
        };
        signature.map_err(|_| SignError::Library)
    }

    fn header(&self, typ: Option<&str>) -> String {
        match typ {
            Some(typ) => format!("{},\"typ\":{}}}", self.header_start, serde_json::Value::from(typ)),
            None => format!("{}}}", self.header_start),
        }
    }

    fn assemble(algorithm: Algorithm, kid: String, pair: Pair, members: Jwk) -> Self {
        let private = Jwk {
            use_: Some("sig".to_owned()),
            kid: Some(kid.clone()),
            alg: Some(algorithm.as_str().to_owned()),
            ..members
        };
        let header_start = format!("{{\"alg\":\"{algorithm}\",\"kid\":{}", serde_json::Value::from(kid.as_str()));
        let mut key = Self { algorithm, kid, pair, private, header_start, usual_header: String::new() };
        key.usual_header = base64url(key.header(Some(USUAL_TYPE)).as_bytes());
        key
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

fn rsa_pair(jwk: &Jwk) -> Result<rsa::KeyPair, KeyError> {
    let [modulus, exponent] = [public_member(jwk.n.as_ref(), "n")?, public_member(jwk.e.as_ref(), "e")?];
    let d = private_member(jwk.d.as_ref(), "d")?;
    let p = private_member(jwk.p.as_ref(), "p")?;
    let q = private_member(jwk.q.as_ref(), "q")?;
    let dp = private_member(jwk.dp.as_ref(), "dp")?;
    let dq = private_member(jwk.dq.as_ref(), "dq")?;
    let qi = private_member(jwk.qi.as_ref(), "qi")?;
    let components = KeyPairComponents {
        public_key: PublicKeyComponents { n: &modulus, e: &exponent },
        d: d.expose(),
        p: p.expose(),
        q: q.expose(),
        dP: dp.expose(),
        dQ: dq.expose(),
        qInv: qi.expose(),
    };
    rsa::KeyPair::from_components(&components).map_err(|_| KeyError::Inconsistent)
}

/// The same key in PKCS#8, after it was found to be whole.
pub(crate) fn rsa_pkcs8(jwk: &Jwk) -> Result<Secret<Vec<u8>>, KeyError> {
    let document: Pkcs8V1Der<'_> = rsa_pair(jwk)?.as_der().map_err(|_| KeyError::Library)?;
    Ok(Secret::new(document.as_ref().to_vec()))
}

/// The private member `d` of a curve key: exactly as long as the field (RFC 7518 §6.2.2.1, RFC 8037 §2).
pub(crate) fn sized_private(jwk: &Jwk, family: Family) -> Result<Secret<Vec<u8>>, KeyError> {
    let bytes = private_member(jwk.d.as_ref(), "d")?;
    if bytes.expose().len() == family.coordinate_bytes() { Ok(bytes) } else { Err(KeyError::Malformed("d")) }
}

fn rsa_jwk(pair: &rsa::KeyPair) -> Result<Jwk, KeyError> {
    let document: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Library)?;
    let numbers = der::read_rsa_pkcs8(document.as_ref()).ok_or(KeyError::Library)?;
    Ok(Jwk {
        n: Some(base64url(numbers.n)),
        e: Some(base64url(numbers.e)),
        d: Some(private_text(numbers.d)),
        p: Some(private_text(numbers.p)),
        q: Some(private_text(numbers.q)),
        dp: Some(private_text(numbers.dp)),
        dq: Some(private_text(numbers.dq)),
        qi: Some(private_text(numbers.qi)),
        ..described(Family::Rsa)
    })
}

fn ec_jwk(pair: &EcdsaKeyPair, family: Family) -> Result<Jwk, KeyError> {
    let scalar: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().map_err(|_| KeyError::Library)?;
    let point = pair.public_key().as_ref();
    let (x, y) =
        point.get(1..).and_then(|pair| pair.split_at_checked(family.coordinate_bytes())).ok_or(KeyError::Library)?;
    Ok(Jwk {
        x: Some(base64url(x)),
        y: Some(base64url(y)),
        d: Some(private_text(scalar.as_ref())),
        ..described(family)
    })
}

fn ed25519_jwk(pair: &Ed25519KeyPair) -> Result<Jwk, KeyError> {
    let seed = pair.seed().map_err(|_| KeyError::Library)?;
    let seed = seed.as_be_bytes().map_err(|_| KeyError::Library)?;
    Ok(Jwk {
        x: Some(base64url(pair.public_key().as_ref())),
        d: Some(private_text(seed.as_ref())),
        ..described(Family::Ed25519)
    })
}

fn described(family: Family) -> Jwk {
    let (kty, crv) = family.key_type_and_curve();
    Jwk { kty: kty.to_owned(), crv: crv.map(str::to_owned), ..Jwk::default() }
}

fn private_text(bytes: &[u8]) -> Secret<String> {
    Secret::new(base64url(bytes))
}

fn rsa_signing(algorithm: Algorithm) -> Option<&'static dyn RsaEncoding> {
    Some(match algorithm {
        Algorithm::RS256 => &signature::RSA_PKCS1_SHA256,
        Algorithm::RS384 => &signature::RSA_PKCS1_SHA384,
        Algorithm::RS512 => &signature::RSA_PKCS1_SHA512,
        Algorithm::PS256 => &signature::RSA_PSS_SHA256,
        Algorithm::PS384 => &signature::RSA_PSS_SHA384,
        Algorithm::PS512 => &signature::RSA_PSS_SHA512,
        _ => return None,
    })
}

/// The library's name for an algorithm on a curve; the callers have made sure that it is one.
fn ec_signing(algorithm: Algorithm) -> &'static EcdsaSigningAlgorithm {
    match algorithm.family() {
        Family::P384 => &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
        Family::P521 => &signature::ECDSA_P521_SHA512_FIXED_SIGNING,
        _ => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
    }
}
