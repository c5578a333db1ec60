//! The two listeners, and the one that asks clients for certificates where it is configured (`tls`): taking the addresses
//! (`entrance`, `unix_socket`), TLS with certificates that are kept current (`certificate`), proxies that pass connections
//! on (`proxy_protocol`), serving HTTP/1.1 and HTTP/2, and ending without cutting anybody off. Both have connections of their own (`quotas`, sized by `descriptors`), and nobody keeps one without making use of it
//! (`deadlines`, from what `connection` and `stream` note).

mod certificate;
mod connection;
mod deadlines;
mod descriptors;
mod entrance;
mod forerunner;
mod proxy_protocol;
mod quotas;
mod stream;
mod tls;
mod unix_socket;

#[cfg(test)]
mod tests;

pub use certificate::CertificateFacts;
pub(crate) use certificate::keep_current;
pub use entrance::Entrance;
pub(crate) use forerunner::Preceded;
pub use forerunner::{Forerunner, Port};
pub use tls::MutualTlsListener;
pub use tls::certificates;
pub(crate) use tls::check_certificates;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
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
use tokio::sync::watch;
use tokio_rustls::server::TlsStream;

use self::certificate::CertificateSource;
use self::connection::{Exchange, Order};
use self::descriptors::Places;
use self::entrance::{fault_of_port, open};
use self::quotas::{Admission, Place, Quotas};
use self::stream::{Stream, WatchedStream};
use self::tls::Handshakes;
use self::unix_socket::UnixSocket;
use crate::config::{Config, Listener, ListenerTls, Network, SocketFile, unix_path};
use crate::metrics::OpenConnections;
use crate::routes::{AtWork, PeerCertificate, Protection, Sender};
use crate::start_error::StartError;

/// Longest time for open requests when the server stops.
const GRACE: Duration = Duration::from_secs(20);
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

/// The addresses, taken.
pub struct Listeners {
    /// For browsers and clients.
    pub public: Entrance,
    /// For administrators.
    pub admin: Entrance,
    /// For clients with certificates.
    pub mutual_tls: Option<MutualTlsListener>,
}

/// Takes the addresses; the error names the key to change.
pub async fn bind(config: &Config) -> Result<Listeners, StartError> {
    let (public, admin) = (take_public(config).await?, take_admin(config).await?);
    Ok(Listeners { public, admin, mutual_tls: tls::bind(config).await? })
}

/// Takes the addresses of one listener, for a process that leaves the other one to another process on the same database.
/// The listener for clients with certificates goes with the public one.
pub async fn bind_one(config: &Config, port: Port) -> Result<Listeners, StartError> {
    Ok(match port {
        Port::Public => {
            let public = take_public(config).await?;
            Listeners { public, admin: Entrance::closed(), mutual_tls: tls::bind(config).await? }
        }
        Port::Admin => Listeners { public: Entrance::closed(), admin: take_admin(config).await?, mutual_tls: None },
    })
}

async fn take_public(config: &Config) -> Result<Entrance, StartError> {
    let (serve, further) = (&config.serve, &config.symbolon.listen.public);
    let mut public = take(&serve.public, further, &serve.public_socket, "public").await?;
    public.handshakes = handshakes(&serve.public_tls)?;
    Ok(public)
}

async fn take_admin(config: &Config) -> Result<Entrance, StartError> {
    let (serve, further) = (&config.serve, &config.symbolon.listen.admin);
    let mut admin = take(&serve.admin, further, &serve.admin_socket, "admin").await?;
    admin.handshakes = handshakes(&serve.admin_tls)?;
    Ok(admin)
}

/// TLS of a listener, if it has a certificate. Without one it leaves https to proxies.
fn handshakes(tls: &ListenerTls) -> Result<Option<Handshakes>, StartError> {
    CertificateSource::of_listener(tls).as_ref().map(Handshakes::of_listener).transpose()
}

async fn take(listener: &Listener, further: &[String], file: &SocketFile, name: &str) -> Result<Entrance, StartError> {
    let mut entrance = if let Some(path) = unix_path(&listener.host) {
        take_socket(path, file, &format!("serve.{name}.host"))?
    } else {
        let host = if listener.host.is_empty() { "0.0.0.0" } else { listener.host.trim_matches(['[', ']']) };
        let hint = format!("serve.{name}.port (or SERVE_{}_PORT)", name.to_uppercase());
        take_port(host, listener.port, &hint).await?
    };
    for address in further {
        let key = format!("symbolon.listen.{name}");
        entrance.join(match (unix_path(address), address.parse::<SocketAddr>()) {
            (Some(path), _) => take_socket(path, file, &key)?,
            (None, Ok(socket)) => take_port(&socket.ip().to_string(), socket.port(), &key).await?,
            (None, Err(_)) => return Err(StartError::Listen(format!("{key}: `{address}` is no address"))),
        });
    }
    Ok(entrance)
}

async fn take_port(host: &str, port: u16, key: &str) -> Result<Entrance, StartError> {
    open(host, port).await.map(Entrance::from).map_err(|fault| {
        let why = fault_of_port(&fault);
        StartError::Listen(format!("port {port} of {host} cannot be taken: {why}; choose another with {key}"))
    })
}

fn take_socket(path: &str, file: &SocketFile, key: &str) -> Result<Entrance, StartError> {
    let taken = UnixSocket::take(Path::new(path), file);
    taken.map(Entrance::from).map_err(|why| StartError::Listen(format!("{key}: {path} cannot be taken: {why}")))
}

/// Who may connect to a listener, and who gives up connections when descriptors are scarce.
#[derive(Clone)]
pub(crate) struct Door {
    quotas: Arc<Quotas>,
    yielding: Vec<Arc<Quotas>>,
    /// Networks whose connections begin with a header of the PROXY protocol.
    passing_on: Arc<[Network]>,
}

/// The doors of the public and of the admin listener. Where descriptors run out all the same, the public listener gives
/// some up for both.
pub(crate) fn doors(config: &Config, open: &OpenConnections) -> (Door, Door) {
    let connections = &config.symbolon.connections;
    let places = Places::take(connections);
    let passing_on = &config.symbolon.proxy_protocol;
    let proxies = [config.symbolon.trusted_proxies.as_slice(), &passing_on.public].concat();
    let public = Quotas::new(places.public, connections).counted_in(&open.public);
    let public = Arc::new(public.per_network(connections.per_network, &proxies));
    let admin = Arc::new(Quotas::new(places.admin, connections).counted_in(&open.admin));
    let yielding = vec![Arc::clone(&public)];
    let door =
        |quotas, passing_on: &[Network]| Door { quotas, yielding: yielding.clone(), passing_on: passing_on.into() };
    (door(public, &passing_on.public), door(admin, &passing_on.admin))
}

/// What answers the requests of a listener.
pub(crate) trait Answers: Clone + Send + Sync + 'static {
    /// Answers a request; its extensions say who sent it.
    fn answer(&self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send;
}

/// Serves until `stop` becomes true, then lets open requests end.
pub(crate) async fn serve(mut entrance: Entrance, routes: impl Answers, door: Door, mut stop: watch::Receiver<bool>) {
    let server = server();
    let sweeping = tokio::spawn(sweep(Arc::clone(&door.quotas)));
    loop {
        tokio::select! {
            visitor = next_visitor(&mut entrance, &door) => {
                if let Some((stream, peer, place)) = visitor {
                    prepare(&stream);
                    let (handshakes, passing_on) = (entrance.handshakes.clone(), Arc::clone(&door.passing_on));
                    let visit = Visit { peer, place, handshakes, passing_on };
                    tokio::spawn(attend(server.clone(), stream, visit, routes.clone()));
                }
            }
            // An error says that the sender is gone, which is as good a reason to stop.
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    drop(entrance);
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
fn prepare(stream: &Stream) {
    let Stream::Tcp(stream) = stream else { return };
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
async fn next_visitor(entrance: &mut Entrance, door: &Door) -> Option<(Stream, SocketAddr, Place)> {
    let (stream, peer) = match entrance.accept().await {
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
    passing_on: Arc<[Network]>,
}

/// Serves a connection until it ends or is told to.
async fn attend(server: Builder<TokioExecutor>, stream: Stream, visit: Visit, routes: impl Answers) {
    let stream = WatchedStream::new(stream, Arc::clone(&visit.place.connection));
    let begun = tokio::select! {
        begun = begin(stream, &visit) => begun,
        // Nothing was asked yet, so there is nothing to finish.
        _ = visit.place.connection.ended() => return,
    };
    let place = visit.place;
    match begun {
        Ok(Begun::Plain(stream, sender)) => converse(server, stream, (sender, place), routes).await,
        Ok(Begun::Protected(stream, sender)) => converse(server, *stream, (sender, place), routes).await,
        Err(fault) => tracing::debug!(%fault, "a connection did not begin as it should"),
    }
}

/// A connection on which the first request is expected.
enum Begun {
    Plain(WatchedStream, Sender),
    Protected(Box<TlsStream<WatchedStream>>, Sender),
}

/// Learns who is there: from the proxy that passes the connection on, and from the handshake.
async fn begin(mut stream: WatchedStream, visit: &Visit) -> io::Result<Begun> {
    let (mut peer, local) = (visit.peer, stream.is_local());
    if visit.passing_on.iter().any(|network| network.contains(peer.ip()))
        && let Some(sender) = proxy_protocol::read(&mut stream).await?
    {
        if !visit.place.counts_for(sender.ip()) {
            return Err(io::Error::other("the network that a proxy names has as many connections as it may"));
        }
        peer = sender;
    }
    let sender = |certificate, protection| {
        let at_work = AtWork(visit.place.connection.at_work());
        Sender { address: peer, at_work, certificate, protection }
    };
    match &visit.handshakes {
        // Who speaks no TLS is told so, or is a proxy that may.
        Some(handshakes) if !local && handshakes.takes(stream.first_byte().await?) => {
            let (stream, certificate) = handshakes.perform(stream).await?;
            Ok(Begun::Protected(Box::new(stream), sender(certificate, Protection::Tls)))
        }
        _ => {
            let protection = if local { Protection::Local } else { Protection::None };
            Ok(Begun::Plain(stream, sender(PeerCertificate::NotAsked, protection)))
        }
    }
}

/// Answers the requests of a connection until it ends or is told to.
async fn converse(
    server: Builder<TokioExecutor>,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    (sender, place): (Sender, Place),
    routes: impl Answers,
) {
    let watched = Arc::clone(&place.connection);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let exchange = Exchange::begin(&watched, request.version());
        request.extensions_mut().insert(sender.clone());
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
