//! Single values: what kinds there are, what text in an environment variable means for a kind, whether a value fits,
//! and how to say what was expected and what was found. Knows nothing about particular keys.

mod form;

use serde_json::Value;
use symbolon_types::GoDuration;

pub use self::form::Form;
pub(super) use self::form::{is_token, is_web_url};

use self::form::quoted;
use super::hook::Hook;
use super::structure::Structure;

/// Longest lifetime: ten years.
const LIFETIME_LIMIT_SECONDS: i64 = 10 * 365 * 24 * 60 * 60;

/// What values a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text of this form. An empty text leaves the key unset, as in Hydra.
    Text(Form),
    /// A list of texts of this form.
    List(Form),
    /// `true` or `false`.
    Switch,
    /// A whole number, both bounds included.
    Integer {
        /// Smallest value.
        least: i64,
        /// Largest value.
        most: i64,
    },
    /// A number from 0 to 1.
    Ratio,
    /// A time span such as `30s` or `1h30m`, read in seconds.
    Span,
    /// A time span of more than none and ten years at most.
    Lifetime,
    /// A lifetime, or `-1` for "without end".
    LifetimeOrNever,
    /// Names with texts.
    TextMap,
    /// A web hook: a URL, or `{url, auth: {type: api_key, config: {in, name, value}}}`.
    Hook,
    /// Records with members of their own.
    Records(Structure),
    /// Any mapping; what is inside is not looked at.
    Opaque,
}

impl Kind {
    /// The value that this text means. Text that makes no sense for the kind stays text, so that [`Kind::accepts`]
    /// refuses it and the error can show it.
    pub(super) fn read_text(self, text: &str) -> Value {
        let trimmed = text.trim();
        match self {
            Self::Switch => read_switch(trimmed).map(Value::Bool),
            Self::Integer { .. } => trimmed.parse::<i64>().ok().map(Value::from),
            Self::Ratio => trimmed.parse::<f64>().ok().map(Value::from),
            Self::List(_) => Some(read_list(trimmed)),
            Self::TextMap | Self::Records(_) | Self::Opaque => serde_json::from_str(trimmed).ok(),
            Self::Hook if trimmed.starts_with('{') => serde_json::from_str(trimmed).ok(),
            Self::Text(Form::Any | Form::Secret) => None,
            _ => Some(Value::from(trimmed)),
        }
        .unwrap_or_else(|| Value::from(text))
    }

    /// Whether the value leaves the key unset: Hydra takes an empty text for none.
    pub(super) fn is_unset_by(self, value: &Value) -> bool {
        value.is_null() || matches!(self, Self::Text(_) | Self::Hook) && value.as_str() == Some("")
    }

    /// Whether a value fits.
    pub(super) fn accepts(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text(form), Value::String(text)) => form.fits(text),
            // `off` without quotes is `false` in YAML.
            (Self::Text(Form::Word(words)), Value::Bool(false)) => words.contains(&"off"),
            (Self::List(form), Value::Array(items)) => misfit(form, items).is_none(),
            (Self::Switch, Value::Bool(_)) | (Self::Opaque, Value::Object(_)) => true,
            (Self::Integer { least, most }, Value::Number(number)) => {
                number.as_i64().is_some_and(|number| (least..=most).contains(&number))
            }
            (Self::Ratio, Value::Number(number)) => number.as_f64().is_some_and(|number| (0.0..=1.0).contains(&number)),
            (Self::Span, Value::String(text)) => seconds(text).is_some(),
            (Self::Lifetime, Value::String(text)) => is_lifetime(text),
            (Self::LifetimeOrNever, Value::String(text)) => text == "-1" || is_lifetime(text),
            (Self::LifetimeOrNever, Value::Number(number)) => number.as_i64() == Some(-1),
            (Self::TextMap, Value::Object(members)) => members.values().all(Value::is_string),
            (Self::Hook, value) => Hook::read(value).is_some(),
            (Self::Records(structure), value) => structure.fault(value).is_none(),
            _ => false,
        }
    }

    /// What would have been right, to follow "expected".
    pub fn expected(self) -> String {
        const SPAN: &str = "a time span with units h, m, s, as `30s` or `1h30m`";
        const LIFETIME: &str = "a time span above 0s and up to ten years, with units h, m, s, as `30s` or `1h30m`";
        match self {
            Self::Text(form) => form.expected(),
            Self::List(Form::Any) => "a list of texts".to_owned(),
            Self::List(Form::Word(words)) => format!("a list of {}", quoted(words)),
            Self::List(form) => format!("a list, each entry {}", form.expected()),
            Self::Switch => "`true` or `false`".to_owned(),
            Self::Integer { least, most } if most == i64::MAX => format!("a whole number, {least} or more"),
            Self::Integer { least, most } => format!("a whole number from {least} to {most}"),
            Self::Ratio => "a number from 0 to 1".to_owned(),
            Self::Span => SPAN.to_owned(),
            Self::Lifetime => LIFETIME.to_owned(),
            Self::LifetimeOrNever => format!("{LIFETIME}, or `-1` for no end"),
            Self::TextMap => "a mapping of names to texts".to_owned(),
            Self::Hook => {
                "a URL, or `{url, auth: {type: api_key, config: {in: header or cookie, name, value}}}` with a name and a value that \
                 such a header or cookie can have (not those of the call itself, as `Host`; a cookie without blanks, `,`, `;`)"
                    .to_owned()
            }
            Self::Records(structure) => structure.expected().to_owned(),
            Self::Opaque => "a mapping".to_owned(),
        }
    }

    /// What was found, to follow "is". Text that may be a secret in the wrong place is not repeated.
    pub(super) fn found(self, value: &Value) -> String {
        if let Self::Records(structure) = self
            && let Some(fault) = structure.fault(value)
        {
            return escaped(&fault);
        }
        match value {
            Value::Null => "empty".to_owned(),
            Value::Bool(_) => format!("`{value}`"),
            Value::Number(_) => match self {
                Self::Text(form) if !form.may_be_shown() => "a number".to_owned(),
                _ => format!("the number {value}"),
            },
            Value::Array(items) => match self {
                Self::List(form) => misfit(form, items).map_or_else(
                    || "a list".to_owned(),
                    |(index, item)| format!("a list whose entry {} is {}", index + 1, Self::Text(form).found(item)),
                ),
                _ => "a list".to_owned(),
            },
            Value::Object(_) => "a mapping".to_owned(),
            Value::String(text) => match self {
                Self::Text(form) if !form.may_be_shown() => "another text".to_owned(),
                Self::List(_) | Self::TextMap | Self::Hook | Self::Opaque => "another text".to_owned(),
                _ => format!("the text `{}`", shortened(text)),
            },
        }
    }
}

/// The first entry that does not fit, and where it stands.
fn misfit(form: Form, items: &[Value]) -> Option<(usize, &Value)> {
    items.iter().enumerate().find(|(_, item)| !item.as_str().is_some_and(|text| form.fits(text)))
}

/// A time span in seconds, rounded up, so that what is shorter than a second does not become none.
pub(super) fn seconds(text: &str) -> Option<i64> {
    const SECOND: i64 = 1_000_000_000;
    let nanoseconds = GoDuration::parse(text).ok()?.nanoseconds();
    let started = i64::from(nanoseconds % SECOND > 0);
    (nanoseconds >= 0).then_some(nanoseconds / SECOND + started)
}

fn is_lifetime(text: &str) -> bool {
    seconds(text).is_some_and(|seconds| (1..=LIFETIME_LIMIT_SECONDS).contains(&seconds))
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

/// A reason that repeats parts of what was written, on one line.
fn escaped(reason: &str) -> String {
    reason.chars().take(400).map(|character| if character.is_control() { ' ' } else { character }).collect()
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
