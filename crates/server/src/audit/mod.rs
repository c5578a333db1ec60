//! The audit log: one line of JSON for each decision about security, apart from the log of the program. [`Event`] is all
//! that can be audited; the schema of a line is made of it (`docs/reference/audit.schema.json`). `log` writes lines, where
//! `symbolon.audit.file` says, before the answer leaves; `chain` gives them numbers and hashes, and [`verify`] finds what
//! was changed afterwards. Who a request is of, and what came of it, is collected in `trail`, which is how the rest of
//! the server tells of an event.

mod chain;
mod event;
mod line;
mod log;
mod verify;

pub use event::{ClientOrigin, Event, Refused};
pub use line::{About, schema};
pub use verify::{Anchor, Finding, Verdict, verify};

pub(crate) use log::AuditLog;

use serde_json::Value;

/// Tells the program's own log of an event: `event`, `client_id` and `subject` as fields, the rest as one text.
pub(crate) fn say(event: &Event<'_>) {
    let level = event.level();
    let heard = match level {
        tracing::Level::WARN => tracing::enabled!(target: "audit", tracing::Level::WARN),
        tracing::Level::INFO => tracing::enabled!(target: "audit", tracing::Level::INFO),
        _ => tracing::enabled!(target: "audit", tracing::Level::DEBUG),
    };
    if !heard {
        return;
    }
    let Ok(Value::Object(mut members)) = serde_json::to_value(event) else { return };
    let mut text = |name: &str| match members.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (event, client_id, subject) = (text("event").unwrap_or_default(), text("client_id"), text("subject"));
    let (client_id, subject) = (client_id.as_deref(), subject.as_deref());
    let details = (!members.is_empty()).then(|| Value::Object(members).to_string());
    match level {
        tracing::Level::WARN => tracing::warn!(target: "audit", event, client_id, subject, details, "audited"),
        tracing::Level::INFO => tracing::info!(target: "audit", event, client_id, subject, details, "audited"),
        _ => tracing::debug!(target: "audit", event, client_id, subject, details, "audited"),
    }
}
