//! The values that hold in the end, for people to read: what was set, what the default is, and what follows from other
//! settings; each with the place that it comes from, and no secret in any.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use url::Url;

use super::Config;
use super::error::Place;
use super::keys::{self, Key, Kind, Standing};
use super::section::Section as _;
use super::setting::Setting;
use super::values::Values;

/// What stands for a secret.
pub(super) const HIDDEN: &str = "[secret]";

/// A key with the value that holds.
#[derive(Debug)]
pub struct Effective {
    /// The key.
    pub key: &'static Key,
    /// Its value as it would be written in a file, secrets hidden; `null` where there is none.
    pub value: Value,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// Nobody set it, and it follows from other settings.
    Derived,
    /// It was set here.
    Set(Place),
    /// It was set here to another value, which other settings bound or complete.
    Adjusted(Place),
}

/// Values that are no longer what was set, nor the default, by path.
#[derive(Debug, Default)]
pub(super) struct Changed(BTreeMap<String, Value>);

impl Changed {
    /// Notes the value of a field if it is not what was read for it.
    pub(super) fn note<T: Setting>(&mut self, path: String, field: &T, values: &Values) {
        let Some(value) = field.to_value() else { return };
        let as_read = match values.get(&path) {
            Some(read) => T::from_value(Some(&read)).and_then(|read| read.to_value()).as_ref() == Some(&value),
            None => value.is_null() || value == json!([]) || value == json!(""),
        };
        if !as_read {
            self.0.insert(path, value);
        }
    }
}

/// All keys that have an effect, in the order of the documentation.
pub(super) fn of(config: &Config, values: &Values) -> Vec<Effective> {
    let mut changed = Changed::default();
    config.note_changed("", values, &mut changed);
    let with_effect = keys::all().filter(|key| matches!(key.standing, Standing::Compatible | Standing::Added));
    let effective = with_effect.map(|key| {
        let (value, origin) = match (changed.0.remove(&key.path), values.place(&key.path)) {
            (Some(value), None) => (spelled(key, value), Origin::Derived),
            (Some(value), Some(place)) => (spelled(key, value), Origin::Adjusted(place.clone())),
            (None, None) => (values.get(&key.path).unwrap_or_default(), Origin::Default),
            (None, Some(place)) => (values.get(&key.path).unwrap_or_default(), Origin::Set(place.clone())),
        };
        Effective { key, value: without_secrets(key, value), origin }
    });
    effective.collect()
}

/// A value of a field in the form that a file has.
fn spelled(key: &Key, value: Value) -> Value {
    match (key.kind, &value) {
        (Kind::Span | Kind::Lifetime | Kind::LifetimeOrNever, Value::Number(seconds)) => {
            seconds.as_i64().map_or(value, |seconds| Value::from(span(seconds)))
        }
        (Kind::LifetimeOrNever, Value::Null) => Value::from("-1"),
        _ => value,
    }
}

/// Seconds as `1h30m`.
fn span(seconds: i64) -> String {
    let parts = [(seconds / 3600, "h"), (seconds % 3600 / 60, "m"), (seconds % 60, "s")];
    let present = parts.iter().filter(|(count, _)| *count != 0);
    let text = present.map(|(count, unit)| format!("{count}{unit}")).collect::<Vec<_>>().concat();
    if text.is_empty() { "0s".to_owned() } else { text }
}

fn without_secrets(key: &Key, value: Value) -> Value {
    match (key.kind, value) {
        (_, Value::Null) => Value::Null,
        // An address of a hook may be a secret by itself.
        (Kind::Hook, Value::Object(members)) => {
            let url = members.get("url").and_then(Value::as_str).map(origin_of);
            json!({ "url": url, "auth": members.get("auth").map(|_| HIDDEN) })
        }
        (Kind::Hook, Value::String(url)) => Value::from(origin_of(&url)),
        (Kind::List(_), Value::Array(items)) if key.is_secret() => items.iter().map(|_| Value::from(HIDDEN)).collect(),
        _ if key.is_secret() => Value::from(HIDDEN),
        (Kind::Text(_), Value::String(text)) if key.path == "dsn" => Value::from(without_password(&text)),
        (Kind::Text(_), Value::String(text)) if text.contains('@') => Value::from(without_password(&text)),
        (Kind::List(_), Value::Array(items)) => {
            let shown = |item: Value| item.as_str().map_or(item.clone(), |text| Value::from(without_password(text)));
            items.into_iter().map(shown).collect()
        }
        (_, value) => value,
    }
}

fn origin_of(url: &str) -> String {
    Url::parse(url).map_or_else(|_| HIDDEN.to_owned(), |url| format!("{}/…", url.origin().ascii_serialization()))
}

/// An address without the password in it. What may have one and is no URL is not shown at all.
fn without_password(address: &str) -> String {
    let suspicious = address.contains('@') || address.to_lowercase().contains("password");
    if !suspicious {
        return address.to_owned();
    }
    let Ok(mut url) = Url::parse(address) else { return HIDDEN.to_owned() };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return HIDDEN.to_owned();
    }
    let is_open = |name: &str| !name.to_lowercase().contains("password");
    let query: Option<Vec<(String, String)>> = url.query().map(|_| {
        let pairs = url.query_pairs().into_owned();
        pairs.map(|(name, value)| if is_open(&name) { (name, value) } else { (name, "***".to_owned()) }).collect()
    });
    if let Some(query) = query.filter(|query| query.iter().any(|(name, _)| !is_open(name))) {
        url.query_pairs_mut().clear().extend_pairs(query);
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::{span, without_password};

    #[test]
    fn spans_are_written_as_in_a_file() {
        for (seconds, text) in [(0, "0s"), (1, "1s"), (60, "1m"), (5400, "1h30m"), (3661, "1h1m1s"), (86_400, "24h")] {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn a_password_in_an_address_is_hidden() {
        for (address, shown) in [
            ("sqlite:///var/lib/x.db", "sqlite:///var/lib/x.db"),
            ("memory", "memory"),
            ("postgres://u@h/d", "postgres://u@h/d"),
            ("postgres://u:hunter2@h:5432/d?sslmode=require", "postgres://u:***@h:5432/d?sslmode=require"),
            ("postgres://h/d?sslpassword=hunter2&a=b", "postgres://h/d?sslpassword=***&a=b"),
            ("host=h password=hunter2", "[secret]"),
            ("//u:hunter2@h", "[secret]"),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
