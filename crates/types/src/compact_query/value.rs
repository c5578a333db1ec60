//! The value of a parameter: one atom, or a list of atoms with one separator throughout.

use super::atom;
use super::reader::{Reader, write_length};

/// Separators of lists: the encoded spaces of `scope` and the like, and the dots of a JWT. The
/// order is part of the format: add at the end only, up to 16.
const SEPARATORS: [&str; 4] = ["+", "%20", ".", "%2C"];

/// Appends the shortest form of the value.
pub(super) fn encode(value: &str, out: &mut Vec<u8>) {
    let mut best = Vec::new();
    atom::encode(value, &mut best);
    for (index, separator) in (0_u8..).zip(SEPARATORS) {
        // A list saves nothing over an atom of two bytes, and most values have no separator.
        if best.len() <= 2 || !value.contains(separator) {
            continue;
        }
        let candidate = list_form(index, separator, value);
        if candidate.len() < best.len() {
            best = candidate;
        }
    }
    out.append(&mut best);
}

fn list_form(index: u8, separator: &str, value: &str) -> Vec<u8> {
    let mut out = vec![atom::LIST << 4 | index];
    write_length(value.split(separator).count(), &mut out);
    for word in value.split(separator) {
        atom::encode(word, &mut out);
    }
    out
}

/// Reads a value and appends its text.
pub(super) fn decode(reader: &mut Reader<'_>, text: &mut String) -> Option<()> {
    let head = reader.byte()?;
    if head >> 4 != atom::LIST {
        return atom::decode_after_head(head, reader, text);
    }
    let separator = SEPARATORS.get(usize::from(head & 15))?;
    for position in 0..reader.length()? {
        if position > 0 {
            text.push_str(separator);
        }
        atom::decode(reader, text)?;
    }
    Some(())
}
