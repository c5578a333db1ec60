//! A configuration as it was read: the result, everything that is wrong with it, and where each value came from. The
//! server takes the result; `symbolon config check` tells all the faults, and `symbolon config show` the values.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use super::effective::{self, Effective};
use super::error::{ConfigError, Place};
use super::load::{Overrides, read_sources};
use super::section::Section;
use super::values::Values;
use super::{Config, check, complete, keys};

/// Where a configuration is read from. It can be read again, when files have changed.
#[derive(Clone, Default)]
pub struct Sources {
    /// Files, later ones over earlier ones.
    pub files: Vec<PathBuf>,
    /// All environment variables; those that name no key are passed over.
    pub environment: Vec<(String, String)>,
    /// The command line.
    pub flags: Overrides,
}

// Among the variables are secrets.
impl fmt::Debug for Sources {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sources")
            .field("files", &self.files)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

/// What was read from some [`Sources`].
pub struct Reading {
    config: Option<Config>,
    faults: Vec<ConfigError>,
    values: Values,
}

// An address in the configuration may have a secret in it.
impl fmt::Debug for Reading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reading")
            .field("faults", &self.faults)
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}

impl Sources {
    /// Reads everything, and checks it against the startup rules.
    pub fn read(&self) -> Reading {
        self.judge(read_sources(self))
    }

    /// What a server that started with `started` has to go on with when the sources have become `newer`: the new values of
    /// the keys that may change while it runs, and the old ones of all others.
    pub fn reloaded(&self, started: &Reading, newer: &Reading) -> Reading {
        self.judge(started.values.reloaded(&newer.values))
    }

    /// Makes a configuration of values, and checks it against the startup rules.
    fn judge(&self, values: Values) -> Reading {
        let mut faults = values.faults().to_vec();
        faults.extend(values.refused());
        let mut config = match Config::read("", &values) {
            Ok(config) => config,
            Err(fault) => return Reading { config: None, faults: [faults, vec![fault]].concat(), values },
        };
        let mut rules = complete::complete(&mut config, &values, &self.flags);
        rules.extend(check::check(&config));
        if !is_misread(&faults) {
            let suspects = suspects(&faults);
            rules.retain(|fault| !fault.key().is_some_and(|key| is_of(&suspects, key)));
            faults.extend(rules);
        }
        let config = faults.is_empty().then_some(config);
        Reading { config, faults, values }
    }
}

impl Reading {
    /// The configuration, or the first fault.
    pub fn into_config(self) -> Result<Config, ConfigError> {
        self.to_config()
    }

    /// The configuration, or the first fault, where the reading is needed further on.
    pub fn to_config(&self) -> Result<Config, ConfigError> {
        match (&self.config, self.faults.first()) {
            (Some(config), None) => Ok(config.clone()),
            (_, Some(fault)) => Err(fault.clone()),
            (None, None) => Err(ConfigError::refused("dsn", "cannot be read")),
        }
    }

    /// The configuration, where nothing is wrong.
    pub fn config(&self) -> Option<&Config> {
        self.config.as_ref()
    }

    /// Everything that is wrong, in the order in which it was found.
    pub fn faults(&self) -> &[ConfigError] {
        &self.faults
    }

    /// Keys whose values are others in `newer`, in the order of the documentation.
    pub fn changed<'a>(&'a self, newer: &'a Self) -> impl Iterator<Item = &'static keys::Key> + 'a {
        let of_effect = keys::all().filter(|key| key.has_effect());
        of_effect.filter(move |key| self.values.get(&key.path) != newer.values.get(&key.path))
    }

    /// Where the key of a fault was set, as far as that is known.
    pub fn place_of<'a>(&'a self, fault: &'a ConfigError) -> Option<&'a Place> {
        fault.place().or_else(|| self.place(fault.key()?))
    }

    /// Where a key was set, or the file that holds its value was named; `None` where its default holds.
    pub fn place(&self, key: &str) -> Option<&Place> {
        let of_file = || self.values.place(&keys::find(key).filter(|key| key.may_be_in_file())?.file_path());
        self.values.place(key).or_else(of_file)
    }

    /// The values of all keys that have an effect, secrets hidden, in the order of the documentation; none where something
    /// is wrong.
    pub fn effective(&self) -> Vec<Effective> {
        self.config.as_ref().map(|config| effective::of(config, &self.values)).unwrap_or_default()
    }
}

/// Whether so much could not be read that the rules would find fault with what is not there.
fn is_misread(faults: &[ConfigError]) -> bool {
    faults.iter().any(|fault| match fault {
        ConfigError::Unreadable { .. } | ConfigError::Malformed { .. } => true,
        other => other.key() == Some("dev"),
    })
}

/// The keys whose values could not be taken: that they are not set, or not as another key needs them, follows from it.
fn suspects(faults: &[ConfigError]) -> BTreeSet<&str> {
    let named = faults.iter().flat_map(|fault| [fault.key(), fault.suggestion()]).flatten();
    named.flat_map(|path| [Some(path), keys::of_file(path).map(|key| key.path.as_str())]).flatten().collect()
}

/// Whether a key is one of these, or lies in a section that is.
fn is_of(suspects: &BTreeSet<&str>, key: &str) -> bool {
    let sections = key.match_indices('.').map(|(end, _)| &key[..end]);
    sections.chain([key]).any(|path| suspects.contains(path))
}
