//! What a piece of code reads and calls, as far as names tell.

use std::collections::BTreeSet;

use crate::tidy::rust_file::{Token, TokenKind};

/// What a file or a method mentions.
#[derive(Clone, Default)]
pub(super) struct Reader {
    /// Identifiers of any kind, for names of types.
    names: BTreeSet<String>,
    /// `a.b`, where `b` is not called.
    pairs: BTreeSet<(String, String)>,
    /// `.b`, not called.
    fields: BTreeSet<String>,
    /// `.b` where nothing of `b` is taken at once: `b` itself is bound or handed on.
    whole: BTreeSet<String>,
    /// `.b(…)`.
    pub(super) calls: BTreeSet<String>,
    /// What `self` is, in a method.
    section: Option<String>,
}

impl Reader {
    /// Collects what the tokens mention.
    pub(super) fn of(tokens: &[Token]) -> Self {
        let mut reader = Self::default();
        let is = |index: Option<usize>, kind: &TokenKind| {
            index.and_then(|index| tokens.get(index)).is_some_and(|token| token.kind == *kind)
        };
        for (index, token) in tokens.iter().enumerate() {
            let Some(name) = token.identifier() else { continue };
            reader.names.insert(name.to_owned());
            if !is(index.checked_sub(1), &TokenKind::Punctuation('.')) {
                continue;
            }
            if is(Some(index + 1), &TokenKind::Open('(')) {
                reader.calls.insert(name.to_owned());
                continue;
            }
            reader.fields.insert(name.to_owned());
            if !is(Some(index + 1), &TokenKind::Punctuation('.')) {
                reader.whole.insert(name.to_owned());
            }
            if let Some(owner) = index.checked_sub(2).and_then(|owner| tokens[owner].identifier()) {
                reader.pairs.insert((owner.to_owned(), name.to_owned()));
            }
        }
        reader
    }

    /// The same, with `self` for this section.
    pub(super) fn of_section(mut self, section: &str) -> Self {
        self.section = Some(section.to_owned());
        self
    }

    /// Whether a field of a section is read, which is reached under these names.
    pub(super) fn reads(&self, section: &str, reached_as: &[&str], field: &str) -> bool {
        let pair = |owner: &str| self.pairs.contains(&(owner.to_owned(), field.to_owned()));
        let takes_whole = self.names.contains(section) || reached_as.iter().any(|name| self.whole.contains(*name));
        reached_as.iter().any(|name| pair(name))
            || self.section.as_deref() == Some(section) && pair("self")
            || takes_whole && self.fields.contains(field)
    }
}
