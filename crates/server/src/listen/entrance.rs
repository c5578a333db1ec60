//! The addresses of one listener, taken: ports and unix sockets, from which connections come as one stream of visitors.

use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::net::{TcpListener, TcpSocket};

use super::certificate::ServedCertificate;
use super::stream::Stream;
use super::tls::Handshakes;
use super::unix_socket::UnixSocket;

/// Most connections that wait to be accepted. When there are more, the system drops them, and they come again a second
/// later.
pub(super) const BACKLOG: u32 = 4_096;

/// Where processes of this machine stand that come over a unix socket: whatever a rule says of loopback holds for them.
const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// The addresses of a listener.
pub struct Entrance {
    doors: Vec<Opening>,
    /// TLS at its ports.
    pub(super) handshakes: Option<Handshakes>,
    /// Which one is asked first; it moves on, so that no address waits for another.
    turn: usize,
}

#[derive(Debug)]
enum Opening {
    Tcp(TcpListener),
    Unix(UnixSocket),
}

impl From<TcpListener> for Entrance {
    fn from(listener: TcpListener) -> Self {
        Self { doors: vec![Opening::Tcp(listener)], handshakes: None, turn: 0 }
    }
}

impl From<UnixSocket> for Entrance {
    fn from(socket: UnixSocket) -> Self {
        Self { doors: vec![Opening::Unix(socket)], handshakes: None, turn: 0 }
    }
}

impl Entrance {
    /// No address at all: nobody ever comes in.
    pub(super) fn closed() -> Self {
        Self { doors: Vec::new(), handshakes: None, turn: 0 }
    }

    /// Takes in the addresses of another one.
    pub(super) fn join(&mut self, other: Self) {
        self.doors.extend(other.doors);
    }

    /// The certificate that is shown there.
    pub(crate) fn certificate(&self) -> Option<Arc<ServedCertificate>> {
        self.handshakes.as_ref().map(|handshakes| Arc::clone(&handshakes.certificate))
    }

    /// The first address and port; an error where there are only unix sockets.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        let ports = self.doors.iter().find_map(|door| match door {
            Opening::Tcp(listener) => Some(listener.local_addr()),
            Opening::Unix(_) => None,
        });
        ports.unwrap_or_else(|| Err(io::Error::new(io::ErrorKind::AddrNotAvailable, "it listens on unix sockets only")))
    }

    /// All addresses as they are configured, ports as the system chose them.
    pub fn addresses(&self) -> Vec<String> {
        let name = |door: &Opening| match door {
            Opening::Tcp(listener) => listener.local_addr().map_or_else(|_| "?".to_owned(), |own| own.to_string()),
            Opening::Unix(socket) => socket.address(),
        };
        self.doors.iter().map(name).collect()
    }

    /// The next connection and where it comes from.
    pub(super) async fn accept(&mut self) -> io::Result<(Stream, SocketAddr)> {
        poll_fn(|task| self.poll_accept(task)).await
    }

    fn poll_accept(&mut self, task: &mut Context<'_>) -> Poll<io::Result<(Stream, SocketAddr)>> {
        for _ in 0..self.doors.len() {
            self.turn = (self.turn + 1) % self.doors.len();
            let accepted = match &self.doors[self.turn] {
                Opening::Tcp(listener) => {
                    listener.poll_accept(task).map_ok(|(stream, peer)| (Stream::Tcp(stream), peer))
                }
                Opening::Unix(socket) => socket.poll_accept(task).map_ok(|stream| (Stream::Unix(stream), LOCAL)),
            };
            if accepted.is_ready() {
                return accepted;
            }
        }
        Poll::Pending
    }
}

/// Listens at the first address of that name that can be taken.
pub(super) async fn open(host: &str, port: u16) -> io::Result<TcpListener> {
    let mut fault = io::Error::new(io::ErrorKind::NotFound, "this name has no address");
    for address in tokio::net::lookup_host((host, port)).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // A port is free as soon as the server before has gone.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        match socket.bind(address).and_then(|()| socket.listen(BACKLOG)) {
            Ok(listener) => return Ok(listener),
            Err(refused) => fault = refused,
        }
    }
    Err(fault)
}

/// Why a port cannot be taken.
pub(super) fn fault_of_port(fault: &io::Error) -> String {
    match fault.kind() {
        io::ErrorKind::AddrInUse => "another program uses it".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not take it".to_owned(),
        _ => fault.to_string(),
    }
}
