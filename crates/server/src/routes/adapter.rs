//! Between axum and the rules: an axum request becomes an [`exchange::Request`], an answer becomes a response.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, HeaderName};
use http::{HeaderValue, Method, StatusCode};
use http_body_util::{BodyExt, Limited};

use super::BODY_LIMIT_BYTES;
use crate::context::Context;
use crate::exchange::{self, Answer, Request};

/// What every GET answers unless it says otherwise, as Hydra does.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache, no-store, must-revalidate");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Reads a request; the error is the answer to it.
pub(super) async fn read(context: &Context, request: axum::extract::Request) -> Result<Request, Answer> {
    let (parts, body) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
    let body = if parts.method == Method::GET || parts.method == Method::HEAD {
        Bytes::new()
    } else {
        let collected = Limited::new(body, BODY_LIMIT_BYTES).collect().await;
        collected.map_err(|_| exchange::empty(StatusCode::PAYLOAD_TOO_LARGE))?.to_bytes()
    };
    let address = sender(context, peer, parts.headers.get(&FORWARDED_FOR));
    Ok(Request {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        method: parts.method,
        headers: parts.headers,
        body,
        address,
    })
}

/// The peer, or the last address that a trusted proxy vouches for. Nobody else's header counts.
fn sender(context: &Context, peer: IpAddr, forwarded: Option<&HeaderValue>) -> IpAddr {
    let trusted = |address: IpAddr| {
        context.config.symbolon.trusted_proxies.iter().any(|network| network.contains(address))
    };
    let mut address = peer;
    let hops = forwarded.and_then(|value| value.to_str().ok()).unwrap_or_default();
    for hop in hops.rsplit(',').map(str::trim) {
        if !trusted(address) {
            break;
        }
        match hop.parse::<IpAddr>() {
            Ok(next) => address = next.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

/// Writes an answer.
pub(super) fn write(method: &Method, mut answer: Answer) -> Response {
    if *method == Method::GET && !answer.headers().contains_key(CACHE_CONTROL) {
        answer.headers_mut().insert(CACHE_CONTROL, PRIVATE);
    }
    answer.map(Body::from)
}

/// The state that axum carries.
pub(super) type Shared = Arc<Context>;

/// Makes an axum handler of a rule: `async fn(&Context, Request) -> Answer`.
macro_rules! endpoint {
    ($rule:path) => {
        |axum::extract::State(context): axum::extract::State<$crate::routes::adapter::Shared>,
         request: axum::extract::Request| async move {
            let method = request.method().clone();
            let answer = match $crate::routes::adapter::read(&context, request).await {
                Ok(request) => $rule(&context, request).await,
                Err(refused) => refused,
            };
            $crate::routes::adapter::write(&method, answer)
        }
    };
}
pub(super) use endpoint;
