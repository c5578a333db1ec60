//! Answers that no rule makes: a path that is not there (404), a method that the path does not have (405), and a request
//! that ended in a panic (500). The first two come in the form that the caller reads.

use std::any::Any;

use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::json;

use super::arrival::Arrived;
use super::table::Route;
use crate::error::ApiError;
use crate::exchange::{self, Answer, PLAIN_JSON};

/// What a page, a text or a JSON document says.
struct RefusalText {
    status: StatusCode,
    title: &'static str,
    reason: &'static str,
}

const NOT_FOUND: RefusalText = RefusalText {
    status: StatusCode::NOT_FOUND,
    title: "Not Found",
    reason: "The requested route does not exist. Make sure you are using the right path, domain, and port.",
};
const METHOD_NOT_ALLOWED: RefusalText = RefusalText {
    status: StatusCode::METHOD_NOT_ALLOWED,
    title: "Method Not Allowed",
    reason: "The requested route does not have this method. The header Allow lists the methods it has.",
};

/// A path that no route takes.
pub(super) fn not_found(unmatched: &Route, request: &Request) -> Response {
    let looks_for_metadata = request.uri().path().starts_with("/.well-known/");
    let answer = if looks_for_metadata { no_metadata(request.headers()) } else { absent(request.headers()) };
    unmatched.finish(&Arrived::of(request), answer)
}

/// A path of ours that is switched off: the answer of one that is not there.
pub(super) fn absent(headers: &HeaderMap) -> Answer {
    refuse(&NOT_FOUND, headers)
}

/// No metadata are there. Whoever looks for them reads JSON, and many ask for anything (RFC 8414 §3).
pub(super) fn no_metadata(headers: &HeaderMap) -> Answer {
    refused(&NOT_FOUND, headers, Form::Json)
}

/// A path of ours with a method that it does not have (RFC 9110 §15.5.6). `OPTIONS` every path has, and the answer is its
/// `Allow` (§9.3.7).
pub(super) fn method_not_allowed(unmatched: &Route, request: &Request) -> Response {
    let as_hydra = unmatched.current.now().config.symbolon.compatibility.not_found_for_wrong_method;
    let answer = if request.method() == Method::OPTIONS {
        exchange::empty(StatusCode::OK)
    } else {
        refuse(if as_hydra { &NOT_FOUND } else { &METHOD_NOT_ALLOWED }, request.headers())
    };
    unmatched.finish(&Arrived::of(request), answer)
}

/// The web framework lists the methods of the route; `OPTIONS`, which is answered here, is not among them. Where the
/// answer pretends that there is no such path, there is nothing to list.
pub(super) fn complete_allow(answer: &mut Response) {
    let Some(listed) = answer.headers_mut().remove(ALLOW) else { return };
    let Ok(listed) = listed.to_str() else { return };
    let listed = format!("{}, OPTIONS", listed.replace(',', ", "));
    if answer.status() != StatusCode::NOT_FOUND
        && let Ok(allow) = HeaderValue::from_str(&listed)
    {
        answer.headers_mut().insert(ALLOW, allow);
    }
}

/// What is answered to somebody who takes anything.
#[derive(Clone, Copy)]
enum Form {
    Html,
    Json,
}

fn refuse(text: &RefusalText, headers: &HeaderMap) -> Answer {
    refused(text, headers, Form::Html)
}

fn refused(text: &RefusalText, headers: &HeaderMap, preferred: Form) -> Answer {
    tracing::info!(status = text.status.as_u16(), "request refused: {}", text.title);
    let accept = exchange::combined(headers, &ACCEPT).to_ascii_lowercase();
    let first = accept.split(',').map(|part| part.split(';').next().unwrap_or_default().trim()).find(|kind| {
        matches!(*kind, "text/html" | "text/plain" | "application/json" | "*/*" | "text/*" | "application/*")
    });
    let (content_type, body) = match first {
        Some("application/json" | "application/*") => (PLAIN_JSON, text.json()),
        Some("text/plain") => ("text/plain; charset=utf-8", text.text()),
        None | Some("*/*") if matches!(preferred, Form::Json) => (PLAIN_JSON, text.json()),
        _ => ("text/html; charset=utf-8", text.html()),
    };
    let mut answer = exchange::empty(text.status);
    *answer.body_mut() = Bytes::from(body);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

impl RefusalText {
    fn json(&self) -> String {
        let body = json!({"error": {"code": self.status.as_u16(), "message": self.title, "reason": self.reason}});
        serde_json::to_string_pretty(&body).unwrap_or_default() + "\n"
    }

    fn text(&self) -> String {
        format!("Error {} - {}", self.status.as_u16(), self.reason)
    }

    fn html(&self) -> String {
        let Self { title, reason, .. } = self;
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
             <body><h1>{title}</h1><p>{reason}</p></body></html>"
        )
    }
}

/// One request's panic is one request's error. What happened is for the log; the process lives on.
pub(super) fn panicked(payload: &(dyn Any + Send)) -> Answer {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("without a text"), "a request ended in a panic: a fault of this program");
    ApiError::server("panic").answer()
}
