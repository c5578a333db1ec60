//! What can be wrong with an encrypted message. The texts name the part at fault and repeat nothing of it.

use std::fmt;

/// Why an encrypted message (RFC 7516) is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JweError {
    /// Longer than [`MAXIMUM_LENGTH`](crate::MAXIMUM_LENGTH).
    TooLarge,
    /// Not five parts separated by dots.
    NotCompact,
    /// The named part is not canonical base64url without padding.
    NotBase64url(&'static str),
    /// The header is not a JSON object with unique members, or a registered member has the wrong type.
    BadHeader,
    /// `alg` or `enc` names no supported algorithm.
    UnsupportedAlgorithm,
    /// The header has `zip`: what is compressed can be a thousand times larger than it looks (RFC 8725 §3.6).
    Compressed,
    /// The header has `crit`; Symbolon knows no extension that may stand there (RFC 7516 §4.1.13).
    CriticalHeader,
    /// No given key has the `kid` of the message and fits its `alg`.
    NoMatchingKey,
    /// A key fits, and the message does not open with it.
    Undecryptable,
}

impl fmt::Display for JweError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(formatter, "the encrypted token is longer than {} bytes", crate::MAXIMUM_LENGTH),
            Self::NotCompact => formatter.write_str("the encrypted token is not five parts separated by dots"),
            Self::NotBase64url(part) => {
                write!(formatter, "the encrypted token's {part} is not base64url without padding")
            }
            Self::BadHeader => {
                formatter.write_str("the encrypted token's header is not a JSON object with unique, well-typed members")
            }
            Self::UnsupportedAlgorithm => {
                formatter.write_str("the encrypted token's \"alg\" or \"enc\" is not a supported algorithm")
            }
            Self::Compressed => formatter.write_str("the encrypted token's header has \"zip\", which is not supported"),
            Self::CriticalHeader => {
                formatter.write_str("the encrypted token's header has \"crit\", and no critical extension is supported")
            }
            Self::NoMatchingKey => formatter.write_str("no known key fits the encrypted token's \"kid\" and \"alg\""),
            Self::Undecryptable => formatter.write_str("the encrypted token does not open with the key that fits it"),
        }
    }
}

impl std::error::Error for JweError {}

/// Why something could not be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncryptError {
    /// The key is not for the algorithm.
    UnsupportedAlgorithm,
    /// The cryptographic library failed.
    Library,
}

impl fmt::Display for EncryptError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::UnsupportedAlgorithm => "the recipient's key is not for this algorithm",
            Self::Library => "the cryptographic library failed to encrypt",
        })
    }
}

impl std::error::Error for EncryptError {}

impl From<crate::backend::Refused> for EncryptError {
    fn from(_: crate::backend::Refused) -> Self {
        Self::Library
    }
}
