//! Comparing an answer with the recorded one. What is compared is what a client can depend on: status, where a
//! redirect leads, `error`, members with their types and values, headers, cookies. What is not: wording (descriptions,
//! reasons, pages) and the look of opaque values beyond their prefix. Every disagreement is a [`Mismatch`]; whether it
//! is intended is decided in `differences`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use symbolon_jose::digest::base64url_decode;

use super::outcome::Outcome;
use super::page;
use super::recording::{Exchange, JwtContents, RecordedRequest, RecordedResponse};
use super::template::{Bindings, Typed};
use crate::client_side::Received;
use crate::support::{Answer, Cookie, Pairs, pairs_of};

/// What is said of something that is not there.
pub(super) const ABSENT: &str = "absent";

/// Members whose value is for people.
const WORDING: [&str; 3] = ["error_description", "message", "reason"];
/// Members whose value has a form of our own.
const OPAQUE: [&str; 2] = ["kid", "jti"];
/// Headers that must be the same, letter by letter.
const EXACT_HEADERS: [&str; 8] = [
    "content-type",
    "cache-control",
    "pragma",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
];

/// One disagreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    /// Where: `outcome`, `header …`, `cookie …`, `location …`, or the path of a member.
    pub(super) place: String,
    /// What was recorded.
    pub(super) expected: String,
    /// What came.
    pub(super) got: String,
}

/// Compares an answer, and learns what its placeholders stand for.
pub(super) fn compare(
    names: &mut Bindings,
    jwts: &BTreeMap<String, JwtContents>,
    exchange: &Exchange,
    answer: &Answer,
) -> Vec<Mismatch> {
    let recorded = &exchange.response;
    let (expected, got) = (Outcome::recorded(recorded), Outcome::of(answer));
    if !expected.agrees(&got, names) {
        let (expected, got) = (expected.to_string(), names.abbreviate(&got.to_string()));
        let mut comparison = Comparison { names, jwts, found: Vec::new() };
        comparison.differs("outcome", expected, got);
        // Whatever came, which pages may read it does not change.
        comparison.exact_headers(recorded, answer, |name| name.starts_with("access-control-"));
        return comparison.found;
    }
    let mut comparison = Comparison { names, jwts, found: Vec::new() };
    comparison.exact_headers(recorded, answer, |_| true);
    comparison.headers(recorded, answer);
    comparison.cookies(recorded, answer);
    comparison.body(recorded, answer);
    comparison.found
}

/// Compares a token that did not come in an answer of the recording.
pub(super) fn compare_token(
    names: &mut Bindings,
    jwts: &BTreeMap<String, JwtContents>,
    placeholder: &str,
    token: &str,
) -> Vec<Mismatch> {
    let mut comparison = Comparison { names, jwts, found: Vec::new() };
    comparison.text(placeholder, placeholder, token);
    comparison.found
}

/// Compares a request that our server sent.
pub(super) fn compare_call(
    names: &mut Bindings,
    jwts: &BTreeMap<String, JwtContents>,
    recorded: &RecordedRequest,
    received: &Received,
) -> Vec<Mismatch> {
    let mut comparison = Comparison { names, jwts, found: Vec::new() };
    let expected = format!("{} {}", recorded.method, recorded.path);
    let got = format!("{} {}", received.method, received.target);
    if expected != got {
        comparison.differs("call", expected, got);
    }
    for (name, expected) in &recorded.headers {
        let got = received.header(name).unwrap_or(ABSENT);
        if expected != got {
            comparison.differs(format!("call header {name}"), expected, got);
        }
    }
    match &recorded.json {
        Some(expected) => match serde_json::from_str(&received.body) {
            Ok(got) => comparison.value("call", "", expected, &got),
            Err(_) => comparison.differs("call", expected.to_string(), received.body.as_str()),
        },
        None => comparison.parameters("call form", recorded.form.clone().unwrap_or_default(), pairs_of(&received.body)),
    }
    comparison.found
}

struct Comparison<'a> {
    names: &'a mut Bindings,
    jwts: &'a BTreeMap<String, JwtContents>,
    found: Vec<Mismatch>,
}

impl Comparison<'_> {
    fn differs(&mut self, place: impl Into<String>, expected: impl Into<String>, got: impl Into<String>) {
        let got = self.names.abbreviate(&got.into());
        self.found.push(Mismatch { place: place.into(), expected: expected.into(), got });
    }

    fn exact_headers(&mut self, recorded: &RecordedResponse, answer: &Answer, compared: fn(&str) -> bool) {
        for name in EXACT_HEADERS.into_iter().filter(|name| compared(name)) {
            let expected = recorded.headers.get(name).map_or(ABSENT, String::as_str);
            let got = answer.header(name).unwrap_or(ABSENT);
            if expected != got {
                self.differs(format!("header {name}"), expected, got);
            }
        }
    }

    fn headers(&mut self, recorded: &RecordedResponse, answer: &Answer) {
        let expected = recorded.headers.get("www-authenticate").map_or_else(|| ABSENT.to_owned(), |it| challenge(it));
        let got = answer.header("www-authenticate").map_or_else(|| ABSENT.to_owned(), challenge);
        if expected != got {
            self.differs("header www-authenticate", expected, got);
        }
        match (recorded.headers.get("location"), answer.header("location")) {
            (None, None) => {}
            (Some(expected), Some(got)) => self.url("location", expected, got),
            (expected, got) => {
                self.differs("location", expected.map_or(ABSENT, String::as_str), got.unwrap_or(ABSENT));
            }
        }
        self.links(recorded.headers.get("link").map_or("", String::as_str), answer.header("link").unwrap_or(""));
    }

    /// Web links (RFC 8288), by relation.
    fn links(&mut self, expected: &str, got: &str) {
        let (expected, got) = (links(expected), links(got));
        for relation in expected.keys().chain(got.keys()).collect::<BTreeSet<_>>() {
            let place = format!("link {relation}");
            match (expected.get(relation), got.get(relation)) {
                (Some(expected), Some(got)) => self.url(&place, expected, got),
                (expected, got) => {
                    self.differs(place, expected.map_or(ABSENT, String::as_str), got.map_or(ABSENT, String::as_str));
                }
            }
        }
    }

    /// An address: its beginning, and its parameters in any order.
    fn url(&mut self, place: &str, expected: &str, got: &str) {
        let (expected_base, expected_query, expected_fragment) = url_parts(expected);
        let (got_base, got_query, got_fragment) = url_parts(got);
        if !self.names.matches(&expected_base, &got_base) {
            self.differs(place, expected_base, got_base);
        }
        self.parameters(&format!("{place} query"), expected_query, got_query);
        self.parameters(&format!("{place} fragment"), expected_fragment, got_fragment);
    }

    fn parameters(&mut self, place: &str, expected: Pairs, mut got: Pairs) {
        for (name, value) in expected {
            let place = format!("{place} {name}");
            match got.iter().position(|(key, _)| *key == name) {
                Some(index) => {
                    let (_, actual) = got.remove(index);
                    if !WORDING.contains(&name.as_str()) {
                        self.text(&place, &value, &actual);
                    }
                }
                None => self.differs(place, value, ABSENT),
            }
        }
        for (name, value) in got {
            self.differs(format!("{place} {name}"), ABSENT, value);
        }
    }

    fn cookies(&mut self, recorded: &RecordedResponse, answer: &Answer) {
        let mut got: Vec<Cookie> = answer.cookies();
        for expected in &recorded.set_cookies {
            let label = cookie_label(&expected.name);
            let Some(index) = got.iter().position(|cookie| self.names.matches(&expected.name, &cookie.name)) else {
                self.differs(format!("cookie {label}"), "set", ABSENT);
                continue;
            };
            let cookie = got.remove(index);
            let names = expected.attributes.keys().map(String::as_str);
            for name in names.chain(cookie.attributes.iter().map(|(name, _)| name.as_str())).collect::<BTreeSet<_>>() {
                let wanted = match expected.attributes.get(name) {
                    Some(Value::String(text)) => text.as_str(),
                    Some(_) => "",
                    None => ABSENT,
                };
                let actual = cookie.attribute(name).unwrap_or(ABSENT);
                if !self.names.matches(wanted, actual) {
                    self.differs(format!("cookie {label} {name}"), wanted, actual);
                }
            }
        }
        for cookie in got {
            let what = if cookie.is_deletion() { "deleted" } else { "set" };
            self.differs(format!("cookie {}", cookie_label(&cookie.name)), ABSENT, what);
        }
    }

    fn body(&mut self, recorded: &RecordedResponse, answer: &Answer) {
        if let Some(expected) = &recorded.json {
            match serde_json::from_slice::<Value>(&answer.body) {
                Ok(got) => self.value("", "", expected, &got),
                Err(_) => self.differs("body", expected.to_string(), answer.text()),
            }
        }
        if let Some(expected) = recorded.text.as_deref().filter(|text| text.starts_with('<')) {
            self.text("body", expected, &answer.text());
        }
        if recorded.body.is_some() && !(300..400).contains(&answer.status) && !answer.body.is_empty() {
            self.differs("body", "empty", answer.text());
        }
        for form in recorded.html.iter().flat_map(|html| &html.forms) {
            match page::forms(&answer.text()).into_iter().next() {
                None => self.differs("form", "one", "none"),
                Some(got) => {
                    if form.method != got.method || !self.names.matches(&form.action, &got.action) {
                        let expected = format!("{} {}", form.method, form.action);
                        self.differs("form", expected, format!("{} {}", got.method, got.action));
                    }
                    let fields = form.inputs.iter().map(|input| (input.name.clone(), input.value.clone()));
                    self.parameters("form", fields.collect(), got.fields);
                }
            }
        }
    }

    fn value(&mut self, place: &str, member: &str, expected: &Value, got: &Value) {
        match (expected, got) {
            (Value::Object(expected), Value::Object(got)) => self.object(place, expected, got),
            // What a server supports is a set.
            (Value::Array(expected), Value::Array(got)) if member.ends_with("_supported") => {
                if !is_same_set(expected, got) {
                    self.differs(
                        place,
                        Value::from(expected.clone()).to_string(),
                        Value::from(got.clone()).to_string(),
                    );
                }
            }
            (Value::Array(expected), Value::Array(got)) if expected.len() == got.len() => {
                for (index, (expected, got)) in expected.iter().zip(got).enumerate() {
                    self.value(&format!("{place}/{index}"), member, expected, got);
                }
            }
            // Lists of different length: their members still have the same shape.
            (Value::Array(expected), Value::Array(got)) if expected.iter().chain(got).all(Value::is_object) => {
                self.differs(place, format!("{} items", expected.len()), format!("{} items", got.len()));
                if let (Some(expected), Some(got)) = (expected.first(), got.first()) {
                    self.value(&format!("{place}/0"), member, expected, got);
                }
            }
            (Value::String(expected), got) => match Typed::parse(expected) {
                Some(typed) if typed.fits(got, self.names) => {}
                Some(_) => self.differs(place, expected, got.to_string()),
                None => match got {
                    Value::String(got) => self.member(place, member, expected, got),
                    _ => self.differs(place, expected, got.to_string()),
                },
            },
            _ if expected == got => {}
            _ => self.differs(place, expected.to_string(), got.to_string()),
        }
    }

    fn object(&mut self, place: &str, expected: &Map<String, Value>, got: &Map<String, Value>) {
        for name in expected.keys().chain(got.keys()).collect::<BTreeSet<_>>() {
            let place = format!("{place}/{name}");
            match (expected.get(name), got.get(name)) {
                (Some(expected), Some(got)) => self.value(&place, name, expected, got),
                (Some(expected), None) => self.differs(place, expected.to_string(), ABSENT),
                (None, Some(got)) => self.differs(place, ABSENT, got.to_string()),
                (None, None) => {}
            }
        }
    }

    fn member(&mut self, place: &str, member: &str, expected: &str, got: &str) {
        if WORDING.contains(&member) {
            return;
        }
        if member == "redirect_to" {
            return self.url(place, expected, got);
        }
        if OPAQUE.contains(&member) && self.names.get(expected).is_none() && !got.is_empty() {
            return self.names.bind(expected, got);
        }
        self.text(place, expected, got);
    }

    fn text(&mut self, place: &str, expected: &str, got: &str) {
        if !self.names.matches(expected, got) {
            return self.differs(place, expected, got);
        }
        let Some(contents) = self.jwts.get(expected) else { return };
        match decode(got) {
            Some((header, claims)) => {
                self.object(&format!("{place}/{expected} header"), &contents.header, &header);
                self.object(&format!("{place}/{expected}"), &contents.claims, &claims);
            }
            None => self.differs(place, expected, got),
        }
    }
}

fn is_same_set(expected: &[Value], got: &[Value]) -> bool {
    expected.len() == got.len() && expected.iter().all(|value| got.contains(value))
}

/// Scheme and `error` of a challenge (RFC 6750 §3).
fn challenge(header: &str) -> String {
    let scheme = header.split(' ').next().unwrap_or_default();
    let error = header.split_once("error=\"").and_then(|(_, rest)| rest.split('"').next());
    error.map_or_else(|| scheme.to_owned(), |error| format!("{scheme} error={error}"))
}

fn links(header: &str) -> BTreeMap<String, String> {
    let link = |part: &str| {
        let (target, rest) = part.split_once('<')?.1.split_once(">;")?;
        let relation = rest.split_once("rel=\"")?.1.split('"').next()?;
        Some((relation.to_owned(), target.to_owned()))
    };
    // A recorded target ends in a placeholder's bracket and the link's own.
    header.split(",<").map(|part| part.trim_start_matches('<')).filter_map(|part| link(&format!("<{part}"))).collect()
}

fn url_parts(url: &str) -> (String, Pairs, Pairs) {
    let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
    (base.to_owned(), pairs_of(query), pairs_of(fragment))
}

/// `login_csrf` for `ory_hydra_login_csrf_dev_123`.
fn cookie_label(name: &str) -> &str {
    let name = name.strip_prefix("ory_hydra_").unwrap_or(name);
    name.split("_dev").next().unwrap_or(name)
}

/// Header and claims of a compact JWT.
pub(super) fn decode(token: &str) -> Option<(Map<String, Value>, Map<String, Value>)> {
    let mut parts = token.split('.');
    let mut part = || serde_json::from_slice(&base64url_decode(parts.next()?)?).ok();
    Some((part()?, part()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mismatches(expected: &Value, got: &Value) -> Vec<String> {
        let mut names = Bindings::new(&[("public", "http://p"), ("rp", "http://r")], 1_800_000_000);
        let jwts = BTreeMap::new();
        let mut comparison = Comparison { names: &mut names, jwts: &jwts, found: Vec::new() };
        comparison.value("", "", expected, got);
        comparison.found.into_iter().map(|found| format!("{} {} {}", found.place, found.expected, found.got)).collect()
    }

    #[test]
    fn members_types_and_values_count() {
        let expected = json!({ "a": 1, "b": "x", "c": [1, 2], "d": null, "e": true });
        assert!(mismatches(&expected, &expected).is_empty());
        let got = json!({ "a": "1", "b": "y", "c": [1], "e": true, "f": 0 });
        let found = ["/a 1 \"1\"", "/b x y", "/c [1,2] [1]", "/d null absent", "/f absent 0"];
        assert_eq!(mismatches(&expected, &got), found);
    }

    #[test]
    fn wording_does_not_count_but_its_type_does() {
        let expected = json!({ "error": "invalid_request", "error_description": "theirs" });
        assert!(mismatches(&expected, &json!({ "error": "invalid_request", "error_description": "ours" })).is_empty());
        let found = mismatches(&expected, &json!({ "error": "other", "error_description": 1 }));
        assert_eq!(found, ["/error invalid_request other", "/error_description theirs 1"]);
    }

    #[test]
    fn addresses_are_compared_by_parts() {
        let expected = json!({ "redirect_to": "<public>/auth?a=1&error_description=x&v=<login_verifier:1>" });
        let url = "http://p/auth?v=abc&a=1&error_description=y";
        assert!(mismatches(&expected, &json!({ "redirect_to": url })).is_empty());
        let found = mismatches(&expected, &json!({ "redirect_to": "http://p/other?v=abc&a=2&b=http%3A%2F%2Fr%2F" }));
        assert_eq!(
            found,
            [
                "/redirect_to <public>/auth <public>/other",
                "/redirect_to query a 1 2",
                "/redirect_to query error_description x absent",
                "/redirect_to query b absent <rp>/"
            ]
        );
    }

    #[test]
    fn times_are_compared_by_form_and_value() {
        let expected = json!(["<epoch:now+10>", "<time:now>", "<time-with-fraction:now>", "<seconds:60>"]);
        let right = json!([1_800_000_010, "2027-01-15T08:00:00Z", "2027-01-15T08:00:00.25Z", 59]);
        assert!(mismatches(&expected, &right).is_empty());
        let wrong = json!([1_800_000_000, "2027-01-15T08:00:00.25Z", "2027-01-15T09:00:00+01:00", "60"]);
        assert_eq!(mismatches(&expected, &wrong).len(), 4);
    }

    #[test]
    fn links_are_taken_apart() {
        let found = links("</a?t=<page_token:1>>; rel=\"first\",</a?t=x>; rel=\"next\"");
        assert_eq!(found["first"], "/a?t=<page_token:1>");
        assert_eq!(found["next"], "/a?t=x");
        assert!(links("").is_empty());
    }

    #[test]
    fn challenges_are_compared_by_scheme_and_error() {
        assert_eq!(challenge("Bearer error=\"invalid_token\",error_description=\"x\""), "Bearer error=invalid_token");
        assert_eq!(challenge("Basic realm=\"x\""), "Basic");
    }
}
