//! An application of which every page has the server's page in a frame, and a function that asks it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};

use crate::process::free_ports;

pub(crate) struct Watcher {
    origin: String,
}

impl Watcher {
    /// Listens on a port of its own. `host` is `localhost` or `127.0.0.1`: two sites to a browser.
    pub(crate) fn start(host: &str, issuer: &str) -> Self {
        let [port] = free_ports();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let page = page(issuer);
        // The thread ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let page = page.clone();
                std::thread::spawn(move || answer(&stream, &page));
            }
        });
        Self { origin: format!("http://{host}:{port}") }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// The frame may take its time to load: the page asks until it is answered.
fn page(issuer: &str) -> String {
    format!(
        "<!doctype html><title>Shop</title><link rel=icon href=data:,><p id=answer>idle</p>\
         <iframe id=server src=\"{issuer}/oauth2/sessions/check\" hidden></iframe>\
         <script>\
         const answer = document.getElementById('answer'), frame = document.getElementById('server');\
         addEventListener('message', event => {{\
           if (event.origin === '{issuer}' && event.source === frame.contentWindow)\
             answer.textContent = 'answered: ' + event.data;\
         }});\
         let loaded = new Promise(done => frame.addEventListener('load', done));\
         async function ask(message) {{\
           answer.textContent = 'asked'; await loaded; frame.contentWindow.postMessage(message, '{issuer}');\
         }}\
         </script>"
    )
}

/// Browsers open connections that they do not use, so nothing here is certain to be there.
fn answer(mut stream: &TcpStream, page: &str) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncache-control: no-store\r\nconnection: close\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{page}", page.len()).ok()
}
