//! `symbolon.ui.texts`: how its keys are read, and what they change.

use std::collections::BTreeMap;

use super::{BUILT_IN, Texts};
use crate::ui::locales;

impl Texts {
    /// Puts the operator's words in, those of one language or those of none.
    pub(super) fn apply(&mut self, overrides: &BTreeMap<String, String>, language: Option<&str>) {
        for (key, text) in overrides {
            let (tag, name) = split_language(key);
            let meant = tag.map(str::to_ascii_lowercase).as_deref() == language;
            if meant && !self.replace(name, text) {
                self.replace_scope(name, text);
            }
        }
    }

    fn replace_scope(&mut self, key: &str, text: &str) {
        let Some((scope, part)) = scope_key(key) else { return };
        let words = self.scopes.entry(scope.to_owned()).or_default();
        match part {
            ScopePart::Title => words.title = Some(text.to_owned()),
            ScopePart::Description => words.description = Some(text.to_owned()),
        }
    }
}

/// What is said of a scope.
pub(super) enum ScopePart {
    Title,
    Description,
}

/// `scope.NAME.title` or `scope.NAME.description`. The name may have dots itself.
pub(super) fn scope_key(key: &str) -> Option<(&str, ScopePart)> {
    let rest = key.strip_prefix("scope.")?;
    let (scope, part) = rest
        .strip_suffix(".title")
        .map(|scope| (scope, ScopePart::Title))
        .or_else(|| rest.strip_suffix(".description").map(|scope| (scope, ScopePart::Description)))?;
    (!scope.is_empty()).then_some((scope, part))
}

/// `de.login_heading` → (`de`, `login_heading`). `scope` is no language.
pub(super) fn split_language(key: &str) -> (Option<&str>, &str) {
    match key.split_once('.') {
        Some((tag, rest)) if tag != "scope" && locales::is_tag(tag) => (Some(tag), rest),
        _ => (None, key),
    }
}

/// The longest prefix of `locale` that is built in or that the operator has written texts for, in lower case.
pub(super) fn available(locale: &str, overrides: &BTreeMap<String, String>) -> Option<String> {
    let mut tag = locale.to_ascii_lowercase();
    loop {
        let written =
            || overrides.keys().any(|key| split_language(key).0.is_some_and(|t| t.eq_ignore_ascii_case(&tag)));
        if BUILT_IN.contains(&&*tag) || written() {
            return Some(tag);
        }
        tag.truncate(tag.rfind('-')?);
    }
}
