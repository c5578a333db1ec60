//! What is known of one connection: since when it is silent, whether the server works for it, whether its reader takes
//! what it asked for. Times are those of [`CoarseClock`], so that keeping them costs a request next to nothing.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http::{Response, Version};
use hyper::body::{Frame, SizeHint};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::address_block::AddressBlock;

/// How many spans of answers are told apart. See [`Connection::leaves_an_answer`].
const SPANS: usize = 4;

/// The time in milliseconds since the listener began, moved by whoever looks after its connections. Never 0, which stands
/// for "not".
pub(super) struct CoarseClock {
    begin: Instant,
    millis: AtomicU64,
    /// Length of the spans in which answers are counted.
    span_millis: u64,
}

impl CoarseClock {
    /// Begins now. Answers are counted in spans of this length.
    pub(super) fn new(span: Duration) -> Self {
        Self { begin: Instant::now(), millis: AtomicU64::new(1), span_millis: millis(span).max(1) }
    }

    /// Moves to the present.
    pub(super) fn advance(&self) {
        self.millis.store(millis(self.begin.elapsed()) + 1, Relaxed);
    }

    pub(super) fn now(&self) -> u64 {
        self.millis.load(Relaxed)
    }

    fn span(&self) -> usize {
        usize::try_from(self.now() / self.span_millis % SPANS as u64).unwrap_or(0)
    }
}

/// A span of time in whole milliseconds.
pub(super) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// How a connection is told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Open requests are finished first.
    Close = 1,
    /// At once.
    Cut = 2,
}

/// What a connection does that the server does not work for. The earlier variants are given up first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Waiting {
    /// No request has come yet, for a second at least.
    Silent,
    /// All requests were answered.
    Idle,
    /// It has only just come, or a body or an answer is under way.
    UnderWay,
}

/// Younger connections may not have had the time to speak.
const SILENT_AFTER_MILLIS: u64 = 1_000;

/// A connection.
pub(super) struct Connection {
    /// Later ones have higher numbers.
    pub(super) number: u64,
    /// Where it comes from.
    network: Mutex<AddressBlock>,
    clock: Arc<CoarseClock>,
    /// When the server began or ended to work for it.
    turned_at: AtomicU64,
    /// When the first byte of a request came whose head is not complete.
    head_since: AtomicU64,
    /// Since when its reader takes nothing.
    blocked_since: AtomicU64,
    /// Exchanges: requests whose answer was not handed on to its end.
    open: AtomicU32,
    /// Exchanges that the server works for: their body is there, their answer is not.
    at_work: Arc<AtomicU32>,
    /// Answers that are being handed on, by the span in which that began.
    answering: [AtomicU32; SPANS],
    /// Whether it was looked whether something has come.
    read: AtomicBool,
    /// Whether a request came.
    spoken: AtomicBool,
    http2: AtomicBool,
    order: AtomicU8,
    /// When it was told to end.
    told_at: AtomicU64,
    told: Notify,
}

impl Connection {
    pub(super) fn new(number: u64, network: AddressBlock, clock: Arc<CoarseClock>) -> Self {
        Self {
            number,
            network: Mutex::new(network),
            turned_at: AtomicU64::new(clock.now()),
            clock,
            head_since: AtomicU64::default(),
            blocked_since: AtomicU64::default(),
            open: AtomicU32::default(),
            at_work: Arc::default(),
            answering: std::array::from_fn(|_| AtomicU32::default()),
            read: AtomicBool::default(),
            spoken: AtomicBool::default(),
            http2: AtomicBool::default(),
            order: AtomicU8::default(),
            told_at: AtomicU64::default(),
            told: Notify::new(),
        }
    }

    /// Where it comes from.
    pub(super) fn network(&self) -> AddressBlock {
        *self.network.lock()
    }

    /// It comes from elsewhere, as a proxy says that passes connections on.
    pub(super) fn comes_from(&self, network: AddressBlock) {
        *self.network.lock() = network;
    }

    /// Counts the exchanges that the server works for; whoever waits for a body takes its exchange out meanwhile.
    pub(super) fn at_work(&self) -> Arc<AtomicU32> {
        Arc::clone(&self.at_work)
    }

    /// Bytes came.
    pub(super) fn heard(&self) {
        if self.head_since.load(Relaxed) == 0 && self.open.load(Relaxed) == 0 {
            self.head_since.store(self.clock.now(), Relaxed);
        }
    }

    /// Nothing more has come.
    pub(super) fn listened(&self) {
        if !self.read.load(Relaxed) {
            self.read.store(true, Relaxed);
        }
    }

    /// Whether it was looked whether something has come.
    pub(super) fn is_read(&self) -> bool {
        self.read.load(Relaxed)
    }

    /// The reader takes nothing, or not enough, from now on.
    pub(super) fn blocked(&self) {
        self.blocked_since.store(self.clock.now(), Relaxed);
    }

    /// The reader took everything.
    pub(super) fn unblocked(&self) {
        self.blocked_since.store(0, Relaxed);
    }

    /// Tells it to end. `Cut` counts over `Close`.
    pub(super) fn end(&self, order: Order) {
        if self.order.fetch_max(order as u8, Relaxed) < order as u8 {
            self.told_at.store(self.clock.now(), Relaxed);
            self.told.notify_one();
        }
    }

    /// Waits until it is told to end.
    pub(super) async fn ended(&self) -> Order {
        self.told.notified().await;
        if self.order.load(Relaxed) == Order::Cut as u8 { Order::Cut } else { Order::Close }
    }

    /// What it waits for and since when; `None` while the server works for it, or has not looked what it sent.
    pub(super) fn waiting(&self) -> Option<(Waiting, u64)> {
        if self.at_work.load(Relaxed) > 0 || !self.is_read() {
            return None;
        }
        let since = self.turned_at.load(Relaxed);
        let waiting = if self.open.load(Relaxed) > 0 {
            Waiting::UnderWay
        } else if self.spoken.load(Relaxed) {
            Waiting::Idle
        } else if self.clock.now().saturating_sub(since) >= SILENT_AFTER_MILLIS {
            Waiting::Silent
        } else {
            Waiting::UnderWay
        };
        Some((waiting, since))
    }

    /// Since when there is no open exchange, if there is none.
    pub(super) fn quiet_since(&self) -> Option<u64> {
        (self.open.load(Relaxed) == 0).then(|| self.turned_at.load(Relaxed))
    }

    /// Since when a request is incomplete. HTTP/2 sends more than requests: there only the first one counts.
    pub(super) fn incomplete_since(&self) -> Option<u64> {
        if !self.spoken.load(Relaxed) {
            return self.quiet_since();
        }
        let since = self.head_since.load(Relaxed);
        (since > 0 && !self.http2.load(Relaxed) && self.open.load(Relaxed) == 0).then_some(since)
    }

    /// Since when the reader takes nothing, if it is so.
    pub(super) fn blocked_since(&self) -> Option<u64> {
        Some(self.blocked_since.load(Relaxed)).filter(|since| *since > 0)
    }

    /// When it was told to end, if it was.
    pub(super) fn told_at(&self) -> Option<u64> {
        Some(self.told_at.load(Relaxed)).filter(|at| *at > 0)
    }

    /// Whether an answer waits for its reader that began to wait two whole spans ago or earlier. The bytes of other
    /// answers say nothing of it, as HTTP/2 has a window for each.
    pub(super) fn leaves_an_answer(&self) -> bool {
        self.answering[(self.clock.span() + 1) % SPANS].load(Relaxed) > 0
    }

    fn turn(&self) {
        self.turned_at.store(self.clock.now(), Relaxed);
    }
}

/// One request and its answer.
pub(super) struct Exchange {
    connection: Arc<Connection>,
    /// The span in which the answer began, when it did.
    answering: Option<usize>,
}

impl Exchange {
    /// The head of a request is complete.
    pub(super) fn begin(connection: &Arc<Connection>, version: Version) -> Self {
        connection.open.fetch_add(1, Relaxed);
        connection.at_work.fetch_add(1, Relaxed);
        connection.head_since.store(0, Relaxed);
        if !connection.spoken.load(Relaxed) {
            connection.http2.store(version == Version::HTTP_2, Relaxed);
            connection.spoken.store(true, Relaxed);
        }
        connection.turn();
        Self { connection: Arc::clone(connection), answering: None }
    }

    /// The server's work is done; what remains is the reader's.
    pub(super) fn answer(mut self, answer: Response<Body>) -> Response<Delivery> {
        let span = self.connection.clock.span();
        self.connection.answering[span].fetch_add(1, Relaxed);
        self.connection.at_work.fetch_sub(1, Relaxed);
        self.connection.turn();
        self.answering = Some(span);
        answer.map(|body| Delivery { body, _exchange: self })
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        match self.answering {
            Some(span) => self.connection.answering[span].fetch_sub(1, Relaxed),
            None => self.connection.at_work.fetch_sub(1, Relaxed),
        };
        self.connection.open.fetch_sub(1, Relaxed);
        self.connection.turn();
    }
}

/// The body of an answer; its exchange ends with it.
pub(super) struct Delivery {
    body: Body,
    _exchange: Exchange,
}

impl HttpBody for Delivery {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(task)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
