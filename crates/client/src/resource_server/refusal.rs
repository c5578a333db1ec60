//! Why a request is not let in, and the answer that says so (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1).

use std::fmt;

use http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::dpop::ProofFault;
use crate::error::Error;
use crate::verification::AccessTokenFault;

/// Why a request is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalReason {
    /// There is no `Authorization` header.
    NoToken,
    /// The `Authorization` header is for something else, such as `Basic`.
    OtherScheme,
    /// There is something that is no token, or several.
    Malformed(&'static str),
    /// The token must not be believed, or is not for this API.
    InvalidToken(AccessTokenFault),
    /// The proof that came with the token is not good.
    InvalidProof(ProofFault),
    /// A proof with a nonce of this API is asked for, which the answer has.
    NonceRequired,
    /// The token is good, and does not allow this.
    InsufficientScope,
    /// The user has to authenticate again, or in another way.
    InsufficientAuthentication,
    /// Whether the token is good cannot be told now; nothing is said about the token.
    Unavailable(Error),
}

impl RefusalReason {
    fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::InsufficientScope => StatusCode::FORBIDDEN,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    /// The error code; `None` where a request has no token at all (RFC 6750 §3.1).
    pub(super) fn code(&self) -> Option<&'static str> {
        match self {
            Self::NoToken | Self::OtherScheme | Self::Unavailable(_) => None,
            Self::Malformed(_) => Some("invalid_request"),
            Self::InvalidToken(_) => Some("invalid_token"),
            Self::InvalidProof(_) => Some("invalid_dpop_proof"),
            Self::NonceRequired => Some("use_dpop_nonce"),
            Self::InsufficientScope => Some("insufficient_scope"),
            Self::InsufficientAuthentication => Some("insufficient_user_authentication"),
        }
    }
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => formatter.write_str("there is no access token"),
            Self::OtherScheme => formatter.write_str("the Authorization header has no access token"),
            Self::Malformed(reason) => formatter.write_str(reason),
            Self::InvalidToken(fault) => write!(formatter, "the access token is not valid: {fault}"),
            Self::InvalidProof(fault) => write!(formatter, "the DPoP proof is not valid: {fault}"),
            Self::NonceRequired => formatter.write_str("the DPoP proof needs the nonce of this answer"),
            Self::InsufficientScope => formatter.write_str("the access token does not allow this"),
            Self::InsufficientAuthentication => {
                formatter.write_str("the user has to authenticate again, or in another way")
            }
            Self::Unavailable(error) => write!(formatter, "the access token cannot be checked now: {error}"),
        }
    }
}

/// A request that is not let in, with the answer for it. In a response that a layer made it is among the extensions, for
/// whoever wants to log the reason; no token stands in it.
#[derive(Debug, Clone)]
pub struct Refusal(Box<Answer>);

#[derive(Debug, Clone)]
struct Answer {
    reason: RefusalReason,
    headers: HeaderMap,
}

impl Refusal {
    pub(super) fn new(reason: RefusalReason, challenges: Vec<String>, nonce: Option<String>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for challenge in challenges {
            // The parts are quoted, so that only a character that no header may have could fail here.
            if let Ok(value) = HeaderValue::try_from(challenge) {
                headers.append(WWW_AUTHENTICATE, value);
            }
        }
        if let Some(nonce) = nonce.and_then(|nonce| HeaderValue::try_from(nonce).ok()) {
            headers.insert(super::dpop::NONCE_HEADER, nonce);
        }
        if let RefusalReason::Unavailable(error) = &reason {
            // After that many seconds the keys are asked for again.
            let seconds = error.retry_after_seconds().unwrap_or(30).clamp(1, 300);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        Self(Box::new(Answer { reason, headers }))
    }

    /// Which rule the request broke, for logs; the answer itself tells the caller less.
    pub fn reason(&self) -> &RefusalReason {
        &self.0.reason
    }

    /// The status of the answer: 400, 401, 403, or 503 when nothing can be said of the token.
    pub fn status(&self) -> StatusCode {
        self.0.reason.status()
    }

    /// The headers of the answer: `WWW-Authenticate`, and what else belongs to the reason.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The answer, with an empty body: the headers tell a program all there is.
    pub fn into_response<B: Default>(self) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = self.status();
        *response.headers_mut() = self.0.headers.clone();
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.reason.fmt(formatter)
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.reason {
            RefusalReason::InvalidToken(fault) => Some(fault),
            RefusalReason::InvalidProof(fault) => Some(fault),
            RefusalReason::Unavailable(error) => Some(error),
            _ => None,
        }
    }
}
