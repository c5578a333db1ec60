//! The wrapper for values that must not be seen: client secrets, system secrets, private key members.
//!
//! [`Secret`] cannot be displayed or serialized, prints as `[secret]` under `Debug`, is compared in constant time and
//! overwritten when dropped. It protects against accidents (a struct printed into a log, a record sent as JSON), not
//! against code that calls [`Secret::expose`] on purpose.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroize;

use crate::digest::constant_time_eq;

/// A value that is kept out of logs and answers, and overwritten in memory when dropped.
///
/// ```
/// use symbolon_jose::Secret;
///
/// let secret = Secret::new(String::from("correct horse"));
/// assert_eq!(format!("{secret:?}"), "[secret]");
/// assert!(secret.matches(b"correct horse"));
/// ```
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps `value`. Copies made before this call are the caller's to erase.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for the place that needs it (a hash, a key derivation, a sealed record).
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize + AsRef<[u8]>> Secret<T> {
    /// Whether the secret is exactly `candidate`, in a time that depends only on the lengths.
    pub fn matches(&self, candidate: &[u8]) -> bool {
        constant_time_eq(self.0.as_ref(), candidate)
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize + Clone> Clone for Secret<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

// Reading a secret (a configuration file, a stored record) is ordinary; writing one is a decision, hence no `Serialize`.
impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        let text = Secret::new(String::from("hunter2"));
        let bytes = Secret::new(vec![1_u8, 2, 3]);
        assert_eq!(format!("{text:?} {bytes:?} {:?}", Some(&text)), "[secret] [secret] Some([secret])");
    }

    #[test]
    fn matches_only_the_whole_value() {
        let secret = Secret::new(String::from("hunter2"));
        assert!(secret.matches(b"hunter2"));
        for wrong in [&b""[..], b"hunter", b"hunter22", b"Hunter2"] {
            assert!(!secret.matches(wrong));
        }
        assert!(Secret::new([7_u8; 4]).matches(&[7; 4]));
        assert!(secret.clone().matches(secret.expose().as_bytes()));
    }

    #[test]
    fn is_read_from_plain_json() {
        let secret: Secret<String> = serde_json::from_str("\"hunter2\"").unwrap();
        assert!(secret.matches(b"hunter2"));
    }

    /// `Incomparable::<_>::proof` is ambiguous, and does not compile, for a type that has `==`.
    trait Incomparable<Marker> {
        fn proof() {}
    }

    impl<T: ?Sized> Incomparable<()> for T {}
    impl<T: ?Sized + PartialEq> Incomparable<u8> for T {}

    #[test]
    fn a_secret_has_no_comparison_but_the_one_in_constant_time() {
        <Secret<String> as Incomparable<_>>::proof();
        <Secret<Vec<u8>> as Incomparable<_>>::proof();
        let secret = Secret::new("0123456789".to_owned());
        assert!(secret.matches(b"0123456789"));
        for other in ["", "0", "012345678", "0123456780", "1123456789", "01234567890"] {
            assert!(!secret.matches(other.as_bytes()), "{other}");
        }
    }
}
