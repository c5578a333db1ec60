//! The settings of all sources laid over each other, before they become a [`super::Config`]: one value per known
//! key, each checked against its kind when it comes in. Reading falls back to the default of the key table, so that
//! defaults are written down once.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{ConfigError, Place};
use super::keys::{self, Key, Preset, Standing};
use super::kind::seconds;
use super::suggest::closest;

/// One value per key that some source set.
#[derive(Debug, Default)]
pub(super) struct Values {
    set: BTreeMap<&'static str, Value>,
}

impl Values {
    /// Takes a value in, over an earlier one. `null` leaves the key as it was.
    pub(super) fn insert(&mut self, key: &'static Key, value: Value, place: &Place) -> Result<(), ConfigError> {
        if value.is_null() {
            return Ok(());
        }
        if !key.kind.accepts(&value) {
            let (found, expected) = (key.kind.found(&value), key.kind.expected());
            return Err(ConfigError::WrongType { key: key.path.to_owned(), place: place.clone(), found, expected });
        }
        self.set.insert(key.path, value);
        Ok(())
    }

    /// Takes in a tree of settings whose root is the section `prefix`, or the whole configuration if that is empty.
    pub(super) fn merge(&mut self, prefix: &str, tree: Value, place: &Place) -> Result<(), ConfigError> {
        let members = match tree {
            Value::Null => return Ok(()),
            Value::Object(members) => members,
            _ if prefix.is_empty() => {
                let reason = "the top must be a mapping of keys to values".to_owned();
                return Err(ConfigError::Malformed { place: place.clone(), reason });
            }
            other => {
                return Err(ConfigError::WrongType {
                    key: prefix.to_owned(),
                    place: place.clone(),
                    found: keys::Kind::Opaque.found(&other),
                    expected: "a mapping of keys to values".to_owned(),
                });
            }
        };
        for (name, value) in members {
            let path = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            if let Some(key) = keys::find(&path) {
                self.insert(key, value, place)?;
            } else if keys::is_section(&path) {
                self.merge(&path, value, place)?;
            } else if !keys::is_open_section(prefix) {
                let suggestion = closest(&path);
                return Err(ConfigError::UnknownKey { key: path, place: place.clone(), suggestion });
            }
        }
        Ok(())
    }

    /// Whether some source set the key, be it to its default.
    pub(super) fn is_set(&self, path: &str) -> bool {
        self.set.contains_key(path)
    }

    /// The value set, else the default.
    pub(super) fn get(&self, path: &str) -> Option<Value> {
        debug_assert!(keys::find(path).is_some(), "{path} is not in the key table");
        self.set.get(path).cloned().or_else(|| keys::find(path)?.preset_value())
    }

    /// A text, `None` when unset or empty.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        match self.get(path)? {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A switch, off when unset.
    pub(super) fn switch(&self, path: &str) -> bool {
        self.get(path).and_then(|value| value.as_bool()).unwrap_or_default()
    }

    /// A whole number, 0 when unset or too large for the type that is asked for.
    pub(super) fn integer<T: TryFrom<i64> + Default>(&self, path: &str) -> T {
        self.get(path).and_then(|value| value.as_i64()).and_then(|number| T::try_from(number).ok()).unwrap_or_default()
    }

    /// A time span in seconds, `None` when unset or without end.
    pub(super) fn seconds_or_never(&self, path: &str) -> Option<i64> {
        self.text(path).and_then(|text| seconds(&text))
    }

    /// A time span in seconds, 0 when unset.
    pub(super) fn seconds(&self, path: &str) -> i64 {
        self.seconds_or_never(path).unwrap_or_default()
    }

    /// A list of texts, empty when unset.
    pub(super) fn list(&self, path: &str) -> Vec<String> {
        let Some(Value::Array(items)) = self.get(path) else { return Vec::new() };
        items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Names with texts, empty when unset.
    pub(super) fn map(&self, path: &str) -> BTreeMap<String, String> {
        self.get(path).and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
    }

    /// A word or list of words as the type that stands for them.
    pub(super) fn choice<T: DeserializeOwned>(&self, path: &'static str) -> Result<T, ConfigError> {
        serde_json::from_value(self.get(path).unwrap_or_default())
            .map_err(|_| ConfigError::refused(path, "has a value that is not supported"))
    }

    /// Keys that were set to something but have no effect, for a warning at start.
    pub(super) fn ignored(&self) -> Vec<&'static str> {
        let differs = |key: &Key| {
            let value = self.set.get(key.path)?;
            let empty = matches!(value, Value::String(text) if text.is_empty());
            (!empty && key.preset_value().as_ref() != Some(value)).then_some(key.path)
        };
        keys::all().filter(|key| key.standing == Standing::Inert).filter_map(differs).collect()
    }
}

impl Key {
    /// The default as a value, where there is a fixed one.
    pub(super) fn preset_value(&self) -> Option<Value> {
        match self.preset {
            Preset::Value(text) => Some(self.kind.read_text(text)),
            Preset::Derived(_) | Preset::Unset => None,
        }
    }
}
