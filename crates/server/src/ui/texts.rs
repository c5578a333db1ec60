//! Every sentence of the built-in pages, in the language of the person who reads them.
//!
//! A [`Texts`] is a complete set for one language: English and German are built in, an operator changes single
//! sentences or adds a language through `symbolon.ui.texts`. The templates hold no sentence of their own (a test reads
//! them). Which languages a browser or a client asks for is decided in [`super::locales`]; words of error descriptions
//! travel on the wire, belong to the errors and are always English.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

mod english;
mod german;
mod overrides;
mod sentences;
#[cfg(test)]
mod tests;

pub use sentences::Texts;

use overrides::{available, scope_key, split_language};

/// One sentence. `{name}` in it stands for a value that the page puts there; `` `word` `` is shown as code.
pub type Text = Cow<'static, str>;

/// What a scope means, in the operator's words, as far as there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeText {
    /// What the client may do, a few words: "See your orders".
    pub title: Option<String>,
    /// One sentence more.
    pub description: Option<String>,
}

/// Languages that need no texts of the operator's.
const BUILT_IN: [&str; 2] = ["en", "de"];

/// Scripts that run from right to left, by the primary subtag of their usual languages.
const RIGHT_TO_LEFT: &[&str] = &["ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"];

impl Texts {
    /// English, as built in.
    pub fn english() -> Self {
        english::ENGLISH
    }

    /// German, as built in.
    pub fn german() -> Self {
        german::GERMAN
    }

    /// The texts for the first of `locales` that there is (RFC 4647 §3.4 lookup: `de-AT` finds `de`), else English.
    ///
    /// `overrides` is `symbolon.ui.texts`. Its keys are the names in [`Texts::KEYS`], or `scope.NAME.title` and
    /// `scope.NAME.description` for a scope of the operator's own; a language tag in front (`de.login_heading`) limits
    /// one to that language. A tag that is not built in adds a language; what it leaves out stays English.
    pub fn for_locales(locales: &[&str], overrides: &BTreeMap<String, String>) -> Self {
        let language =
            locales.iter().find_map(|locale| available(locale, overrides)).unwrap_or_else(|| "en".to_owned());
        let primary = language.split('-').next().unwrap_or_default();
        let mut texts = if primary == "de" { Self::german() } else { Self::english() };
        texts.apply(overrides, None);
        texts.apply(overrides, Some(primary));
        if primary != language {
            texts.apply(overrides, Some(&language));
        }
        texts.language = Cow::Owned(language);
        texts
    }

    /// The tags of the languages in which there are texts: those that are built in, and those of `overrides`.
    pub fn languages(overrides: &BTreeMap<String, String>) -> Vec<String> {
        let own = overrides.keys().filter_map(|key| split_language(key).0).map(str::to_ascii_lowercase);
        let mut languages: Vec<String> = BUILT_IN.map(str::to_owned).into_iter().chain(own).collect();
        let mut seen = HashSet::new();
        languages.retain(|language| seen.insert(language.clone()));
        languages
    }

    /// Whether `key` may stand in `symbolon.ui.texts`, with or without a language tag in front.
    pub fn is_key(key: &str) -> bool {
        let (_, name) = split_language(key);
        Self::KEYS.contains(&name) || scope_key(name).is_some()
    }

    /// `rtl` or `ltr`, for the `dir` attribute.
    pub fn direction(&self) -> &'static str {
        let primary = self.language.split('-').next().unwrap_or_default();
        if RIGHT_TO_LEFT.contains(&primary) { "rtl" } else { "ltr" }
    }

    /// A duration in words, rounded up: seconds below one minute, minutes from there.
    pub fn duration(&self, seconds: u64) -> String {
        let (one, many, count) = if seconds < 60 {
            (&self.time_second, &self.time_seconds, seconds.max(1))
        } else {
            (&self.time_minute, &self.time_minutes, seconds.div_ceil(60))
        };
        if count == 1 { one.to_string() } else { many.replace("{count}", &count.to_string()) }
    }
}
