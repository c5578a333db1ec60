//! What can be wrong with a key or a signed message.
//!
//! The texts name the member at fault and never repeat key material or the message itself, so they may go to a log and,
//! where the caller decides so, to the client.

use std::fmt;

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// `kty`, or `crv` for that `kty`, names no kind of key that Symbolon signs or verifies with.
    UnsupportedKeyType,
    /// `alg` names no algorithm for this purpose, or none that a key of this `kty` and `crv` can have.
    UnsupportedAlgorithm,
    /// `use` or `key_ops` reserve the key for something else than signatures.
    NotForSignatures,
    /// `use` or `key_ops` reserve the key for something else than encryption.
    NotForEncryption,
    /// A member that this kind of key needs is absent.
    Missing(&'static str),
    /// A member is not canonical base64url, or has the wrong length.
    Malformed(&'static str),
    /// The RSA modulus has fewer than 2048 bits, more than 8192, or (generation) an unsupported number of bits.
    UnsupportedSize,
    /// The numbers do not form a key: a point off its curve, a private part that belongs to another public part.
    Inconsistent,
    /// The text holds no unencrypted key in PEM (RFC 7468) of a kind that is read here.
    Pem,
    /// The cryptographic library could not make or export a key.
    Library,
}

impl fmt::Display for KeyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsupportedKeyType => formatter.write_str(
                "the key's \"kty\" and \"crv\" must be RSA, EC with P-256, P-384 or P-521, or OKP with Ed25519",
            ),
            Self::UnsupportedAlgorithm => {
                formatter.write_str("the key's \"alg\" is not an algorithm for this kind of key and use")
            }
            Self::NotForSignatures => formatter.write_str("the key's \"use\" or \"key_ops\" does not allow signatures"),
            Self::NotForEncryption => formatter.write_str("the key's \"use\" or \"key_ops\" does not allow encryption"),
            Self::Missing(member) => write!(formatter, "the key lacks \"{member}\""),
            Self::Malformed(member) => {
                write!(formatter, "the key's \"{member}\" is not base64url without padding, or has the wrong length")
            }
            Self::UnsupportedSize => formatter.write_str("an RSA key must have between 2048 and 8192 bits"),
            Self::Inconsistent => formatter.write_str("the members of the key do not belong together"),
            Self::Pem => formatter.write_str(
                "the text must be an unencrypted key in PEM: RSA, EC with P-256, P-384 or P-521, or Ed25519",
            ),
            Self::Library => formatter.write_str("the cryptographic library failed to make or export the key"),
        }
    }
}

impl std::error::Error for KeyError {}

/// Why a payload could not be signed.
#[derive(Debug)]
#[non_exhaustive]
pub enum SignError {
    /// The header has a member that is not the caller's to choose: another `alg` than the key's, `crit` or `b64`.
    Header(&'static str),
    /// The secret is shorter than the hash (RFC 7518 §3.2).
    WeakSecret,
    /// The payload has no JSON form.
    Payload(serde_json::Error),
    /// The cryptographic library refused to sign.
    Library,
}

impl fmt::Display for SignError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(member) => write!(formatter, "the header's \"{member}\" is not the caller's to choose"),
            Self::WeakSecret => formatter.write_str(
                "the secret is shorter than the hash of the algorithm: HS256 needs 32 bytes, HS384 48 and HS512 64",
            ),
            Self::Payload(error) => write!(formatter, "the claims cannot be written as JSON: {error}"),
            Self::Library => formatter.write_str("the cryptographic library failed to sign"),
        }
    }
}

impl std::error::Error for SignError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Payload(error) => Some(error),
            Self::Header(_) | Self::WeakSecret | Self::Library => None,
        }
    }
}

/// Why a signed message (RFC 7515) is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JwsError {
    /// Longer than [`MAXIMUM_LENGTH`](crate::MAXIMUM_LENGTH).
    TooLarge,
    /// Not three parts separated by dots.
    NotCompact,
    /// The named part (`header`, `payload`, `signature`) is not canonical base64url without padding.
    NotBase64url(&'static str),
    /// The header is not a JSON object with unique members, or a registered member has the wrong type.
    BadHeader,
    /// `alg` is `none`: the message carries no signature.
    Unsigned,
    /// An unsecured message was expected, and `alg` is not `none` or a signature is there.
    NotUnsecured,
    /// `alg` names no supported algorithm.
    UnsupportedAlgorithm,
    /// The header has `crit`; Symbolon knows no extension that may stand there (RFC 7515 §4.1.11).
    CriticalHeader,
    /// The header asks for an unencoded payload (`b64`, RFC 7797).
    UnencodedPayload,
    /// No given key has the `kid` of the message, or accepts its `alg`.
    NoMatchingKey,
    /// A matching key exists, and the signature is not its own.
    BadSignature,
    /// The payload is not a JSON object with unique members.
    BadPayload,
}

impl fmt::Display for JwsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(formatter, "the token is longer than {} bytes", crate::MAXIMUM_LENGTH),
            Self::NotCompact => formatter.write_str("the token is not three parts separated by dots"),
            Self::NotBase64url(part) => write!(formatter, "the token's {part} is not base64url without padding"),
            Self::BadHeader => {
                formatter.write_str("the token's header is not a JSON object with unique, well-typed members")
            }
            Self::Unsigned => formatter.write_str("the token's \"alg\" is \"none\": it is not signed"),
            Self::NotUnsecured => formatter.write_str("the token must have \"alg\" \"none\" and an empty signature"),
            Self::UnsupportedAlgorithm => {
                formatter.write_str("the token's \"alg\" is not a supported signature algorithm")
            }
            Self::CriticalHeader => {
                formatter.write_str("the token's header has \"crit\", and no critical extension is supported")
            }
            Self::UnencodedPayload => formatter.write_str("the token's header sets \"b64\", which is not supported"),
            Self::NoMatchingKey => formatter.write_str("no known key fits the token's \"kid\" and \"alg\""),
            Self::BadSignature => formatter.write_str("the token's signature is not valid"),
            Self::BadPayload => formatter.write_str("the token's payload is not a JSON object with unique members"),
        }
    }
}

impl std::error::Error for JwsError {}
