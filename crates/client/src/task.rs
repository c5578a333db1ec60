//! Work that is done once for everybody who waits, and finished even when nobody does any more.
//!
//! A [`Task`] runs apart from its callers: a caller that goes away (a dropped future, a time-out around the call) ends its
//! waiting and not the work. [`SingleFlight`] is the place where the task that runs now is found by the next caller.

use std::future::Future;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::error::Error;
use crate::transport::{Runtime, TransportError, TransportErrorKind};

/// The outcome of work that runs, or has run, by itself.
pub(crate) struct Task<T>(watch::Receiver<Option<Result<T, Error>>>);

impl<T> Clone for Task<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// What may be given to another thread, where there are threads.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) trait Work<T>: Future<Output = Result<T, Error>> + Send + 'static {}
#[cfg(not(target_arch = "wasm32"))]
impl<T, F: Future<Output = Result<T, Error>> + Send + 'static> Work<T> for F {}
#[cfg(target_arch = "wasm32")]
pub(crate) trait Work<T>: Future<Output = Result<T, Error>> + 'static {}
#[cfg(target_arch = "wasm32")]
impl<T, F: Future<Output = Result<T, Error>> + 'static> Work<T> for F {}

impl<T: Clone + Send + Sync + 'static> Task<T> {
    pub(crate) fn start(runtime: &Arc<dyn Runtime>, work: impl Work<T>) -> Self {
        let (sender, receiver) = watch::channel(None);
        runtime.spawn(Box::pin(async move {
            // Nobody may be waiting; the outcome stays for whoever asks later.
            sender.send_replace(Some(work.await));
        }));
        Self(receiver)
    }

    /// Waits for the outcome. Dropping this future does not end the work.
    pub(crate) async fn outcome(&self) -> Result<T, Error> {
        let mut receiver = self.0.clone();
        let lost = || TransportError::new(TransportErrorKind::Other, "the task that was asked for this ended early");
        match receiver.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or_else(|| Err(Error::Transport(lost()))),
            Err(_) => Err(Error::Transport(lost())),
        }
    }

    /// Whether it has ended without a result.
    pub(crate) fn has_failed(&self) -> bool {
        // The guard is kept: no outcome can arrive between the two questions.
        match &*self.0.borrow() {
            Some(outcome) => outcome.is_err(),
            None => self.0.has_changed().is_err(),
        }
    }

    fn has_outcome(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Whether both are the same work.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.0.same_channel(&other.0)
    }

    /// The outcome, if there is one by now.
    #[cfg(all(feature = "tower", not(target_arch = "wasm32"), any(feature = "aws-lc-rs", feature = "rust-crypto")))]
    pub(crate) fn finished(&self) -> Option<Result<T, Error>> {
        self.0.borrow().clone()
    }

    /// Whether it runs still.
    pub(crate) fn is_running(&self) -> bool {
        self.0.borrow().is_none() && self.0.has_changed().is_ok()
    }
}

/// The task that runs now, or ran last.
pub(crate) struct SingleFlight<T>(Mutex<Flights<T>>);

struct Flights<T> {
    begun: u64,
    last: Option<Task<T>>,
}

/// How many tasks had begun when somebody looked at what the earlier ones left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen(u64);

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self(Mutex::new(Flights { begun: 0, last: None }))
    }
}

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    /// To be asked before looking whether a task is needed.
    pub(crate) fn seen(&self) -> Seen {
        let flights = self.0.lock();
        // One that runs still has left nothing behind yet.
        let running = flights.last.as_ref().is_some_and(Task::is_running);
        Seen(flights.begun - u64::from(running))
    }

    /// The task that runs now, or one that began and ended since the caller looked: what it found is news to the caller.
    /// Else a new one.
    pub(crate) fn join<W: Work<T>>(&self, seen: Seen, runtime: &Arc<dyn Runtime>, work: impl FnOnce() -> W) -> Task<T> {
        let mut flights = self.0.lock();
        if let Some(last) = &flights.last
            && (last.is_running() || Seen(flights.begun) != seen && last.has_outcome())
        {
            return last.clone();
        }
        flights.begun += 1;
        flights.last.insert(Task::start(runtime, work())).clone()
    }
}

/// What `work` gives, unless `end` is over before.
pub(crate) async fn first<T>(work: impl Future<Output = T>, end: impl Future<Output = ()>) -> Option<T> {
    let (mut work, mut end) = (std::pin::pin!(work), std::pin::pin!(end));
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        std::task::Poll::Ready(value) => std::task::Poll::Ready(Some(value)),
        std::task::Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
    .await
}
