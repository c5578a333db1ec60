//! Names of signature algorithms (RFC 7515 §4.1.1, RFC 7518 §3.1) in client metadata.

use std::fmt;

/// The name of a signature algorithm such as `ES256`. Which names a server can use is its own
/// matter; the type says that there is a name, and that it can be shown anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AlgorithmName(String);

/// Longest name, in bytes; the longest registered one has less than half of it.
const LONGEST: usize = 64;

impl AlgorithmName {
    /// Reads a name; `None` for an empty text and for one that is no name.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+.".contains(&byte);
        ((1..=LONGEST).contains(&text.len()) && text.bytes().all(plain)).then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AlgorithmName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::AlgorithmName;

    #[test]
    fn names_are_plain_and_never_empty() {
        for name in ["RS256", "EdDSA", "ML-DSA-44", "x.example_1+2"] {
            assert_eq!(AlgorithmName::parse(name).unwrap().to_string(), name);
        }
        for text in ["", " ", "RS256 ", "RS256\n", "\u{dc}", &"A".repeat(65)] {
            assert_eq!(AlgorithmName::parse(text), None, "{text:?}");
        }
    }
}
