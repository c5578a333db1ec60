//! Proof Key for Code Exchange (RFC 7636), S256 only: the two strings and their syntax. The hash
//! that connects them is computed by the server.

use std::fmt;

/// `code_challenge` of method S256: 43 characters of base64url (RFC 7636 §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeChallenge(String);

/// The text is not a code challenge of method S256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeChallengeFault;

impl fmt::Display for CodeChallengeFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("The 'code_challenge' must be 43 characters of base64url, as method S256 makes them.")
    }
}

impl std::error::Error for CodeChallengeFault {}

impl CodeChallenge {
    /// Checks length and alphabet.
    pub fn parse(text: &str) -> Result<Self, CodeChallengeFault> {
        let fits = text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if fits { Ok(Self(text.to_owned())) } else { Err(CodeChallengeFault) }
    }

    /// The challenge as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `code_verifier`: 43 to 128 unreserved characters (RFC 7636 §4.1). A secret.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeVerifier(String);

/// What is wrong with a code verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeVerifierFault {
    /// Fewer than 43 characters.
    TooShort,
    /// More than 128 characters.
    TooLong,
    /// A character outside of `A-Z a-z 0-9 - . _ ~`.
    Charset,
}

impl fmt::Display for CodeVerifierFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooShort => "The 'code_verifier' must have at least 43 characters.",
            Self::TooLong => "The 'code_verifier' must have at most 128 characters.",
            Self::Charset => "The 'code_verifier' may only have letters, digits, '-', '.', '_' and '~'.",
        })
    }
}

impl std::error::Error for CodeVerifierFault {}

impl CodeVerifier {
    /// Checks length and alphabet.
    pub fn parse(text: &str) -> Result<Self, CodeVerifierFault> {
        if text.len() < 43 {
            return Err(CodeVerifierFault::TooShort);
        }
        if text.len() > 128 {
            return Err(CodeVerifierFault::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) {
            return Err(CodeVerifierFault::Charset);
        }
        Ok(Self(text.to_owned()))
    }

    /// The verifier as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CodeVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CodeVerifier([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 Appendix B.
    #[test]
    fn published_example_parses() {
        assert!(CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").is_ok());
        assert!(CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").is_ok());
    }

    #[test]
    fn verifier_length_and_alphabet_are_checked() {
        assert_eq!(CodeVerifier::parse(&"a".repeat(42)), Err(CodeVerifierFault::TooShort));
        assert!(CodeVerifier::parse(&"a".repeat(43)).is_ok());
        assert!(CodeVerifier::parse(&"~".repeat(128)).is_ok());
        assert_eq!(CodeVerifier::parse(&"a".repeat(129)), Err(CodeVerifierFault::TooLong));
        for odd in ["+", "/", "=", " ", "ü", "\0"] {
            let text = format!("{}{odd}", "a".repeat(43));
            assert_eq!(CodeVerifier::parse(&text), Err(CodeVerifierFault::Charset), "{odd:?}");
        }
    }

    #[test]
    fn challenge_must_be_43_characters_of_base64url() {
        for text in
            ["", &"a".repeat(42), &"a".repeat(44), &format!("{}=", "a".repeat(42)), &format!("{}+", "a".repeat(42))]
        {
            assert_eq!(CodeChallenge::parse(text), Err(CodeChallengeFault), "{text}");
        }
    }

    #[test]
    fn verifier_does_not_show_in_debug() {
        assert!(!format!("{:?}", CodeVerifier::parse(&"s".repeat(43)).unwrap()).contains("ss"));
    }
}
