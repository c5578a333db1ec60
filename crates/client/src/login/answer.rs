//! The answers that this layer gives itself. None may be kept by a cache.

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY,
    SET_COOKIE, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{Response, StatusCode};
use serde_json::{Value, json};

/// An answer of this layer.
pub(super) type Answer = Response<Bytes>;

/// An answer with what all of them have.
pub(super) fn new(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    if !media_type.is_empty() {
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    keep_from_caches(&mut answer);
    answer
}

pub(super) fn keep_from_caches(answer: &mut Answer) {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers_mut().insert(VARY, HeaderValue::from_static("Cookie"));
}

/// The browser goes on with a GET (RFC 9110 §15.4.4). An address that no header can have becomes an error.
pub(super) fn redirect(to: &str) -> Answer {
    let Ok(location) = HeaderValue::try_from(to) else {
        return new(StatusCode::INTERNAL_SERVER_ERROR, "", "");
    };
    let mut answer = new(StatusCode::SEE_OTHER, "", "");
    answer.headers_mut().insert(LOCATION, location);
    // Parameters of a login are nobody else's business.
    answer.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}

pub(super) fn json(status: StatusCode, body: &Value) -> Answer {
    new(status, "application/json", body.to_string())
}

/// For scripts, which cannot follow to a login page. RFC 9110 §15.5.2 demands a challenge; no scheme is registered for
/// cookies, and browsers ignore those that they do not know.
pub(super) fn login_required(login: &str) -> Answer {
    let mut answer = json(StatusCode::UNAUTHORIZED, &json!({ "error": "login_required", "login": login }));
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Cookie realm=\"login\""));
    answer
}

pub(super) fn method_not_allowed(allowed: &'static str) -> Answer {
    let mut answer = new(StatusCode::METHOD_NOT_ALLOWED, "", "");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}

/// A page without scripts, pictures or styles: `body` is HTML whose texts are escaped.
pub(super) fn page(status: StatusCode, title: &str, body: &str) -> Answer {
    let title = escape(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    );
    let mut answer = new(status, "text/html; charset=utf-8", html);
    let headers: [(HeaderName, &'static str); 3] = [
        (CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in headers {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Text as HTML shows it, also inside of an attribute in double quotes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

pub(super) fn add_cookies(answer: &mut Answer, cookies: impl IntoIterator<Item = HeaderValue>) {
    for cookie in cookies {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
}
