//! `GET /oauth2/sessions/check`: the page `check_session_iframe` (OpenID Connect Session Management §3.2, §3.3). It is the
//! same for everybody; what it knows of its browser, its script reads there.

use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};

use super::policy::CHECK_SESSION_POLICY;
use super::view::CheckSessionPage;
use crate::context::Context;
use crate::cookies;
use crate::exchange::{self, Answer};

/// The page, which any page may put into a frame.
pub fn check_session(context: &Context) -> Answer {
    let html = CheckSessionPage {
        theme: &context.theme,
        cookie: &cookies::browser_state_name(&context.config),
        seen_everywhere: cookies::are_secure(&context.config),
    }
    .render();
    let mut answer = exchange::no_store(exchange::html(StatusCode::OK, html));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CHECK_SESSION_POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}
