//! The table of every configuration key that this server knows, made of what the sections declare. It drives reading
//! and validation, the names of environment variables, "did you mean", and the reference documentation. Paths are those
//! of Ory Hydra's configuration, so that its files load unchanged; our own additions live under `symbolon.`, and two
//! next to their siblings in `oauth2.grant.refresh_token`. A key that is not here is an error in a file.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::Config;
use super::section::Section;

pub use super::kind::{Form, Kind};
pub use super::structure::Structure;

/// One known configuration key.
#[derive(Debug)]
pub struct Key {
    /// Dotted path, as `serve.public.port`.
    pub path: String,
    /// What values it takes.
    pub kind: Kind,
    /// What applies when it is not set.
    pub preset: Preset,
    /// Where it comes from and whether it does anything.
    pub standing: Standing,
    /// One sentence for the documentation.
    pub summary: &'static str,
}

/// What applies when a key is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// This value, written as in an environment variable.
    Value(&'static str),
    /// This value for the public listener and that one for the admin listener.
    OfListener(&'static str, &'static str),
    /// Computed; the text says how, for the documentation.
    Derived(&'static str),
    /// No value at all; the summary says what that means.
    Unset,
}

/// Where a key comes from and whether it does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A key of Hydra with the same meaning here.
    Compatible,
    /// A key of ours.
    Added,
    /// A key of Hydra that is accepted, as its files have it, and means nothing here; setting it is reported at start. The
    /// text says why.
    Inert(&'static str),
    /// A key of Hydra whose wish is fulfilled whatever its value; setting it is not worth a warning.
    Moot,
    /// A key of Hydra with which the server does not start, as running without it would be less safe than was asked
    /// for. The text says why, to follow the key's name.
    Refused(&'static str),
}

/// A section's keys, with its heading in the documentation.
#[derive(Debug)]
pub struct Group {
    /// Heading in the documentation.
    pub title: &'static str,
    /// The keys, in the order of the documentation.
    pub keys: Vec<Key>,
    /// Groups below it.
    pub parts: Vec<Group>,
    /// What the paths begin with, where sections share a declaration.
    at: String,
}

/// The whole table, in the order of the documentation.
pub static TABLE: LazyLock<Group> = LazyLock::new(|| Config::describe("General", ""));

static ALL: LazyLock<Vec<&'static Key>> = LazyLock::new(|| TABLE.flattened().collect());

static BY_PATH: LazyLock<BTreeMap<&'static str, &'static Key>> =
    LazyLock::new(|| all().map(|key| (key.path.as_str(), key)).collect());

/// Every key of the table.
pub fn all() -> impl Iterator<Item = &'static Key> {
    ALL.iter().copied()
}

/// The key with this path, if there is one.
pub fn find(path: &str) -> Option<&'static Key> {
    BY_PATH.get(path).copied()
}

/// Whether some known key lies below this path, as `serve.public` does.
pub fn is_section(path: &str) -> bool {
    all().any(|key| key.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// Paths of all sections, each once, sorted.
pub(super) fn section_paths() -> Vec<&'static str> {
    let mut paths: Vec<_> =
        all().flat_map(|key| key.path.match_indices('.').map(|(end, _)| &key.path[..end])).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// The environment variable of a path: upper case with underscores, no prefix.
pub fn environment_name(path: &str) -> String {
    path.to_ascii_uppercase().replace('.', "_")
}

/// The key whose value stands in the file that the key of this path names.
pub fn of_file(path: &str) -> Option<&'static Key> {
    find(path.strip_suffix(FILE_SUFFIX)?).filter(|key| key.may_be_in_file())
}

/// What the path of a key ends with that names the file of another key's value.
const FILE_SUFFIX: &str = "_file";
/// What is said of such a key.
const FILE_SUMMARY: &str =
    "File that holds the value, instead of the key without `_file`; a list may have an entry a line.";

/// Keys whose new values are put in force while the server runs, and sections of which that is true of every key.
const RELOADABLE: [&str; 9] = [
    "log.level",
    "serve.admin.cors",
    "serve.public.cors",
    "symbolon.cors.public_endpoints",
    "symbolon.ui.logo_url",
    "symbolon.ui.stylesheet_url",
    "symbolon.ui.texts",
    "symbolon.ui.title",
    "ttl",
];

/// Keys whose values are secrets without having the form of one.
const SECRETS_OF_OTHER_FORM: [&str; 3] =
    ["oidc.subject_identifiers.pairwise.salt", "hsm.pin", "tracing.providers.otlp.authorization_header"];

impl Key {
    /// Whether its value is a secret. The database's address may have one inside and is not meant.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Text(Form::Secret) | Kind::List(Form::Secret) | Kind::Hook)
            || SECRETS_OF_OTHER_FORM.contains(&self.path.as_str())
    }

    /// Whether setting it does something.
    pub fn has_effect(&self) -> bool {
        matches!(self.standing, Standing::Compatible | Standing::Added)
    }

    /// Whether a new value is put in force while the server runs, when it reads its configuration again.
    pub fn is_reloadable(&self) -> bool {
        let is_of =
            |path: &&str| self.path.strip_prefix(*path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.has_effect() && RELOADABLE.iter().any(is_of)
    }

    /// Whether its value may stand in a file of its own, which the key with `_file` at its end names: it is a secret, or
    /// may have one inside. Private keys of listeners have a key for a file as it is.
    pub fn may_be_in_file(&self) -> bool {
        let is_secret = self.is_secret() && !self.path.ends_with(".key.base64");
        self.has_effect() && (is_secret || self.path == "dsn")
    }

    /// Path of the key that names the file in which this key's value stands, where it may.
    pub fn file_path(&self) -> String {
        format!("{}{FILE_SUFFIX}", self.path)
    }

    /// The environment variable that sets this key.
    pub fn environment_name(&self) -> String {
        environment_name(&self.path)
    }

    /// The default as a value, where there is a fixed one.
    pub(super) fn preset_value(&self) -> Option<Value> {
        match self.preset {
            Preset::Value(text) => Some(self.kind.read_text(text)),
            Preset::OfListener(..) | Preset::Derived(_) | Preset::Unset => None,
        }
    }
}

impl Group {
    pub(super) fn new(title: &'static str, at: &str) -> Self {
        Self { title: title.trim(), keys: Vec::new(), parts: Vec::new(), at: at.to_owned() }
    }

    /// Path of the section, where the group is one.
    pub(super) fn path(&self) -> Option<&str> {
        self.at.strip_suffix('.')
    }

    /// Adds a key.
    pub(super) fn add(&mut self, path: &str, about: (Kind, Preset, Standing), summary: &'static str) {
        let (kind, preset, standing) = about;
        let at = self.at.as_str();
        let preset = match preset {
            Preset::OfListener(public, _) if at == "serve.public." => Preset::Value(public),
            Preset::OfListener(_, admin) => Preset::Value(admin),
            other => other,
        };
        let key = Key { path: format!("{at}{path}"), kind, preset, standing, summary: summary.trim() };
        let file_path = key.may_be_in_file().then(|| key.file_path());
        self.keys.push(key);
        self.keys.extend(file_path.map(|path| Key {
            path,
            kind: Kind::Text(Form::File),
            preset: Preset::Unset,
            standing: Standing::Added,
            summary: FILE_SUMMARY,
        }));
    }

    /// The keys of this group and of those below it.
    fn flattened(&self) -> Box<dyn Iterator<Item = &Key> + '_> {
        Box::new(self.keys.iter().chain(self.parts.iter().flat_map(Self::flattened)))
    }
}
