//! A listener with few places, over real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tower::ServiceExt as _;

use super::*;
use crate::config::Network;

const SOON: Duration = Duration::from_secs(10);
const HELLO: &[u8] = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

/// A listener that says hello at `/`, and at `/slow` waits until the test lets it.
struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    /// Lets one slow request end.
    release: mpsc::Sender<()>,
    serving: JoinHandle<()>,
}

fn connections() -> crate::config::Connections {
    let overrides = crate::config::Overrides {
        settings: vec![("dev".to_owned(), "true".to_owned())],
        development_secret: Some(symbolon_jose::Secret::new("a-secret-for-this-test".to_owned())),
    };
    crate::config::load(&[], std::iter::empty(), &overrides).unwrap().symbolon.connections
}

impl Answers for Router {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        self.clone().oneshot(request).await.unwrap()
    }
}

impl Running {
    async fn with(quotas: Quotas) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let (release, released) = mpsc::channel::<()>(64);
        let released = Arc::new(tokio::sync::Mutex::new(released));
        let slow = move || {
            let released = Arc::clone(&released);
            async move {
                released.lock().await.recv().await;
                "at last"
            }
        };
        let router = Router::new().route("/", get(async || "hello")).route("/slow", get(slow));
        let quotas = Arc::new(quotas);
        let door = Door { quotas: Arc::clone(&quotas), yielding: vec![quotas], passing_on: Arc::new([]) };
        Self { address, stop, release, serving: tokio::spawn(serve(listener.into(), router, door, stopped)) }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection for which the server works.
    async fn busy(&self) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a.example\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        stream
    }

    async fn stop(self) {
        self.stop.send(true).unwrap();
        timeout(SOON, self.serving).await.expect("it stops").unwrap();
    }
}

/// What comes next on a connection; nothing when it ended.
async fn heard(stream: &mut TcpStream) -> String {
    let mut answer = [0; 1024];
    let length = timeout(SOON, stream.read(&mut answer)).await.expect("an answer or an end").unwrap_or(0);
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

async fn greeted(stream: &mut TcpStream) -> bool {
    // The other side may have closed.
    let _ = stream.write_all(HELLO).await;
    heard(stream).await.ends_with("hello")
}

#[tokio::test]
async fn who_finds_everybody_served_stands_at_the_door() {
    let server = Running::with(Quotas::new(1, &connections())).await;
    let mut inside = server.busy().await;
    let mut at_the_door = server.connect().await;
    at_the_door.write_all(HELLO).await.unwrap();
    let early = timeout(Duration::from_millis(300), at_the_door.read_u8()).await;
    assert!(early.is_err(), "there is one place: {early:?}");
    server.release.send(()).await.unwrap();
    assert!(heard(&mut inside).await.ends_with("at last"));
    assert!(heard(&mut at_the_door).await.ends_with("hello"), "an idle connection makes room");
    server.stop().await;
}

#[tokio::test]
async fn a_full_house_stops_when_it_is_told_to() {
    let server = Running::with(Quotas::new(1, &connections())).await;
    let mut inside = server.busy().await;
    let mut at_the_door = server.connect().await;
    at_the_door.write_all(HELLO).await.unwrap();
    let release = server.release.clone();
    let stopping = tokio::spawn(server.stop());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!stopping.is_finished(), "open requests are finished");
    release.send(()).await.unwrap();
    assert!(heard(&mut inside).await.ends_with("at last"));
    timeout(SOON, stopping).await.expect("it stops without waiting for a place").unwrap();
}

#[tokio::test]
async fn silent_connections_go_first_and_idle_ones_next() {
    let server = Running::with(Quotas::new(2, &connections())).await;
    let (mut idle, mut silent) = (server.connect().await, server.connect().await);
    assert!(greeted(&mut idle).await);
    tokio::time::sleep(Duration::from_millis(1_800)).await;
    let mut third = server.connect().await;
    assert!(greeted(&mut third).await);
    assert_eq!(heard(&mut silent).await, "", "the silent one made room");
    // Times are as coarse as the pauses between looking at connections.
    tokio::time::sleep(2 * deadlines::PAUSE).await;
    assert!(greeted(&mut idle).await, "the idle one was kept");
    let mut busy = server.busy().await;
    assert_eq!(heard(&mut third).await, "", "the one that is idle for longer made room");
    let mut fourth = server.connect().await;
    assert!(greeted(&mut fourth).await);
    assert_eq!(heard(&mut idle).await, "");
    server.release.send(()).await.unwrap();
    assert!(heard(&mut busy).await.ends_with("at last"), "nobody takes the place of one that is served");
    server.stop().await;
}

#[tokio::test]
async fn a_network_has_its_share_and_a_proxy_has_more() {
    let loopback = [Network::parse("127.0.0.0/8").unwrap()];
    for (proxies, third) in [(&[][..], false), (&loopback[..], true)] {
        let server = Running::with(Quotas::new(8, &connections()).per_network(2, proxies)).await;
        let (mut one, mut two) = (server.busy().await, server.busy().await);
        let mut other = server.connect().await;
        assert_eq!(greeted(&mut other).await, third, "{proxies:?}");
        for busy in [&mut one, &mut two] {
            server.release.send(()).await.unwrap();
            assert!(heard(busy).await.ends_with("at last"));
        }
        let mut later = server.connect().await;
        assert!(greeted(&mut later).await, "idle connections of the same network make room");
        server.stop().await;
    }
}

#[tokio::test]
async fn no_network_has_more_than_half_of_the_places() {
    let server = Running::with(Quotas::new(4, &connections()).per_network(100, &[])).await;
    let _served = (server.busy().await, server.busy().await);
    let mut third = server.connect().await;
    assert!(!greeted(&mut third).await);
    for _ in 0..2 {
        server.release.send(()).await.unwrap();
    }
    server.stop().await;
}

#[tokio::test]
async fn the_system_keeps_little_of_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let visitor = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    let stream = Stream::Tcp(stream);
    super::prepare(&stream);
    let Stream::Tcp(stream) = stream else { panic!() };
    let socket = socket2::SockRef::from(&stream);
    for bytes in [socket.send_buffer_size().unwrap(), socket.recv_buffer_size().unwrap()] {
        assert!((super::SYSTEM_BUFFER..=2 * super::SYSTEM_BUFFER).contains(&bytes), "{bytes}");
    }
    // A writer stops soon when nobody reads.
    let mut written = 0;
    while let Ok(bytes) = stream.try_write(&[0; 8 * 1024]) {
        written += bytes;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(written < 1024 * 1024, "{written}");
    drop(visitor);
}
