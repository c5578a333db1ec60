//! The algorithms of RFC 7518 §4.1 and §5.1 that Symbolon encrypts with and opens.
//!
//! `RSA1_5` and RSA-OAEP with SHA-1 have no member here, nor have those with shared keys (`dir`, AES key wrap, PBES2): no
//! message can select them.

use std::fmt;

use crate::algorithm::Family;

/// How the key of the content reaches the recipient: the header member `alg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyManagement {
    /// RSAES-OAEP with SHA-256 (RFC 7518 §4.3).
    RsaOaep256,
    /// Agreed upon, and used as it is (RFC 7518 §4.6).
    EcdhEs,
    /// Wrapped under an agreed key of 128 bits.
    EcdhEsA128Kw,
    /// Wrapped under an agreed key of 256 bits.
    EcdhEsA256Kw,
}

/// How the content is encrypted and authenticated: the header member `enc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentEncryption {
    /// AES-128 in CBC mode with HMAC-SHA256 (RFC 7518 §5.2.3).
    A128CbcHs256,
    /// AES-256 in CBC mode with HMAC-SHA512 (RFC 7518 §5.2.5).
    A256CbcHs512,
    /// AES-128 in Galois/Counter mode (RFC 7518 §5.3).
    A128Gcm,
    /// AES-256 in Galois/Counter mode (RFC 7518 §5.3).
    A256Gcm,
}

impl KeyManagement {
    /// Every algorithm, in the order of preference for an advertisement.
    pub const fn all() -> &'static [Self] {
        &[Self::RsaOaep256, Self::EcdhEs, Self::EcdhEsA128Kw, Self::EcdhEsA256Kw]
    }

    /// The algorithm called `name`, compared byte by byte.
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().iter().copied().find(|algorithm| algorithm.as_str() == name)
    }

    /// The name, as written in `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA128Kw => "ECDH-ES+A128KW",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }

    /// Whether keys of a family can be used with it.
    pub(crate) const fn fits(self, family: Family) -> bool {
        match self {
            Self::RsaOaep256 => matches!(family, Family::Rsa),
            Self::EcdhEs | Self::EcdhEsA128Kw | Self::EcdhEsA256Kw => {
                matches!(family, Family::P256 | Family::P384 | Family::P521)
            }
        }
    }

    /// Bytes of the agreed key that wraps the key of the content; `None` where nothing is wrapped so.
    pub(super) const fn wrapping_bytes(self) -> Option<usize> {
        match self {
            Self::EcdhEsA128Kw => Some(16),
            Self::EcdhEsA256Kw => Some(32),
            Self::RsaOaep256 | Self::EcdhEs => None,
        }
    }
}

impl ContentEncryption {
    /// Every algorithm; the first is what `OpenID` Connect takes where none is named (Dynamic Client Registration §2).
    pub const fn all() -> &'static [Self] {
        &[Self::A128CbcHs256, Self::A256CbcHs512, Self::A128Gcm, Self::A256Gcm]
    }

    /// The algorithm called `name`, compared byte by byte.
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().iter().copied().find(|algorithm| algorithm.as_str() == name)
    }

    /// The name, as written in `enc`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A256CbcHs512 => "A256CBC-HS512",
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// Bytes of a key.
    pub(super) const fn key_bytes(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A128CbcHs256 | Self::A256Gcm => 32,
            Self::A256CbcHs512 => 64,
        }
    }
}

impl fmt::Display for KeyManagement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Display for ContentEncryption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
