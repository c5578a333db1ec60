//! The description of both listeners' interface, as `OpenAPI` 3.1. `operations` says what there is, one table for each
//! subject; the shapes of bodies come from the types that serde reads and writes, and `shapes` has those that have no
//! type. `document` writes it all as JSON, `page` as a page for people. The document is in the repository
//! (`docs/reference/openapi.json`), and tests hold it against the route tables and against every answer that they see.

mod document;
pub mod operation;
pub mod operations;
mod page;
mod shapes;

use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};

pub use document::document;

use crate::context::Context;
use crate::exchange::{self, Answer, Request};

/// `GET /admin/openapi.json`.
pub async fn json(context: &Context, _: Request) -> Answer {
    let config = &context.config;
    exchange::json(StatusCode::OK, &document(config.public_url(), config.urls.admin.as_deref()))
}

/// `GET /admin/openapi`: the same for people.
pub async fn html(_: &Context, _: Request) -> Answer {
    let mut answer = Response::new(page::render().into());
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(page::POLICY));
    answer
}

/// `GET /admin/openapi.css`.
pub async fn style(_: &Context, _: Request) -> Answer {
    let mut answer = Response::new(page::STYLE.into());
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    answer
}
