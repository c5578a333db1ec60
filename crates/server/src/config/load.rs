//! Reading a configuration: files in order, then the environment, then the command line over both, and at the end
//! the startup rules. The one place that opens configuration files (`secret_files` opens those of secrets); the
//! environment is handed in by the caller.
//! Command-line settings win over the environment (Hydra has it the other way round), as what was typed last counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use symbolon_jose::Secret;

use super::error::{ConfigError, Place};
use super::keys::{self, Key, Kind};
use super::lines::Lines;
use super::reading::Sources;
use super::suggest::closest;
use super::values::{Document, Values};
use super::{Config, mcp, secret_files};

/// What the command line says.
#[derive(Clone, Default)]
pub struct Overrides {
    /// Keys with values in the form of environment variables, later ones over earlier ones.
    pub settings: Vec<(String, String)>,
    /// A random secret made for this run, used in development mode when `secrets.system` is not set.
    pub development_secret: Option<Secret<String>>,
}

// Among the values are secrets: only the keys are shown.
impl std::fmt::Debug for Overrides {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.settings.iter().map(|(key, _)| key)).finish()
    }
}

impl Overrides {
    /// Adds a setting: key `dev`, value `true`.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((key.into(), value.into()));
        self
    }
}

/// Reads the configuration and checks it against the startup rules.
///
/// Files are YAML or JSON. The environment is a list of all variables; those that name no key are passed over.
/// Fails with the first fault found, as one line for the operator; [`Sources::read`] tells all.
pub fn load(
    files: &[PathBuf],
    environment: impl Iterator<Item = (String, String)>,
    flags: &Overrides,
) -> Result<Config, ConfigError> {
    let sources = Sources { files: files.to_vec(), environment: environment.collect(), flags: flags.clone() };
    sources.read().into_config()
}

/// Lays the values of all sources over each other.
pub(super) fn read_sources(sources: &Sources) -> Values {
    let mut values = Values::default();
    for file in &sources.files {
        match read_file(file) {
            Ok(text) => read_document(&mut values, &text, Place::File { file: file.clone(), line: None }),
            Err(fault) => values.fault(fault),
        }
    }
    read_environment(&mut values, &sources.environment);
    read_flags(&mut values, &sources.flags);
    secret_files::read(&mut values, &sources.environment);
    mcp::lay_below(&mut values);
    values
}

fn read_file(file: &Path) -> Result<String, ConfigError> {
    let unreadable = |reason: String| ConfigError::Unreadable { file: file.to_owned(), reason };
    if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")) {
        return Err(unreadable("TOML is not supported, write it as YAML or JSON".to_owned()));
    }
    let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8 text".to_owned()))
}

/// Takes in a YAML or JSON document. A key that is written twice is an error, as one of the two would be lost.
pub(super) fn read_document(values: &mut Values, text: &str, place: Place) {
    if text.trim().is_empty() {
        return;
    }
    match serde_saphyr::from_str(text) {
        Ok(tree) => values.merge("", Document { tree, place, lines: Lines::of(text) }),
        Err(error) => values.fault(ConfigError::Malformed { place, reason: reason_of(&error) }),
    }
}

/// The parser's reason without the excerpt of the file, which might show a secret, and on one line.
fn reason_of(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes in the environment: sections as JSON, then whole keys, then lists by index, the more exact one last.
pub(super) fn read_environment(values: &mut Values, environment: &[(String, String)]) {
    let variables: BTreeMap<&str, &str> = environment
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .filter(|(_, text)| !is_blank(text))
        .collect();
    for path in keys::section_paths() {
        let name = keys::environment_name(path);
        let Some(text) = variables.get(name.as_str()).filter(|text| text.trim_start().starts_with('{')) else {
            continue;
        };
        let place = Place::Environment(name);
        match serde_json::from_str(text) {
            Ok(tree) => values.merge(path, Document { tree, place, lines: Lines::default() }),
            Err(_) => values.fault(ConfigError::Malformed { place, reason: "it is not valid JSON".to_owned() }),
        }
    }
    for key in keys::all() {
        let name = key.environment_name();
        if let Some(text) = variables.get(name.as_str()) {
            values.insert(key, key.kind.read_text(text), &Place::Environment(name));
        } else if matches!(key.kind, Kind::List(_)) {
            read_indexed(values, key, &variables);
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// A list spread over `NAME_0`, `NAME_1` and so on.
fn read_indexed(values: &mut Values, key: &'static Key, variables: &BTreeMap<&str, &str>) {
    let name = key.environment_name();
    let mut items: Vec<(usize, &str)> = variables
        .iter()
        .filter_map(|(variable, text)| {
            let index = variable.strip_prefix(&name)?.strip_prefix('_')?.parse().ok()?;
            Some((index, text.trim()))
        })
        .collect();
    if items.is_empty() {
        return;
    }
    items.sort_unstable();
    let list = items.into_iter().map(|(_, text)| text).collect();
    values.insert(key, list, &Place::Environment(format!("{name}_0")));
}

fn read_flags(values: &mut Values, flags: &Overrides) {
    for (path, text) in &flags.settings {
        if let Some(key) = keys::find(path) {
            values.insert(key, key.kind.read_text(text), &Place::Flag);
        } else {
            let suggestion = closest(path);
            values.fault(ConfigError::UnknownKey { key: path.clone(), place: Place::Flag, suggestion });
        }
    }
}
