//! HTTP/1.1 in few lines: good clients need no more, and bad ones need to break it.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept.
pub(super) struct Connection {
    stream: TcpStream,
    host: SocketAddr,
}

/// A whole answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Connection {
    pub(super) async fn open(host: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host })
    }

    /// Sends a request, and reads the answer to its end.
    pub(super) async fn send(&mut self, request: &Request<'_>) -> io::Result<Answer> {
        self.stream.write_all(&request.to_bytes(self.host)).await?;
        self.receive().await
    }

    async fn receive(&mut self) -> io::Result<Answer> {
        let mut bytes = Vec::with_capacity(2048);
        let head = loop {
            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            self.more(&mut bytes).await?;
        };
        let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
        let status = text.get(9..12).and_then(|code| code.parse().ok()).ok_or_else(malformed)?;
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(Ok(0), |value| value.trim().parse()).map_err(|_| malformed())?;
        while bytes.len() < head + length {
            self.more(&mut bytes).await?;
        }
        Ok(Answer { status, body: bytes.split_off(head) })
    }

    async fn more(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        match self.stream.read_buf(bytes).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "no HTTP answer")
}

/// A request.
pub(super) struct Request<'r> {
    pub(super) method: &'r str,
    pub(super) path: &'r str,
    pub(super) content_type: &'r str,
    pub(super) headers: &'r str,
    pub(super) body: &'r str,
}

impl<'r> Request<'r> {
    pub(super) fn get(path: &'r str) -> Self {
        Self { method: "GET", path, content_type: "", headers: "", body: "" }
    }

    pub(super) fn form(path: &'r str, body: &'r str) -> Self {
        Self { method: "POST", path, content_type: "application/x-www-form-urlencoded", headers: "", body }
    }

    pub(super) fn json(path: &'r str, body: &'r str) -> Self {
        Self { method: "POST", path, content_type: "application/json", headers: "", body }
    }

    /// Adds header lines, each with its end.
    pub(super) fn headers(self, headers: &'r str) -> Self {
        Self { headers, ..self }
    }

    pub(super) fn to_bytes(&self, host: SocketAddr) -> Vec<u8> {
        let Self { method, path, content_type, headers, body } = self;
        let content = if content_type.is_empty() {
            String::new()
        } else {
            format!("Content-Type: {content_type}\r\nContent-Length: {}\r\n", body.len())
        };
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}{content}\r\n{body}").into_bytes()
    }
}
