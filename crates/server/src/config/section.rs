//! How keys are declared: `section!` makes of one list the struct with its documentation, the reading of it, and the
//! rows of the key table. `words!` does the same for an enum whose variants are words in the configuration.
//!
//! A section is written so:
//!
//! ```text
//! section! {
//!     /// What the section is about.
//!     #[derive(Debug, Clone)]
//!     pub struct Pkce {
//!         /// Demands PKCE of every client.
//!         enforced: bool = "oauth2.pkce.enforced", Switch, Value("false"), Compatible;
//!     }
//!     parts { … }     // sections of their own, each with the beginning of its paths if they are relative
//!     derived { … }   // fields that no key sets and `complete` fills in
//!     no_field { … }  // keys without a field: they decide about other fields, or have no effect
//! }
//! ```
//!
//! A key with a field is honoured: `cargo run -p xtask -- tidy` fails if nothing outside this module reads the field.

use super::effective::Changed;
use super::error::ConfigError;
use super::keys::Group;
use super::values::Values;

/// A part of the configuration that knows its keys.
pub(super) trait Section: Sized {
    /// Its rows of the key table. `at` is what its paths begin with, empty where they are written in full.
    fn describe(title: &'static str, at: &str) -> Group;

    /// Its values, as set or by default.
    fn read(at: &str, values: &Values) -> Result<Self, ConfigError>;

    /// Notes those of its values that are no longer what was set, nor the default.
    fn note_changed(&self, at: &str, values: &Values, changed: &mut Changed);
}

/// Declares a section. See the module.
macro_rules! section {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $summary:literal])+
                $field:ident: $type:ty = $path:literal, $kind:expr, $preset:expr, $standing:expr;
            )*
        }
        $(parts {
            $($(#[doc = $title:literal])+ $part:ident: $section:ty $(= $below:literal)?;)*
        })?
        $(derived {
            $($(#[doc = $explanation:literal])+ $result:ident: $result_type:ty;)*
        })?
        $(no_field {
            $(
                $(#[doc = $idle_summary:literal])+
                $idle_path:literal, $idle_kind:expr, $idle_preset:expr, $idle_standing:expr;
            )*
        })?
    ) => {
        $(#[$about])*
        pub struct $name {
            $(
                $(#[doc = $summary])+
                #[doc = concat!("\n\nSet by `", $path, "`.")]
                pub $field: $type,
            )*
            $($($(#[doc = $title])+ pub $part: $section,)*)?
            $($($(#[doc = $explanation])+ pub $result: $result_type,)*)?
        }

        impl $crate::config::section::Section for $name {
            fn describe(title: &'static str, at: &str) -> $crate::config::keys::Group {
                #[allow(unused_mut, reason = "a section may have nothing of its own")]
                let mut group = $crate::config::keys::Group::new(title, at);
                $(group.add($path, ($kind, $preset, $standing), concat!($($summary),+));)*
                $($(group.parts.push(<$section as $crate::config::section::Section>::describe(
                    concat!($($title),+),
                    concat!("" $(, $below)?),
                ));)*)?
                $($(group.add(
                    $idle_path,
                    ($idle_kind, $idle_preset, $idle_standing),
                    concat!($($idle_summary),+),
                );)*)?
                group
            }

            #[allow(unused_variables, reason = "a section may have nothing of its own")]
            fn read(
                at: &str,
                values: &$crate::config::values::Values,
            ) -> Result<Self, $crate::config::error::ConfigError> {
                Ok(Self {
                    $($field: values.setting(&format!("{at}{}", $path))?,)*
                    $($($part: $crate::config::section::Section::read(concat!("" $(, $below)?), values)?,)*)?
                    $($($result: Default::default(),)*)?
                })
            }

            #[allow(unused_variables, reason = "a section may have nothing of its own")]
            fn note_changed(
                &self,
                at: &str,
                values: &$crate::config::values::Values,
                changed: &mut $crate::config::effective::Changed,
            ) {
                $(changed.note(format!("{at}{}", $path), &self.$field, values);)*
                $($($crate::config::section::Section::note_changed(
                    &self.$part,
                    concat!("" $(, $below)?),
                    values,
                    changed,
                );)*)?
            }
        }
    };
}

/// Declares an enum and the words that stand for its variants; several words may mean the same.
macro_rules! words {
    (
        $(#[$about:meta])*
        pub enum $name:ident {
            $($(#[$variant_about:meta])* $variant:ident = $($word:literal)|+;)+
        }
    ) => {
        $(#[$about])*
        pub enum $name {
            $($(#[$variant_about])* $variant,)+
        }

        impl $name {
            /// The words, as they stand in the configuration.
            pub(super) const WORDS: &[&str] = &[$($($word),+),+];
        }

        impl $crate::config::setting::Setting for $name {
            fn from_value(value: Option<&serde_json::Value>) -> Option<Self> {
                // `off` without quotes is `false` in YAML.
                let word = match value? {
                    serde_json::Value::Bool(false) => "off",
                    value => value.as_str()?,
                };
                match word {
                    $($($word)|+ => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn to_value(&self) -> Option<serde_json::Value> {
                let words = match self {
                    $(Self::$variant => [$($word),+].as_slice(),)+
                };
                words.last().map(|word| serde_json::Value::from(*word))
            }
        }
    };
}

pub(super) use {section, words};
