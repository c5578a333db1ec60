//! What is done with every request before its route, and with every answer after it. The request gets a name, a span of
//! the log and its sender's address, and is refused if its header fields contradict each other. The answer carries the
//! name, so that one which no rule made (no such path, too large a body, a panic) can be found in the log like any other.

use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context as Task, Poll};

use axum::BoxError;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, COOKIE, HeaderName, LOCATION, PROXY_AUTHORIZATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::time::Instant;
use tower::Service;
use tracing::Instrument;

use super::certificate_header::CertificateHeader;
use super::cors::{Asker, CrossOrigin};
use super::foreign::Foreign;
use super::forwarded::{self, Forwarded};
use super::https_only::{HttpsOnly, Protection};
use super::no_route::{complete_allow, panicked};
use super::path::Normalized;
use super::singleton_fields;
use super::table;
use crate::certificate::ClientCertificate;
use crate::context::{Context, Current};
use crate::error::OAuthError;
use crate::exchange::{self, Answer};
use crate::trail::{self, Finished};

/// What every answer to GET and HEAD says unless it says otherwise, as Hydra does.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache, no-store, must-revalidate");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Whoever prints a set of headers sees that these are there, and not what is in them.
const SENSITIVE: [HeaderName; 5] = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, SET_COOKIE, LOCATION];

/// Who sent a request, as the listener knows it.
#[derive(Clone)]
pub struct Sender {
    /// The other end of the connection.
    pub address: SocketAddr,
    /// Tells the listener whether the server or the client has to do something.
    pub at_work: AtWork,
    /// The certificate of the connection.
    pub(crate) certificate: PeerCertificate,
    /// Whether it came with TLS.
    pub(crate) protection: Protection,
}

impl From<SocketAddr> for Sender {
    fn from(address: SocketAddr) -> Self {
        let (certificate, protection) = (PeerCertificate::NotAsked, Protection::None);
        Self { address, at_work: AtWork::default(), certificate, protection }
    }
}

/// What a listener knows of the certificate of the other end.
#[derive(Clone)]
pub(crate) enum PeerCertificate {
    /// It asks for none: a proxy may know more.
    NotAsked,
    /// It asked, and this came; no header says anything else.
    Asked(Option<ClientCertificate>),
}

/// Counts the requests of a connection that the server works for. What was not sent over a connection is counted nowhere.
#[derive(Clone, Default)]
pub struct AtWork(pub Arc<AtomicU32>);

/// What is known of a request before its body.
#[derive(Clone)]
pub(super) struct Arrival {
    /// The state that it is answered by, whatever comes into force meanwhile.
    pub(super) context: Arc<Context>,
    /// Its name.
    pub(super) id: String,
    /// Who sent it.
    pub(super) address: IpAddr,
    /// Tells the listener whether the server or the client has to do something.
    pub(super) at_work: AtWork,
    /// The sender's certificate.
    pub(super) certificate: Option<ClientCertificate>,
    /// For those who count.
    pub(super) arrived: Arrived,
}

/// When a request came, and what it is, for those who count its answer.
#[derive(Clone)]
pub(super) struct Arrived {
    /// When its head was read.
    pub(super) at: Instant,
    /// Its method.
    pub(super) method: Method,
    /// Its bytes, as far as they are known before its body.
    pub(super) bytes: u64,
}

impl Arrived {
    /// What was noted of a request when it came.
    pub(super) fn of(request: &Request) -> Self {
        let noted = request.extensions().get::<Arrival>().map(|arrival| arrival.arrived.clone());
        noted.unwrap_or_else(|| Self::noted(request.method(), request.uri(), request.headers(), request.body()))
    }

    /// A request that comes now.
    pub(super) fn now(parts: &Parts, body: &Body) -> Self {
        Self::noted(&parts.method, &parts.uri, &parts.headers, body)
    }

    fn noted(method: &Method, uri: &http::Uri, headers: &HeaderMap, body: &Body) -> Self {
        let fields = headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        let target = uri.path().len() + uri.query().map_or(0, str::len);
        let head = fields.sum::<usize>() + method.as_str().len() + target;
        Self { at: Instant::now(), method: method.clone(), bytes: head as u64 + body.size_hint().lower() }
    }
}

/// What a listener needs for every request.
pub(super) struct Edge {
    /// The one state. A request takes it once.
    pub(super) current: Arc<Current>,
    /// Which proxies may name the sender.
    pub(super) forwarded: Forwarded,
    /// The header in which those proxies forward certificates.
    pub(super) certificate_header: Option<CertificateHeader>,
    /// Whether it wants https.
    pub(super) https_only: Option<HttpsOnly>,
    /// Which pages may read the answers of this listener.
    pub(super) cross_origin: fn(&Context) -> &CrossOrigin,
}

/// The routes of a listener, with what is done around each of them. A clone is a handle to the same.
#[derive(Clone)]
pub struct Routes(Arc<(Normalized, Edge)>);

impl Routes {
    pub(super) fn new(table: Normalized, edge: Edge) -> Self {
        Self(Arc::new((table, edge)))
    }

    /// Answers a request. Its extensions say who sent it, as a [`Sender`]; a request of nobody comes from this machine.
    pub async fn answer<B>(&self, request: http::Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.respond(request.map(Body::new)).await
    }

    async fn respond(&self, mut request: Request) -> Response {
        let (table, edge) = &*self.0;
        mark_sensitive(request.headers_mut());
        let arrived = Arrived::of(&request);
        let context = edge.current.now();
        let id = context.request_ids.next();
        let name = HeaderValue::from_str(&id);
        let span = tracing::info_span!(
            "request",
            id,
            method = %Foreign(arrived.method.as_str()),
            path = %Foreign(request.uri().path()),
        );
        let trail = context.seeing.trail(&id, request.headers());
        let path = trail.is_some().then(|| request.uri().path().to_owned());
        let answering = async {
            let answer = answer((table, edge), context, request, (id, &arrived)).await;
            if let Some(path) = path {
                trail::finish(&Finished {
                    method: arrived.method.as_str(),
                    path: &path,
                    status: answer.status(),
                    bytes: if arrived.method == Method::HEAD { 0 } else { answer.body().size_hint().lower() },
                    took: arrived.at.elapsed(),
                });
            }
            answer
        };
        let mut answer = trail::follow(trail, answering).instrument(span).await;
        complete_allow(&mut answer);
        let headers = answer.headers_mut();
        if arrived.method == Method::GET || arrived.method == Method::HEAD {
            headers.entry(CACHE_CONTROL).or_insert(PRIVATE);
        }
        if let Ok(name) = name {
            headers.insert(REQUEST_ID, name);
        }
        mark_sensitive(headers);
        answer
    }
}

fn mark_sensitive(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if SENSITIVE.contains(name) {
            value.set_sensitive(true);
        }
    }
}

/// The answer of the edge or of the table, with what it says to pages of other origins.
async fn answer(
    (table, edge): (&Normalized, &Edge),
    context: Arc<Context>,
    mut request: Request,
    (id, arrived): (String, &Arrived),
) -> Response {
    let cross_origin = (edge.cross_origin)(&context);
    let asker = cross_origin.asker(&request);
    let refusal = insecure(edge, &request).or_else(|| answer_of_edge(cross_origin, &asker, &request));
    let known = match refusal {
        Some(answer) => Err(answer),
        None => sender(edge, &context, &mut request).map_err(|error| exchange::no_store(error.answer(&context.config))),
    };
    let answered = match known {
        Err(answer) => Err(answer),
        Ok((address, at_work, certificate)) => {
            trail::note_address(address);
            let arrived = arrived.clone();
            let context = Arc::clone(&context);
            request.extensions_mut().insert(Arrival { context, id, address, at_work, certificate, arrived });
            let mut table = table.clone();
            let answered = until_panic(async { table.call(request).await }).await;
            answered.map_err(|payload| panicked(payload.as_ref()))
        }
    };
    // Routes count for themselves.
    let mut answer = match answered {
        Ok(Ok(answer)) => answer,
        Err(answer) => {
            table::count(&context.metrics.http.unmatched, arrived, &answer, answer.body().len());
            answer.map(Body::from)
        }
    };
    cross_origin.mark(&asker, &mut answer);
    answer
}

/// The answer to a request that came without TLS where it should not.
fn insecure(edge: &Edge, request: &Request) -> Option<Answer> {
    let (https_only, sender) = (edge.https_only.as_ref()?, request.extensions().get::<Sender>()?);
    let peer = sender.address.ip().to_canonical();
    let refused = https_only.check(sender.protection, peer, request);
    refused.err().map(|error| exchange::no_store(error.answer()))
}

/// The answer to a request that no route has to see.
fn answer_of_edge(cross_origin: &CrossOrigin, asker: &Asker, request: &Request) -> Option<Answer> {
    if let Err(error) = singleton_fields::check(request) {
        return Some(exchange::no_store(error.answer()));
    }
    if cross_origin.ends(asker) {
        return Some(exchange::empty(cross_origin.preflight_status()));
    }
    // "Is anybody there", asked of the server and of none of its paths (RFC 9110 §9.3.7).
    let of_server = request.method() == Method::OPTIONS && request.uri().path() == "*";
    of_server.then(|| exchange::empty(StatusCode::OK))
}

/// Who sent it and with what certificate, by the word of the proxies that are trusted; the error is about a header that
/// cannot be read.
fn sender(
    edge: &Edge,
    context: &Context,
    request: &mut Request,
) -> Result<(IpAddr, AtWork, Option<ClientCertificate>), OAuthError> {
    let local = || Sender::from(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let Sender { address, at_work, certificate, .. } = request.extensions_mut().remove().unwrap_or_else(local);
    let config = &context.config;
    let peer = address.ip().to_canonical();
    let certificate = match (certificate, &edge.certificate_header) {
        (PeerCertificate::Asked(certificate), _) => certificate,
        (PeerCertificate::NotAsked, Some(header)) if forwarded::is_trusted(config, peer) => {
            header.read(request.headers())?
        }
        (PeerCertificate::NotAsked, _) => None,
    };
    Ok((edge.forwarded.sender(config, peer, request.headers()), at_work, certificate))
}

/// What comes of it; the error is what a panic carried.
async fn until_panic<F: Future>(work: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut work = pin!(work);
    let poll = |task: &mut Task<'_>| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(task))) {
        Ok(poll) => poll.map(Ok),
        Err(payload) => Poll::Ready(Err(payload)),
    };
    std::future::poll_fn(poll).await
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

    use axum::Router;
    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use parking_lot::Mutex;
    use symbolon_jose::Rng;
    use tracing::subscriber::DefaultGuard;
    use tracing_subscriber::fmt::Subscriber;

    use super::super::body_memory::BodyMemory;
    use super::super::path::without_trailing_slash;
    use super::super::table::Table;
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
        Edge {
            current: server.current,
            forwarded: Forwarded::default(),
            certificate_header: None,
            https_only: None,
            cross_origin: |context| &context.admin_pages,
        }
    }

    async fn break_down() -> &'static str {
        panic!("a reason\r\nFORGED \u{1b}[31m\u{9b}")
    }

    #[tokio::test]
    async fn a_panic_is_answered_and_logged_under_the_requests_name() {
        let table = Router::new().route("/broken", get(break_down));
        let routes = Routes::new(without_trailing_slash(table), edge().await);
        for form in ["text", "json"] {
            let (log, guard) = Log::begin(form);
            let request = Request::get("/broken").header("host", "a.example").body(Body::empty()).unwrap();
            let answer = routes.answer(request).await;
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
        let memory = BodyMemory::of_admin(&edge.current.now().config);
        let table = Table::new(&edge.current, memory).route("/here", get(async || "here")).finish();
        let routes = Routes::new(without_trailing_slash(table), edge);
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
            let answer = routes.answer(request.body(Body::empty()).unwrap()).await;
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
