//! Why a configuration was refused. Each message is one line that names the key, where it was set, what is wrong and
//! what to change. Values are shown only where they cannot be a secret.

use std::fmt;
use std::path::PathBuf;

use super::kind::shortened;

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A configuration file.
    File {
        /// The file.
        file: PathBuf,
        /// The line of the key, counted from 1, where it is known.
        line: Option<u64>,
    },
    /// An environment variable, by name.
    Environment(String),
    /// The command line.
    Flag,
    /// A switch that stands for several keys, by name.
    Preset(&'static str),
}

/// Why a configuration was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigError {
    /// A file could not be read.
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file or a variable is not YAML or JSON of the right shape, or names a key twice.
    Malformed {
        /// The file or variable that cannot be read.
        place: Place,
        /// What is wrong.
        reason: String,
    },
    /// A key that does not exist.
    UnknownKey {
        /// Its path as written.
        key: String,
        /// The file or variable that names it.
        place: Place,
        /// The key that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// A value that does not fit its key.
    WrongType {
        /// The key.
        key: String,
        /// The file or variable that holds the value.
        place: Place,
        /// What is there.
        found: String,
        /// What should be.
        expected: String,
    },
    /// A file that holds the value of a key, and cannot be used.
    UnusableFile {
        /// The key.
        key: &'static str,
        /// The file.
        file: PathBuf,
        /// What is wrong with it, as a predicate.
        reason: String,
    },
    /// A setting without which the server does not start.
    Missing {
        /// The key.
        key: &'static str,
        /// What to set.
        remedy: &'static str,
    },
    /// A setting that asks for what is not there, and without which the server would be less safe.
    Unsupported {
        /// The key.
        key: &'static str,
        /// The file or variable that sets it.
        place: Place,
        /// What would happen without it and what to do, as a predicate.
        reason: &'static str,
    },
    /// A setting that breaks a rule.
    Refused {
        /// The key.
        key: &'static str,
        /// The rule and how to follow it, as a predicate: "must be …".
        reason: String,
    },
}

impl ConfigError {
    /// The key that it is about, where it is about one that there is.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Unreadable { .. } | Self::Malformed { .. } => None,
            Self::UnknownKey { key, .. } | Self::WrongType { key, .. } => Some(key),
            Self::UnusableFile { key, .. }
            | Self::Missing { key, .. }
            | Self::Unsupported { key, .. }
            | Self::Refused { key, .. } => Some(*key),
        }
    }

    /// Where it was set, where that is known.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Malformed { place, .. }
            | Self::UnknownKey { place, .. }
            | Self::WrongType { place, .. }
            | Self::Unsupported { place, .. } => Some(place),
            Self::Unreadable { .. } | Self::UnusableFile { .. } | Self::Missing { .. } | Self::Refused { .. } => None,
        }
    }

    /// The key that was probably meant by one that does not exist.
    pub fn suggestion(&self) -> Option<&'static str> {
        match self {
            Self::UnknownKey { suggestion, .. } => *suggestion,
            _ => None,
        }
    }

    /// A setting that breaks a rule.
    pub(super) fn refused(key: &'static str, reason: impl Into<String>) -> Self {
        Self::Refused { key, reason: reason.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line: Some(line) } => write!(formatter, "in {}:{line}", file.display()),
            Self::File { file, line: None } => write!(formatter, "in {}", file.display()),
            Self::Environment(name) => write!(formatter, "in the environment variable {name}"),
            Self::Flag => write!(formatter, "on the command line"),
            Self::Preset(switch) => write!(formatter, "set by `{switch}`"),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { file, reason } => {
                write!(formatter, "cannot read the configuration file {}: {reason}", file.display())
            }
            Self::Malformed { place, reason } => write!(formatter, "malformed configuration {place}: {reason}"),
            Self::UnknownKey { key, place, suggestion } => {
                write!(formatter, "unknown configuration key `{}` {place}", shortened(key))?;
                match suggestion {
                    Some(suggestion) => write!(formatter, ": did you mean `{suggestion}`?"),
                    None => write!(formatter, ": remove it"),
                }
            }
            Self::WrongType { key, place, found, expected } => {
                write!(formatter, "`{key}` {place} is {found}, expected {expected}")
            }
            Self::UnusableFile { key, file, reason } => {
                write!(formatter, "the file {}, which holds the value of `{key}`, {reason}", file.display())
            }
            Self::Missing { key, remedy } => write!(formatter, "`{key}` is not set: {remedy}"),
            Self::Unsupported { key, place, reason } => write!(formatter, "`{key}` {place} {reason}"),
            Self::Refused { key, reason } => write!(formatter, "`{key}` {reason}"),
        }
    }
}

impl std::error::Error for ConfigError {}
