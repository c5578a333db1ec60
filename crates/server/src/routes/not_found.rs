//! Unknown paths and unregistered methods: 404 in the form that the caller reads (wire reference §0.2).

use std::any::Any;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, PLAIN_JSON, Request};

const REASON: &str = "The requested route does not exist. Make sure you are using the right path, domain, and port.";

/// Whatever no route takes.
pub(super) async fn not_found(_: &Context, request: Request) -> Answer {
    let accept = request.header(&ACCEPT).unwrap_or_default().to_ascii_lowercase();
    let first = accept.split(',').map(|part| part.split(';').next().unwrap_or_default().trim()).find(|kind| {
        matches!(*kind, "text/html" | "text/plain" | "application/json" | "*/*" | "text/*" | "application/*")
    });
    let (content_type, body) = match first {
        Some("application/json" | "application/*") => (PLAIN_JSON, json_body()),
        Some("text/plain") => ("text/plain; charset=utf-8", format!("Error 404 - {REASON}")),
        _ => ("text/html; charset=utf-8", html_body()),
    };
    let mut answer = exchange::empty(StatusCode::NOT_FOUND);
    *answer.body_mut() = Bytes::from(body);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// One request's panic is one request's error. What happened is for the log; the process lives on.
#[expect(clippy::needless_pass_by_value, reason = "the signature is the web framework's")]
pub(super) fn panicked(payload: Box<dyn Any + Send>) -> http::Response<axum::body::Body> {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("without a text"), "a request ended in a panic: a fault of this program");
    ApiError::server("panic").answer().map(axum::body::Body::from)
}

fn json_body() -> String {
    let body = json!({"error": {"code": 404, "message": "Not Found", "reason": REASON}});
    serde_json::to_string_pretty(&body).unwrap_or_default() + "\n"
}

fn html_body() -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Not found</title></head>\
         <body><h1>Not found</h1><p>{REASON}</p></body></html>"
    )
}
