//! A server on two ports of loopback, for rules about connections, and a connection in bytes.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use symbolon_server::config::Config;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Listener, TestServer};

/// The longest that anything may take that should happen soon.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// A server that listens until this is dropped.
pub(crate) struct ListeningServer {
    pub(crate) public: SocketAddr,
    admin: SocketAddr,
    /// Where clients show certificates, if that is configured.
    pub(crate) mutual_tls: Option<SocketAddr>,
    /// The same server in process.
    pub(crate) in_process: TestServer,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

impl ListeningServer {
    /// The base profile with a change to its configuration.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = None;
        let server = TestServer::with(|base| {
            change(base);
            for listener in [&mut base.serve.public, &mut base.serve.admin] {
                "127.0.0.1".clone_into(&mut listener.host);
                listener.port = 0;
            }
            config = Some(base.clone());
        })
        .await;
        let listeners = symbolon_server::bind(&config.unwrap()).await.unwrap();
        let (public, admin) = (listeners.public.local_addr().unwrap(), listeners.admin.local_addr().unwrap());
        let mutual_tls = listeners.mutual_tls.as_ref().map(|own| own.listener.local_addr().unwrap());
        let in_process = server.clone();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(async move {
            let shutdown = async { stopped.await.unwrap_or(()) };
            server.server.run(listeners, shutdown).await.unwrap();
        });
        Self { public, admin, mutual_tls, in_process, stop: Some(stop), running }
    }

    /// A connection on which these bytes are sent.
    pub(crate) async fn say(&self, listener: Listener, bytes: impl AsRef<[u8]>) -> Connection {
        let address = match listener {
            Listener::Public => self.public,
            Listener::Admin => self.admin,
        };
        let mut stream = timeout(SOON, TcpStream::connect(address)).await.unwrap().unwrap();
        stream.set_nodelay(true).unwrap();
        // A server that has closed already is noticed when its answer is read.
        let _ = stream.write_all(bytes.as_ref()).await;
        Connection { stream, begun: Instant::now() }
    }

    /// What the server answers to a request on a connection of its own.
    pub(crate) async fn ask(&self, listener: Listener, request: impl AsRef<[u8]>) -> String {
        self.say(listener, request).await.answer().await
    }

    /// How long the server takes to say that it is alive.
    pub(crate) async fn alive(&self, listener: Listener) -> Duration {
        let path = match listener {
            Listener::Public => "/health/alive",
            Listener::Admin => "/admin/health/alive",
        };
        let begun = Instant::now();
        let answer = self.ask(listener, get(path)).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{listener:?} {answer:?}");
        begun.elapsed()
    }

    /// Stops it as an operator does.
    pub(crate) async fn stop(mut self) {
        let _ = self.stop.take().unwrap().send(());
        timeout(SOON, &mut self.running).await.expect("it stops").unwrap();
    }
}

impl Drop for ListeningServer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// A GET request of HTTP/1.1.
pub(crate) fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
}

/// A connection.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    begun: Instant,
}

impl Connection {
    /// Sends more; fails if the other side is gone.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.stream.write_all(bytes.as_ref()).await
    }

    /// What comes next; empty when the connection ended.
    pub(crate) async fn answer(&mut self) -> String {
        let mut answer = vec![0; 64 * 1024];
        let length = timeout(SOON, self.stream.read(&mut answer)).await.expect("an answer or an end").unwrap_or(0);
        String::from_utf8_lossy(&answer[..length]).into_owned()
    }

    /// Reads on until the other side ends the connection; answers how many seconds after its begin that was, and how
    /// many bytes came until then.
    pub(crate) async fn end(mut self) -> (f64, usize) {
        let mut bytes = 0;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match timeout(SOON, self.stream.read(&mut buffer)).await.expect("the connection ends") {
                Ok(0) | Err(_) => return (self.begun.elapsed().as_secs_f64(), bytes),
                Ok(length) => bytes += length,
            }
        }
    }

    /// Whether the other side has not closed it; what came was read before.
    pub(crate) fn is_open(&self) -> bool {
        match self.stream.try_read(&mut [0]) {
            Ok(length) => length > 0,
            Err(fault) => fault.kind() == std::io::ErrorKind::WouldBlock,
        }
    }

    /// Whether it is open and nothing comes.
    pub(crate) async fn is_quiet(&mut self) -> bool {
        timeout(Duration::from_millis(50), self.stream.read_u8()).await.is_err()
    }
}
