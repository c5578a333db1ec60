//! Lines of the program's log on their way to the collector.

use std::sync::{Arc, OnceLock};

use super::{trace, with};
use crate::telemetry::{LogRecord, Record, Telemetry};

/// Whom the lines of the program's log are told, once a server has started that sends them. The log is there before any
/// server, so this is a place that is filled later.
#[derive(Default)]
pub struct LogReceiver(OnceLock<Arc<Telemetry>>);

impl LogReceiver {
    /// Whether anybody would send a line.
    pub fn is_open(&self) -> bool {
        self.0.get().is_some()
    }

    /// Hands a line over, with the place in a trace and the request at which this is called.
    pub fn push(&self, mut record: LogRecord) {
        let Some(telemetry) = self.0.get() else { return };
        record.fields.extend(with(|trail| trail.0.id.clone()).flatten().map(|id| ("symbolon.request_id", id)));
        telemetry.push(Record::Log(Box::new(record.at(trace()))));
    }

    pub(crate) fn open(&self, telemetry: Arc<Telemetry>) {
        // A second server in the process does not get the lines of the first.
        let _ = self.0.set(telemetry);
    }
}
