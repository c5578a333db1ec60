//! Knows every operation of Ory Hydra's API and notices which of them were called with success. It stands between the
//! generated crate and the server, as the crate's HTTP client tells nobody what was answered.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The list that all programs beside this folder share.
const LIST: &str = include_str!("../../operations.txt");

/// An operation as the list names it.
struct Operation {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    /// The statuses of success.
    statuses: Vec<u16>,
}

/// A request line with the status of its answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    method: String,
    path: String,
    status: u16,
    /// Whether the browser is sent on with an error.
    error: bool,
}

/// Who called what. Clones write into the same list.
#[derive(Clone, Default)]
pub struct Recorder {
    calls: Arc<Mutex<BTreeSet<Call>>>,
}

impl Recorder {
    /// An address that hands everything on to `base`, and writes it down.
    pub fn before(&self, base: &str) -> String {
        let server = base.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let recorder = self.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (recorder, server) = (recorder.clone(), server.clone());
                std::thread::spawn(move || recorder.hand_on(stream?, &server));
            }
        });
        address
    }

    fn hand_on(&self, mut caller: TcpStream, server: &str) -> io::Result<()> {
        let mut reader = BufReader::new(caller.try_clone()?);
        let mut first = String::new();
        reader.read_line(&mut first)?;
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if let Some((name, value)) = line.split_once(':') {
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse().map_err(io::Error::other)?;
                }
            }
            if line.trim().is_empty() {
                break;
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let mut upstream = TcpStream::connect(server)?;
        // The answer is all that comes until the end.
        write!(upstream, "{first}{head}Connection: close\r\n\r\n")?;
        upstream.write_all(&body)?;
        let mut answer = Vec::new();
        upstream.read_to_end(&mut answer)?;
        self.record(&first, &answer);
        caller.write_all(&answer)?;
        caller.shutdown(Shutdown::Both)
    }

    fn record(&self, first: &str, answer: &[u8]) {
        let mut words = first.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let answer = String::from_utf8_lossy(answer);
        let head = answer.split("\r\n\r\n").next().unwrap_or_default();
        let location = head.lines().find(|line| line.to_ascii_lowercase().starts_with("location:"));
        let call = Call {
            method: method.to_owned(),
            path: target.split('?').next().unwrap_or_default().to_owned(),
            status: head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default(),
            error: location.is_some_and(|location| location.contains("error=")),
        };
        self.calls.lock().unwrap().insert(call);
    }

    /// What is wrong with all that was called; `elsewhere` are operations with which the crate cannot succeed.
    pub fn faults(&self, elsewhere: &[&str]) -> Vec<String> {
        let (operations, mut faults, mut succeeded) = (operations(), Vec::new(), BTreeSet::new());
        for call in self.calls.lock().unwrap().iter() {
            match operations.iter().find(|operation| operation.is(call)) {
                None => faults.push(format!("{call:?} is no operation of Hydra's")),
                Some(_) if call.error => {}
                Some(operation) if operation.statuses.contains(&call.status) => {
                    succeeded.insert(operation.name);
                }
                Some(operation) if !(400..600).contains(&call.status) => {
                    faults.push(format!("{call:?}, not {:?}", operation.statuses));
                }
                Some(_) => {}
            }
        }
        for operation in &operations {
            match (succeeded.contains(operation.name), elsewhere.contains(&operation.name)) {
                (false, false) => faults.push(format!("{} never succeeded", operation.name)),
                (true, true) => faults.push(format!("{} succeeded: it is no exception", operation.name)),
                _ => {}
            }
        }
        let unknown = |name: &&&str| !operations.iter().any(|operation| operation.name == **name);
        faults.extend(elsewhere.iter().filter(unknown).map(|name| format!("{name} is no operation")));
        faults
    }
}

impl Operation {
    fn is(&self, call: &Call) -> bool {
        let (known, called): (Vec<_>, Vec<_>) = (self.path.split('/').collect(), call.path.split('/').collect());
        let fits = |(known, called): (&&str, &&str)| known == called || (known.starts_with('{') && !called.is_empty());
        self.method == call.method && known.len() == called.len() && known.iter().zip(&called).all(fits)
    }
}

fn operations() -> Vec<Operation> {
    let lines = LIST.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parsed = lines.map(|line| {
        let [name, method, path, statuses] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let statuses = statuses.split(',').map(|status| status.parse().unwrap()).collect();
        Operation { name, method, path, statuses }
    });
    parsed.collect()
}
