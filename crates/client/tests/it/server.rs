//! A server that answers each request with what the test says. Plain sockets, so that answers may break every rule.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as received.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    /// Method, a space, path and query.
    pub(crate) line: String,
    pub(crate) authorization: String,
    pub(crate) accept: String,
    pub(crate) body: String,
    pub(crate) content_type: String,
    pub(crate) content_length: Option<usize>,
    /// All headers, their names in lower case.
    pub(crate) headers: Vec<(String, String)>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the form in the body.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let url = symbolon_client::Url::parse(&format!("http://form/?{}", self.body)).unwrap();
        url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    }
}

pub(crate) struct Server {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    /// Answers with the bytes that `answer` gives for a request and the server's own URL.
    pub(crate) fn start(answer: impl Fn(&Received, &str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start_raw(move |request, url, stream| {
            let _ = stream.write_all(&answer(request, url));
        })
    }

    /// Hands the connection itself to `answer`.
    pub(crate) fn start_raw(answer: impl Fn(&Received, &str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let (log, own_url, answer) = (Arc::clone(&received), url.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, own_url, answer) = (Arc::clone(&log), own_url.clone(), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(request) = read(&stream) else { return };
                    log.lock().unwrap().push(request.clone());
                    answer(&request, &own_url, &mut stream);
                });
            }
        });
        Self { url, received }
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, line: &str) -> usize {
        self.received().iter().filter(|request| request.line.starts_with(line)).count()
    }
}

fn read(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut request = Received::default();
    let mut length = 0;
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    line.rsplit_once(' ')?.0.clone_into(&mut request.line);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        let name = name.to_ascii_lowercase();
        request.headers.push((name.clone(), value.to_owned()));
        match name.as_str() {
            "content-length" => {
                length = value.parse().ok()?;
                request.content_length = Some(length);
            }
            "content-type" => value.clone_into(&mut request.content_type),
            "authorization" => value.clone_into(&mut request.authorization),
            "accept" => value.clone_into(&mut request.accept),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).ok()?;
    Some(request)
}

/// A JSON answer; the connection is closed after it.
pub(crate) fn json(status: u16, value: &serde_json::Value) -> Vec<u8> {
    answer(status, "content-type: application/json; charset=utf-8\r\n", &value.to_string())
}

pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes()
}
