//! Who may use a token (RFC 7800): whoever has it, or only the holder of a key or of a certificate. The value is made where
//! that was shown (`dpop`, `certificate`), stands in access tokens, and in grants whose refresh tokens are bound, and is
//! compared where a token is shown.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use symbolon_jose::digest::{base64url, base64url_decode};

/// A SHA-256 hash that names what somebody holds.
macro_rules! thumbprint {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 32]);

        impl $name {
            /// From base64url without padding; `None` for anything that is not the one form of a SHA-256 hash.
            pub fn parse(text: &str) -> Option<Self> {
                base64url_decode(text)?.try_into().ok().map(Self)
            }

            /// From 32 bytes.
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The hash.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&base64url(&self.0))
            }
        }

        impl From<$name> for String {
            fn from(thumbprint: $name) -> Self {
                thumbprint.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or("no SHA-256 thumbprint")
            }
        }
    };
}

thumbprint! {
    /// The SHA-256 thumbprint of a public key (RFC 7638).
    KeyThumbprint
}

thumbprint! {
    /// The SHA-256 hash of a certificate in DER (RFC 8705 §3.1).
    CertificateThumbprint
}

/// What the sender of a request proved to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The key of a DPoP proof.
    pub key: Option<KeyThumbprint>,
    /// The certificate of the connection.
    pub certificate: Option<CertificateThumbprint>,
}

/// Who may use a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Confirmation {
    /// Whoever has it (RFC 6750).
    #[default]
    Bearer,
    /// The holder of this key, who proves it with every request (RFC 9449 §6).
    DpopKey(KeyThumbprint),
    /// The holder of this certificate, by mutual TLS (RFC 8705 §3).
    Certificate(CertificateThumbprint),
}

impl Confirmation {
    /// Whether somebody who holds this may use it. A proof of a key is for a token that is bound to one; a certificate may
    /// be shown with any, as a connection has one for all requests.
    pub fn admits(self, held: Held) -> bool {
        match self {
            Self::Bearer => held.key.is_none(),
            Self::DpopKey(key) => held.key == Some(key),
            Self::Certificate(certificate) => held.key.is_none() && held.certificate == Some(certificate),
        }
    }

    /// `token_type` of a token response (RFC 9449 §5). `bearer` in lower case, as Hydra writes it.
    pub fn token_type(self) -> &'static str {
        match self {
            Self::Bearer | Self::Certificate(_) => "bearer",
            Self::DpopKey(_) => "DPoP",
        }
    }

    /// `token_type` of an introspection answer (RFC 9449 §6.2).
    pub fn introspected_type(self) -> &'static str {
        match self {
            Self::Bearer | Self::Certificate(_) => "Bearer",
            Self::DpopKey(_) => "DPoP",
        }
    }

    /// `cnf` (RFC 7800 §3.1, RFC 9449 §6.1, RFC 8705 §3.1); `None` where nothing is confirmed.
    pub fn claim(self) -> Option<Value> {
        match self {
            Self::Bearer => None,
            Self::DpopKey(key) => Some(json!({ "jkt": key.to_string() })),
            Self::Certificate(certificate) => Some(json!({ "x5t#S256": certificate.to_string() })),
        }
    }
}
