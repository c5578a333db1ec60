//! What is done with every request before its route, and with every answer after it. The request gets a name, a span of
//! the log and its sender's address, and is refused if its header fields contradict each other. The answer carries the
//! name, so that one which no rule made (no such path, too large a body, a panic) can be found in the log like any other.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::header::{AUTHORIZATION, CACHE_CONTROL, COOKIE, HeaderName, LOCATION, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderValue, Method, StatusCode};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;
use tracing::Instrument;

use super::adapter::SharedContext;
use super::foreign::Foreign;
use super::forwarded::Forwarded;
use super::no_route::{complete_allow, panicked};
use super::singleton_fields;
use crate::exchange;

/// What every answer to GET and HEAD says unless it says otherwise, as Hydra does.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache, no-store, must-revalidate");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Whoever prints a set of headers sees that these are there, and not what is in them.
const SENSITIVE: [HeaderName; 5] = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, SET_COOKIE, LOCATION];

/// What is known of a request before its body.
#[derive(Clone)]
pub(super) struct Arrival {
    /// Its name.
    pub(super) id: String,
    /// Who sent it.
    pub(super) address: IpAddr,
}

/// What a listener needs for every request.
#[derive(Clone)]
pub(super) struct Edge {
    /// The one state.
    pub(super) context: SharedContext,
    /// Which proxies may name the sender.
    pub(super) forwarded: Forwarded,
}

/// A route table with all of that around it.
pub(super) fn around(table: Router, edge: Edge) -> Router {
    table
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(edge, receive))
        .layer(SetSensitiveHeadersLayer::new(SENSITIVE))
}

async fn receive(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let id = edge.context.request_ids.next();
    let method = request.method().clone();
    let span = tracing::info_span!(
        "request",
        id,
        method = %Foreign(method.as_str()),
        path = %Foreign(request.uri().path()),
    );
    let mut answer = admit(&edge, &id, request, next).instrument(span).await;
    complete_allow(&mut answer);
    let headers = answer.headers_mut();
    if method == Method::GET || method == Method::HEAD {
        headers.entry(CACHE_CONTROL).or_insert(PRIVATE);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    answer
}

async fn admit(edge: &Edge, id: &str, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
    let address = edge.forwarded.sender(&edge.context.config, peer, request.headers());
    if let Err(error) = singleton_fields::check(&request) {
        return exchange::no_store(error.answer()).map(Body::from);
    }
    // "Is anybody there", asked of the server and of none of its paths (RFC 9110 §9.3.7).
    if request.method() == Method::OPTIONS && request.uri().path() == "*" {
        return exchange::empty(StatusCode::OK).map(Body::from);
    }
    request.extensions_mut().insert(Arrival { id: id.to_owned(), address });
    next.run(request).await
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
