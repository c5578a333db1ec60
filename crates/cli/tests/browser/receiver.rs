//! A client's callback that only writes down what it is sent.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Channel, Sender, channel};
use std::time::Duration;

use crate::process::free_ports;

/// One request.
#[derive(Debug)]
pub(crate) struct Received {
    /// Method and target, such as `POST /callback`.
    pub(crate) line: String,
    pub(crate) body: Vec<(String, String)>,
}

impl Received {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.body.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A server on a port of its own that answers everything with a small page.
pub(crate) struct Receiver {
    pub(crate) url: String,
    requests: Channel<Received>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let [port] = free_ports();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let (sender, requests) = channel();
        // The thread ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                std::thread::spawn(move || answer(&stream, &sender));
            }
        });
        Self { url: format!("http://127.0.0.1:{port}/callback"), requests }
    }

    /// The next request for the callback.
    pub(crate) fn next(&self) -> Received {
        self.requests.recv_timeout(Duration::from_secs(20)).unwrap()
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.requests.try_recv().is_err()
    }
}

/// Browsers open connections that they do not use, so nothing here is certain to be there.
fn answer(mut stream: &TcpStream, sender: &Sender<Received>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|&length| length > 0)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        match header.trim().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = line.trim().trim_end_matches(" HTTP/1.1").to_owned();
    let is_callback = line.contains("/callback");
    let page = "<!doctype html><title>Received</title><link rel=icon href=data:,><p id=received>Received";
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{page}", page.len()).ok()?;
    if is_callback {
        sender.send(Received { line, body: form_urlencoded::parse(&body).into_owned().collect() }).ok()?;
    }
    Some(())
}
