//! Lines of the log for a collector of OpenTelemetry, beside those on standard error.

use std::fmt::Debug;
use std::sync::Arc;

use symbolon_server::clock::Clock;
use symbolon_server::{LogReceiver, LogRecord};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// What speaks of the collector itself: sent to it, each failure would be the next thing to send.
const SENDING: &str = "symbolon_server::worker::export";

/// Hands lines over.
pub(super) struct ToCollector {
    pub(super) receiver: Arc<LogReceiver>,
    pub(super) clock: Clock,
}

impl<S: Subscriber> Layer<S> for ToCollector {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let about = event.metadata();
        if !self.receiver.is_open() || about.target() == SENDING {
            return;
        }
        let mut record = LogRecord::new(*about.level(), about.target().to_owned(), self.clock.now_micros());
        event.record(&mut Fields(&mut record));
        self.receiver.push(record);
    }
}

struct Fields<'r>(&'r mut LogRecord);

impl Fields<'_> {
    fn add(&mut self, field: &Field, value: String) {
        match field.name() {
            "message" => self.0.message = value,
            name => self.0.fields.push((name, value)),
        }
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, format!("{value:?}"));
    }
}
