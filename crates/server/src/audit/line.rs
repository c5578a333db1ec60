//! A line of the audit log, and its schema.

use std::net::IpAddr;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;
use symbolon_types::timestamp;

use super::event::Event;

/// What is known of the request in which something was decided; nothing where the server decided by itself.
#[derive(Debug, Default, Clone, Copy)]
pub struct About<'a> {
    /// When, in Unix microseconds.
    pub at_micros: i64,
    /// The request's name, which its answer has as well.
    pub request_id: Option<&'a str>,
    /// The trace that it is part of.
    pub trace_id: Option<&'a str>,
    /// Who sent it.
    pub address: Option<IpAddr>,
}

/// A line of the audit log.
#[derive(Serialize, JsonSchema)]
pub(super) struct Line<'a> {
    /// Number of the line, counted from 1 over all files; only with `symbolon.audit.chain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<u64>,
    /// When it was decided (RFC 3339).
    time: String,
    #[serde(flatten)]
    event: &'a Event<'a>,
    /// Name of the request, as in the header `X-Request-Id` of its answer and on the error page.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    /// The trace that the request is part of (W3C Trace Context §3.2.2.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    /// IP address of whoever sent the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
    /// SHA-256 of the line before, without its line feed, in hexadecimal; 64 zeros in the first line of all. Only with
    /// `symbolon.audit.chain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// The line of an event; `link` is its number and the hash of the line before.
    pub(super) fn new(about: &About<'a>, event: &'a Event<'a>, link: Option<(u64, &'a str)>) -> Self {
        Self {
            sequence: link.map(|(sequence, _)| sequence),
            time: timestamp::format_micros(about.at_micros),
            event,
            request_id: about.request_id,
            trace_id: about.trace_id,
            address: about.address,
            previous: link.map(|(_, previous)| previous),
        }
    }
}

/// JSON Schema (draft 2020-12) of a line.
pub fn schema() -> Value {
    // As lines are written: what may be left out is not required.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Line<'static>>().to_value();
    if let Some(members) = schema.as_object_mut() {
        members.insert("title".to_owned(), "A line of Symbolon's audit log".into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: &str = include_str!("../../../../docs/reference/audit.schema.json");
    const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/audit.schema.json");

    fn rendered() -> String {
        serde_json::to_string_pretty(&schema()).unwrap() + "\n"
    }

    #[test]
    fn the_schema_in_the_repository_is_that_of_the_types() {
        assert_eq!(
            rendered(),
            KEPT,
            "run `cargo test -p symbolon-server --lib audit::line::tests::rewrite -- --ignored`"
        );
    }

    #[test]
    #[ignore = "writes the schema anew"]
    fn rewrite() {
        std::fs::write(PATH, rendered()).unwrap();
    }

    #[test]
    fn a_line_fits_the_schema_and_another_does_not() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let about = About { at_micros: 1_800_000_000_500_000, request_id: Some("node-1"), ..About::default() };
        let event = Event::ClientDeleted { client_id: "a", by: super::super::ClientOrigin::Registration };
        let line = serde_json::to_value(Line::new(&about, &event, Some((1, "00")))).unwrap();
        assert_eq!(line["time"], "2027-01-15T08:00:00.5Z");
        assert_eq!((&line["event"], &line["by"]), (&"client_deleted".into(), &"registration".into()));
        assert!(validator.is_valid(&line), "{line}");
        for (member, value) in [("event", "client_forgotten"), ("by", "nobody")] {
            let mut other = line.clone();
            other[member] = value.into();
            assert!(!validator.is_valid(&other), "{other}");
        }
    }
}
