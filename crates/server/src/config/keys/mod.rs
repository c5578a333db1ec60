//! Every configuration key this server knows, as one literal table split by section. The table drives reading and
//! validation, the names of environment variables, "did you mean", and the reference documentation. Paths are those
//! of Ory Hydra's configuration, so that its files load unchanged; our own additions live under `symbolon.` (and two
//! next to their siblings in `oauth2.grant.refresh_token`). A key that is not here is an error in a file.

mod own;
mod protocol;
mod serving;

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One known configuration key.
#[derive(Debug)]
pub struct Key {
    /// Dotted path, as `serve.public.port`.
    pub path: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// What applies when it is not set.
    pub preset: Preset,
    /// Where it comes from and whether it does anything.
    pub standing: Standing,
    /// One sentence for the documentation.
    pub summary: &'static str,
}

/// What values a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// An absolute http or https URL.
    Url,
    /// An absolute http or https URL, or a path that starts with `/`.
    Reference,
    /// `true` or `false`.
    Switch,
    /// A whole number, both bounds included.
    Integer {
        /// Smallest value.
        least: i64,
        /// Largest value.
        most: i64,
    },
    /// A time span such as `30s` or `1h30m`, read in seconds.
    Duration,
    /// A time span, or `-1` for "without end".
    DurationOrNever,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of texts.
    TextList,
    /// A list of these words.
    ChoiceList(&'static [&'static str]),
    /// Names with texts.
    TextMap,
    /// A web hook: a URL, or `{url, auth: {type: api_key, config: {in, name, value}}}`.
    Hook,
    /// Any mapping; what is inside is not looked at.
    Opaque,
}

/// What applies when a key is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// This value, written as in an environment variable.
    Value(&'static str),
    /// Computed; the text says how, for the documentation.
    Derived(&'static str),
    /// Nothing.
    Unset,
}

/// Where a key comes from and whether it does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A key of Hydra with the same meaning here.
    Compatible,
    /// A key of Hydra that is accepted and has no effect yet; setting it is reported at start.
    Inert,
    /// A key of Hydra whose wish is fulfilled whatever its value; setting it is not worth a warning.
    Moot,
    /// A key of ours.
    Added,
}

/// A part of the table with its heading in the documentation.
#[derive(Debug)]
pub struct Section {
    /// Heading.
    pub title: &'static str,
    /// The keys, in the order of the documentation.
    pub keys: &'static [Key],
}

/// Writes a slice of keys, two lines each.
macro_rules! keys {
    ($($path:expr, $kind:expr, $preset:expr, $standing:ident: $summary:literal;)*) => {
        &[$($crate::config::keys::Key {
            path: $path,
            kind: $kind,
            preset: $preset,
            standing: $crate::config::keys::Standing::$standing,
            summary: $summary,
        }),*]
    };
}
use keys;

/// The whole table, in the order of the documentation.
pub const SECTIONS: &[Section] = &[
    Section { title: "Database and mode", keys: serving::GENERAL },
    Section { title: "Addresses", keys: serving::URLS },
    Section { title: "Public listener", keys: serving::PUBLIC },
    Section { title: "Admin listener", keys: serving::ADMIN },
    Section { title: "Cookies and TLS", keys: serving::COOKIES_AND_TLS },
    Section { title: "Secrets", keys: serving::SECRETS },
    Section { title: "Lifetimes", keys: protocol::LIFETIMES },
    Section { title: "Strategies and OpenID Connect", keys: protocol::OPENID },
    Section { title: "Discovery", keys: protocol::DISCOVERY },
    Section { title: "OAuth 2.0", keys: protocol::OAUTH2 },
    Section { title: "Logging and process", keys: serving::PROCESS },
    Section { title: "Additions", keys: own::ADDITIONS },
];

static BY_PATH: LazyLock<BTreeMap<&'static str, &'static Key>> =
    LazyLock::new(|| all().map(|key| (key.path, key)).collect());

/// Every key of the table.
pub fn all() -> impl Iterator<Item = &'static Key> {
    SECTIONS.iter().flat_map(|section| section.keys)
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

/// Whether members that we do not know are passed over below this path, as Hydra does there.
pub(super) fn is_open_section(path: &str) -> bool {
    matches!(path, "sqa" | "feature_flags")
}

/// The environment variable of a path: upper case with underscores, no prefix.
pub fn environment_name(path: &str) -> String {
    path.to_ascii_uppercase().replace('.', "_")
}

impl Key {
    /// The environment variable that sets this key.
    pub fn environment_name(&self) -> String {
        environment_name(self.path)
    }

    /// Whether the key exists in Hydra too.
    pub fn is_hydra_key(&self) -> bool {
        self.standing != Standing::Added
    }
}
