//! Where trails end: the logs and the collector of a server.

use std::sync::Arc;

use http::HeaderMap;
use symbolon_jose::Rng;

use super::Trail;
use crate::access_log::AccessLog;
use crate::audit::{About, AuditLog, Event};
use crate::clock::Clock;
use crate::config::Config;
use crate::telemetry::{Telemetry, TraceContext};

/// Where trails end.
pub struct Seeing {
    clock: Clock,
    audit: Option<AuditLog>,
    access: Option<AccessLog>,
    telemetry: Option<Arc<Telemetry>>,
}

impl Seeing {
    /// Opens the logs that configuration names. The error names the key.
    pub(crate) fn open(config: &Config, clock: &Clock, rng: &Rng) -> Result<Self, String> {
        let symbolon = &config.symbolon;
        let (audit, access) = (AuditLog::open(&symbolon.audit)?, AccessLog::open(&symbolon.access_log)?);
        let telemetry = Telemetry::of(config, rng).map(Arc::new);
        let seeing = Self { clock: clock.clone(), audit, access, telemetry };
        seeing.record(About::default(), &Event::ServerStarted { version: env!("CARGO_PKG_VERSION") });
        Ok(seeing)
    }

    /// The audit log, where there is one.
    pub(crate) fn audit(&self) -> Option<&AuditLog> {
        self.audit.as_ref()
    }

    /// The access log, where there is one.
    pub(crate) fn access(&self) -> Option<&AccessLog> {
        self.access.as_ref()
    }

    /// What is sent to a collector, where there is one.
    pub(crate) fn telemetry(&self) -> Option<&Arc<Telemetry>> {
        self.telemetry.as_ref()
    }

    /// The trail of a request with this name and these header fields; `None` where nobody would be told.
    pub(crate) fn trail(self: &Arc<Self>, id: &str, headers: &HeaderMap) -> Option<Trail> {
        let trace = self.telemetry.as_ref().map(|telemetry| telemetry.arriving(headers));
        let is_on = self.audit.is_some() || self.access.is_some() || trace.is_some();
        is_on.then(|| Trail::new(self, Some(id), trace))
    }

    /// The trail of what the server does by itself.
    pub(crate) fn trail_of_nobody(self: &Arc<Self>) -> Option<Trail> {
        self.trail_within(None)
    }

    /// The trail of what the server does by itself, as a part of the trace of an earlier request.
    pub(crate) fn trail_within(self: &Arc<Self>, parent: Option<TraceContext>) -> Option<Trail> {
        let parent = parent.filter(|_| self.telemetry.is_some());
        (self.audit.is_some() || self.telemetry.is_some()).then(|| Trail::new(self, None, parent))
    }

    pub(super) fn now_micros(&self) -> i64 {
        self.clock.now_micros()
    }

    pub(super) fn record(&self, about: About<'_>, event: &Event<'_>) {
        if let Some(audit) = &self.audit {
            audit.record(&About { at_micros: self.clock.now_micros(), ..about }, event);
        }
    }
}
