//! Why a proof is refused.

use std::fmt;

use symbolon_jose::JwsError;

/// Why a DPoP proof is refused (RFC 9449 §4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProofFault {
    /// There is none, though the token came with the scheme `DPoP`.
    Missing,
    /// There is more than one.
    Doubled,
    /// It is no signed token, or was not signed with the key in it.
    Signature(JwsError),
    /// It is longer than any honest one.
    TooLong,
    /// `typ` is not `dpop+jwt`.
    Type,
    /// It is signed with an algorithm that this API does not take.
    Algorithm,
    /// `jwk` is missing, is a private key, or is none.
    Key,
    /// The claim is absent or has the wrong type.
    Claim(&'static str),
    /// `htm` is another method.
    Method,
    /// `htu` is another address.
    Address,
    /// `iat` is too long ago, or lies in the future.
    Time,
    /// `ath` is the hash of another token.
    AccessToken,
    /// It was used before.
    Replayed,
}

impl fmt::Display for ProofFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("there is no 'DPoP' header"),
            Self::Doubled => formatter.write_str("there is more than one 'DPoP' header"),
            Self::Signature(error) => error.fmt(formatter),
            Self::TooLong => formatter.write_str("it is too long"),
            Self::Type => formatter.write_str("its header does not say 'typ': 'dpop+jwt'"),
            Self::Algorithm => formatter.write_str("its algorithm is not accepted here"),
            Self::Key => formatter.write_str("'jwk' in its header is no public key that can be used"),
            Self::Claim(name) => write!(formatter, "the claim '{name}' is missing or has the wrong type"),
            Self::Method => formatter.write_str("'htm' is another method than that of the request"),
            Self::Address => formatter.write_str("'htu' is another address than that of the request"),
            Self::Time => formatter.write_str("'iat' is not now"),
            Self::AccessToken => formatter.write_str("'ath' belongs to another access token"),
            Self::Replayed => formatter.write_str("it was used before"),
        }
    }
}

impl std::error::Error for ProofFault {}
