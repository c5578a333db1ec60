//! Between axum and the rules: an axum request becomes an [`exchange::Request`], an answer becomes a response.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;

use super::arrival::Arrival;
use super::bodies;
use crate::context::Context;
use crate::control_characters;
use crate::error::ApiError;
use crate::error_page;
use crate::exchange::{Answer, Request};
use crate::ui;

/// The state that axum carries.
pub(super) type SharedContext = Arc<Context>;

/// Reads a request; the error is the answer to it.
pub(super) async fn read(request: axum::extract::Request) -> Result<Request, Answer> {
    let (mut parts, body) = request.into_parts();
    let Some(Arrival { id, address, memory, at_work }) = parts.extensions.remove() else {
        return Err(ApiError::server("a route without the layer that receives requests").answer());
    };
    let body = if parts.method == Method::GET || parts.method == Method::HEAD {
        Bytes::new()
    } else {
        let room = memory.room_for(address, bodies::bound(parts.uri.path()));
        bodies::collect(body, room, &at_work).await.map_err(|fault| fault.answer(parts.version))?
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

/// The answer to a request whose address has a control character: what no rule has to expect. It has the form that the
/// path's own errors have.
pub(super) fn refusal(context: &Context, request: &Request) -> Option<Answer> {
    let fault = control_characters::check_address(&request.path, &request.query).err()?;
    Some(match request.path.as_str() {
        "/oauth2/auth" | "/oauth2/sessions/logout" | "/oauth2/device/verify" => {
            error_page::show(context, request, &fault)
        }
        path if path == "/" || path.starts_with("/oauth2/fallbacks/") => ui::refuse(context, request, fault),
        path if path.starts_with("/admin/") || path.starts_with("/oauth2/register") || path == "/credentials" => {
            ApiError::from(fault).answer()
        }
        _ => fault.answer(&context.config),
    })
}

/// Makes an axum handler of a rule: `async fn(&Context, Request) -> Answer`.
macro_rules! endpoint {
    ($rule:path) => {
        |axum::extract::State(context): axum::extract::State<$crate::routes::adapter::SharedContext>,
         request: axum::extract::Request| async move {
            let route = request.extensions().get::<axum::extract::MatchedPath>().cloned();
            let answer = match $crate::routes::adapter::read(request).await {
                Ok(request) => match $crate::routes::adapter::refusal(&context, &request) {
                    None => $rule(&context, request).await,
                    Some(refused) => refused,
                },
                Err(refused) => refused,
            };
            let mut answer = answer.map(axum::body::Body::from);
            // For those who count.
            if let Some(route) = route {
                answer.extensions_mut().insert(route);
            }
            answer
        }
    };
}
pub(super) use endpoint;
