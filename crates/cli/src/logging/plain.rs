//! The last thing before standard error: what is not printable ASCII is escaped, except for the line feed that ends an
//! event. So nothing that was logged, by whichever library and in whichever form, begins a line or moves a cursor.

use std::fmt::Write as _;
use std::io::{self, Write};

/// How a character that must not appear is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// `\u{202e}`.
    Text,
    /// `\u202e`, and two of them beyond the first plane (RFC 8259 §7). Such characters stand in strings only.
    Json,
}

/// A writer that is handed one event at a time.
pub(super) struct Plain<W> {
    to: W,
    escapes: Escapes,
}

impl<W: Write> Plain<W> {
    pub(super) fn new(to: W, escapes: Escapes) -> Self {
        Self { to, escapes }
    }
}

impl<W: Write> Write for Plain<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let is_plain = |bytes: &[u8]| bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
        let (body, end) = event.split_at(event.len() - usize::from(event.ends_with(b"\n")));
        if is_plain(body) {
            self.to.write_all(event)?;
        } else {
            let text = String::from_utf8_lossy(body);
            let line = text.chars().fold(String::with_capacity(event.len() * 2), |mut line, character| {
                push(&mut line, character, self.escapes);
                line
            });
            self.to.write_all(&[line.as_bytes(), end].concat())?;
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn push(line: &mut String, character: char, escapes: Escapes) {
    match (character, escapes) {
        (' '..='~', _) => line.push(character),
        (_, Escapes::Text) => line.extend(character.escape_unicode()),
        (_, Escapes::Json) => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(line, "\\u{unit:04x}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(event: &[u8], escapes: Escapes) -> String {
        let mut written = Vec::new();
        assert_eq!(Plain::new(&mut written, escapes).write(event).unwrap(), event.len());
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn an_event_is_one_line() {
        assert_eq!(written(b"plain\n", Escapes::Text), "plain\n");
        assert_eq!(written(b"", Escapes::Text), "");
        assert_eq!(written(b"a\r\nb\x1b[31m\n", Escapes::Text), "a\\u{d}\\u{a}b\\u{1b}[31m\n");
        assert_eq!(written(b"\n\n", Escapes::Text), "\\u{a}\n");
        assert_eq!(written("\u{202e}\u{9b}".as_bytes(), Escapes::Text), "\\u{202e}\\u{9b}");
        assert_eq!(written(b"a\xffb\n", Escapes::Text), "a\\u{fffd}b\n");
    }

    #[test]
    fn json_stays_json() {
        let value = "a\u{7f}\u{202e}\u{1f600}\u{fc}";
        let event = format!("{{\"m\":\"{value}\"}}\n");
        let line = written(event.as_bytes(), Escapes::Json);
        assert!(line.trim_end().bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap()["m"], value);
    }
}
