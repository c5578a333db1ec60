//! Reading a configuration: files in order, then the environment, then the command line over both, and at the end
//! the startup rules. The one place that opens configuration files; the environment is handed in by the caller.
//! Command-line settings win over the environment (Hydra has it the other way round), as what was typed last counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use symbolon_jose::Secret;

use super::error::{ConfigError, Place};
use super::keys::{self, Key, Kind};
use super::section::Section;
use super::suggest::closest;
use super::values::Values;
use super::{Config, check, complete, mcp};

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
/// Fails with the first fault found, as one line for the operator.
pub fn load(
    files: &[PathBuf],
    environment: impl Iterator<Item = (String, String)>,
    flags: &Overrides,
) -> Result<Config, ConfigError> {
    let mut values = Values::default();
    for file in files {
        let text = read_file(file)?;
        read_document(&mut values, &text, Place::File(file.clone()))?;
    }
    read_environment(&mut values, environment)?;
    read_flags(&mut values, flags)?;
    values.refused().map_or(Ok(()), Err)?;
    mcp::lay_below(&mut values)?;
    let mut config = Config::read("", &values)?;
    complete::complete(&mut config, &values, flags)?;
    check::check(&config)?;
    Ok(config)
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
pub(super) fn read_document(values: &mut Values, text: &str, place: Place) -> Result<(), ConfigError> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let tree: Value = match serde_saphyr::from_str(text) {
        Ok(tree) => tree,
        Err(error) => return Err(ConfigError::Malformed { place, reason: reason_of(&error) }),
    };
    values.merge("", tree, &place)
}

/// The parser's reason without the excerpt of the file, which might show a secret, and on one line.
fn reason_of(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes in the environment: sections as JSON, then whole keys, then lists by index, the more exact one last.
pub(super) fn read_environment(
    values: &mut Values,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<(), ConfigError> {
    let variables: BTreeMap<String, String> = environment.filter(|(_, value)| !value.trim().is_empty()).collect();
    for path in keys::section_paths() {
        let name = keys::environment_name(path);
        let Some(text) = variables.get(&name).filter(|text| text.trim_start().starts_with('{')) else { continue };
        let place = Place::Environment(name);
        match serde_json::from_str(text) {
            Ok(tree) => values.merge(path, tree, &place)?,
            Err(_) => return Err(ConfigError::Malformed { place, reason: "it is not valid JSON".to_owned() }),
        }
    }
    for key in keys::all() {
        let name = key.environment_name();
        if let Some(text) = variables.get(&name) {
            values.insert(key, key.kind.read_text(text), &Place::Environment(name))?;
        } else if matches!(key.kind, Kind::List(_)) {
            read_indexed(values, key, &variables)?;
        }
    }
    Ok(())
}

/// A list spread over `NAME_0`, `NAME_1` and so on.
fn read_indexed(
    values: &mut Values,
    key: &'static Key,
    variables: &BTreeMap<String, String>,
) -> Result<(), ConfigError> {
    let name = key.environment_name();
    let mut items: Vec<(usize, &str)> = variables
        .iter()
        .filter_map(|(variable, text)| {
            let index = variable.strip_prefix(&name)?.strip_prefix('_')?.parse().ok()?;
            Some((index, text.trim()))
        })
        .collect();
    if items.is_empty() {
        return Ok(());
    }
    items.sort_unstable();
    let list = items.into_iter().map(|(_, text)| text).collect();
    values.insert(key, list, &Place::Environment(format!("{name}_0")))
}

fn read_flags(values: &mut Values, flags: &Overrides) -> Result<(), ConfigError> {
    for (path, text) in &flags.settings {
        let Some(key) = keys::find(path) else {
            let suggestion = closest(path);
            return Err(ConfigError::UnknownKey { key: path.clone(), place: Place::Flag, suggestion });
        };
        values.insert(key, key.kind.read_text(text), &Place::Flag)?;
    }
    Ok(())
}
