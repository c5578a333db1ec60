//! The signature algorithms of RFC 7518 §3.1 and RFC 8037 §3.1 that Symbolon signs with and accepts.
//!
//! Only asymmetric ones: `none` and the HMAC family have no member here, so no key and no signed message can select them.
//! Messages with a MAC have types of their own ([`MacMessage`](crate::MacMessage)).

use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::{sha256, sha384, sha512};

/// A signature algorithm, named as in the JOSE header member `alg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512
    RS512,
    /// RSASSA-PSS with SHA-256
    PS256,
    /// RSASSA-PSS with SHA-384
    PS384,
    /// RSASSA-PSS with SHA-512
    PS512,
    /// ECDSA on P-256 with SHA-256
    ES256,
    /// ECDSA on P-384 with SHA-384
    ES384,
    /// ECDSA on P-521 with SHA-512
    ES512,
    /// Ed25519 (RFC 8037 §3.1)
    EdDSA,
}

/// A name that is no [`Algorithm`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownAlgorithm;

/// What kind of key an algorithm needs; for elliptic curves the curve decides the algorithm (RFC 7518 §3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Rsa,
    P256,
    P384,
    P521,
    Ed25519,
}

impl Algorithm {
    /// Every algorithm, in the order of preference for an advertisement.
    pub const fn all() -> &'static [Self] {
        &[
            Self::RS256,
            Self::RS384,
            Self::RS512,
            Self::PS256,
            Self::PS384,
            Self::PS512,
            Self::ES256,
            Self::ES384,
            Self::ES512,
            Self::EdDSA,
        ]
    }

    /// The algorithm called `name`, compared byte by byte: names are case-sensitive (RFC 7515 §4.1.1). `Ed25519` is
    /// the newer name of what is `EdDSA` with the only curve that is used here (RFC 9864 §2.2).
    pub fn parse(name: &str) -> Option<Self> {
        if name == "Ed25519" {
            return Some(Self::EdDSA);
        }
        Self::all().iter().copied().find(|algorithm| algorithm.as_str() == name)
    }

    /// The name, as written in `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::ES512 => "ES512",
            Self::EdDSA => "EdDSA",
        }
    }

    /// `data` under the hash function of this algorithm, the one that `at_hash` and `c_hash` are made with
    /// (`OpenID` Connect Core §3.1.3.6). Ed25519 hashes with SHA-512 inside, hence so here.
    pub fn hash(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::RS256 | Self::PS256 | Self::ES256 => sha256(data).to_vec(),
            Self::RS384 | Self::PS384 | Self::ES384 => sha384(data).to_vec(),
            Self::RS512 | Self::PS512 | Self::ES512 | Self::EdDSA => sha512(data).to_vec(),
        }
    }

    pub(crate) const fn family(self) -> Family {
        match self {
            Self::RS256 | Self::RS384 | Self::RS512 | Self::PS256 | Self::PS384 | Self::PS512 => Family::Rsa,
            Self::ES256 => Family::P256,
            Self::ES384 => Family::P384,
            Self::ES512 => Family::P521,
            Self::EdDSA => Family::Ed25519,
        }
    }
}

impl Family {
    /// The members `kty` and `crv` of a key of this family.
    pub(crate) const fn key_type_and_curve(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Rsa => ("RSA", None),
            Self::P256 => ("EC", Some("P-256")),
            Self::P384 => ("EC", Some("P-384")),
            Self::P521 => ("EC", Some("P-521")),
            Self::Ed25519 => ("OKP", Some("Ed25519")),
        }
    }

    /// The algorithm that a key of this family signs with when it names none.
    pub(crate) const fn default_algorithm(self) -> Algorithm {
        match self {
            Self::Rsa => Algorithm::RS256,
            Self::P256 => Algorithm::ES256,
            Self::P384 => Algorithm::ES384,
            Self::P521 => Algorithm::ES512,
            Self::Ed25519 => Algorithm::EdDSA,
        }
    }

    /// Bytes of a coordinate and of the private scalar (RFC 7518 §6.2.1.2); 0 for RSA, whose size is the key's own.
    pub(crate) const fn coordinate_bytes(self) -> usize {
        match self {
            Self::Rsa => 0,
            Self::P256 | Self::Ed25519 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::parse(name).ok_or(UnknownAlgorithm)
    }
}

impl fmt::Display for UnknownAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("unknown signature algorithm; known are ")?;
        for (position, algorithm) in Algorithm::all().iter().enumerate() {
            write!(formatter, "{}{algorithm}", if position == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownAlgorithm {}

impl Serialize for Algorithm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Algorithm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| D::Error::custom(UnknownAlgorithm))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for &algorithm in Algorithm::all() {
            assert_eq!(Algorithm::parse(algorithm.as_str()), Some(algorithm));
            let json = serde_json::to_string(&algorithm).unwrap();
            assert_eq!(json, format!("\"{algorithm}\""));
            assert_eq!(serde_json::from_str::<Algorithm>(&json).unwrap(), algorithm);
        }
    }

    #[test]
    fn the_newer_name_of_eddsa_means_the_same() {
        assert_eq!(Algorithm::parse("Ed25519"), Some(Algorithm::EdDSA));
        assert_eq!(Algorithm::parse("ed25519"), None);
        assert_eq!(Algorithm::parse("Ed448"), None);
    }

    #[test]
    fn symmetric_unsigned_and_misspelt_names_are_unknown() {
        for name in ["none", "None", "HS256", "HS384", "HS512", "rs256", "ES256K", "RS256 ", "RS1", ""] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
            assert_eq!(name.parse::<Algorithm>(), Err(UnknownAlgorithm));
        }
    }
}
