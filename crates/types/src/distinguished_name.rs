//! Distinguished names (X.501) in their string form (RFC 4514), as values that can be compared. A name is a list of
//! relative names in the order of the certificate, which the string form reverses (RFC 4514 §2.1); a relative name is a
//! set of attributes. Values are compared character by character: an authority may give names that differ in capitals
//! to different people.

use std::collections::BTreeSet;

/// Attributes by the names that they have in strings (RFC 4514 §3, and those that OpenSSL writes), in small letters.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("cn", "2.5.4.3"),
    ("sn", "2.5.4.4"),
    ("serialnumber", "2.5.4.5"),
    ("c", "2.5.4.6"),
    ("l", "2.5.4.7"),
    ("st", "2.5.4.8"),
    ("street", "2.5.4.9"),
    ("o", "2.5.4.10"),
    ("ou", "2.5.4.11"),
    ("title", "2.5.4.12"),
    ("postalcode", "2.5.4.17"),
    ("gn", "2.5.4.42"),
    ("givenname", "2.5.4.42"),
    ("organizationidentifier", "2.5.4.97"),
    ("uid", "0.9.2342.19200300.100.1.1"),
    ("dc", "0.9.2342.19200300.100.1.25"),
    ("emailaddress", "1.2.840.113549.1.9.1"),
];

/// An attribute: its type as an object identifier, and its value as text, or `#` and the hexadecimal digits of a value
/// that is no text.
pub type Attribute = (String, String);

/// A distinguished name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinguishedName {
    relative: Vec<BTreeSet<Attribute>>,
}

impl DistinguishedName {
    /// A name from its relative names in the order of the certificate.
    pub fn new(relative: Vec<Vec<Attribute>>) -> Self {
        Self { relative: relative.into_iter().map(BTreeSet::from_iter).collect() }
    }

    /// Reads the string form (RFC 4514 §3); blanks around separators are passed over, as RFC 2253 allowed. `None` for
    /// anything else, also for an empty name and for types that have no name here and are no object identifier.
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let mut relative = Vec::new();
        loop {
            let mut attributes = BTreeSet::from([reader.attribute()?]);
            while reader.take('+') {
                // The same attribute twice is no set.
                attributes.insert(reader.attribute()?).then_some(())?;
            }
            relative.push(attributes);
            if reader.rest.is_empty() {
                break;
            }
            reader.take(',').then_some(())?;
        }
        relative.reverse();
        Some(Self { relative })
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn take(&mut self, separator: char) -> bool {
        let Some(rest) = self.rest.strip_prefix(separator) else { return false };
        self.rest = rest;
        true
    }

    fn attribute(&mut self) -> Option<Attribute> {
        let (name, rest) = self.rest.split_once('=')?;
        let kind = object_identifier(name.trim_matches(' '))?;
        self.rest = rest.trim_start_matches(' ');
        let value = self.value()?;
        Some((kind, value))
    }

    /// RFC 4514 §2.4, §3: text with escapes, or the value's encoding in hexadecimal digits.
    fn value(&mut self) -> Option<String> {
        if self.rest.starts_with('#') {
            let end = self.rest.find([',', '+']).unwrap_or(self.rest.len());
            let (digits, rest) = self.rest.split_at(end);
            self.rest = rest;
            return encoded(digits.trim_end_matches(' ').get(1..)?);
        }
        let mut bytes = Vec::new();
        // Blanks at the end count only where they are escaped.
        let mut significant = 0;
        let mut characters = self.rest.char_indices();
        let end = loop {
            let Some((at, character)) = characters.next() else { break self.rest.len() };
            match character {
                ',' | '+' => break at,
                '"' | ';' | '<' | '>' | '\0' => return None,
                '\\' => {
                    bytes.push(escaped(&mut characters)?);
                    significant = bytes.len();
                }
                other => {
                    bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
                    significant = if other == ' ' { significant } else { bytes.len() };
                }
            }
        };
        self.rest = &self.rest[end..];
        bytes.truncate(significant);
        String::from_utf8(bytes).ok().filter(|value| !value.is_empty())
    }
}

/// One byte after a backslash: a character that stands for itself, or two hexadecimal digits.
fn escaped(characters: &mut std::str::CharIndices<'_>) -> Option<u8> {
    let (_, first) = characters.next()?;
    if " \"#+,;<=>\\".contains(first) {
        return u8::try_from(first).ok();
    }
    let (_, second) = characters.next()?;
    u8::try_from(first.to_digit(16)? * 16 + second.to_digit(16)?).ok()
}

fn object_identifier(name: &str) -> Option<String> {
    let known = ATTRIBUTES.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
    if let Some((_, identifier)) = known {
        return Some((*identifier).to_owned());
    }
    let numbers = name.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    (name.contains('.') && numbers).then(|| name.to_owned())
}

/// A value in its encoding: texts are read, as they may be written either way.
fn encoded(digits: &str) -> Option<String> {
    let bytes = digits.as_bytes();
    if bytes.is_empty() || !bytes.len().is_multiple_of(2) || !bytes.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let der: Vec<u8> =
        (0..digits.len()).step_by(2).filter_map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect();
    Some(text_of_value(&der).unwrap_or_else(|| format!("#{}", digits.to_ascii_lowercase())))
}

/// The text of an encoded value that is a `UTF8String`, `PrintableString` or `IA5String` of less than 128 bytes.
fn text_of_value(der: &[u8]) -> Option<String> {
    let (&[tag, length], content) = der.split_first_chunk::<2>()?;
    let is_text = matches!(tag, 0x0c | 0x13 | 0x16) && length < 0x80 && usize::from(length) == content.len();
    is_text.then(|| String::from_utf8(content.to_vec()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(kind: &str, value: &str) -> Attribute {
        (kind.to_owned(), value.to_owned())
    }

    #[test]
    fn the_examples_of_the_rfc_are_read() {
        let dn = DistinguishedName::parse("UID=jsmith,DC=example,DC=net").unwrap();
        let dc = "0.9.2342.19200300.100.1.25";
        let relative = vec![
            vec![attribute(dc, "net")],
            vec![attribute(dc, "example")],
            vec![attribute("0.9.2342.19200300.100.1.1", "jsmith")],
        ];
        assert_eq!(dn, DistinguishedName::new(relative));
        for (one, other) in [
            ("OU=Sales+CN=J.  Smith,DC=example,DC=net", "CN=J.  Smith+OU=Sales,DC=example,DC=net"),
            (r#"CN=James \"Jim\" Smith\, III,DC=example"#, r"CN=James \22Jim\22 Smith\2c III,DC=example"),
            (r"CN=Before\0dAfter,DC=example", "CN=Before\\0DAfter, DC=example"),
            ("1.3.6.1.4.1.1466.0=#04024869", "1.3.6.1.4.1.1466.0 = #04024869"),
            (r"CN=Lu\C4\8Di\C4\87", "cn=Lučić"),
            ("CN=app", "2.5.4.3=app"),
            ("CN=app", "CN=#0c03617070"),
            ("CN=app , O = Example ", "CN=app,O=Example"),
        ] {
            let read = DistinguishedName::parse(one);
            assert!(read.is_some(), "{one}");
            assert_eq!(read, DistinguishedName::parse(other), "{one}");
        }
    }

    #[test]
    fn order_capitals_and_blanks_within_a_value_count() {
        for (one, other) in [
            ("CN=app,O=Example", "O=Example,CN=app"),
            ("CN=app", "CN=App"),
            ("CN=a b", "CN=a  b"),
            ("CN=app", r"CN=app\20"),
            ("CN=app,O=Example", "CN=app"),
            ("CN=app+O=Example", "CN=app,O=Example"),
            ("CN=app", "O=app"),
        ] {
            let (one, other) = (DistinguishedName::parse(one).unwrap(), DistinguishedName::parse(other).unwrap());
            assert_ne!(one, other);
        }
    }

    #[test]
    fn what_is_no_name_is_not_read() {
        for text in [
            "",
            ",",
            "CN",
            "CN=",
            "=app",
            "CN=app,",
            ",CN=app",
            "CN=app,,O=x",
            "CN=app+",
            "CN=app+CN=app",
            "XY=app",
            "CN=\"app\"",
            "CN=a;b",
            "CN=a<b",
            r"CN=a\",
            r"CN=a\g",
            r"CN=a\4",
            r"CN=\ff",
            "CN=#",
            "CN=#0",
            "CN=#0g",
            "CN=a\0b",
            "1.2.=x",
            "12=x",
            "/CN=app",
            "CN=  ",
        ] {
            assert_eq!(DistinguishedName::parse(text), None, "{text:?}");
        }
    }
}
