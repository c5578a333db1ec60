//! What is done with every request before its route, and with every answer after it. The request gets a name, a span of
//! the log and its sender's address, and is refused if its header fields contradict each other. The answer carries the
//! name, so that one which no rule made (no such path, too large a body, a panic) can be found in the log like any other.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::header::{AUTHORIZATION, CACHE_CONTROL, COOKIE, HeaderName, LOCATION, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderValue, Method, StatusCode};
use tokio::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;
use tracing::Instrument;

use super::adapter::SharedContext;
use super::body_memory::BodyMemory;
use super::cors::CrossOrigin;
use super::foreign::Foreign;
use super::forwarded::Forwarded;
use super::no_route::{complete_allow, panicked};
use super::singleton_fields;
use crate::exchange;
use crate::metrics::HttpRequest;

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
    /// What its body takes while it comes.
    pub(super) memory: Arc<BodyMemory>,
    /// Tells the listener whether the server or the client has to do something.
    pub(super) at_work: AtWork,
}

/// Counts the requests of a connection that the server works for. The listener hands it in; what was not sent over a
/// connection is counted nowhere.
#[derive(Clone, Default)]
pub struct AtWork(pub Arc<AtomicU32>);

/// What a listener needs for every request.
#[derive(Clone)]
pub(super) struct Edge {
    /// The one state.
    pub(super) context: SharedContext,
    /// Which proxies may name the sender.
    pub(super) forwarded: Forwarded,
    /// For the bodies of this listener.
    pub(super) memory: Arc<BodyMemory>,
    /// Which pages may read the answers of this listener.
    pub(super) cross_origin: Arc<CrossOrigin>,
}

/// A route table with all of that around it.
pub(super) fn around(table: Router, edge: Edge) -> Router {
    table
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(edge, receive))
        .layer(SetSensitiveHeadersLayer::new(SENSITIVE))
}

async fn receive(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let request_bytes = announced_bytes(&request);
    let id = edge.context.request_ids.next();
    let method = request.method().clone();
    let span = tracing::info_span!(
        "request",
        id,
        method = %Foreign(method.as_str()),
        path = %Foreign(request.uri().path()),
    );
    let asker = edge.cross_origin.asker(&request);
    let answered = async {
        let mut answer = if edge.cross_origin.ends(&asker) && singleton_fields::check(&request).is_ok() {
            exchange::empty(edge.cross_origin.preflight_status()).map(Body::from)
        } else {
            admit(&edge, &id, request, next).await
        };
        edge.cross_origin.mark(&asker, &mut answer);
        answer
    };
    let mut answer = answered.instrument(span).await;
    complete_allow(&mut answer);
    let headers = answer.headers_mut();
    if method == Method::GET || method == Method::HEAD {
        headers.entry(CACHE_CONTROL).or_insert(PRIVATE);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    let route = answer.extensions_mut().remove::<MatchedPath>();
    edge.context.metrics.http.count(&HttpRequest {
        route: route.as_ref().map(MatchedPath::as_str),
        method: &method,
        status: answer.status(),
        seconds: began.elapsed().as_secs_f64(),
        request_bytes,
        response_bytes: answer.body().size_hint().lower(),
    });
    answer
}

/// Bytes of a request as far as they are known before its body.
fn announced_bytes(request: &Request) -> u64 {
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    let target = request.uri().path().len() + request.uri().query().map_or(0, str::len);
    let line = request.method().as_str().len() + target;
    (headers.sum::<usize>() + line) as u64 + request.body().size_hint().lower()
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
    let at_work = request.extensions_mut().remove().unwrap_or_default();
    let memory = Arc::clone(&edge.memory);
    request.extensions_mut().insert(Arrival { id: id.to_owned(), address, memory, at_work });
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

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use parking_lot::Mutex;
    use symbolon_jose::Rng;
    use tower::ServiceExt as _;
    use tracing::subscriber::DefaultGuard;
    use tracing_subscriber::fmt::Subscriber;

    use super::*;
    use crate::clock::Clock;
    use crate::config::{Overrides, load};
    use crate::{Parts, Server};

    /// What was logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Log {
        /// Takes what this thread logs, as JSON or as text.
        fn begin(form: &str) -> (Self, DefaultGuard) {
            let log = Self::default();
            let writer = log.clone();
            let builder = Subscriber::builder().with_ansi(false).with_writer(move || writer.clone());
            let guard = match form {
                "json" => tracing::subscriber::set_default(builder.json().flatten_event(true).finish()),
                _ => tracing::subscriber::set_default(builder.finish()),
            };
            (log, guard)
        }

        fn lines(&self) -> Vec<String> {
            String::from_utf8(self.0.lock().clone()).unwrap().lines().map(str::to_owned).collect()
        }
    }

    async fn edge() -> Edge {
        let settings = [("dev", "true"), ("dsn", "memory"), ("symbolon.keys.signing_algorithm", "ES256")];
        let overrides = Overrides {
            settings: settings.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec(),
            development_secret: Some(symbolon_jose::Secret::new("a-secret-for-this-test".to_owned())),
        };
        let config = load(&[], std::iter::empty(), &overrides).unwrap();
        let parts = Parts { clock: Clock::manual(1_800_000_000), rng: Rng::seeded(1), store: None };
        let server = Box::pin(Server::start(config, parts)).await.unwrap();
        let memory = Arc::new(BodyMemory::of_admin(&server.context.config));
        let cross_origin = Arc::new(CrossOrigin::of_admin(&server.context.config));
        Edge { context: server.context, forwarded: Forwarded::default(), memory, cross_origin }
    }

    async fn break_down() -> &'static str {
        panic!("a reason\r\nFORGED \u{1b}[31m\u{9b}")
    }

    #[tokio::test]
    async fn a_panic_is_answered_and_logged_under_the_requests_name() {
        let edge = edge().await;
        for form in ["text", "json"] {
            let (log, guard) = Log::begin(form);
            let router = around(Router::new().route("/broken", get(break_down)), edge.clone());
            let request = Request::get("/broken").header("host", "a.example").body(Body::empty()).unwrap();
            let answer = router.oneshot(request).await.unwrap();
            drop(guard);
            assert_eq!(answer.status(), 500);
            let id = answer.headers()[REQUEST_ID].to_str().unwrap().to_owned();
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert!(body["error"].is_string() && !body.to_string().contains("reason"), "{body}");
            let lines = log.lines();
            assert_eq!(lines.len(), 2, "{lines:#?}");
            for line in &lines {
                assert!(line.contains(&id) && line.contains("/broken"), "{line}");
                assert!(!line.starts_with("FORGED") && !line.contains('\u{1b}'), "{line:?}");
            }
            assert!(lines[0].contains("a reason"), "{lines:#?}");
        }
    }

    #[tokio::test]
    async fn what_no_rule_answers_has_a_line_in_the_requests_span() {
        let edge = edge().await;
        let table = Router::new().route("/here", get(async || "here")).fallback(super::super::no_route::not_found);
        let method_not_allowed = super::super::no_route::method_not_allowed;
        let table = table.method_not_allowed_fallback(method_not_allowed).with_state(edge.context.clone());
        let router = around(table, edge);
        let twice = [("host", "a.example"), ("host", "a.example")];
        for (method, path, hosts, status) in [
            ("GET", "/there", &twice[..1], 404),
            ("POST", "/here", &twice[..1], 405),
            ("GET", "/here", &twice[..0], 400),
            ("GET", "/here", &twice[..], 400),
            ("GET", "/a%0d%0aFORGED%1b[31m\u{9b}\u{202e}", &twice[..1], 404),
        ] {
            let (log, guard) = Log::begin("text");
            let mut request = Request::builder().method(method).uri(path);
            for (name, value) in hosts {
                request = request.header(*name, *value);
            }
            let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            drop(guard);
            assert_eq!(answer.status(), status, "{method} {path}");
            let id = answer.headers()[REQUEST_ID].to_str().unwrap();
            let lines = log.lines();
            assert_eq!(lines.len(), 1, "{lines:#?}");
            assert!(lines[0].contains("request refused") && lines[0].contains(id), "{lines:#?}");
            assert!(lines[0].chars().all(|character| matches!(character, ' '..='~')), "{lines:#?}");
        }
    }
}
