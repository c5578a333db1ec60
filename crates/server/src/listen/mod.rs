//! The two listeners, and the one that asks clients for certificates where it is configured (`tls`): taking the ports, serving HTTP/1.1 and HTTP/2, and ending without cutting anybody off. Both have
//! connections of their own (`quotas`, sized by `descriptors`), and nobody keeps one without making use of it
//! (`deadlines`, from what `connection` and `stream` note).

mod connection;
mod deadlines;
mod descriptors;
mod forerunner;
mod quotas;
mod stream;
mod tls;

#[cfg(test)]
mod tests;

pub(crate) use forerunner::Preceded;
pub use forerunner::{Forerunner, Port};
pub use tls::MutualTlsListener;
pub(crate) use tls::check_certificates;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use self::connection::{Exchange, Order};
use self::descriptors::Places;
use self::quotas::{Admission, Place, Quotas};
use self::stream::WatchedStream;
use self::tls::Handshakes;
use crate::config::{Config, Listener};
use crate::metrics::OpenConnections;
use crate::routes::{AtWork, PeerCertificate, Sender};
use crate::start_error::StartError;

/// Longest time for open requests when the server stops.
const GRACE: Duration = Duration::from_secs(20);
/// Most connections that wait to be accepted. When there are more, the system drops them, and they come again a second
/// later.
const BACKLOG: u32 = 4_096;
/// Largest head of a request over HTTP/1.1, in bytes. HTTP/2 has 16 KiB.
const HEAD_BYTES: usize = 64 * 1024;
/// Most requests at once on an HTTP/2 connection, the least that RFC 9113 §6.5.2 recommends.
const STREAMS: u32 = 100;
/// What a peer may send ahead over HTTP/2, in bytes: of one body, and of all on a connection.
const STREAM_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;

/// What the system keeps of a connection in each direction, in bytes; Linux takes twice as much. By itself it would take
/// megabytes from whoever reads no answers, and the server would fill them as fast as it can.
const SYSTEM_BUFFER: usize = 128 * 1024;

/// The ports, taken.
pub struct Listeners {
    /// For browsers and clients.
    pub public: TcpListener,
    /// For administrators.
    pub admin: TcpListener,
    /// For clients with certificates.
    pub mutual_tls: Option<MutualTlsListener>,
}

/// Takes the ports; the error names the key to change.
pub async fn bind(config: &Config) -> Result<Listeners, StartError> {
    Ok(Listeners {
        public: take(&config.serve.public, "public").await?,
        admin: take(&config.serve.admin, "admin").await?,
        mutual_tls: tls::bind(config).await?,
    })
}

async fn take(listener: &Listener, name: &str) -> Result<TcpListener, StartError> {
    let host = if listener.host.is_empty() { "0.0.0.0" } else { listener.host.trim_matches(['[', ']']) };
    open(host, listener.port).await.map_err(|fault| {
        let why = fault_of_port(&fault);
        StartError::Listen(format!(
            "port {} of {host} cannot be taken: {why}; choose another with serve.{name}.port (or SERVE_{}_PORT)",
            listener.port,
            name.to_uppercase()
        ))
    })
}

/// Why a port cannot be taken.
fn fault_of_port(fault: &io::Error) -> String {
    match fault.kind() {
        io::ErrorKind::AddrInUse => "another program uses it".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not take it".to_owned(),
        _ => fault.to_string(),
    }
}

/// Listens at the first address of that name that can be taken.
async fn open(host: &str, port: u16) -> io::Result<TcpListener> {
    let mut fault = io::Error::new(io::ErrorKind::NotFound, "this name has no address");
    for address in tokio::net::lookup_host((host, port)).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // A port is free as soon as the server before has gone.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        match socket.bind(address).and_then(|()| socket.listen(BACKLOG)) {
            Ok(listener) => return Ok(listener),
            Err(refused) => fault = refused,
        }
    }
    Err(fault)
}

/// Who may connect to a listener, and who gives up connections when descriptors are scarce.
#[derive(Clone)]
pub(crate) struct Door {
    quotas: Arc<Quotas>,
    yielding: Vec<Arc<Quotas>>,
    handshakes: Option<Handshakes>,
}

impl Door {
    /// The same for a listener that speaks TLS.
    pub(crate) fn with_tls(self, handshakes: Handshakes) -> Self {
        Self { handshakes: Some(handshakes), ..self }
    }
}

/// The doors of the public and of the admin listener. Where descriptors run out all the same, the public listener gives
/// some up for both.
pub(crate) fn doors(config: &Config, open: &OpenConnections) -> (Door, Door) {
    let connections = &config.symbolon.connections;
    let places = Places::take(connections);
    let public = Quotas::new(places.public, connections).counted_in(&open.public);
    let public = Arc::new(public.per_network(connections.per_network, &config.symbolon.trusted_proxies));
    let admin = Arc::new(Quotas::new(places.admin, connections).counted_in(&open.admin));
    let yielding = vec![Arc::clone(&public)];
    let door = |quotas| Door { quotas, yielding: yielding.clone(), handshakes: None };
    (door(public), door(admin))
}

/// What answers the requests of a listener.
pub(crate) trait Answers: Clone + Send + Sync + 'static {
    /// Answers a request; its extensions say who sent it.
    fn answer(&self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send;
}

/// Serves until `stop` becomes true, then lets open requests end.
pub(crate) async fn serve(listener: TcpListener, routes: impl Answers, door: Door, mut stop: watch::Receiver<bool>) {
    let server = server();
    let sweeping = tokio::spawn(sweep(Arc::clone(&door.quotas)));
    loop {
        tokio::select! {
            visitor = next_visitor(&listener, &door) => {
                if let Some((stream, peer, place)) = visitor {
                    prepare(&stream);
                    let visit = Visit { peer, place, handshakes: door.handshakes.clone() };
                    tokio::spawn(attend(server.clone(), stream, visit, routes.clone()));
                }
            }
            // An error says that the sender is gone, which is as good a reason to stop.
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(GRACE, door.quotas.end_all(Order::Close)).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
        let _ = tokio::time::timeout(GRACE, door.quotas.end_all(Order::Cut)).await;
    }
    sweeping.abort();
}

/// HTTP/1.1 and HTTP/2 without timers of their own: `deadlines` has them.
fn server() -> Builder<TokioExecutor> {
    let mut server = Builder::new(TokioExecutor::new());
    server.http1().header_read_timeout(None).max_buf_size(HEAD_BYTES);
    server
        .http2()
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    server
}

/// Where the system refuses it, the connection works with its own defaults.
fn prepare(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let socket = SockRef::from(stream);
    let _ = socket.set_send_buffer_size(SYSTEM_BUFFER);
    let _ = socket.set_recv_buffer_size(SYSTEM_BUFFER);
}

async fn sweep(quotas: Arc<Quotas>) {
    loop {
        tokio::time::sleep(deadlines::PAUSE).await;
        quotas.sweep();
    }
}

/// Waits for a visitor who may come in. `None` when nobody could be let in.
async fn next_visitor(listener: &TcpListener, door: &Door) -> Option<(TcpStream, SocketAddr, Place)> {
    let (stream, peer) = match listener.accept().await {
        Ok(visitor) => visitor,
        Err(fault) => {
            // Out of file descriptors, mostly: make some free.
            tracing::warn!(%fault, "a connection could not be accepted");
            door.yielding.iter().for_each(|quotas| quotas.relieve());
            tokio::time::sleep(Duration::from_millis(50)).await;
            return None;
        }
    };
    loop {
        match door.quotas.admit(peer.ip()) {
            Admission::Admitted(place) => return Some((stream, peer, place)),
            Admission::Refused => return None,
            Admission::Full => door.quotas.changed().await,
            Admission::TooFast => tokio::task::yield_now().await,
        }
    }
}

/// A connection with its place.
struct Visit {
    peer: SocketAddr,
    place: Place,
    handshakes: Option<Handshakes>,
}

/// Serves a connection until it ends or is told to.
async fn attend(server: Builder<TokioExecutor>, stream: TcpStream, visit: Visit, routes: impl Answers) {
    let Visit { peer, place, handshakes } = visit;
    let stream = WatchedStream::new(stream, Arc::clone(&place.connection));
    let Some(handshakes) = handshakes else {
        return converse(server, stream, (peer, PeerCertificate::NotAsked, place), routes).await;
    };
    let shaken = tokio::select! {
        shaken = handshakes.perform(stream) => shaken,
        // Nothing was asked yet, so there is nothing to finish.
        _ = place.connection.ended() => return,
    };
    match shaken {
        Ok((stream, certificate)) => {
            converse(server, stream, (peer, PeerCertificate::Asked(certificate), place), routes).await;
        }
        Err(fault) => tracing::debug!(%fault, "a TLS handshake failed"),
    }
}

/// Answers the requests of a connection until it ends or is told to.
async fn converse(
    server: Builder<TokioExecutor>,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    (peer, certificate, place): (SocketAddr, PeerCertificate, Place),
    routes: impl Answers,
) {
    let watched = Arc::clone(&place.connection);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let exchange = Exchange::begin(&watched, request.version());
        let at_work = AtWork(watched.at_work());
        request.extensions_mut().insert(Sender { address: peer, at_work, certificate: certificate.clone() });
        let routes = routes.clone();
        async move { Ok::<_, Infallible>(exchange.answer(routes.answer(request.map(Body::new)).await)) }
    });
    let mut serving = pin!(server.serve_connection(TokioIo::new(stream), service));
    loop {
        tokio::select! {
            outcome = &mut serving => {
                if let Err(fault) = outcome {
                    tracing::debug!(%fault, "a connection ended badly");
                }
                return;
            }
            order = place.connection.ended() => match order {
                Order::Close => serving.as_mut().graceful_shutdown(),
                Order::Cut => return,
            }
        }
    }
}
