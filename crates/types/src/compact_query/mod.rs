//! A compact form of query strings that gives back exactly what was put in.
//!
//! A login challenge carries the whole authorization request in sealed form, and a challenge
//! travels in URLs, so every byte counts. [`encode`] writes known parameter names and values as one
//! byte, base64url, hexadecimal and UUID values as the bytes they stand for, percent-encoded values
//! decoded (where encoding them again gives the same text), and everything else as it is. [`decode`]
//! is total: any bytes give a string or `None`, in time and space proportional to their number.
//!
//! Layout: one version byte, then one element per `&`-separated segment: a tag for the name
//! (`names`), then the value (`value`), which may be a list of words (`atom`). Tables may only grow
//! at their ends; another change needs another version.

mod atom;
mod names;
mod percent;
mod reader;
mod value;

use reader::{Reader, write_bytes};

const VERSION: u8 = 1;

/// Packs a raw query, without its `?`. Any string is accepted.
pub fn encode(raw_query: &str) -> Vec<u8> {
    let mut out = vec![VERSION];
    if raw_query.is_empty() {
        return out;
    }
    for segment in raw_query.split('&') {
        encode_segment(segment, &mut out);
    }
    out
}

/// Gives back what [`encode`] packed; `None` for bytes that it cannot have made.
pub fn decode(bytes: &[u8]) -> Option<String> {
    let (version, rest) = bytes.split_first()?;
    if *version != VERSION {
        return None;
    }
    let mut reader = Reader::new(rest);
    let mut text = String::new();
    let mut first = true;
    while !reader.is_empty() {
        if !first {
            text.push('&');
        }
        first = false;
        decode_segment(&mut reader, &mut text)?;
    }
    Some(text)
}

fn encode_segment(segment: &str, out: &mut Vec<u8>) {
    let Some((name, value)) = segment.split_once('=') else {
        out.push(names::WHOLE_SEGMENT);
        write_bytes(segment.as_bytes(), out);
        return;
    };
    if let Some(tag) = names::tag(name) {
        out.push(tag);
    } else {
        out.push(names::OTHER_NAME);
        atom::encode(name, out);
    }
    value::encode(value, out);
}

fn decode_segment(reader: &mut Reader<'_>, text: &mut String) -> Option<()> {
    match reader.byte()? {
        names::WHOLE_SEGMENT => text.push_str(std::str::from_utf8(reader.bytes()?).ok()?),
        tag => {
            if tag == names::OTHER_NAME {
                atom::decode(reader, text)?;
            } else {
                text.push_str(names::name(tag)?);
            }
            text.push('=');
            value::decode(reader, text)?;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests;
