//! Passwords of accounts. Without an account the same work is done against a hash of nothing, so that time tells nothing.
//! Before it is hashed a password gets the one form that all ways of typing it have (RFC 8265 §4.2, the profile
//! `OpaqueString`; NIST SP 800-63B §3.1.1.2).

use std::sync::Arc;

use precis_profiles::OpaqueString;
use precis_profiles::precis_core::profile::PrecisFastInvocation as _;
use symbolon_jose::Secret;
use unicode_normalization::UnicodeNormalization as _;

use crate::error::{ApiError, OAuthError};
use crate::slow_hash::{Purpose, SlowHashes, argon2_matches, argon2id};

/// Shortest password, in characters (NIST SP 800-63B §3.1.1.2).
const SHORTEST: usize = 8;
/// Longest password, in bytes: hashing more is work for nothing.
const LONGEST: usize = 1024;

/// Hashes and verifies passwords.
pub struct Passwords {
    slow: Arc<SlowHashes>,
    nobody: String,
}

impl Passwords {
    /// Prepares the hash that unknown names are checked against.
    pub fn new(slow: Arc<SlowHashes>) -> Result<Self, String> {
        Ok(Self { slow, nobody: argon2id("nobody has this password")? })
    }

    /// The stored form of a new password, which is checked first.
    pub async fn hash(&self, password: &str) -> Result<String, ApiError> {
        let prepared = prepare(password).ok_or_else(|| {
            ApiError::malformed("Member 'password' must have at most 1024 bytes, and no characters that do not print.")
        })?;
        if prepared.chars().count() < SHORTEST {
            return Err(ApiError::malformed("Member 'password' must have 8 characters or more."));
        }
        Ok(self.slow.hash(Purpose::Administration, &prepared).await?)
    }

    /// Whether the password is the one of the hash; always `false` without a hash.
    pub async fn verify(&self, purpose: Purpose, stored: Option<String>, password: &str) -> Result<bool, OAuthError> {
        let prepared = prepare(password);
        let (known, stored) = match stored.filter(|_| prepared.is_some()) {
            Some(stored) => (true, stored),
            None => (false, self.nobody.clone()),
        };
        let password = Secret::new(prepared.unwrap_or_default());
        let right = self.slow.run(purpose, move || argon2_matches(&stored, password.expose())).await?;
        Ok(right && known)
    }
}

/// The form that is hashed; `None` for what cannot be a password.
fn prepare(password: &str) -> Option<String> {
    if password.len() > LONGEST {
        return None;
    }
    // The profile looks at each character before it composes them, and refuses the parts of composed Hangul.
    let composed: String = password.nfc().collect();
    let prepared = OpaqueString::enforce(composed.as_str()).ok()?;
    (prepared.len() <= LONGEST).then(|| prepared.into_owned())
}

#[cfg(test)]
mod tests {
    use super::prepare;

    #[test]
    fn one_password_in_every_way_to_type_it() {
        for (one, other) in [
            ("\u{c5}ngstr\u{f6}m", "A\u{30a}ngstro\u{308}m"),
            ("open\u{a0}sesame", "open sesame"),
            ("\u{d55c}\u{ae00}", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"),
        ] {
            assert_eq!(prepare(one), prepare(other), "{one} {other}");
        }
    }

    #[test]
    fn case_width_and_blanks_of_a_password_matter() {
        for (one, other) in [("secret", "Secret"), ("a", "\u{ff41}"), (" a", "a"), ("a  b", "a b")] {
            assert_ne!(prepare(one), prepare(other), "{one} {other}");
        }
        assert_eq!(prepare("\u{1f511} key").as_deref(), Some("\u{1f511} key"));
    }

    #[test]
    fn what_does_not_print_is_no_password() {
        for password in ["", "a\0b", "a\tb", "a\u{7f}b", "a\u{200b}b", &"x".repeat(1025)] {
            assert_eq!(prepare(password), None, "{password:?}");
        }
    }
}
