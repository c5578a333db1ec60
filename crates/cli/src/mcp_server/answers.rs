//! What scripts of pages may do here (Fetch, CORS). Browser-based clients on this machine, as the MCP Inspector, may call
//! the endpoint; pages of other places may not, whatever name they reach it by. The metadata is public.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderValue, VARY,
};
use http::{HeaderName, StatusCode};
use symbolon_client::Url;

use crate::local_http::{Answer, Request, content};

/// What the answer to a preflight allows. Requests of the current protocol name their method and tool in headers, too.
const REQUEST_HEADERS: &str = "authorization, content-type, accept, mcp-protocol-version, mcp-session-id, mcp-method, \
                               mcp-name, last-event-id";

/// The page whose script calls: `None` for a program, `Err` with the answer for a page of another place. A server that
/// is reached by its address must not take what other pages send (MCP transports 2026-07-28).
pub(super) fn page_of(request: &Request) -> Result<Option<HeaderValue>, Box<Answer>> {
    let mut fields = request.headers.get_all("origin").iter();
    match (fields.next(), fields.next()) {
        (None, _) => Ok(None),
        (Some(origin), None) if is_of_this_machine(origin) => Ok(Some(origin.clone())),
        _ => {
            let text = "Pages of other places may not call this server.";
            Err(Box::new(content(StatusCode::FORBIDDEN, "text/plain; charset=utf-8", text)))
        }
    }
}

fn is_of_this_machine(origin: &HeaderValue) -> bool {
    let url = origin.to_str().ok().and_then(|text| Url::parse(text).ok());
    url.is_some_and(|url| url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost")))
}

/// The answer to a preflight, before the page that may read it is named.
pub(super) fn preflight() -> Answer {
    let mut answer = content(StatusCode::NO_CONTENT, "text/plain", "");
    let fixed = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
        (ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS),
        (ACCESS_CONTROL_MAX_AGE, "3600"),
    ];
    set(&mut answer, &fixed);
    answer
}

/// Lets scripts of every page read the answer.
pub(super) fn for_every_page(mut answer: Answer) -> Answer {
    set(&mut answer, &[(ACCESS_CONTROL_ALLOW_ORIGIN, "*")]);
    answer
}

/// Lets scripts of this page read the answer, the challenge in its header included.
pub(super) fn for_page(mut answer: Answer, page: Option<HeaderValue>) -> Answer {
    if let Some(page) = page {
        answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, page);
        set(&mut answer, &[(VARY, "origin"), (ACCESS_CONTROL_EXPOSE_HEADERS, "www-authenticate")]);
    }
    answer
}

fn set(answer: &mut Answer, fields: &[(HeaderName, &'static str)]) {
    for (name, value) in fields {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_machine_alone_may_call() {
        for (origin, allowed) in [
            ("http://localhost:6274", true),
            ("http://127.0.0.1:6274", true),
            ("https://localhost:6274", false),
            ("http://localhost.evil.example", false),
            ("http://127.0.0.1.nip.io:80", false),
            ("https://evil.example", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(is_of_this_machine(&HeaderValue::from_str(origin).unwrap()), allowed, "{origin}");
        }
    }
}
