//! Why an ID token is refused, a name for each rule.

use std::fmt;

use symbolon_jose::JwsError;

use crate::encryption::EncryptionFault;

/// Why an ID token is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdTokenFault {
    /// There is none, though the scope `openid` was asked for.
    Missing,
    /// It is not a signed token, or no key of the provider made the signature.
    Signature(JwsError),
    /// `typ` of the header says that it is something else, such as a logout token (RFC 8725 §3.11).
    Type(String),
    /// The claim is absent or has the wrong type.
    Claim(&'static str),
    /// `iss` is another provider.
    Issuer(String),
    /// `aud` does not contain the client, or names others without `azp` naming the client.
    Audience,
    /// `exp` has passed.
    Expired,
    /// `iat` or `nbf` lies in the future.
    NotYetValid,
    /// `nonce` is not that of the authorization request.
    Nonce,
    /// `auth_time` is absent or too old for the `max_age` of the request.
    AuthenticationAge,
    /// `at_hash` belongs to another access token.
    AccessTokenHash,
    /// It cannot be decrypted, or is not encrypted though it must be.
    Encryption(EncryptionFault),
    /// `acr` is none of the authentication contexts that were demanded (§5.5.1.1).
    AuthenticationContext,
    /// CIBA: it names another request (§10.3.1 there).
    AuthenticationRequest,
    /// CIBA: it belongs to another refresh token (§10.3.1 there).
    RefreshTokenHash,
    /// After a refresh: the subject is not that of the first ID token (§12.2).
    Subject,
}

impl fmt::Display for IdTokenFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("the answer has none, though 'openid' was requested"),
            Self::Signature(error) => error.fmt(formatter),
            Self::Type(typ) => write!(formatter, "its header says 'typ': '{typ}'"),
            Self::Claim(name) => write!(formatter, "the claim '{name}' is missing or has the wrong type"),
            Self::Issuer(found) => write!(formatter, "'iss' is '{found}'"),
            Self::Audience => formatter.write_str("'aud' and 'azp' do not name this client"),
            Self::Expired => formatter.write_str("'exp' has passed"),
            Self::NotYetValid => formatter.write_str("'iat' or 'nbf' lies in the future"),
            Self::Nonce => formatter.write_str("'nonce' is not that of the authorization request"),
            Self::AuthenticationAge => formatter.write_str("'auth_time' is missing or older than 'max_age' allows"),
            Self::AccessTokenHash => formatter.write_str("'at_hash' belongs to another access token"),
            Self::Encryption(fault) => fault.fmt(formatter),
            Self::AuthenticationContext => formatter.write_str("'acr' is none of the contexts that were demanded"),
            Self::AuthenticationRequest => formatter.write_str("it belongs to another authentication request"),
            Self::RefreshTokenHash => formatter.write_str("it belongs to another refresh token"),
            Self::Subject => formatter.write_str("'sub' changed with the refresh"),
        }
    }
}

impl std::error::Error for IdTokenFault {}
