//! Between axum and the rules: an axum request becomes an [`exchange::Request`], an answer becomes a response.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Method, StatusCode, Version};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use symbolon_types::ErrorCode;

use super::BODY_LIMIT_BYTES;
use super::arrival::Arrival;
use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};

/// Longest time for a client to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// The state that axum carries.
pub(super) type SharedContext = Arc<Context>;

/// Reads a request; the error is the answer to it.
pub(super) async fn read(request: axum::extract::Request) -> Result<Request, Answer> {
    let (mut parts, body) = request.into_parts();
    let Some(Arrival { id, address }) = parts.extensions.remove() else {
        return Err(ApiError::server("a route without the layer that receives requests").answer());
    };
    let body = if parts.method == Method::GET || parts.method == Method::HEAD {
        Bytes::new()
    } else {
        collect(body).await.map_err(|fault| fault.answer(parts.version))?
    };
    Ok(Request {
        id,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        method: parts.method,
        headers: parts.headers,
        body,
        address,
    })
}

/// Why a body could not be read.
enum BodyFault {
    /// It is larger than [`BODY_LIMIT_BYTES`].
    TooLarge,
    /// It did not come within [`BODY_TIMEOUT`].
    TooSlow,
    /// It ended early, or its parts are not what HTTP prescribes.
    Broken(String),
}

async fn collect(body: Body) -> Result<Bytes, BodyFault> {
    // A length that is announced need not be waited for.
    if body.size_hint().lower() > BODY_LIMIT_BYTES as u64 {
        return Err(BodyFault::TooLarge);
    }
    let collecting = Limited::new(body, BODY_LIMIT_BYTES).collect();
    let collected = tokio::time::timeout(BODY_TIMEOUT, collecting).await.map_err(|_| BodyFault::TooSlow)?;
    collected.map(http_body_util::Collected::to_bytes).map_err(|fault| BodyFault::of(fault.as_ref()))
}

impl BodyFault {
    fn of(fault: &(dyn Error + Send + Sync + 'static)) -> Self {
        if fault.is::<LengthLimitError>() { Self::TooLarge } else { Self::Broken(fault.to_string()) }
    }

    /// RFC 9110 §15.5.9, §15.5.14. What is left of the body would be read as the next request: the connection ends.
    fn answer(self, version: Version) -> Answer {
        let (status, hint, reason) = match self {
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than a mebibyte.", None),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "The body did not come within 20 seconds.", None),
            Self::Broken(reason) => (StatusCode::BAD_REQUEST, "The body could not be read to its end.", Some(reason)),
        };
        let mut error = ApiError::oauth(ErrorCode::InvalidRequest, hint);
        error.status = status;
        error.reason = reason;
        let mut answer = exchange::no_store(error.answer());
        // HTTP/2 has no such field (RFC 9113 §8.2.2).
        if version < Version::HTTP_2 {
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}

/// Makes an axum handler of a rule: `async fn(&Context, Request) -> Answer`.
macro_rules! endpoint {
    ($rule:path) => {
        |axum::extract::State(context): axum::extract::State<$crate::routes::adapter::SharedContext>,
         request: axum::extract::Request| async move {
            let answer = match $crate::routes::adapter::read(request).await {
                Ok(request) => $rule(&context, request).await,
                Err(refused) => refused,
            };
            answer.map(axum::body::Body::from)
        }
    };
}
pub(super) use endpoint;
