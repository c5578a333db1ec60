//! The metadata document as a service (RFC 9728 §3): for GET and HEAD, and for scripts of every page.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE,
};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use tower_service::Service;

use crate::wire::ProtectedResourceMetadata;

const METHODS: &str = "GET, HEAD, OPTIONS";

/// Answers every request with the metadata of an API, whatever its path: the router decides where it is.
#[derive(Debug, Clone)]
pub struct MetadataEndpoint {
    document: Arc<str>,
}

impl MetadataEndpoint {
    pub(super) fn new(metadata: &ProtectedResourceMetadata) -> Self {
        let document = serde_json::Value::Object(metadata.to_members()).to_string();
        Self { document: document.into() }
    }

    fn answer(&self, method: &Method) -> Response<String> {
        let (status, body, fields): (_, &str, &[(HeaderName, &'static str)]) = match *method {
            Method::GET | Method::HEAD => (
                StatusCode::OK,
                if *method == Method::GET { &*self.document } else { "" },
                &[(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "max-age=3600")],
            ),
            Method::OPTIONS => (
                StatusCode::NO_CONTENT,
                "",
                &[
                    (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
                    (ACCESS_CONTROL_ALLOW_HEADERS, "*"),
                    (ACCESS_CONTROL_MAX_AGE, "3600"),
                ],
            ),
            _ => (StatusCode::METHOD_NOT_ALLOWED, "", &[(ALLOW, METHODS)]),
        };
        let mut response = Response::new(body.to_owned());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        for (name, value) in fields {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if *method == Method::HEAD {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(self.document.len()));
        }
        response
    }
}

impl<B> Service<Request<B>> for MetadataEndpoint {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        ready(Ok(self.answer(request.method())))
    }
}
