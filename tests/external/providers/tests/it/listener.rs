//! A place of the application's own that the provider calls.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub struct Listener {
    pub url: String,
    body: oneshot::Receiver<String>,
}

impl Listener {
    /// Takes one request, and answers it with 200.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let (sender, body) = oneshot::channel();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let (mut received, mut buffer) = (Vec::new(), [0; 4096]);
            let body = loop {
                let length = stream.read(&mut buffer).await.expect("bytes");
                received.extend_from_slice(&buffer[..length]);
                if let Some(body) = whole_body(&String::from_utf8_lossy(&received)) {
                    break body;
                }
                assert!(length > 0, "the request breaks off");
            };
            let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await.expect("sent");
            let _ = sender.send(body);
        });
        Self { url, body }
    }

    /// The body of the request, which has to come soon.
    pub async fn received(self) -> String {
        tokio::time::timeout(Duration::from_secs(10), self.body).await.expect("in time").expect("a request")
    }
}

fn whole_body(request: &str) -> Option<String> {
    let (head, body) = request.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    (body.len() >= length.unwrap_or(0)).then(|| body.to_owned())
}
