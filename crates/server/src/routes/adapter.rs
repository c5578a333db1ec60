//! Between axum and the rules: an axum request becomes an [`exchange::Request`], an answer becomes a response.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::{BodyExt, Limited};
use tracing::Instrument;

use super::BODY_LIMIT_BYTES;
use crate::context::Context;
use crate::exchange::{self, Answer, Request};

/// What every GET answers unless it says otherwise, as Hydra does.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache, no-store, must-revalidate");
/// Longest time for a client to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Reads a request; the error is the answer to it.
pub(super) async fn read(context: &Context, request: axum::extract::Request) -> Result<Request, Answer> {
    let (parts, body) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
    let body = if parts.method == Method::GET || parts.method == Method::HEAD {
        Bytes::new()
    } else {
        let collecting = Limited::new(body, BODY_LIMIT_BYTES).collect();
        let collected = tokio::time::timeout(BODY_TIMEOUT, collecting).await;
        let collected = collected.map_err(|_| exchange::empty(StatusCode::REQUEST_TIMEOUT))?;
        collected.map_err(|_| exchange::empty(StatusCode::PAYLOAD_TOO_LARGE))?.to_bytes()
    };
    let address = sender(context, peer, &parts.headers);
    Ok(Request {
        id: context.request_ids.next(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        method: parts.method,
        headers: parts.headers,
        body,
        address,
    })
}

/// The peer, or the last address that a trusted proxy vouches for. Nobody else's header counts. Proxies append, some to
/// the line that is there, some as a line of their own, and some with a port.
fn sender(context: &Context, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let networks = &context.config.symbolon.trusted_proxies;
    let trusted = |address: IpAddr| networks.iter().any(|network| network.contains(address));
    if networks.is_empty() || !trusted(peer) {
        return peer;
    }
    let lines: Vec<&str> = headers.get_all(&FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut address = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim) {
        let named = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
        let Ok(named) = named else { break };
        address = named.to_canonical();
        if !trusted(address) {
            break;
        }
    }
    address
}

/// Writes an answer.
pub(super) fn write(method: &Method, id: &str, mut answer: Answer) -> Response {
    if *method == Method::GET && !answer.headers().contains_key(CACHE_CONTROL) {
        answer.headers_mut().insert(CACHE_CONTROL, PRIVATE);
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    answer.map(Body::from)
}

/// Runs a rule within a span of the log that names the request.
pub(super) async fn within<F: Future<Output = Answer>>(id: &str, method: &Method, path: &str, rule: F) -> Answer {
    rule.instrument(tracing::info_span!("request", id, %method, path)).await
}

/// Names requests: the node, and a number that counts.
pub struct RequestIds {
    node: String,
    count: AtomicU64,
}

impl RequestIds {
    /// Ids of a node.
    pub fn new(node: &str) -> Self {
        Self { node: node.chars().filter(char::is_ascii_alphanumeric).take(8).collect(), count: AtomicU64::new(1) }
    }

    fn next(&self) -> String {
        format!("{}-{:x}", self.node, self.count.fetch_add(1, Ordering::Relaxed))
    }
}

/// The state that axum carries.
pub(super) type Shared = Arc<Context>;

/// Makes an axum handler of a rule: `async fn(&Context, Request) -> Answer`.
macro_rules! endpoint {
    ($rule:path) => {
        |axum::extract::State(context): axum::extract::State<$crate::routes::adapter::Shared>,
         request: axum::extract::Request| async move {
            use $crate::routes::adapter;
            let method = request.method().clone();
            match adapter::read(&context, request).await {
                Ok(request) => {
                    let (id, path) = (request.id.clone(), request.path.clone());
                    let answer = adapter::within(&id, &method, &path, $rule(&context, request)).await;
                    adapter::write(&method, &id, answer)
                }
                Err(refused) => adapter::write(&method, "", refused),
            }
        }
    };
}
pub(super) use endpoint;
