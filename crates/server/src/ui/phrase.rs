//! A sentence with values in it, as markup.
//!
//! Sentences come from [`super::texts`] and have places such as `{client}`; the values are other people's words (a
//! client's name, a host). [`Phrase`] puts them together for a template: everything is escaped, a value is set apart
//! with `<bdi>`, so that a name with control characters for the writing direction cannot rearrange the sentence, and
//! what stands between backticks becomes `<code>`.

use std::fmt::{self, Display, Formatter};

use askama::filters::{Escaper, Html, HtmlSafe};

/// A sentence and the value for its places. `Display` writes markup.
#[derive(Clone, Debug)]
pub(super) struct Phrase<'a> {
    text: &'a str,
    name: &'static str,
    value: &'a str,
}

/// A piece of a sentence, in order.
enum Piece<'a> {
    Words(&'a str),
    Value(&'a str),
}

impl<'a> Phrase<'a> {
    /// A sentence without places.
    pub(super) fn plain(text: &'a str) -> Self {
        Self::new(text, "", "")
    }

    /// `value` stands wherever `text` says `{name}`. Other braces stay as they are.
    pub(super) fn new(text: &'a str, name: &'static str, value: &'a str) -> Self {
        Self { text, name, value }
    }

    /// The sentence as plain text, for places where markup cannot stand (`<title>`). The template still escapes it.
    pub(super) fn to_plain(&self) -> String {
        let mut plain = String::with_capacity(self.text.len() + 32);
        for piece in self.pieces() {
            match piece {
                Piece::Words(words) => plain.extend(words.chars().filter(|&c| c != '`')),
                Piece::Value(value) => plain.push_str(value),
            }
        }
        plain
    }

    fn pieces(&self) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut rest = self.text;
        while let Some((words, value, after)) = self.next_place(rest) {
            pieces.push(Piece::Words(words));
            pieces.push(Piece::Value(value));
            rest = after;
        }
        pieces.push(Piece::Words(rest));
        pieces
    }

    /// The first place in `rest` that has a value: what stands before, the value, what follows.
    fn next_place(&self, rest: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
        let mut from = 0;
        while let Some(open) = rest[from..].find('{').map(|at| from + at) {
            let close = open + rest[open..].find('}')?;
            if !self.name.is_empty() && &rest[open + 1..close] == self.name {
                return Some((&rest[..open], self.value, &rest[close + 1..]));
            }
            from = open + 1;
        }
        None
    }
}

impl Display for Phrase<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let mut code = false;
        for piece in self.pieces() {
            match piece {
                Piece::Value(value) => {
                    out.write_str("<bdi>")?;
                    Html.write_escaped_str(&mut *out, value)?;
                    out.write_str("</bdi>")?;
                }
                Piece::Words(words) => {
                    for (index, run) in words.split('`').enumerate() {
                        if index > 0 {
                            out.write_str(if code { "</code>" } else { "<code>" })?;
                            code = !code;
                        }
                        Html.write_escaped_str(&mut *out, run)?;
                    }
                }
            }
        }
        out.write_str(if code { "</code>" } else { "" })
    }
}

/// Every piece is escaped above; the markup is ours.
impl HtmlSafe for Phrase<'_> {}

#[cfg(test)]
mod tests {
    use super::Phrase;

    #[test]
    fn values_are_escaped_and_set_apart() {
        let phrase = Phrase::new("to {client} & {client}", "client", "\"><script>");
        assert_eq!(
            phrase.to_string(),
            "to <bdi>&#34;&#62;&#60;script&#62;</bdi> &#38; <bdi>&#34;&#62;&#60;script&#62;</bdi>"
        );
        assert_eq!(phrase.to_plain(), "to \"><script> & \"><script>");
    }

    #[test]
    fn a_value_that_looks_like_a_place_or_code_is_only_a_value() {
        let phrase = Phrase::new("{client}!", "client", "{client} `x`");
        assert_eq!(phrase.to_string(), "<bdi>{client} `x`</bdi>!");
    }

    #[test]
    fn sentences_are_escaped_too_and_backticks_are_code() {
        let phrase = Phrase::new("<b> `a<b` {other} {key} }{ `open", "key", "k");
        assert_eq!(phrase.to_string(), "&#60;b&#62; <code>a&#60;b</code> {other} <bdi>k</bdi> }{ <code>open</code>");
        assert_eq!(
            Phrase::new("set `{key}` now", "key", "urls.login").to_string(),
            "set <code><bdi>urls.login</bdi></code> now"
        );
        assert_eq!(Phrase::plain("`a` {}").to_plain(), "a {}");
    }
}
