//! The settings of all sources laid over each other, before they become a [`super::Config`]: one value per known
//! key, each checked against its kind when it comes in. Reading falls back to the default of the key table, so that
//! defaults are written down once.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::error::{ConfigError, Place};
use super::keys::{self, Key, Kind, Standing};
use super::lines::Lines;
use super::setting::Setting;
use super::suggest::closest;

/// One value per key that some source set, and what was wrong with the others.
#[derive(Clone, Default)]
pub(super) struct Values {
    set: BTreeMap<&'static str, (Value, Place)>,
    /// What was set in sections that take any name, and is no key.
    unknown: Vec<String>,
    /// Keys whose secrets stand in files that everybody can read, with the files.
    open_files: Vec<(String, PathBuf)>,
    faults: Vec<ConfigError>,
}

// Among the values are secrets: only the keys are shown.
impl fmt::Debug for Values {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.set.keys()).finish()
    }
}

/// A tree of settings and where it was found.
pub(super) struct Document {
    pub(super) tree: Value,
    pub(super) place: Place,
    pub(super) lines: Lines,
}

impl Document {
    fn place_of(&self, path: &str) -> Place {
        match &self.place {
            Place::File { file, .. } => Place::File { file: file.clone(), line: self.lines.get(path) },
            other => other.clone(),
        }
    }
}

impl Values {
    /// Notes that something is wrong; what is right is read all the same, so that all faults are told at once.
    pub(super) fn fault(&mut self, fault: ConfigError) {
        self.faults.push(fault);
    }

    /// What is wrong with the values, in the order in which it was found.
    pub(super) fn faults(&self) -> &[ConfigError] {
        &self.faults
    }

    /// Notes that every user of the machine can read the file with a secret.
    pub(super) fn note_open_file(&mut self, key: &str, file: &Path) {
        self.open_files.push((key.to_owned(), file.to_owned()));
    }

    /// Keys whose secrets stand in files that every user of the machine can read, with the files.
    pub(super) fn open_files(&self) -> Vec<(String, PathBuf)> {
        self.open_files.clone()
    }

    /// Takes a value in, over an earlier one. `null` leaves the key as it was.
    pub(super) fn insert(&mut self, key: &'static Key, value: Value, place: &Place) {
        if value.is_null() {
            return;
        }
        if key.kind.is_unset_by(&value) {
            self.set.remove(key.path.as_str());
            return;
        }
        if !key.kind.accepts(&value) {
            let (found, expected) = (key.kind.found(&value), key.kind.expected());
            return self.fault(ConfigError::WrongType { key: key.path.clone(), place: place.clone(), found, expected });
        }
        self.set.insert(&key.path, (value, place.clone()));
    }

    /// Takes in a document whose root is the section `prefix`, or the whole configuration if that is empty.
    pub(super) fn merge(&mut self, prefix: &str, mut document: Document) {
        let tree = document.tree.take();
        self.merge_tree(prefix, tree, &document);
    }

    fn merge_tree(&mut self, prefix: &str, tree: Value, document: &Document) {
        let members = match tree {
            Value::Null => return,
            Value::Object(members) => members,
            _ if prefix.is_empty() => {
                let reason = "the top must be a mapping of keys to values".to_owned();
                return self.fault(ConfigError::Malformed { place: document.place.clone(), reason });
            }
            other => {
                return self.fault(ConfigError::WrongType {
                    key: prefix.to_owned(),
                    place: document.place_of(prefix),
                    found: Kind::Opaque.found(&other),
                    expected: "a mapping of keys to values".to_owned(),
                });
            }
        };
        for (name, value) in members {
            let path = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            if let Some(key) = keys::find(&path) {
                self.insert(key, value, &document.place_of(&path));
            } else if keys::is_section(&path) {
                self.merge_tree(&path, value, document);
            } else {
                self.pass_over(prefix, path, document);
            }
        }
    }

    /// What is no key is an error, except in the two sections where Hydra takes any name: what is wished of telemetry is
    /// fulfilled, as there is none, and a feature flag is remembered for the warning at start.
    fn pass_over(&mut self, prefix: &str, path: String, document: &Document) {
        match prefix {
            "sqa" => {}
            "feature_flags" => self.unknown.push(path),
            _ => {
                let suggestion = closest(&path);
                let place = document.place_of(&path);
                self.fault(ConfigError::UnknownKey { key: path, place, suggestion });
            }
        }
    }

    /// These values, with those of `newer` for the keys that may change while the server runs.
    pub(super) fn reloaded(&self, newer: &Self) -> Self {
        let mut values = self.clone();
        for key in keys::all().filter(|key| key.is_reloadable()) {
            values.set.remove(key.path.as_str());
        }
        let set = newer.set.iter().filter(|(path, _)| keys::find(path).is_some_and(Key::is_reloadable));
        values.set.extend(set.map(|(path, set)| (*path, set.clone())));
        values
    }

    /// Where a key was set, if it was.
    pub(super) fn place(&self, path: &str) -> Option<&Place> {
        self.set.get(path).map(|(_, place)| place)
    }

    /// Whether some source set the key, be it to its default.
    pub(super) fn is_set(&self, path: &str) -> bool {
        self.set.contains_key(path)
    }

    /// The value set, else the default.
    pub(super) fn get(&self, path: &str) -> Option<Value> {
        debug_assert!(keys::find(path).is_some(), "{path} is not in the key table");
        let set = self.set.get(path).map(|(value, _)| value.clone());
        set.or_else(|| keys::find(path)?.preset_value())
    }

    /// The value as the type of its field.
    pub(super) fn setting<T: Setting>(&self, path: &str) -> Result<T, ConfigError> {
        let key = keys::find(path).map_or("", |key| &key.path);
        T::from_value(self.get(path).as_ref())
            .ok_or_else(|| ConfigError::refused(key, "has a value that is not supported"))
    }

    /// Keys that were set to something but have no effect, for a warning at start.
    pub(super) fn ignored(&self) -> Vec<String> {
        let inert = keys::all().filter(|key| matches!(key.standing, Standing::Inert(_)));
        let set = inert.filter(|key| self.differing(key).is_some()).map(|key| key.path.clone());
        set.chain(self.unknown.iter().cloned()).collect()
    }

    /// The keys that ask for what is not there and whose lack would make the server less safe.
    pub(super) fn refused(&self) -> Vec<ConfigError> {
        let refused = keys::all().filter_map(|key| {
            let Standing::Refused(reason) = key.standing else { return None };
            let place = self.differing(key)?.clone();
            Some(ConfigError::Unsupported { key: &key.path, place, reason })
        });
        refused.collect()
    }

    /// Where a key was set to something other than its default.
    fn differing(&self, key: &Key) -> Option<&Place> {
        let (value, place) = self.set.get(key.path.as_str())?;
        (key.preset_value().as_ref() != Some(value)).then_some(place)
    }
}
