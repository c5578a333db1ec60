//! Requests as MCP clients send them: bounded in time and size, and never led elsewhere by a redirect, because the
//! redirect itself is what is looked for.

use std::time::Duration;

use serde_json::{Map, Value};
use symbolon_client::{Error, Probe, ProbeAnswer, ProbeRequest, Url};

use crate::failure::Failure;
use crate::report::{Finding, Party, shown};

/// The version of the protocol that requests speak.
pub(super) const PROTOCOL_VERSION: &str = "2025-11-25";

/// Hosted clients wait ten seconds for metadata, registration and tokens.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer that is read, in bytes.
const ANSWER_LIMIT_BYTES: usize = 1 << 20;

/// Whose certificates are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certificates {
    System,
    Any,
}

/// The connections of one check.
pub(super) fn caller(certificates: Certificates) -> Result<Probe, Failure> {
    let probe = match certificates {
        Certificates::System => Probe::new(PATIENCE, ANSWER_LIMIT_BYTES),
        Certificates::Any => Probe::danger_accept_any_certificate(PATIENCE, ANSWER_LIMIT_BYTES),
    };
    probe.map_err(Failure::from)
}

/// GET of metadata: with the version, as all clients send it. In a browser it makes a preflight necessary.
pub(super) fn get_metadata(caller: &Probe, url: &Url) -> ProbeRequest {
    caller.get(url).header("accept", "application/json").header("mcp-protocol-version", PROTOCOL_VERSION)
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(super) struct Answer(ProbeAnswer);

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoAnswer(Error);

/// Sends a request and reads the whole answer.
pub(super) async fn send(request: ProbeRequest) -> Result<Answer, NoAnswer> {
    request.send().await.map(Answer).map_err(NoAnswer)
}

impl NoAnswer {
    /// What it means; `party` answers for too large answers.
    pub(super) fn finding(&self, url: &Url, party: Party) -> Finding {
        let place = shown(&url.origin().ascii_serialization());
        match &self.0 {
            Error::Timeout => Finding::new(
                Party::Network,
                format!("{place} does not answer within {} seconds, and no client waits longer", PATIENCE.as_secs()),
                "See what holds it up: the server itself, or a proxy in front of it.",
            ),
            Error::AnswerTooLarge { limit_bytes } => Finding::new(
                party,
                format!("the answer of {place} is longer than {limit_bytes} bytes"),
                "Answer with a short JSON document.",
            ),
            other => Finding::new(
                Party::Network,
                format!("{place}: {}", shown(&other.to_string())),
                "See that it runs, that its name and certificate are right, and that no firewall or proxy is in between.",
            ),
        }
    }
}

impl Answer {
    pub(super) fn status(&self) -> u16 {
        self.0.status
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// The values of a header field that are text.
    pub(super) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
    }

    /// The first value of a header field, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    /// The body as a JSON object.
    pub(super) fn object(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(self.body()).ok()
    }

    pub(super) fn is_json(&self) -> bool {
        let media_type = self.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
        media_type.eq_ignore_ascii_case("application/json") || media_type.ends_with("+json")
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status())
    }

    pub(super) fn is_redirect(&self) -> bool {
        (300..400).contains(&self.status())
    }

    /// Where a redirect leads; `base` is what was asked for.
    pub(super) fn location(&self, base: &Url) -> Option<Url> {
        base.join(self.header("location")?).ok()
    }

    /// Status and OAuth error, or the beginning of the body, for a person.
    pub(super) fn summary(&self) -> String {
        let Some(object) = self.object() else {
            let text = String::from_utf8_lossy(self.body());
            let start: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(80).collect();
            return if start.is_empty() {
                self.status().to_string()
            } else {
                format!("{} {}", self.status(), shown(&start))
            };
        };
        let member = |name: &str| object.get(name).and_then(Value::as_str).map(shown).unwrap_or_default();
        format!("{} {} {}", self.status(), member("error"), member("error_description")).trim_end().to_owned()
    }
}

/// The names of members whose value is `null`, at any depth: strict decoders refuse the whole document for one.
pub(super) fn nulls(object: &Map<String, Value>) -> Vec<&str> {
    fn has_null(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Array(list) => list.iter().any(has_null),
            Value::Object(members) => members.values().any(has_null),
            _ => false,
        }
    }
    object.iter().filter(|(_, value)| has_null(value)).map(|(name, _)| name.as_str()).collect()
}

/// The texts of a list; `None` where it is absent or is none of texts.
pub(super) fn list<'a>(object: &'a Map<String, Value>, name: &str) -> Option<Vec<&'a str>> {
    object.get(name)?.as_array()?.iter().map(Value::as_str).collect()
}

/// Whether requests there stay private: https, or this machine (OAuth 2.1 §1.5).
pub(super) fn is_private(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn http_is_private_on_this_machine_only() {
        for (url, expected) in [
            ("https://as.example", true),
            ("http://127.0.0.1:1", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:1", true),
            ("http://localhost", true),
            ("http://as.example", false),
            ("http://localhost.example", false),
            ("ftp://localhost", false),
        ] {
            assert_eq!(is_private(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn nulls_are_found_at_any_depth() {
        let document = json!({ "a": 1, "b": null, "c": [1, null], "d": { "e": null }, "f": [] });
        assert_eq!(nulls(document.as_object().unwrap()), ["b", "c", "d"]);
    }
}
