//! The fields of a text line: `name=value`, the value in quotes unless it is a plain word. A space, a quote or an equals
//! sign in a value therefore cannot begin another field, and a brace cannot end the request's span.

use std::fmt::{self, Debug, Write as _};

use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;

/// Longest value, in characters; the rest is left out.
const LONGEST: usize = 2_000;

/// Writes fields in this form.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuotedFields;

impl<'w> FormatFields<'w> for QuotedFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut visitor = Visitor { writer, outcome: Ok(()), began: false };
        fields.record(&mut visitor);
        visitor.outcome
    }
}

struct Visitor<'w> {
    writer: Writer<'w>,
    outcome: fmt::Result,
    began: bool,
}

impl Visitor<'_> {
    fn write(&mut self, field: &Field, value: &str, quotes: Quotes) {
        if self.outcome.is_err() {
            return;
        }
        let space = if std::mem::replace(&mut self.began, true) { " " } else { "" };
        self.outcome = match field.name() {
            "message" => write!(self.writer, "{space}{}", Escaped(value)),
            name if quotes == Quotes::Always || !is_word(value) => {
                write!(self.writer, "{space}{name}=\"{}\"", Escaped(value))
            }
            name => write!(self.writer, "{space}{name}={value}"),
        };
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Always,
    WhereNeeded,
}

impl Visit for Visitor<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.write(field, value, Quotes::Always);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.write(field, &format!("{value:?}"), Quotes::WhereNeeded);
    }
}

/// Whether a value can stand without quotes.
fn is_word(value: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/%+@,?&;!*'()[]".contains(&byte);
    !value.is_empty() && value.len() <= LONGEST && value.bytes().all(plain)
}

/// A value as it stands between quotes.
struct Escaped<'v>(&'v str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(LONGEST) {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                ' '..='~' => f.write_char(character)?,
                '\n' | '\r' | '\t' => write!(f, "{}", character.escape_default())?,
                _ => write!(f, "{}", character.escape_unicode())?,
            }
        }
        if characters.next().is_some() { f.write_str("...") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_within_its_quotes() {
        let cases = [
            ("plain", "plain"),
            ("a \"b\" \\", "a \\\"b\\\" \\\\"),
            ("a\r\nb\tc", "a\\r\\nb\\tc"),
            ("\u{1b}[31m\u{9b}\u{7f}\0", "\\u{1b}[31m\\u{9b}\\u{7f}\\u{0}"),
            ("\u{202e}\u{2028}\u{feff}", "\\u{202e}\\u{2028}\\u{feff}"),
            ("M\u{fc}ller", "M\\u{fc}ller"),
        ];
        for (value, expected) in cases {
            assert_eq!(Escaped(value).to_string(), expected);
        }
        let long = Escaped(&"\u{e9}".repeat(LONGEST + 1)).to_string();
        assert!(long.ends_with("\\u{e9}...") && long.len() == LONGEST * 6 + 3);
    }

    #[test]
    fn what_could_end_a_value_is_no_word() {
        for value in ["", "a b", "a=b", "a\"", "a}", "a{", "a\n", "a\\", "\u{e9}", "a|b"] {
            assert!(!is_word(value), "{value:?}");
        }
        for value in ["GET", "/oauth2/auth", "192.0.2.1", "[::1]:4444", "true", "-1", "a%20b"] {
            assert!(is_word(value), "{value:?}");
        }
    }
}
