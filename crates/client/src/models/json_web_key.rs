//! Keys, with what RFC 7517 leaves to the sender no longer mandatory.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::mandatory::with_mandatory;

/// A JSON Web Key (RFC 7517). Private members do not show in `Debug`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JsonWebKey {
    /// The algorithm it is for; empty when the key does not say
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alg: String,
    /// The curve
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// Private: the exponent, scalar or seed
    #[serde(skip_serializing_if = "Option::is_none")]
    pub d: Option<String>,
    /// The first CRT exponent of a private RSA key, base64url
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dp: Option<String>,
    /// The second CRT exponent of a private RSA key, base64url
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dq: Option<String>,
    /// The public exponent of an RSA key
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// Private: a symmetric key
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k: Option<String>,
    /// Its name; empty when it has none
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kid: String,
    /// `RSA`, `EC`, `OKP`, `oct`
    pub kty: String,
    /// The modulus of an RSA key
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// The first prime of a private RSA key, base64url
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<String>,
    /// The second prime of a private RSA key, base64url
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// The CRT coefficient of a private RSA key, base64url
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qi: Option<String>,
    /// `sig` or `enc`; empty when the key does not say
    #[serde(rename = "use", default, skip_serializing_if = "String::is_empty")]
    pub r#use: String,
    /// A coordinate, or the public key
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The certificate chain
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x5c: Option<Vec<String>>,
    /// The other coordinate
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
}

with_mandatory!(JsonWebKey { alg: String, kid: String, kty: String, r#use: String });

impl fmt::Debug for JsonWebKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("JsonWebKey")
            .field("kty", &self.kty)
            .field("kid", &self.kid)
            .field("alg", &self.alg)
            .field("use", &self.r#use)
            .finish_non_exhaustive()
    }
}

/// A set of keys.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct JsonWebKeySet {
    /// The keys
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<JsonWebKey>>,
}

impl JsonWebKeySet {
    /// Without any key.
    pub fn new() -> Self {
        Self::default()
    }
}

/// Which key a server is to make.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateJsonWebKeySet {
    /// The algorithm it is for, such as `ES256`
    pub alg: String,
    /// Its name
    pub kid: String,
    /// `sig` or `enc`
    pub r#use: String,
}

with_mandatory!(CreateJsonWebKeySet { alg: String, kid: String, r#use: String });
