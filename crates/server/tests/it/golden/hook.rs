//! The client's side of calls that our server makes: a small HTTP server that writes down what it is sent.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) content_type: String,
    pub(super) body: String,
}

/// Listens until it is dropped. Every request is answered with 200.
pub(super) struct Hook {
    pub(super) url: String,
    received: Arc<Mutex<Vec<Received>>>,
    listening: JoinHandle<()>,
}

impl Hook {
    pub(super) async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&received);
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&sink)));
            }
        });
        Self { url, received, listening }
    }

    /// The oldest request that was not taken yet.
    pub(super) fn take(&self) -> Option<Received> {
        let mut received = self.received.lock();
        (!received.is_empty()).then(|| received.remove(0))
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn answer(mut stream: TcpStream, sink: Arc<Mutex<Vec<Received>>>) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(request) = parse(&String::from_utf8_lossy(&bytes)) {
            sink.lock().push(request);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
            return;
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

/// A request, once all of it is there.
fn parse(text: &str) -> Option<Received> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let header = |name: &str| {
        let mut fields = head.split("\r\n").filter_map(|line| line.split_once(": "));
        fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    };
    let length: usize = header("content-length").parse().unwrap_or(0);
    (body.len() >= length).then_some(())?;
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    Some(Received { method, path, content_type: header("content-type").to_owned(), body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_when_it_is_complete() {
        let head = "POST /backchannel HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n";
        assert_eq!(parse(&format!("{head}abc")), None);
        let request = parse(&format!("{head}abcd")).unwrap();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/backchannel"));
        assert_eq!((request.content_type.as_str(), request.body.as_str()), ("text/plain", "abcd"));
    }
}
