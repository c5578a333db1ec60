//! Between axum and the rules: an axum request becomes an [`exchange::Request`], an answer becomes a response.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;

use super::arrival::{Arrival, Arrived};
use super::bodies;
use super::table::Route;
use crate::context::Context;
use crate::control_characters;
use crate::error::ApiError;
use crate::error_page;
use crate::exchange::{Answer, Request};
use crate::ui;

/// Reads a request, with the state that it is answered by; the error is the answer to it.
pub(super) async fn read(
    route: &Route,
    request: axum::extract::Request,
) -> (Arc<Context>, Arrived, Result<Request, Answer>) {
    let (mut parts, body) = request.into_parts();
    let Some(Arrival { context, id, address, at_work, certificate, arrived }) = parts.extensions.remove() else {
        let fault = ApiError::server("a route without the layer that receives requests");
        return (route.current.now(), Arrived::now(&parts, &body), Err(fault.answer()));
    };
    if let Some(refusal) = route.gate.and_then(|gate| gate(&context.config, &parts.uri, &parts.headers)) {
        return (context, arrived, Err(refusal.answer()));
    }
    let body = if parts.method == Method::GET || parts.method == Method::HEAD {
        Bytes::new()
    } else {
        let room = route.memory.room_for(address, route.body_bound);
        match bodies::collect(body, room, &at_work).await {
            Ok(body) => body,
            Err(fault) => return (context, arrived, Err(fault.answer(parts.version))),
        }
    };
    let request = Request {
        id,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        method: parts.method,
        headers: parts.headers,
        body,
        address,
        certificate,
    };
    let refusal = refusal(&context, &request);
    (context, arrived, refusal.map_or(Ok(request), Err))
}

/// The answer to a request whose address has a control character: what no rule has to expect. It has the form that the
/// path's own errors have.
fn refusal(context: &Context, request: &Request) -> Option<Answer> {
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
        |axum::extract::State(route): axum::extract::State<std::sync::Arc<$crate::routes::table::Route>>,
         request: axum::extract::Request| async move {
            let (context, arrived, request) = $crate::routes::adapter::read(&route, request).await;
            let answer = match request {
                Ok(request) => $rule(&context, request).await,
                Err(refused) => refused,
            };
            route.finish(&arrived, answer)
        }
    };
}
pub(super) use endpoint;
