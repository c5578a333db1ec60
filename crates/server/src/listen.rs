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
use crate::start::StartError;

/// Longest time for a client to send its headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// Longest time for open requests when the server stops.
const GRACE: Duration = Duration::from_secs(20);

/// How often an HTTP/2 connection is asked whether anybody is there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// Most connections of a listener at once.
const CONNECTIONS: usize = 16_384;

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

/// Serves until `stop` becomes true, then lets open requests end.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let mut server = Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    server.http2().timer(TokioTimer::new()).keep_alive_interval(KEEP_ALIVE).keep_alive_timeout(HEADER_TIMEOUT);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // A full house waits at the door; those inside are served.
        let Ok(place) = places.clone().acquire_owned().await else { break };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let _ = stream.set_nodelay(true);
                    connection(&server, &graceful, (stream, peer, place), router.clone());
                }
                Err(fault) => {
                    // Out of file descriptors, mostly: wait for some to be given back.
                    tracing::warn!(%fault, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            changed = stop.changed() => if changed.is_err() || *stop.borrow() { break },
        }
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

fn connection(
    server: &Builder<TokioExecutor>,
    graceful: &GracefulShutdown,
    (stream, peer, place): (TcpStream, SocketAddr, OwnedSemaphorePermit),
    router: Router,
) {
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
