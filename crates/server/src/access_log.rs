//! The access log: one line of JSON for each request, when it has its answer. A path is written without its query, which may
//! hold codes and hints; `route` is the template that matched, so that lines can be grouped.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde::Serialize;
use symbolon_types::timestamp;

use crate::config::AccessLog as Settings;
use crate::line_file::LineFile;

/// A request and its answer.
pub(crate) struct Access<'a> {
    /// When it was answered, in Unix microseconds.
    pub(crate) at_micros: i64,
    /// Its name.
    pub(crate) request_id: &'a str,
    /// The trace that it is part of.
    pub(crate) trace_id: Option<&'a str>,
    /// Its method.
    pub(crate) method: &'a str,
    /// Its path, without the query.
    pub(crate) path: &'a str,
    /// Template of its route, if one matched.
    pub(crate) route: Option<&'a str>,
    /// Status of the answer.
    pub(crate) status: u16,
    /// Bytes of the answer's body.
    pub(crate) bytes: u64,
    /// How long it took.
    pub(crate) took: Duration,
    /// Who sent it.
    pub(crate) address: Option<IpAddr>,
    /// The client, as far as it is known.
    pub(crate) client_id: Option<&'a str>,
    /// The `error` of the answer, if it has one.
    pub(crate) error: Option<&'a str>,
}

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
    method: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<&'a str>,
    status: u16,
    bytes: u64,
    duration_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// The access log of a server.
#[derive(Debug)]
pub(crate) struct AccessLog {
    state: Mutex<(LineFile, Vec<u8>)>,
    written: AtomicU64,
    failed: AtomicU64,
}

impl AccessLog {
    /// Opens the log that configuration names, if it names one. The error names the key.
    pub(crate) fn open(settings: &Settings) -> Result<Option<Self>, String> {
        let Some(named) = &settings.file else { return Ok(None) };
        let file = LineFile::open(named).map_err(|fault| format!("symbolon.access_log.file: {fault}"))?;
        let state = Mutex::new((file, Vec::with_capacity(512)));
        Ok(Some(Self { state, written: AtomicU64::new(0), failed: AtomicU64::new(0) }))
    }

    /// Tells what would keep [`AccessLog::open`] from opening it, and makes no file. The error names the key.
    pub(crate) fn check(settings: &Settings) -> Result<(), String> {
        let named = settings.file.as_deref().map_or(Ok(()), LineFile::check);
        named.map_err(|fault| format!("symbolon.access_log.file: {fault}"))
    }

    /// Writes a line.
    pub(crate) fn record(&self, access: &Access<'_>) {
        let (file, text) = &mut *self.state.lock();
        text.clear();
        let line = Line::of(access);
        let made = serde_json::to_writer(&mut *text, &line).map_err(std::io::Error::from);
        text.push(b'\n');
        match made.and_then(|()| file.write(text)) {
            Ok(()) => _ = self.written.fetch_add(1, Ordering::Relaxed),
            Err(fault) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                tracing::error!(%fault, "a line of the access log could not be written");
            }
        }
    }

    /// How many lines were written, and how many could not be.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.written.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}

impl<'a> Line<'a> {
    fn of(access: &Access<'a>) -> Self {
        // Whole microseconds: more digits mean nothing.
        #[expect(clippy::cast_precision_loss, reason = "a request takes less than 2⁵³ microseconds")]
        let duration_ms = access.took.as_micros() as f64 / 1000.0;
        Self {
            time: timestamp::format_micros(access.at_micros),
            request_id: access.request_id,
            trace_id: access.trace_id,
            address: access.address,
            method: access.method,
            path: access.path,
            route: access.route,
            status: access.status,
            bytes: access.bytes,
            duration_ms,
            client_id: access.client_id,
            error: access.error,
        }
    }
}
