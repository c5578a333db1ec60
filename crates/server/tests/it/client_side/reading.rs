//! Reading one HTTP/1.1 request with a body of known length.

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::support::{pair, pairs_of};

/// A request that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) method: String,
    /// Path with query.
    pub(crate) target: String,
    /// Names in lower case, in order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Received {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        pair(&self.headers, name)
    }

    /// The value of a form parameter.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        pair(&pairs_of(&self.body), name).map(str::to_owned)
    }
}

/// The request on a connection; `None` when it ends before that.
pub(super) async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Received> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(received) = parse(&String::from_utf8_lossy(&bytes)) {
            return Some(received);
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

/// A request, once all of it is there.
fn parse(text: &str) -> Option<Received> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = pair(&headers, "content-length").map_or(0, |length| length.parse().unwrap());
    (body.len() >= length).then_some(())?;
    Some(Received { method: first.next()?, target: first.next()?, headers, body: body.to_owned() })
}
