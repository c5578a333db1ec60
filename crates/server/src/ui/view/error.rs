//! The error page, for errors that must not be sent back to a client (RFC 6749 §4.1.2.1: no verified address).

use askama::Template;

use super::{Frame, rendered};

/// Says that something failed, what the person can do, and what support needs to know.
///
/// Ids: `error-code`, `error-description`, `error-hint`, `request-id`.
#[derive(Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    /// Look and language.
    pub frame: Frame<'a>,
    /// The `error` value.
    pub code: &'a str,
    /// The `error_description`; empty for none.
    pub description: &'a str,
    /// The `error_hint`; empty for none.
    pub hint: &'a str,
    /// The id under which the log tells the private reason; empty for none.
    pub request_id: &'a str,
}

impl ErrorPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> String {
        rendered(self, self.frame.texts)
    }

    /// What the person can do, by whose turn it is.
    fn advice(&self) -> &str {
        let texts = self.frame.texts;
        match self.code {
            "access_denied"
            | "request_forbidden"
            | "request_unauthorized"
            | "login_required"
            | "consent_required"
            | "interaction_required"
            | "account_selection_required" => &texts.error_refused,
            "server_error" | "temporarily_unavailable" | "insufficient_entropy" | "error" | "internal_server_error" => {
                &texts.error_server
            }
            _ => &texts.error_request,
        }
    }
}
