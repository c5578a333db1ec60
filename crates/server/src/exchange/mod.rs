//! One HTTP exchange as the rules see it: plain `http` types, the body already collected and bounded. Handlers take a
//! [`Request`] and give an [`Answer`]; only `routes` knows the web framework.

mod errors;

pub use errors::after;

use std::net::IpAddr;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, LOCATION, PRAGMA};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Serialize;

use crate::certificate::ClientCertificate;
use crate::control_characters;
use crate::error::ApiError;

/// A request whose body was read.
pub struct Request {
    /// Names it in the log, in the answer's `X-Request-Id`, and on the error page.
    pub id: String,
    /// Method as sent: HEAD is not GET here.
    pub method: Method,
    /// Path without query.
    pub path: String,
    /// Raw query, without `?`; empty when there is none.
    pub query: String,
    /// Header fields.
    pub headers: HeaderMap,
    /// Body, bounded by its route.
    pub body: Bytes,
    /// Who sent it: the peer, or the address that a trusted proxy names.
    pub address: IpAddr,
    /// The sender's certificate: that of the connection, or the one that a trusted proxy forwards.
    pub certificate: Option<ClientCertificate>,
}

// Headers and body hold tokens, secrets and cookies.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("id", &self.id)
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// An answer with its whole body.
pub type Answer = http::Response<Bytes>;

/// `Content-Type` of the OAuth 2.0 endpoints, written as Hydra writes it.
pub const OAUTH_JSON: &str = "application/json;charset=UTF-8";
/// `Content-Type` of every other JSON success.
pub const PLAIN_JSON: &str = "application/json; charset=utf-8";

/// Whose page sent a request, as its browser says (Fetch Metadata Request Headers §2.3).
pub const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a browser says that a page of another site sent this. What is not understood counts as such.
pub fn is_from_foreign_page(headers: &HeaderMap) -> bool {
    headers.get(&SEC_FETCH_SITE).is_some_and(|site| !matches!(site.as_bytes(), b"none" | b"same-origin"))
}

impl Request {
    /// One header as text; absent or not text gives `None`.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All lines of a header that is a list.
    pub fn list(&self, name: &HeaderName) -> String {
        combined(&self.headers, name)
    }

    /// Whether the body is said to be a form.
    pub fn is_form(&self) -> bool {
        self.header(&CONTENT_TYPE).is_some_and(|value| {
            value.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
        })
    }

    /// The first query parameter of that name, decoded; empty counts as absent.
    pub fn query_parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty())
    }

    /// The JSON body, decoded leniently as to its `Content-Type`.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, ApiError> {
        // An array would be read as the members in their order.
        if self.body.trim_ascii_start().first() == Some(&b'[') {
            return Err(ApiError::malformed("Unable to decode the request body: it must be a JSON object."));
        }
        control_characters::check_json(&self.body)?;
        serde_json::from_slice(&self.body).map_err(|fault| ApiError::undecodable(&fault))
    }
}

/// All lines of a header that is a list, as one (RFC 9110 §5.3); empty when there is none. Lines that are no text are left
/// out.
pub fn combined(headers: &HeaderMap, name: &HeaderName) -> String {
    let lines: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    lines.join(", ")
}

/// JSON in the form of Hydra's generic writer: a newline at the end.
pub fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    with_json(status, PLAIN_JSON, body, b"\n")
}

/// JSON of an OAuth 2.0 endpoint, never to be cached (RFC 6749 §5.1).
pub fn oauth_json(status: StatusCode, body: &impl Serialize) -> Answer {
    no_store(with_json(status, OAUTH_JSON, body, b""))
}

/// JSON with an explicit content type.
pub fn with_json(status: StatusCode, content_type: &'static str, body: &impl Serialize, end: &[u8]) -> Answer {
    let mut text = Vec::with_capacity(512);
    if let Err(fault) = serde_json::to_writer(&mut text, body) {
        tracing::error!(%fault, "an answer could not be written as JSON");
        return empty(StatusCode::INTERNAL_SERVER_ERROR);
    }
    text.extend_from_slice(end);
    let mut answer = Answer::new(Bytes::from(text));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// No body.
pub fn empty(status: StatusCode) -> Answer {
    let mut answer = Answer::new(Bytes::new());
    *answer.status_mut() = status;
    answer
}

/// A redirect. An address that cannot stand in a header gives a 500: such an address was never verified.
pub fn redirect(status: StatusCode, location: &str) -> Answer {
    let Ok(value) = HeaderValue::from_str(location) else {
        tracing::error!("a redirect target could not be written as a header");
        return empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut answer = empty(status);
    answer.headers_mut().insert(LOCATION, value);
    answer
}

/// A redirect between two steps of a flow, with the short note that RFC 9110 §15.4.3 asks for.
pub fn found(location: &str) -> Answer {
    let mut answer = redirect(StatusCode::FOUND, location);
    let escaped = location.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    *answer.body_mut() = Bytes::from(format!("<a href=\"{escaped}\">Found</a>.\n"));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer
}

/// A page.
pub fn html(status: StatusCode, page: String) -> Answer {
    let mut answer = Answer::new(Bytes::from(page));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer
}

/// Marks an answer as one that nobody may keep (RFC 6749 §5.1).
pub fn no_store(mut answer: Answer) -> Answer {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    answer
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn request() -> Request {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("authorization", "Bearer hidden"), ("cookie", "a=hidden"), ("x-list", "a"), ("x-list", "b")]
        {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers.append("x-list", HeaderValue::from_bytes(b"\xff").unwrap());
        Request {
            id: "node-1".to_owned(),
            method: Method::POST,
            path: "/oauth2/auth".to_owned(),
            query: "id_token_hint=hidden&login_hint=hidden".to_owned(),
            headers,
            body: Bytes::from_static(b"password=hidden"),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            certificate: None,
        }
    }

    #[test]
    fn a_printed_request_shows_its_name_and_where_it_went_and_no_more() {
        let printed = format!("{:?}", request());
        assert!(printed.contains("node-1") && printed.contains("/oauth2/auth"), "{printed}");
        assert!(!printed.contains("hidden"), "{printed}");
    }

    #[test]
    fn lines_of_a_list_are_one_list() {
        assert_eq!(request().list(&HeaderName::from_static("x-list")), "a, b");
        assert_eq!(request().list(&HeaderName::from_static("x-other")), "");
    }
}
