//! A client's own HTTP server on the loopback interface, in the clear or with TLS from a certificate authority of the
//! test: it takes logout tokens, serves keys and sector documents, and misbehaves when it is told to. What it was sent
//! is kept in order.

mod authority;
mod reading;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) use authority::Authority;
pub(crate) use reading::Received;

/// What the server answers from now on.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A status without a body.
    Status(u16),
    /// 200 with a JSON document.
    Json(Value),
    /// 200 with any text as JSON.
    Text(String),
    /// Any status with any text as JSON.
    Answer(u16, String),
    /// 200 with this header instead of a content type, and any text.
    Typed(String, String),
    /// 302 to an address.
    Redirect(String),
    /// 200 without a body, after a while.
    Slow(Duration),
    /// 200 with a JSON document, after a while.
    Late(Duration, Value),
    /// 200 with a body that goes on until the reader has had enough.
    Endless,
    /// 200 with a body that comes byte by byte, without end.
    Drip,
    /// The connection is closed without an answer.
    HangUp,
}

/// What comes next, and what comes when that is used up.
struct Replies {
    next: VecDeque<Reply>,
    then: Reply,
}

/// Listens until it is dropped.
pub(crate) struct ClientServer {
    /// Its address without a slash at the end; the host is `127.0.0.1`, with TLS `localhost`.
    pub(crate) url: String,
    replies: Arc<Mutex<Replies>>,
    received: Arc<Mutex<Vec<Received>>>,
    listening: JoinHandle<()>,
}

impl ClientServer {
    /// A server in the clear that answers this.
    pub(crate) async fn listen(reply: Reply) -> Self {
        Self::start(reply, None).await
    }

    /// A server with a certificate of this authority.
    pub(crate) async fn listen_tls(reply: Reply, authority: &Authority) -> Self {
        Self::start(reply, Some(authority)).await
    }

    async fn start(reply: Reply, authority: Option<&Authority>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = match authority {
            None => format!("http://127.0.0.1:{port}"),
            Some(_) => format!("https://localhost:{port}"),
        };
        let tls = authority.map(Authority::acceptor);
        let replies = Arc::new(Mutex::new(Replies { next: VecDeque::new(), then: reply }));
        let received = Arc::new(Mutex::new(Vec::new()));
        let (answers, sink) = (Arc::clone(&replies), Arc::clone(&received));
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, answers, sink) = (tls.clone(), Arc::clone(&answers), Arc::clone(&sink));
                tokio::spawn(async move {
                    match tls {
                        None => answer(stream, &answers, &sink).await,
                        Some(tls) => {
                            // A client that does not trust the certificate breaks off here.
                            if let Ok(stream) = tls.accept(stream).await {
                                answer(stream, &answers, &sink).await;
                            }
                        }
                    }
                });
            }
        });
        Self { url, replies, received, listening }
    }

    /// Answers differently from now on.
    pub(crate) fn set(&self, reply: Reply) {
        *self.replies.lock() = Replies { next: VecDeque::new(), then: reply };
    }

    /// Answers the next requests so, and after that as before.
    pub(crate) fn set_next(&self, next: impl IntoIterator<Item = Reply>) {
        self.replies.lock().next = next.into_iter().collect();
    }

    /// How many requests have come.
    pub(crate) fn count(&self) -> usize {
        self.received.lock().len()
    }

    /// The oldest request that was not taken.
    pub(crate) fn take_one(&self) -> Option<Received> {
        let mut received = self.received.lock();
        (!received.is_empty()).then(|| received.remove(0))
    }

    /// All requests that have come and were not taken.
    pub(crate) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *self.received.lock())
    }
}

impl Drop for ClientServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn answer(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    replies: &Mutex<Replies>,
    sink: &Mutex<Vec<Received>>,
) {
    let Some(received) = reading::request(&mut stream).await else { return };
    sink.lock().push(received);
    let reply = {
        let mut replies = replies.lock();
        replies.next.pop_front().unwrap_or_else(|| replies.then.clone())
    };
    let kind = match &reply {
        Reply::Typed(header, _) => header.clone(),
        _ => "content-type: application/json".to_owned(),
    };
    let (head, body) = match reply {
        Reply::Status(status) => (format!("{status} X"), String::new()),
        Reply::Json(document) => ("200 OK".to_owned(), document.to_string()),
        Reply::Text(text) | Reply::Typed(_, text) => ("200 OK".to_owned(), text),
        Reply::Answer(status, text) => (format!("{status} X"), text),
        Reply::Redirect(to) => (format!("302 Found\r\nlocation: {to}"), String::new()),
        Reply::Slow(pause) => {
            tokio::time::sleep(pause).await;
            ("200 OK".to_owned(), String::new())
        }
        Reply::Late(pause, document) => {
            tokio::time::sleep(pause).await;
            ("200 OK".to_owned(), document.to_string())
        }
        Reply::Endless => return endless(stream, 16 * 1024, Duration::ZERO).await,
        Reply::Drip => return endless(stream, 1, Duration::from_millis(50)).await,
        Reply::HangUp => return,
    };
    let length = body.len();
    let text = format!("HTTP/1.1 {head}\r\n{kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn endless(mut stream: impl AsyncWrite + Unpin, bytes: usize, pause: Duration) {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n[\"";
    let mut going = stream.write_all(head.as_bytes()).await.is_ok();
    while going {
        tokio::time::sleep(pause).await;
        going = stream.write_all(&vec![b'x'; bytes]).await.is_ok() && stream.flush().await.is_ok();
    }
}
