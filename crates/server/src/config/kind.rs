//! Reading and judging single values: what text in an environment variable means for a kind of key, whether a value
//! fits its kind, and how to say what was expected and what was found. Knows nothing about particular keys.

use serde_json::Value;
use symbolon_types::GoDuration;
use url::Url;

use super::hook::Hook;
use super::keys::Kind;

impl Kind {
    /// The value that this text means. Text that makes no sense for the kind stays text, so that [`Kind::accepts`]
    /// refuses it and the error can show it.
    pub(super) fn read_text(self, text: &str) -> Value {
        let trimmed = text.trim();
        match self {
            Self::Switch => read_switch(trimmed).map(Value::Bool),
            Self::Integer { .. } => trimmed.parse::<i64>().ok().map(Value::from),
            Self::TextList | Self::ChoiceList(_) => Some(read_list(trimmed)),
            Self::TextMap | Self::Opaque => serde_json::from_str(trimmed).ok(),
            Self::Hook if trimmed.starts_with('{') => serde_json::from_str(trimmed).ok(),
            Self::Text => None,
            _ => Some(Value::from(trimmed)),
        }
        .unwrap_or_else(|| Value::from(text))
    }

    /// Whether a value fits.
    pub(super) fn accepts(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text, Value::String(_)) | (Self::Switch, Value::Bool(_)) | (Self::Opaque, Value::Object(_)) => true,
            // An empty text leaves a key unset, as in Hydra.
            (Self::Url | Self::Reference, Value::String(text)) if text.is_empty() => true,
            (Self::Url, Value::String(text)) => is_web_url(text),
            (Self::Reference, Value::String(text)) => is_rooted_path(text) || is_web_url(text),
            (Self::Integer { least, most }, Value::Number(number)) => {
                number.as_i64().is_some_and(|number| (least..=most).contains(&number))
            }
            (Self::Duration, Value::String(text)) => seconds(text).is_some(),
            (Self::DurationOrNever, Value::String(text)) => text == "-1" || seconds(text).is_some(),
            (Self::DurationOrNever, Value::Number(number)) => number.as_i64() == Some(-1),
            (Self::Choice(words), Value::String(text)) => words.contains(&text.as_str()),
            (Self::TextList, Value::Array(items)) => items.iter().all(Value::is_string),
            (Self::ChoiceList(words), Value::Array(items)) => {
                items.iter().all(|item| item.as_str().is_some_and(|text| words.contains(&text)))
            }
            (Self::TextMap, Value::Object(members)) => members.values().all(Value::is_string),
            (Self::Hook, value) => Hook::read(value).is_some(),
            _ => false,
        }
    }

    /// What would have been right, to follow "expected".
    pub fn expected(self) -> String {
        match self {
            Self::Text => "text (in quotes)".to_owned(),
            Self::Url => "an absolute URL with http or https, as `https://id.example.com`".to_owned(),
            Self::Reference => "an absolute URL with http or https, or a path that starts with `/`".to_owned(),
            Self::Switch => "`true` or `false`".to_owned(),
            Self::Integer { least, most } if most == i64::MAX => format!("a whole number, {least} or more"),
            Self::Integer { least, most } => format!("a whole number from {least} to {most}"),
            Self::Duration => "a time span with units h, m, s, as `30s` or `1h30m`".to_owned(),
            Self::DurationOrNever => "a time span with units h, m, s, as `720h`, or `-1` for no end".to_owned(),
            Self::Choice(words) => format!("one of {}", quoted(words)),
            Self::TextList => "a list of texts".to_owned(),
            Self::ChoiceList(words) => format!("a list of {}", quoted(words)),
            Self::TextMap => "a mapping of names to texts".to_owned(),
            Self::Hook => {
                "a URL, or `{url, auth: {type: api_key, config: {in: header or cookie, name, value}}}`".to_owned()
            }
            Self::Opaque => "a mapping".to_owned(),
        }
    }

    /// What was found, to follow "is". Free text is not repeated: it may be a secret in the wrong place.
    pub(super) fn found(self, value: &Value) -> String {
        match value {
            Value::Null => "empty".to_owned(),
            Value::Bool(_) => format!("`{value}`"),
            Value::Number(_) => format!("the number {value}"),
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "a mapping".to_owned(),
            Value::String(text) => match self {
                Self::Switch | Self::Integer { .. } | Self::Duration | Self::DurationOrNever | Self::Choice(_) => {
                    format!("the text `{}`", shortened(text))
                }
                _ => "another text".to_owned(),
            },
        }
    }
}

/// A time span in seconds, rounded up, so that what is shorter than a second does not become none.
pub(super) fn seconds(text: &str) -> Option<i64> {
    const SECOND: i64 = 1_000_000_000;
    let nanoseconds = GoDuration::parse(text).ok()?.nanoseconds();
    let started = i64::from(nanoseconds % SECOND > 0);
    (nanoseconds >= 0).then_some(nanoseconds / SECOND + started)
}

/// Whether this is an absolute URL that a browser can be sent to.
pub(super) fn is_web_url(text: &str) -> bool {
    let clean = !text.contains(|character: char| character.is_whitespace() || character.is_control());
    clean
        && text.contains("://")
        && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Whether this is a path on our own host. Two slashes, or a slash and a backslash, would name another host.
fn is_rooted_path(text: &str) -> bool {
    text.starts_with('/')
        && !text[1..].starts_with(['/', '\\'])
        && !text.contains(|character: char| character.is_whitespace() || character.is_control())
}

fn read_switch(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A list in an environment variable: JSON, or separated by commas.
fn read_list(text: &str) -> Value {
    if text.starts_with('[')
        && let Ok(Value::Array(items)) = serde_json::from_str(text)
    {
        return Value::Array(items);
    }
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect()
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Text from outside on one line and of bounded length.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}
