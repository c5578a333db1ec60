//! User codes (RFC 8628 §6.1): short enough to type, long enough not to be guessed within their minutes. The database
//! knows them by a keyed hash only.

use symbolon_jose::{HmacKey, Rng, Secret};

use crate::config::UserCode;

/// Makes and recognises user codes.
pub struct UserCodes {
    /// One key for each system secret, the newest first.
    keys: Vec<HmacKey>,
}

impl UserCodes {
    /// With keys derived from the system secrets.
    pub fn new(system: &[Secret<String>]) -> Self {
        let key = |secret| HmacKey::new(&symbolon_jose::seal::derive(secret, "user_code"));
        Self { keys: system.iter().map(key).collect() }
    }

    /// A new code.
    pub fn generate(rng: &Rng, form: &UserCode) -> String {
        rng.alphabet(form.character_set.as_bytes(), form.length)
    }

    /// The hashes under which a code may be known, today's first.
    pub fn hashes(&self, code: &str) -> impl Iterator<Item = [u8; 32]> {
        self.keys.iter().map(move |key| key.tag(&[code.as_bytes()]))
    }
}

/// What a person meant who typed this: without the spaces and dashes that people put between groups, and in the case
/// that the code has, where its characters leave no doubt (RFC 8628 §6.1).
pub fn canonical(typed: &str, form: &UserCode) -> String {
    let known = |letter: char| form.character_set.contains(letter);
    let meant = |letter: char| {
        let other_case =
            if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() };
        match letter {
            letter if known(letter) => Some(letter),
            _ if known(other_case) => Some(other_case),
            '-' => None,
            letter if letter.is_whitespace() => None,
            letter => Some(letter),
        }
    };
    typed.chars().filter_map(meant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(character_set: &str) -> UserCode {
        UserCode { length: 8, character_set: character_set.to_owned() }
    }

    #[test]
    fn groups_and_case_do_not_matter_where_there_is_no_doubt() {
        let letters = form("ABCDEFGHIJ");
        assert_eq!(canonical(" abcd-EFGH\n", &letters), "ABCDEFGH");
        assert_eq!(canonical("1234", &letters), "1234", "what cannot be meant stays wrong");
        assert_eq!(canonical("123 456", &form("0123456789")), "123456");
    }

    #[test]
    fn case_matters_where_both_are_used() {
        let both = form("abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679");
        assert_eq!(canonical("aAcC-34", &both), "aAcC34");
        assert_eq!(canonical("Bl", &both), "bL", "only one of the cases is used");
    }

    #[test]
    fn a_dash_of_the_code_itself_stays() {
        assert_eq!(canonical("ab-cd", &form("abcdefg-")), "ab-cd");
    }

    #[test]
    fn codes_are_found_under_every_system_secret() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let old = UserCodes::new(&[secret("old secret of some length")]);
        let both = UserCodes::new(&[secret("new secret of some length"), secret("old secret of some length")]);
        let kept = old.hashes("ABCD").next().unwrap();
        let sought: Vec<_> = both.hashes("ABCD").collect();
        assert!(sought[0] != kept && sought[1] == kept);
    }
}
