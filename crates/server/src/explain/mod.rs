//! What happened to a request, from the lines that the audit log and the access log have of it: which decisions were made,
//! and, where it was refused, what the client was told, what it was not told, which rule that rests on and what to change.
//! For `symbolon explain`; no running server is asked. [`remedies`] is the table of what to change.

mod remedies;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::audit;
use remedies::Remedy;

/// A request, explained.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// Its name.
    pub request_id: String,
    /// When it came or was decided (RFC 3339), as the first line says.
    pub time: Option<String>,
    /// What was asked: method, path, status, milliseconds; from the access log where there is one.
    pub request: Option<String>,
    /// Who sent it.
    pub address: Option<String>,
    /// The client, as far as it was known.
    pub client_id: Option<String>,
    /// The trace that it was part of.
    pub trace_id: Option<String>,
    /// What was decided, in order.
    pub decisions: Vec<Decision>,
    /// Why it was refused, where it was.
    pub refusal: Option<Refusal>,
}

/// A line of the audit log, in words.
#[derive(Debug, Serialize)]
pub struct Decision {
    /// The kind of event.
    pub event: String,
    /// What that means.
    pub meaning: String,
    /// Its members, as the line has them.
    pub details: BTreeMap<String, Value>,
}

/// Why a request was refused.
#[derive(Debug, Serialize)]
pub struct Refusal {
    /// The `error` of the answer.
    pub error: String,
    /// What the client was told.
    pub told: String,
    /// What it was not told; empty where there is nothing more to say.
    pub not_told: String,
    /// The check of the authorization request that failed, where it was one of those.
    pub check: Option<String>,
    /// What the refusal rests on.
    pub section: Option<String>,
    /// What to change, in the client or here.
    pub change: String,
}

/// Members of a line that are told apart from the details of its event.
const ABOUT: [&str; 7] = ["event", "time", "request_id", "trace_id", "address", "sequence", "previous"];

/// Explains the request of which these are the lines, of both logs in any order; `None` if there are none.
pub fn explain(request_id: &str, lines: &[Value]) -> Option<Explanation> {
    let own: Vec<&Value> = lines.iter().filter(|line| line["request_id"] == request_id).collect();
    let first = |name: &str| own.iter().find_map(|line| Some(line.get(name)?.as_str()?.to_owned()));
    own.first()?;
    let (told, asked): (Vec<&Value>, Vec<&Value>) = own.iter().copied().partition(|line| line.get("event").is_some());
    let meanings = meanings();
    let refused = told.iter().copied().find(|line| is_refusal(line));
    let request = asked.first().copied().or(refused);
    Some(Explanation {
        request_id: request_id.to_owned(),
        time: first("time"),
        request: request.map(line_of_request),
        address: first("address"),
        client_id: first("client_id"),
        trace_id: first("trace_id"),
        decisions: told.iter().filter(|line| !is_refusal(line)).map(|line| decision(line, &meanings)).collect(),
        refusal: refused.or_else(|| asked.iter().copied().find(|line| line.get("error").is_some())).map(refusal),
    })
}

fn is_refusal(line: &Value) -> bool {
    matches!(text(line, "event"), "request_refused" | "request_failed")
}

fn text<'l>(line: &'l Value, name: &str) -> &'l str {
    line[name].as_str().unwrap_or_default()
}

fn line_of_request(line: &Value) -> String {
    let took = line["duration_ms"].as_f64().map(|took| format!(" in {took} ms")).unwrap_or_default();
    format!("{} {} was answered with {}{took}", text(line, "method"), text(line, "path"), line["status"])
}

fn decision(line: &Value, meanings: &BTreeMap<String, String>) -> Decision {
    let event = text(line, "event").to_owned();
    let meaning = meanings.get(&event).cloned().unwrap_or_default();
    let members = line.as_object().into_iter().flatten();
    let details = members.filter(|(name, _)| !ABOUT.contains(&name.as_str()));
    Decision { meaning, details: details.map(|(name, value)| (name.clone(), value.clone())).collect(), event }
}

fn refusal(line: &Value) -> Refusal {
    let own = |name: &str| Some(text(line, name)).filter(|text| !text.is_empty()).map(str::to_owned);
    let Remedy { section, change, .. } = remedies::of(line);
    Refusal {
        error: text(line, "error").to_owned(),
        told: text(line, "description").to_owned(),
        not_told: text(line, "reason").to_owned(),
        check: own("check"),
        section: own("section").or_else(|| Some((*section).to_owned()).filter(|section| !section.is_empty())),
        change: (*change).to_owned(),
    }
}

/// What each kind of event means: the sentences of the schema.
fn meanings() -> BTreeMap<String, String> {
    let schema = audit::schema();
    let mut found = BTreeMap::new();
    collect(&schema, &mut found);
    found
}

fn collect(schema: &Value, found: &mut BTreeMap<String, String>) {
    match schema {
        Value::Object(members) => {
            let kind = members.get("properties").and_then(|members| members["event"]["const"].as_str());
            if let (Some(kind), Some(meaning)) = (kind, members.get("description").and_then(Value::as_str)) {
                found.insert(kind.to_owned(), meaning.replace('\n', " "));
            }
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(members) => members.iter().for_each(|member| collect(member, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_event_has_a_meaning() {
        let meanings = meanings();
        assert!(meanings.len() > 50, "{meanings:?}");
        assert!(meanings["token_revoked"].contains("RFC 7009"), "{meanings:?}");
    }

    #[test]
    fn nothing_is_made_up_of_a_request_without_lines() {
        assert!(
            explain("node-2", &[json!({ "request_id": "node-1", "event": "logout" }), json!([]), json!(7)]).is_none()
        );
    }

    #[test]
    fn the_access_log_alone_says_less_and_no_less() {
        let line = json!({
            "request_id": "a-1", "time": "2027-01-15T08:00:00Z", "method": "POST", "path": "/oauth2/token", "status": 401,
            "duration_ms": 1.5, "error": "invalid_client",
        });
        let told = explain("a-1", &[line]).unwrap();
        assert_eq!(told.request.as_deref(), Some("POST /oauth2/token was answered with 401 in 1.5 ms"));
        let refusal = told.refusal.unwrap();
        assert_eq!(refusal.section.as_deref(), Some("RFC 6749 §5.2"));
        assert!(!refusal.change.is_empty() && told.decisions.is_empty());
    }
}
