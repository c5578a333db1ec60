//! What can go wrong when talking to a server, told apart by who has to act.
//!
//! [`Error::Api`] is an answer of the server that says no, with its status, OAuth code and description (RFC 6749 §5.2);
//! the others are faults of the set-up, the connection, or an answer that must not be trusted. No text here contains a
//! token, a secret or a whole answer body.

use std::fmt;

use http::header::{HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Deserialize;

use crate::authorization::ResponseFault;
#[cfg(feature = "credentials")]
use crate::credential::CredentialFault;
use crate::token::NotificationFault;
use crate::transport::TransportError;
use crate::verification::{AccessTokenFault, IdTokenFault, LogoutTokenFault};

/// Why a call did not give its result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The client was built with a value that cannot work: a URL that does not parse, a missing redirect URI.
    Configuration(String),
    /// What was passed to the call cannot be sent: an empty id, a scope that is none. Nothing was sent.
    Argument(String),
    /// No answer: refused connection, unknown host, TLS failure, which [`TransportError::kind`] tells apart.
    Transport(TransportError),
    /// No complete answer within the time-out of the builder.
    Timeout,
    /// The answer is longer than the builder allows; it was not read to the end.
    AnswerTooLarge {
        /// The limit that was exceeded, in bytes.
        limit_bytes: usize,
    },
    /// An answer with a success status whose content is not what the operation promises.
    UnexpectedAnswer(String),
    /// The server refused, with a status of 300 or above.
    Api(ApiError),
    /// The discovery document belongs to somebody else (`OpenID` Connect Discovery 1.0 §4.3).
    IssuerMismatch {
        /// The issuer the client was built for.
        expected: String,
        /// The issuer in the document, or in `iss` of the callback (RFC 9207); empty when the callback has none.
        found: String,
    },
    /// The provider's metadata has no such endpoint; the name is the metadata member.
    MissingEndpoint(&'static str),
    /// The authorization endpoint redirected back with an error (RFC 6749 §4.1.2.1).
    Authorization {
        /// The `error` parameter.
        code: String,
        /// The `error_description` parameter, or an empty text.
        description: String,
    },
    /// The callback does not belong to the pending authorization: `state` is absent or another one (RFC 6749 §10.12).
    StateMismatch,
    /// The callback has neither a code nor an error.
    MissingCode,
    /// The pending authorization was started by a client of another provider or another id: its code and verifier would
    /// be sent to the wrong place.
    ForeignAuthorization {
        /// The issuer it was started for.
        issuer: String,
        /// The client id it was started for.
        client_id: String,
    },
    /// The signed answer of the authorization endpoint must not be trusted (JARM).
    AuthorizationResponse(ResponseFault),
    /// The authorization was started with another `DPoP` key than the client has now, to which the code is bound (RFC 9449
    /// §10): the key was not kept over a restart.
    DpopKeyMismatch,
    /// Nobody has answered, and the time for it is over by this client's clock (RFC 8628 §3.5, `OpenID` Connect CIBA §11).
    AuthorizationExpired,
    /// What was brought to the client's notification endpoint must not be believed (`OpenID` Connect CIBA §10.2).
    Notification(NotificationFault),
    /// The access token is of a type that this client cannot use (RFC 6749 §7.1).
    TokenType(String),
    /// The ID token must not be trusted.
    IdToken(IdTokenFault),
    /// The access token that was presented must not be trusted.
    AccessToken(AccessTokenFault),
    /// The logout token must not be trusted.
    LogoutToken(LogoutTokenFault),
    /// The userinfo answer is about another subject than the ID token (`OpenID` Connect Core 1.0 §5.3.2).
    SubjectMismatch,
    /// A signed userinfo answer must not be trusted (§5.3.2); the fault is named as for ID tokens.
    UserInfo(IdTokenFault),
    /// A signed answer of the introspection must not be trusted (RFC 9701 §5); the fault is named as for ID tokens.
    Introspection(IdTokenFault),
    /// The credential must not be trusted.
    #[cfg(feature = "credentials")]
    Credential(CredentialFault),
    /// The caller's own signer failed; the text is its own.
    Signer(String),
}

impl Error {
    /// The HTTP status of a refusal, `None` for everything that is not an answer of the server.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Api(error) => Some(error.status),
            _ => None,
        }
    }

    /// The OAuth error code (`invalid_grant`, …), or the sentence that the admin API puts in its place.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.code.as_deref(),
            Self::Authorization { code, .. } => Some(code),
            Self::AuthorizationExpired => Some("expired_token"),
            _ => None,
        }
    }

    /// The server's explanation; `None` when there is none or it is empty.
    pub fn description(&self) -> Option<&str> {
        let text = match self {
            Self::Api(error) => &error.description,
            Self::Authorization { description, .. } => description,
            _ => return None,
        };
        (!text.is_empty()).then_some(text.as_str())
    }

    /// Seconds after which the server wants to be asked again (`Retry-After`), if it says so.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::Api(error) => error.retry_after_seconds,
            _ => None,
        }
    }

    /// The id under which the server's operator finds this request (`X-Request-Id`), if there is one.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.request_id.as_deref(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(reason) => write!(formatter, "the client is not set up right: {reason}"),
            Self::Argument(reason) => write!(formatter, "the call cannot be made: {reason}"),
            Self::Transport(reason) => write!(formatter, "no answer from {reason}"),
            Self::Timeout => formatter.write_str("the server did not answer in time"),
            Self::AnswerTooLarge { limit_bytes } => {
                write!(formatter, "the answer is longer than the limit of {limit_bytes} bytes")
            }
            Self::UnexpectedAnswer(reason) => write!(formatter, "the answer cannot be understood: {reason}"),
            Self::Api(error) => error.fmt(formatter),
            Self::IssuerMismatch { expected, found } if found.is_empty() => {
                write!(formatter, "the callback has no 'iss', though '{expected}' always sends it")
            }
            Self::IssuerMismatch { expected, found }
                if expected.trim_end_matches('/') == found.trim_end_matches('/') =>
            {
                write!(
                    formatter,
                    "the server calls itself '{found}' and not '{expected}': they differ only by a slash at the end"
                )
            }
            Self::IssuerMismatch { expected, found } => {
                write!(formatter, "the server calls itself '{found}' and not '{expected}'")
            }
            Self::MissingEndpoint(member) => write!(formatter, "the provider's metadata has no '{member}'"),
            Self::Authorization { code, description } if description.is_empty() => {
                write!(formatter, "the authorization was refused: {code}")
            }
            Self::Authorization { code, description } => {
                write!(formatter, "the authorization was refused: {code}: {description}")
            }
            Self::StateMismatch => {
                formatter.write_str("the callback's 'state' does not belong to an authorization that was started here")
            }
            Self::MissingCode => formatter.write_str("the callback has neither 'code' nor 'error'"),
            Self::ForeignAuthorization { issuer, client_id } => {
                write!(formatter, "the authorization was started by the client '{client_id}' of '{issuer}'")
            }
            Self::AuthorizationResponse(fault) => {
                write!(formatter, "the answer of the authorization endpoint is not valid: {fault}")
            }
            Self::DpopKeyMismatch => formatter.write_str("the authorization was started with another DPoP key"),
            Self::AuthorizationExpired => formatter.write_str("nobody answered in time"),
            Self::Notification(fault) => write!(formatter, "the notification is not valid: {fault}"),
            Self::TokenType(found) => {
                write!(formatter, "the access token is of the type '{found}', which this client was not set up for")
            }
            Self::IdToken(fault) => write!(formatter, "the ID token is not valid: {fault}"),
            Self::AccessToken(fault) => write!(formatter, "the access token is not valid: {fault}"),
            Self::LogoutToken(fault) => write!(formatter, "the logout token is not valid: {fault}"),
            Self::SubjectMismatch => {
                formatter.write_str("the userinfo answer is about another subject than the ID token")
            }
            Self::Introspection(fault) => write!(formatter, "the signed introspection is not valid: {fault}"),
            Self::UserInfo(fault) => write!(formatter, "the signed userinfo answer is not valid: {fault}"),
            #[cfg(feature = "credentials")]
            Self::Credential(fault) => write!(formatter, "the credential is not valid: {fault}"),
            Self::Signer(reason) => write!(formatter, "the signer failed: {reason}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            Self::Api(error) => Some(error),
            Self::IdToken(fault) | Self::UserInfo(fault) | Self::Introspection(fault) => Some(fault),
            Self::Notification(fault) => Some(fault),
            Self::AccessToken(fault) => Some(fault),
            Self::AuthorizationResponse(fault) => Some(fault),
            Self::LogoutToken(fault) => Some(fault),
            #[cfg(feature = "credentials")]
            Self::Credential(fault) => Some(fault),
            _ => None,
        }
    }
}

impl From<IdTokenFault> for Error {
    fn from(fault: IdTokenFault) -> Self {
        Self::IdToken(fault)
    }
}

impl From<NotificationFault> for Error {
    fn from(fault: NotificationFault) -> Self {
        Self::Notification(fault)
    }
}

impl From<LogoutTokenFault> for Error {
    fn from(fault: LogoutTokenFault) -> Self {
        Self::LogoutToken(fault)
    }
}

impl From<AccessTokenFault> for Error {
    fn from(fault: AccessTokenFault) -> Self {
        Self::AccessToken(fault)
    }
}

/// A refusal by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The member `error` of the body, else the `error` attribute of `WWW-Authenticate` (RFC 6750 §3).
    pub code: Option<String>,
    /// The member `error_description` of the body or of `WWW-Authenticate`; empty when the server gave none.
    pub description: String,
    /// The header `X-Request-Id`, for the server's operator.
    pub request_id: Option<String>,
    /// The header `Retry-After` when it is a number of seconds (RFC 9110 §10.2.3).
    pub retry_after_seconds: Option<u64>,
    /// The member `redirect_to` of a body, where a handled challenge sends the browser (status 410).
    pub redirect_to: Option<String>,
}

/// The members of an error body that are read; anything else in it is ignored.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    error: Option<String>,
    error_description: Option<String>,
    redirect_to: Option<String>,
}

impl ApiError {
    /// A refusal that came as a redirect to an error page.
    pub(crate) fn redirected(status: u16, code: String, description: String) -> Self {
        Self { status, code: Some(code), description, request_id: None, retry_after_seconds: None, redirect_to: None }
    }

    pub(crate) fn read(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
        let body: Body = serde_json::from_slice(body).unwrap_or_default();
        let challenge = text(WWW_AUTHENTICATE).unwrap_or_default();
        Self {
            status,
            code: body.error.or_else(|| attribute(challenge, "error")),
            description: body
                .error_description
                .or_else(|| attribute(challenge, "error_description"))
                .unwrap_or_default(),
            request_id: headers.get("x-request-id").and_then(|value| value.to_str().ok()).map(str::to_owned),
            retry_after_seconds: text(RETRY_AFTER).and_then(|value| value.trim().parse().ok()),
            redirect_to: body.redirect_to,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the server answered {}", self.status)?;
        if let Some(code) = &self.code {
            write!(formatter, ": {code}")?;
        }
        if !self.description.is_empty() {
            write!(formatter, ": {}", self.description)?;
        }
        if let Some(id) = &self.request_id {
            write!(formatter, " (request {id})")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

/// The quoted value of `name` in a `WWW-Authenticate` challenge. Escapes are not undone: no code contains one.
pub(crate) fn attribute(challenge: &str, name: &str) -> Option<String> {
    let mut rest = challenge;
    loop {
        let at = rest.find(name)?;
        let starts_here = rest[..at].ends_with([' ', ',']) || at == 0;
        rest = &rest[at + name.len()..];
        if let (true, Some(value)) = (starts_here, rest.strip_prefix("=\"")) {
            return value.split_once('"').map(|(value, _)| value.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_wins_over_header() {
        let mut headers = HeaderMap::new();
        headers.insert(WWW_AUTHENTICATE, "Bearer error=\"invalid_token\", error_description=\"old\"".parse().unwrap());
        headers.insert(RETRY_AFTER, "7".parse().unwrap());
        headers.insert("x-request-id", "abc".parse().unwrap());
        let error = ApiError::read(401, &headers, br#"{"error":"request_unauthorized","error_description":"No."}"#);
        assert_eq!(error.code.as_deref(), Some("request_unauthorized"));
        assert_eq!(error.to_string(), "the server answered 401: request_unauthorized: No. (request abc)");
        assert_eq!(error.retry_after_seconds, Some(7));

        let error = ApiError::read(401, &headers, b"<html>");
        assert_eq!(error.code.as_deref(), Some("invalid_token"));
        assert_eq!(error.description, "old");
    }

    #[test]
    fn attribute_is_a_whole_word() {
        assert_eq!(attribute("Bearer realm=\"x\", error=\"e\"", "error").as_deref(), Some("e"));
        assert_eq!(attribute("Bearer error_description=\"d\",error=\"e\"", "error").as_deref(), Some("e"));
        assert_eq!(attribute("Bearer xerror=\"d\"", "error"), None);
        assert_eq!(attribute("Bearer error=\"open", "error"), None);
        assert_eq!(attribute("", "error"), None);
    }

    #[test]
    fn handled_challenge_names_the_way_on() {
        let error = ApiError::read(410, &HeaderMap::new(), br#"{"redirect_to":"https://as.example/x"}"#);
        assert_eq!((error.code, error.redirect_to.as_deref()), (None, Some("https://as.example/x")));
    }
}
