//! Spans and log records for a collector of OpenTelemetry: made here, kept in a queue with a bound, and sent by the worker.
//! Nothing waits for the collector: what finds the queue full is counted and gone. [`TraceContext`] is what
//! requests and calls tell of their trace (W3C Trace Context); `otlp` writes both kinds of records as OTLP (version 1, JSON).

mod otlp;
mod record;
mod trace_context;

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use symbolon_jose::Rng;
use tokio::sync::mpsc;

use crate::config::{Config, TracingProvider};

pub(crate) use otlp::Resource;
pub use record::LogRecord;
pub(crate) use record::{Attribute, Kind, Record, Span};
pub(crate) use trace_context::TraceContext;

/// How many records wait at most: some seconds of a busy server, and a few megabytes.
const LONGEST_QUEUE: usize = 8192;

/// Where records go on their way to the collector.
pub(crate) struct Telemetry {
    rng: Rng,
    /// A trace that begins here is sampled if the low half of its id is below this.
    sampled_below: u64,
    resource: Resource,
    queue: mpsc::Sender<Record>,
    waiting: Mutex<Option<mpsc::Receiver<Record>>>,
    sent: AtomicU64,
    dropped: AtomicU64,
}

impl Telemetry {
    /// As configuration says; `None` where it wants no traces.
    pub(crate) fn of(config: &Config, rng: &Rng) -> Option<Self> {
        let tracing = &config.tracing;
        if tracing.provider != Some(TracingProvider::Otel) {
            return None;
        }
        let (queue, waiting) = mpsc::channel(LONGEST_QUEUE);
        Some(Self {
            rng: rng.clone(),
            sampled_below: tracing.otlp.sampling_ratio.of(u64::MAX),
            resource: Resource::new(&tracing.service_name, tracing.deployment_environment.as_deref()),
            queue,
            waiting: Mutex::new(Some(waiting)),
            sent: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        })
    }

    /// The context of a request whose sender told this of its trace; a trace of its own where that is nothing, or
    /// cannot be read (W3C Trace Context §4.3).
    pub(crate) fn arriving(&self, headers: &http::HeaderMap) -> TraceContext {
        TraceContext::read(headers).map_or_else(|| self.beginning(), |parent| self.within(&parent))
    }

    /// The context of a trace that begins here.
    pub(crate) fn beginning(&self) -> TraceContext {
        let id: [u8; 16] = self.rng.bytes();
        let low = u64::from_be_bytes([id[8], id[9], id[10], id[11], id[12], id[13], id[14], id[15]]);
        TraceContext::new(id, self.rng.bytes(), low < self.sampled_below)
    }

    /// The context of a part of what `parent` is about.
    pub(crate) fn within(&self, parent: &TraceContext) -> TraceContext {
        parent.child(self.rng.bytes())
    }

    /// Hands a record over. If too many wait it is dropped and counted.
    pub(crate) fn push(&self, record: Record) {
        if self.queue.try_send(record).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The records that wait; once, for whoever sends them.
    pub(crate) fn take_queue(&self) -> Option<mpsc::Receiver<Record>> {
        self.waiting.lock().take()
    }

    /// Gives the queue back.
    pub(crate) fn return_queue(&self, queue: mpsc::Receiver<Record>) {
        *self.waiting.lock() = Some(queue);
    }

    /// What describes this server.
    pub(crate) fn resource(&self) -> &Resource {
        &self.resource
    }

    /// Counts records that arrived at the collector.
    pub(crate) fn count_sent(&self, records: usize) {
        self.sent.fetch_add(records as u64, Ordering::Relaxed);
    }

    /// Counts records that did not.
    pub(crate) fn count_dropped(&self, records: usize) {
        self.dropped.fetch_add(records as u64, Ordering::Relaxed);
    }

    /// How many records arrived at the collector, and how many are lost.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.sent.load(Ordering::Relaxed), self.dropped.load(Ordering::Relaxed))
    }
}
