//! What went wrong. An error has a public part (code, description) and a private reason that goes to the log and nowhere
//! else. [`OAuthError`] is an error of an RFC; [`ApiError`] is one of the management API, whose `error` is a sentence, as
//! in Hydra. How an error becomes an answer is the business of `exchange::errors`; where it may be sent is decided by
//! types elsewhere: `request` says whether it goes to a page or to the client.

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;
use symbolon_store::{StoreError, WriteError};
use symbolon_types::{ErrorBody, ErrorCode, LimitFault};

use crate::trail;

/// An error that an OAuth 2.0 or OpenID Connect specification names.
#[derive(Debug)]
pub struct OAuthError {
    /// The `error` value.
    pub code: ErrorCode,
    /// What to tell beyond the code's own sentence; names the parameter at fault.
    pub hint: Cow<'static, str>,
    /// For the log only.
    pub reason: Option<String>,
    /// `error` when the login application chose its own.
    pub custom: Option<Box<ErrorBody>>,
    /// In how many seconds another try makes sense, where the answer says so.
    pub retry_after_seconds: Option<i64>,
    /// Whether the answer challenges for Basic authentication.
    pub challenge: bool,
    /// What login would do, where the answer says so.
    pub required_login: Option<Box<RequiredLogin>>,
}

/// The login that a request needs (RFC 9470 §3).
#[derive(Debug)]
pub struct RequiredLogin {
    /// How old it may be, in seconds.
    pub max_age: Option<i64>,
    /// Authentication context classes of which it must have one, with spaces between.
    pub acr_values: Option<String>,
}

impl OAuthError {
    /// An error with its hint.
    pub fn new(code: ErrorCode, hint: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            hint: presentable(hint.into()),
            reason: None,
            custom: None,
            retry_after_seconds: None,
            challenge: false,
            required_login: None,
        }
    }

    /// An error without a hint.
    pub fn bare(code: ErrorCode) -> Self {
        Self::new(code, "")
    }

    /// The request itself is at fault (RFC 6749 §5.2).
    pub fn invalid_request(hint: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, hint)
    }

    /// Code or token is unknown, used, ended or of another client (RFC 6749 §5.2).
    pub fn invalid_grant(hint: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidGrant, hint)
    }

    /// `invalid_client`: one text for unknown clients and wrong secrets, so that neither can be told from the other.
    pub fn invalid_client(reason: impl Into<String>) -> Self {
        Self::bare(ErrorCode::InvalidClient).because(reason)
    }

    /// `invalid_client` on a page: a person reads it, who did not authenticate anything.
    pub fn unknown_application() -> Self {
        let text = "The application is not registered here: its 'client_id' is missing or unknown.";
        Self::about_application(ErrorCode::InvalidClient, text)
    }

    /// The client is described by a document, and that does not count, for whatever reason: who asks is told none.
    pub fn unverified_application() -> Self {
        let text = "The application could not be verified: its 'client_id' is the address of a description that cannot be \
                    read, is not what it must be, or is at a place that is not allowed here.";
        Self::about_application(ErrorCode::UnauthorizedClient, text)
    }

    fn about_application(code: ErrorCode, text: &str) -> Self {
        let mut error = Self::bare(code);
        error.custom = Some(Box::new(ErrorBody {
            error: Cow::Borrowed(code.as_str()),
            error_description: text.to_owned(),
            ..ErrorBody::default()
        }));
        error
    }

    /// `server_error`.
    pub fn server(reason: impl Into<String>) -> Self {
        Self::bare(ErrorCode::ServerError).because(reason)
    }

    /// Too many requests of one sender: 429 with the seconds to wait (RFC 6585 §4). The code is the one for "later".
    pub fn too_many(seconds: i64, hint: impl Into<Cow<'static, str>>) -> Self {
        Self { retry_after_seconds: Some(seconds), ..Self::new(ErrorCode::TemporarilyUnavailable, hint) }
    }

    /// The login was too weak or is too old, where that is an error of the request and not of an access token: 400.
    pub fn too_weak_a_login(required: RequiredLogin) -> Self {
        let error = Self::new(ErrorCode::InsufficientUserAuthentication, "The user has to log in again.");
        Self { required_login: Some(Box::new(required)), ..error }
    }

    /// Adds the private reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The public pair.
    pub fn body(&self) -> ErrorBody {
        if let Some(custom) = &self.custom {
            return (**custom).clone();
        }
        let base = self.code.description();
        let description = if self.hint.is_empty() { base.to_owned() } else { format!("{base} {}", self.hint) };
        let login = self.required_login.as_deref();
        ErrorBody {
            error: Cow::Borrowed(self.code.as_str()),
            error_description: description.replace('"', "'"),
            max_age: login.and_then(|login| login.max_age),
            acr_values: login.and_then(|login| login.acr_values.clone()),
        }
    }

    /// The public pair with the private reason behind it when `oauth2.expose_internal_errors` is on.
    pub fn exposed_body(&self, config: &crate::config::Config) -> ErrorBody {
        let mut body = self.body();
        if config.oauth2.expose_internal_errors
            && let Some(reason) = &self.reason
        {
            body.error_description = format!("{} {}", body.error_description, reason.replace('"', "'"));
        }
        body
    }

    /// Status of an answer that carries the error itself.
    pub fn status(&self) -> StatusCode {
        if self.retry_after_seconds.is_some() {
            return StatusCode::TOO_MANY_REQUESTS;
        }
        if self.required_login.is_some() {
            return StatusCode::BAD_REQUEST;
        }
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Tells the log. Every error answer goes through here exactly once.
    pub fn log(&self) {
        let reason = in_log(self.reason.as_deref().unwrap_or(""));
        if self.status().is_server_error() {
            tracing::error!(error = self.code.as_str(), hint = %self.hint, %reason, "request failed");
        } else {
            tracing::info!(error = self.code.as_str(), hint = %self.hint, %reason, "request refused");
        }
        trail::note_refusal(|| {
            let ErrorBody { error, error_description: description, .. } = self.body();
            trail::Refusal { error: error.into_owned(), description, reason: reason.into_owned() }
        });
    }
}

/// Longest hint, in characters: it repeats values of the request, and goes into headers and the log.
const LONGEST_HINT: usize = 400;
/// Longest text in a line of the log, in characters.
const LONGEST_IN_LOG: usize = 2_000;

/// A hint within the characters of RFC 6749 §5.2, so that no value of a request can break a header or a line of the log.
fn presentable(hint: Cow<'static, str>) -> Cow<'static, str> {
    match plain(&hint, LONGEST_HINT) {
        Cow::Borrowed(_) => hint,
        Cow::Owned(replaced) => Cow::Owned(replaced),
    }
}

/// A text that may repeat values of the request, for a line of the log: without characters that end the line or move a
/// terminal's cursor.
pub(crate) fn in_log(text: &str) -> Cow<'_, str> {
    plain(text, LONGEST_IN_LOG)
}

fn plain(text: &str, longest: usize) -> Cow<'_, str> {
    let is_plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    if text.len() <= longest && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let replaced = |c: char| match c {
        '"' => '\'',
        c if is_plain(c) => c,
        _ => '?',
    };
    Cow::Owned(text.chars().take(longest).map(replaced).collect())
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

/// A database that cannot be reached or is full may be back soon: 503, so that clients try again. Never a success.
/// The one error for lists and texts that are too large.
impl From<LimitFault> for OAuthError {
    fn from(fault: LimitFault) -> Self {
        Self::invalid_request(format!("Parameter {fault}."))
    }
}

impl From<StoreError> for OAuthError {
    fn from(fault: StoreError) -> Self {
        let code = match fault {
            StoreError::Unavailable(_) | StoreError::Full(_) | StoreError::Closed => ErrorCode::TemporarilyUnavailable,
            _ => ErrorCode::ServerError,
        };
        Self::bare(code).because(format!("{fault}: {}", fault.detail()))
    }
}

impl From<WriteError> for OAuthError {
    fn from(fault: WriteError) -> Self {
        match fault {
            WriteError::Store(fault) => fault.into(),
            other => Self::server(other.to_string()),
        }
    }
}

/// An error of the management API.
#[derive(Debug)]
pub struct ApiError {
    /// Status of the answer; the body does not repeat it.
    pub status: StatusCode,
    /// `error`: a sentence, or an OAuth code where the operation has one.
    pub error: Cow<'static, str>,
    /// `error_description`; may be empty.
    pub description: String,
    /// For the log only.
    pub reason: Option<String>,
    /// Whether the answer challenges for a Bearer token.
    pub challenge: bool,
}

impl ApiError {
    /// An error with a status of its own.
    pub fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error: Cow::Borrowed(error), description: description.into(), reason: None, challenge: false }
    }

    /// 400 with the sentence of a malformed request.
    pub fn malformed(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "The request was malformed or contained invalid parameters", description)
    }

    /// 400: the body is no JSON, or a member has the wrong type. The decoder's own words would repeat what was sent, which
    /// may be a password; the place has to do.
    pub fn undecodable(fault: &serde_json::Error) -> Self {
        Self::malformed(format!("Unable to decode the request body: {}.", decoding_fault(fault)))
    }

    /// 404 of a resource that is not there.
    pub fn absent() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Unable to locate the resource", "")
    }

    /// 404 of a challenge that opens to nothing.
    pub fn unknown_challenge() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found", "Unable to locate the requested resource")
    }

    /// 409 of a resource that exists already.
    pub fn conflict() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "Unable to insert or update resource because a resource with that value exists already",
            "",
        )
    }

    /// An OAuth error in the form of the management API.
    pub fn oauth(code: ErrorCode, hint: impl Into<Cow<'static, str>>) -> Self {
        OAuthError::new(code, hint).into()
    }

    /// A fault of the server: 500, whose reason is logged.
    pub fn server(reason: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "error", "The error is unrecognizable");
        error.reason = Some(reason.into());
        error
    }
}

/// What is wrong with a JSON text, and where, without repeating any of it.
pub fn decoding_fault(fault: &serde_json::Error) -> String {
    let what = match fault.classify() {
        serde_json::error::Category::Data => "a member has the wrong type",
        serde_json::error::Category::Eof => "the text ends too early",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "the text is not JSON",
    };
    format!("{what}, at line {} column {}", fault.line(), fault.column())
}

impl From<OAuthError> for ApiError {
    fn from(error: OAuthError) -> Self {
        let body = error.body();
        Self {
            status: error.status(),
            error: body.error,
            description: body.error_description,
            reason: error.reason,
            challenge: false,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(fault: StoreError) -> Self {
        OAuthError::from(fault).into()
    }
}

impl From<WriteError> for ApiError {
    fn from(fault: WriteError) -> Self {
        OAuthError::from(fault).into()
    }
}
