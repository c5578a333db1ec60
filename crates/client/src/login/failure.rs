//! What is shown when a login does not lead to a session. Never a redirect: whatever is wrong would go round in circles.

use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use http::{Response, StatusCode};

use super::Login;
use super::answer::{self, Answer, escape};
use super::stores::StoreError;
use crate::error::Error;

/// Makes the page for a failure.
pub(super) type ErrorPage = Arc<dyn Fn(&LoginFailure) -> Response<Bytes> + Send + Sync>;

/// Why there is no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginFailureKind {
    /// The provider sent the browser back without a login (RFC 6749 §4.1.2.1), `access_denied` above all: the user, or the
    /// provider, said no. Status 403.
    Refused,
    /// The browser has no login under way that the answer belongs to: it took too long, cookies are blocked, the page was
    /// loaded twice, or somebody else made the link. Status 400.
    NotStarted,
    /// What the provider answered must not be believed, or its refusal of the code. Status 502.
    Untrusted,
    /// The provider, or the store of the sessions, does not answer. Status 503.
    Unavailable,
    /// The browser was logged in several times in a row and has no session: it does not keep the cookie. Status 400.
    Loop,
    /// A request that only the application's own pages may make came from elsewhere. Status 403.
    CrossSite,
    /// The session is too long for cookies, and there is no [`SessionStore`](crate::SessionStore). Status 500.
    TooLong,
}

impl LoginFailureKind {
    fn status(self) -> StatusCode {
        match self {
            Self::Refused | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::NotStarted | Self::Loop => StatusCode::BAD_REQUEST,
            Self::Untrusted => StatusCode::BAD_GATEWAY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLong => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Refused => "The login was refused.",
            Self::NotStarted => {
                "This login was not started in this browser, has taken too long, or was finished already. \
                 If it happens again, check whether cookies are blocked."
            }
            Self::Untrusted => "The login could not be completed.",
            Self::Unavailable => "The login service cannot be reached at the moment.",
            Self::Loop => "The browser does not keep the cookie of the login. Check whether cookies are blocked.",
            Self::CrossSite => "This request came from another site and was not carried out.",
            Self::TooLong => "The login could not be kept. The operator finds the reason in the settings.",
        }
    }
}

/// A login that failed, for the page that tells.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoginFailure {
    /// What kind of failure it is.
    pub kind: LoginFailureKind,
    /// The status of the page.
    pub status: StatusCode,
    /// What exactly was wrong, where that is known; for the log rather than for the user. Its texts may be anybody's.
    pub error: Option<Error>,
    /// The path that starts another login, which comes back to the same page.
    pub try_again: String,
}

impl LoginFailure {
    /// A sentence or two for the user, in English and without anything that came from elsewhere.
    pub fn text(&self) -> &'static str {
        self.kind.text()
    }
}

/// The page for a failure; `return_to` is where the login would have led.
pub(super) fn page(login: &Login, kind: LoginFailureKind, error: Option<Error>, return_to: Option<&str>) -> Answer {
    let try_again = return_to.map_or_else(|| login.paths.login.clone(), |path| login.paths.login_for(path));
    let failure = LoginFailure { kind, status: kind.status(), error, try_again };
    #[cfg(feature = "tracing")]
    tracing::warn!(kind = ?failure.kind, error = failure.error.as_ref().map(tracing::field::display), "login failed");
    let mut answer = match &login.error_page {
        Some(page) => page(&failure),
        None => plain_page(&failure),
    };
    answer::keep_from_caches(&mut answer);
    answer
}

/// The page for a store that does not answer.
pub(super) fn of_store(login: &Login, fault: &StoreError) -> Answer {
    page(login, LoginFailureKind::Unavailable, Some(Error::UnexpectedAnswer(fault.to_string())), None)
}

fn plain_page(failure: &LoginFailure) -> Answer {
    let mut body = format!("<p>{}</p>\n", escape(failure.text()));
    if let Some(Error::Authorization { code, description }) = &failure.error {
        let colon = if description.is_empty() { "" } else { ": " };
        let _ = writeln!(body, "<p>The provider says: {}{colon}{}</p>", escape(code), escape(description));
    }
    let _ = write!(body, "<p><a href=\"{}\">Log in again</a></p>", escape(&failure.try_again));
    let title = if failure.kind == LoginFailureKind::CrossSite { "Not carried out" } else { "Login failed" };
    answer::page(failure.status, title, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_others_are_shown_as_texts() {
        let failure = LoginFailure {
            kind: LoginFailureKind::Refused,
            status: StatusCode::FORBIDDEN,
            error: Some(Error::Authorization {
                code: "<script>alert(1)</script>".into(),
                description: "\"'><img src=x onerror=alert(2)>&".into(),
            }),
            try_again: "/auth/login?return_to=%22\">".into(),
        };
        let answer = plain_page(&failure);
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        assert!(!text.contains("<script") && !text.contains("<img") && !text.contains("%22\">\""), "{text}");
        assert!(text.contains("&lt;script&gt;") && text.contains("&quot;&#39;&gt;&lt;img"), "{text}");
        assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    }

    #[test]
    fn store_faults_do_not_reach_the_browser() {
        let failure = LoginFailure {
            kind: LoginFailureKind::Unavailable,
            status: StatusCode::SERVICE_UNAVAILABLE,
            error: Some(Error::UnexpectedAnswer("postgres://user:hush@db".into())),
            try_again: "/auth/login".into(),
        };
        assert!(!String::from_utf8_lossy(plain_page(&failure).body()).contains("hush"));
    }
}
