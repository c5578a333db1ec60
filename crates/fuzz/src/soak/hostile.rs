//! Clients that do not behave. Each kind works at a pace of its own: the point is what one such client can do to others,
//! not how much a machine can carry.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::server::Target;
use super::wire::{Connection, Request};

/// Those that run.
pub(super) struct Hostile {
    running: Vec<Running>,
}

struct Running {
    kind: &'static str,
    count: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Hostile {
    /// Waits until they have stopped; answers how often each did what it does.
    pub(super) async fn end(self) -> Vec<(&'static str, u64)> {
        let mut counts = Vec::new();
        for Running { kind, count, task } in self.running {
            let _ = task.await;
            counts.push((kind, count.load(Ordering::Relaxed)));
        }
        counts
    }
}

/// Starts one of each kind, until `stopped` says so.
pub(super) fn start(target: &Arc<Target>, stopped: &watch::Receiver<bool>) -> Hostile {
    let mut hostile = Hostile { running: Vec::new() };
    let mut add = |kind, pause: u64, act: Act| {
        let count = Arc::new(AtomicU64::new(0));
        let repeated = repeat(target.clone(), stopped.clone(), Duration::from_millis(pause), act, count.clone());
        hostile.running.push(Running { kind, count, task: tokio::spawn(repeated) });
    };
    add("connections that say nothing", 25, |target| Box::pin(silent(target)));
    add("headers that never end", 200, |target| Box::pin(drip(target, "GET / HTTP/1.1\r\nHost: a\r\nX-A: ")));
    add("bodies that never end", 200, |target| Box::pin(drip(target, SLOW_BODY)));
    add("answers that nobody reads", 200, |target| Box::pin(unread(target)));
    add("bytes that are no HTTP", 50, |target| Box::pin(garbage(target)));
    add("requests left in the middle", 20, |target| Box::pin(leave(target)));
    add("tokens that are none", 10, |target| Box::pin(bad_token(target)));
    add("wrong client secrets", 50, |target| Box::pin(bad_secret(target)));
    add("huge scopes", 100, |target| Box::pin(huge_scope(target)));
    add("huge bodies", 250, |target| Box::pin(huge_body(target)));
    add("registrations", 100, |target| Box::pin(register(target)));
    hostile
}

type Act = fn(Arc<Target>) -> std::pin::Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

const SLOW_BODY: &str = "POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n\
    Content-Length: 60000\r\n\r\ngrant_type=";
/// As long as a slow client holds on.
const HOLD: Duration = Duration::from_secs(20);
/// Most of one kind at once.
const AT_ONCE: usize = 256;

async fn repeat(
    target: Arc<Target>,
    mut stopped: watch::Receiver<bool>,
    pause: Duration,
    act: Act,
    count: Arc<AtomicU64>,
) {
    let mut open = tokio::task::JoinSet::new();
    while !*stopped.borrow() {
        if open.len() < AT_ONCE {
            open.spawn(act(target.clone()));
            count.fetch_add(1, Ordering::Relaxed);
        }
        while open.try_join_next().is_some() {}
        // What is refused or cut off is what the provider is for.
        let _ = timeout(pause, stopped.changed()).await;
    }
}

async fn silent(target: Arc<Target>) -> io::Result<()> {
    let stream = TcpStream::connect(target.public).await?;
    sleep(HOLD).await;
    drop(stream);
    Ok(())
}

async fn drip(target: Arc<Target>, begin: &'static str) -> io::Result<()> {
    let mut stream = TcpStream::connect(target.public).await?;
    stream.write_all(begin.as_bytes()).await?;
    for _ in 0..HOLD.as_secs() {
        stream.write_all(b"a").await?;
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

async fn unread(target: Arc<Target>) -> io::Result<()> {
    let mut stream = TcpStream::connect(target.public).await?;
    let request = Request::get("/.well-known/openid-configuration").to_bytes(target.public);
    // Answers pile up until the connection takes no more.
    let asking = async { while stream.write_all(&request).await.is_ok() {} };
    let _ = timeout(HOLD, asking).await;
    Ok(())
}

async fn garbage(target: Arc<Target>) -> io::Result<()> {
    let mut stream = TcpStream::connect(target.public).await?;
    let bytes: Vec<u8> = (0..4096_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    stream.write_all(&bytes).await
}

async fn leave(target: Arc<Target>) -> io::Result<()> {
    let mut stream = TcpStream::connect(target.public).await?;
    let form = "grant_type=client_credentials";
    let request = Request::form("/oauth2/token", form).headers(&target.authorization).to_bytes(target.public);
    stream.write_all(&request).await
}

async fn once(target: &Target, request: &Request<'_>) -> io::Result<()> {
    Connection::open(target.public).await?.send(request).await.map(drop)
}

async fn bad_token(target: Arc<Target>) -> io::Result<()> {
    once(&target, &Request::get("/userinfo").headers("Authorization: Bearer ory_at_AAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"))
        .await
}

async fn bad_secret(target: Arc<Target>) -> io::Result<()> {
    let headers = "Authorization: Basic Z29vZDp3cm9uZw==\r\n";
    once(&target, &Request::form("/oauth2/token", "grant_type=client_credentials").headers(headers)).await
}

async fn huge_scope(target: Arc<Target>) -> io::Result<()> {
    let scope: Vec<String> = (0..6_000).map(|number| format!("s{number}")).collect();
    let form = format!("grant_type=client_credentials&scope={}", scope.join("+"));
    once(&target, &Request::form("/oauth2/token", &form).headers(&target.authorization)).await
}

async fn huge_body(target: Arc<Target>) -> io::Result<()> {
    let body = "a".repeat(8 << 20);
    once(&target, &Request::form("/oauth2/token", &body)).await
}

async fn register(target: Arc<Target>) -> io::Result<()> {
    let addresses: Vec<String> = (0..500).map(|number| format!("\"https://app.example/{number}\"")).collect();
    let metadata = format!("{{\"redirect_uris\":[{}],\"client_name\":\"{}\"}}", addresses.join(","), "n".repeat(5_000));
    once(&target, &Request::json("/oauth2/register", &metadata)).await
}
