//! A stream that tells its connection of every byte that comes, and of a reader that takes nothing.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use super::connection::Connection;

/// What a reader takes within the time for a stalled answer, so that it does not count as stalled. Taking a byte now and
/// then is not reading.
const PROGRESS_BYTES: usize = 16 * 1024;

/// A connection of either kind.
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    fn reader(&mut self) -> Pin<&mut (dyn AsyncRead + Unpin)> {
        match self {
            Self::Tcp(stream) => Pin::new(stream),
            Self::Unix(stream) => Pin::new(stream),
        }
    }

    fn writer(&mut self) -> Pin<&mut (dyn AsyncWrite + Unpin)> {
        match self {
            Self::Tcp(stream) => Pin::new(stream),
            Self::Unix(stream) => Pin::new(stream),
        }
    }
}

/// A watched stream.
pub(super) struct WatchedStream {
    stream: Stream,
    connection: Arc<Connection>,
    /// Bytes that a reader took who did not take all.
    taken: Option<usize>,
}

impl WatchedStream {
    pub(super) fn new(stream: Stream, connection: Arc<Connection>) -> Self {
        Self { stream, connection, taken: None }
    }

    /// Whether the peer is a process of this machine.
    pub(super) fn is_local(&self) -> bool {
        matches!(self.stream, Stream::Unix(_))
    }

    /// The first byte that comes, which is read again later; `None` when nothing comes any more.
    pub(super) async fn first_byte(&self) -> io::Result<Option<u8>> {
        let Stream::Tcp(stream) = &self.stream else { return Ok(None) };
        // It is looked whether something has come.
        self.connection.listened();
        let mut byte = [0];
        Ok((stream.peek(&mut byte).await? > 0).then_some(byte[0]))
    }

    fn wrote(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match (&written, self.taken) {
            (Poll::Pending, None) => {
                self.connection.blocked();
                self.taken = Some(0);
            }
            (Poll::Ready(Ok(bytes)), Some(taken)) if taken + bytes >= PROGRESS_BYTES => {
                self.connection.blocked();
                self.taken = Some(0);
            }
            (Poll::Ready(Ok(bytes)), Some(taken)) => self.taken = Some(taken + bytes),
            _ => {}
        }
        written
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(mut self: Pin<&mut Self>, task: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = self.stream.reader().poll_read(task, buffer);
        if buffer.filled().len() > before {
            self.connection.heard();
        }
        if read.is_pending() {
            self.connection.listened();
        }
        read
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(mut self: Pin<&mut Self>, task: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = self.stream.writer().poll_write(task, bytes);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream.writer().poll_write_vectored(task, slices);
        self.wrote(written)
    }

    /// Both kinds have it.
    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Flushing a socket does nothing; it is called when everything was written.
    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.taken.take().is_some() {
            self.connection.unblocked();
        }
        self.stream.writer().poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.writer().poll_shutdown(task)
    }
}
