//! Why an access token is refused.

use std::fmt;

use symbolon_jose::JwsError;

/// Why an access token is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessTokenFault {
    /// It is not a signed token, or no key of the provider made the signature.
    Signature(JwsError),
    /// `typ` of the header does not say that it is an access token (RFC 9068 §4).
    Type,
    /// It says that it is something else, such as an ID token or a refresh token.
    OtherKind,
    /// The claim is absent or has the wrong type.
    Claim(&'static str),
    /// `iss` is another provider.
    Issuer,
    /// `aud` does not name this API: the token was issued for another one.
    Audience,
    /// `exp` has passed.
    Expired,
    /// `iat` or `nbf` lies in the future.
    NotYetValid,
    /// The authorization server says that it is not, or no longer, active (RFC 7662 §2.2).
    Inactive,
    /// It belongs to whoever holds a key (`cnf`), and nothing has proved that here (RFC 9449 §7.2, RFC 8705 §3).
    SenderConstrained,
    /// It came with the proof of another key than the one it is bound to, or is bound to none (RFC 9449 §7.1).
    OtherKey,
    /// It is bound to a certificate, and the connection has another one, or none (RFC 8705 §3).
    Certificate,
    /// Anybody who has it can use it, and this API takes only tokens that are bound to a key or a certificate.
    NotSenderConstrained,
}

impl fmt::Display for AccessTokenFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature(error) => error.fmt(formatter),
            Self::Type => formatter.write_str("its header does not say 'typ': 'at+jwt'"),
            Self::OtherKind => formatter.write_str("it is a token of another kind"),
            Self::Claim(name) => write!(formatter, "the claim '{name}' is missing or has the wrong type"),
            Self::Issuer => formatter.write_str("'iss' is another authorization server"),
            Self::Audience => formatter.write_str("'aud' does not name this API"),
            Self::Expired => formatter.write_str("'exp' has passed"),
            Self::NotYetValid => formatter.write_str("'iat' or 'nbf' lies in the future"),
            Self::Inactive => formatter.write_str("the authorization server does not know it, or has ended it"),
            Self::SenderConstrained => formatter.write_str("it is bound to a key, and came without a proof"),
            Self::OtherKey => formatter.write_str("it is not bound to the key of the proof"),
            Self::Certificate => formatter.write_str("it is bound to a certificate that the connection does not have"),
            Self::NotSenderConstrained => formatter.write_str("it is bound to no key"),
        }
    }
}

impl std::error::Error for AccessTokenFault {}
