//! A stream that tells its connection of every byte that comes, and of a reader that takes nothing.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::connection::Connection;

/// What a reader takes within the time for a stalled answer, so that it does not count as stalled. Taking a byte now and
/// then is not reading.
const PROGRESS_BYTES: usize = 16 * 1024;

/// A watched stream.
pub(super) struct WatchedStream {
    stream: TcpStream,
    connection: Arc<Connection>,
    /// Bytes that a reader took who did not take all.
    taken: Option<usize>,
}

impl WatchedStream {
    pub(super) fn new(stream: TcpStream, connection: Arc<Connection>) -> Self {
        Self { stream, connection, taken: None }
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
        let read = Pin::new(&mut self.stream).poll_read(task, buffer);
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
        let written = Pin::new(&mut self.stream).poll_write(task, bytes);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(task, slices);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Flushing a socket does nothing; it is called when everything was written.
    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.taken.take().is_some() {
            self.connection.unblocked();
        }
        Pin::new(&mut self.stream).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(task)
    }
}
