//! Percent-encoding in the styles that clients use. A value is kept decoded when one of the styles
//! gives back the very same text.

use std::borrow::Cow;

/// Which characters a style leaves as they are, besides letters and digits, and how it writes a
/// space. The order is part of the format: add at the end only.
const STYLES: [(&[u8], bool); 7] = [
    // RFC 3986 unreserved, space as `+`: Go, Python's quote_plus.
    (b"-_.~", true),
    // RFC 3986 unreserved, space as `%20`.
    (b"-_.~", false),
    // WHATWG forms, Java.
    (b"-_.*", true),
    // encodeURIComponent.
    (b"-_.!~*'()", false),
    // Python's quote.
    (b"-_.~/", false),
    // Only what RFC 3986 §3.4 does not allow in a query, and `&`, `+`.
    (b"-_.~/?:@!$'()*,;=", false),
    (b"-_.~/?:@!$'()*,;=", true),
];

/// Beginnings of decoded values that cost nothing.
const PREFIXES: [&str; 8] =
    ["", "https://", "http://", "http://localhost:", "http://127.0.0.1:", "https://www.", "urn:", "http://localhost"];

const LOWER_HEX: u8 = 0x40;

/// The style byte (bits 0–2 style, 3–5 prefix, 6 lower-case hex) and what is left of the decoded
/// value.
pub(super) fn pack(text: &str) -> Option<(u8, Vec<u8>)> {
    if !text.is_ascii() {
        return None;
    }
    let styles = (0..STYLES.len()).flat_map(|index| [(index, 0), (index, LOWER_HEX)]);
    styles.into_iter().find_map(|(index, case)| {
        let decoded = decode(text, STYLES[index].1);
        let style = u8::try_from(index).ok()? | case;
        let mut again = String::with_capacity(text.len());
        encode(&decoded, style, &mut again)?;
        if again != text {
            return None;
        }
        let (prefix, length) = longest_prefix(&decoded);
        Some((style | prefix << 3, decoded[length..].to_vec()))
    })
}

/// Undoes [`pack`], appending to the text.
pub(super) fn unpack(style: u8, rest: &[u8], text: &mut String) -> Option<()> {
    if style & 0x80 != 0 {
        return None;
    }
    let prefix = PREFIXES[usize::from(style >> 3 & 7)].as_bytes();
    encode(prefix, style, text)?;
    encode(rest, style, text)
}

fn longest_prefix(decoded: &[u8]) -> (u8, usize) {
    let matching = (0_u8..).zip(PREFIXES).filter(|(_, prefix)| decoded.starts_with(prefix.as_bytes()));
    matching.map(|(index, prefix)| (index, prefix.len())).max_by_key(|(_, length)| *length).unwrap_or((0, 0))
}

fn decode(text: &str, plus_is_space: bool) -> Cow<'_, [u8]> {
    if plus_is_space && text.contains('+') {
        let spaced = text.replace('+', " ");
        Cow::Owned(percent_encoding::percent_decode_str(&spaced).collect())
    } else {
        Cow::from(percent_encoding::percent_decode_str(text))
    }
}

fn encode(bytes: &[u8], style: u8, text: &mut String) -> Option<()> {
    let (kept, plus_is_space) = STYLES.get(usize::from(style & 7))?;
    let digits: &[u8; 16] = if style & LOWER_HEX == 0 { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || kept.contains(byte) {
            text.push(char::from(*byte));
        } else if *plus_is_space && *byte == b' ' {
            text.push('+');
        } else {
            text.push('%');
            text.push(char::from(digits[usize::from(byte >> 4)]));
            text.push(char::from(digits[usize::from(byte & 15)]));
        }
    }
    Some(())
}
