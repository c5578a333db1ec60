//! Usernames: what a person may type for one account (RFC 8265 §3.3, the profile `UsernameCaseMapped`). Width and case do
//! not matter, and one text in two encodings of its characters is one name.

use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::PrecisFastInvocation as _;
use unicode_normalization::UnicodeNormalization as _;

/// Longest username, in bytes.
const LONGEST: usize = 256;

/// A username.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username {
    /// For display: as it was typed, without the blanks around it.
    pub shown: String,
    /// For comparison.
    pub canonical: String,
}

impl Username {
    /// Reads what was typed; `None` when it cannot be a username. Several parts with blanks between them are allowed
    /// (RFC 8265 §3.5), and one blank is as good as another.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        if typed.len() > LONGEST || typed.chars().any(char::is_control) {
            return None;
        }
        // The profile looks at each character before it composes them, and refuses the parts of composed Hangul.
        let composed: String = typed.nfc().collect();
        let parts: Option<Vec<String>> = composed
            .split_whitespace()
            .map(|part| UsernameCaseMapped::enforce(part).ok().map(std::borrow::Cow::into_owned))
            .collect();
        let canonical = parts?.join(" ");
        let fits = !canonical.is_empty() && canonical.len() <= LONGEST;
        fits.then_some(Self { shown: composed, canonical })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(typed: &str) -> Option<String> {
        Username::parse(typed).map(|name| name.canonical)
    }

    #[test]
    fn one_name_in_every_way_to_type_it() {
        for same in ["\u{c5}sa", "A\u{30a}sa", "\u{e5}SA", "\u{212b}sa", " \u{c5}sa\t", "\u{c5}\u{ff53}a"] {
            assert_eq!(canonical(same).as_deref(), Some("\u{e5}sa"), "{same:?}");
        }
        for same in ["alice b", "Alice  B", "alice\u{a0}b", "alice\u{3000}b", "\u{ff21}lice \u{ff22}"] {
            assert_eq!(canonical(same).as_deref(), Some("alice b"), "{same:?}");
        }
        assert_eq!(canonical("\u{1112}\u{1161}\u{11ab}"), canonical("\u{d55c}"), "Hangul in parts");
        assert_eq!(canonical("o'hara+x@Example.ORG").as_deref(), Some("o'hara+x@example.org"));
    }

    #[test]
    fn different_names_stay_different() {
        for (one, other) in [("asa", "\u{e5}sa"), ("alice", "al\u{ed}ce"), ("ab", "a b"), ("stra\u{df}e", "strasse")] {
            assert_ne!(canonical(one), canonical(other), "{one} {other}");
        }
    }

    #[test]
    fn what_nobody_can_tell_apart_or_type_is_no_name() {
        for typed in ["", "  ", "a\nb", "a\0b", "a\u{200b}b", "\u{202e}alice", "\u{feff}a", "a\u{fffe}b", "\u{378}"] {
            assert_eq!(canonical(typed), None, "{typed:?}");
        }
        assert_eq!(canonical("\u{1f9d1}@example.org"), None, "a symbol (RFC 8264 §9.15)");
        assert!(canonical(&"x".repeat(256)).is_some());
        assert_eq!(canonical(&"x".repeat(257)), None);
    }
}
