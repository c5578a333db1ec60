//! Text of strangers in the log. It must neither begin a line of its own nor move a terminal's cursor, whatever form the
//! log has and whoever reads it.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Longest text, in characters.
const LONGEST: usize = 256;
/// What could end a field of the log, besides control characters and everything that is not ASCII.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'\\').add(b'{').add(b'}');

/// A value of a request as the log shows it: percent-encoded where it is not plain, and cut when it is long.
pub(super) struct Foreign<'t>(pub(super) &'t str);

impl fmt::Display for Foreign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.char_indices().nth(LONGEST).map_or(self.0.len(), |(at, _)| at);
        let (shown, rest) = self.0.split_at(end);
        write!(f, "{}", utf8_percent_encode(shown, ESCAPED))?;
        if rest.is_empty() { Ok(()) } else { f.write_str("...") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_characters_reach_the_log() {
        let cases = [
            ("/oauth2/auth", "/oauth2/auth"),
            ("/a%0d%0ab", "/a%0d%0ab"),
            ("/a\r\nb\u{1b}[31m", "/a%0D%0Ab%1B[31m"),
            ("/\u{9b}31m\u{202e}\u{7f}", "/%C2%9B31m%E2%80%AE%7F"),
            ("/x} \"y\" \\", "/x%7D%20%22y%22%20%5C"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(Foreign(text).to_string(), expected);
        }
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(Foreign(&"a".repeat(256)).to_string(), "a".repeat(256));
        assert_eq!(Foreign(&"a".repeat(257)).to_string(), "a".repeat(256) + "...");
        assert_eq!(Foreign(&"\u{e9}".repeat(300)).to_string(), "%C3%A9".repeat(256) + "...");
    }
}
