//! The two listeners: taking the ports, serving HTTP/1.1 and HTTP/2, and ending without cutting anybody off.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt;

use crate::config::{Config, Listener};
use crate::start_error::StartError;

/// Longest time for a client to send its headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// Longest time for open requests when the server stops.
const GRACE: Duration = Duration::from_secs(20);

/// How often an HTTP/2 connection is asked whether anybody is there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// Most connections of a listener at once.
pub(crate) const CONNECTIONS: usize = 16_384;

/// Both ports, taken.
pub struct Listeners {
    /// For browsers and clients.
    pub public: TcpListener,
    /// For administrators.
    pub admin: TcpListener,
}

/// Takes both ports; the error names the key to change.
pub async fn bind(config: &Config) -> Result<Listeners, StartError> {
    Ok(Listeners {
        public: take(&config.serve.public, "public").await?,
        admin: take(&config.serve.admin, "admin").await?,
    })
}

async fn take(listener: &Listener, name: &str) -> Result<TcpListener, StartError> {
    let host = if listener.host.is_empty() { "0.0.0.0" } else { listener.host.trim_matches(['[', ']']) };
    TcpListener::bind((host, listener.port)).await.map_err(|fault| {
        let why = match fault.kind() {
            std::io::ErrorKind::AddrInUse => "another program uses it".to_owned(),
            std::io::ErrorKind::PermissionDenied => "this user may not take it".to_owned(),
            _ => fault.to_string(),
        };
        StartError::Listen(format!(
            "port {} of {host} cannot be taken: {why}; choose another with serve.{name}.port (or SERVE_{}_PORT)",
            listener.port,
            name.to_uppercase()
        ))
    })
}

/// Serves at most `places` connections at a time until `stop` becomes true, then lets open requests end.
pub(crate) async fn serve(listener: TcpListener, router: Router, places: usize, mut stop: watch::Receiver<bool>) {
    let mut server = Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    server.http2().timer(TokioTimer::new()).keep_alive_interval(KEEP_ALIVE).keep_alive_timeout(HEADER_TIMEOUT);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(places));
    loop {
        tokio::select! {
            visitor = next_visitor(&listener, &places) => {
                if let Some(visitor) = visitor {
                    connection(&server, &graceful, visitor, router.clone());
                }
            }
            // An error says that the sender is gone, which is as good a reason to stop.
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

/// A connection that was accepted, with its place.
struct Visitor {
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
}

/// Waits for a free place, then for somebody to take it: in a full house the next one stands at the door, and those inside
/// are served. `None` when nobody could be let in.
async fn next_visitor(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<Visitor> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some(Visitor { stream, peer, place }),
        Err(fault) => {
            // Out of file descriptors, mostly: wait for some to be given back.
            tracing::warn!(%fault, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

fn connection(server: &Builder<TokioExecutor>, graceful: &GracefulShutdown, visitor: Visitor, router: Router) {
    let Visitor { stream, peer, place } = visitor;
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        let _place = place;
        if let Err(fault) = watched.await {
            tracing::debug!(%fault, "a connection ended badly");
        }
    });
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::timeout;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    /// A server with one place that says hello.
    async fn one_place() -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let router = Router::new().route("/", get(async || "hello"));
        (address, stop, tokio::spawn(serve(listener, router, 1, stopped)))
    }

    /// Says something on a connection that stays open, and waits for the answer.
    async fn greeted(stream: &mut TcpStream) -> String {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n").await.unwrap();
        let mut answer = [0; 1024];
        let length = timeout(SOON, stream.read(&mut answer)).await.unwrap().unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    }

    #[tokio::test]
    async fn a_full_house_stops_when_it_is_told_to() {
        let (address, stop, server) = one_place().await;
        let mut inside = TcpStream::connect(address).await.unwrap();
        assert!(greeted(&mut inside).await.ends_with("hello"));
        let mut at_the_door = TcpStream::connect(address).await.unwrap();
        at_the_door.write_all(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n").await.unwrap();
        let early = timeout(Duration::from_millis(200), at_the_door.read_u8()).await;
        assert!(early.is_err(), "there is one place: {early:?}");
        stop.send(true).unwrap();
        timeout(SOON, server).await.expect("it stops without waiting for a place").unwrap();
        assert_eq!(inside.read(&mut [0; 8]).await.unwrap(), 0, "idle connections are closed");
    }

    #[tokio::test]
    async fn who_stands_at_the_door_is_served_when_somebody_leaves() {
        let (address, stop, server) = one_place().await;
        let mut inside = TcpStream::connect(address).await.unwrap();
        assert!(greeted(&mut inside).await.ends_with("hello"));
        let mut at_the_door = TcpStream::connect(address).await.unwrap();
        drop(inside);
        assert!(greeted(&mut at_the_door).await.ends_with("hello"));
        stop.send(true).unwrap();
        timeout(SOON, server).await.unwrap().unwrap();
    }
}
