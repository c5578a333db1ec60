//! `prompt`: what the client wants the user to be asked again (`OpenID` Connect Core §3.1.2.1,
//! Initiating User Registration via `OpenID` Connect 1.0). Reading only; what each value leads to is
//! decided in the server.

use std::fmt;

/// One value of `prompt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prompt {
    /// Nobody may be asked anything.
    None,
    /// Authenticate again.
    Login,
    /// Ask for consent again.
    Consent,
    /// Let the user choose an account.
    SelectAccount,
    /// Offer to register: the standard's `create` or Hydra's `registration`.
    Registration,
}

/// The values of one `prompt` parameter. The empty set means that the parameter was absent or
/// empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptSet {
    words: Vec<&'static str>,
}

/// Why a `prompt` cannot be honoured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptFault {
    /// A value that is not known; values are case-sensitive.
    Unknown(String),
    /// `none` together with another value.
    NoneWithOthers,
}

impl fmt::Display for PromptFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(value) => write!(formatter, "The 'prompt' value '{value}' is not known."),
            Self::NoneWithOthers => formatter.write_str("The 'prompt' value 'none' must stand alone."),
        }
    }
}

impl std::error::Error for PromptFault {}

const WORDS: [(&str, Prompt); 6] = [
    ("none", Prompt::None),
    ("login", Prompt::Login),
    ("consent", Prompt::Consent),
    ("select_account", Prompt::SelectAccount),
    ("create", Prompt::Registration),
    ("registration", Prompt::Registration),
];

fn meaning(word: &str) -> Option<(&'static str, Prompt)> {
    WORDS.into_iter().find(|(known, _)| *known == word)
}

impl PromptSet {
    /// Reads a space separated list.
    pub fn parse(text: &str) -> Result<Self, PromptFault> {
        let mut words: Vec<&'static str> = Vec::new();
        for word in text.split_ascii_whitespace() {
            let (known, _) = meaning(word).ok_or_else(|| PromptFault::Unknown(word.to_owned()))?;
            if !words.contains(&known) {
                words.push(known);
            }
        }
        if words.len() > 1 && words.contains(&"none") {
            return Err(PromptFault::NoneWithOthers);
        }
        Ok(Self { words })
    }

    /// Whether the value was given.
    pub fn contains(&self, prompt: Prompt) -> bool {
        self.words.iter().any(|word| meaning(word).is_some_and(|(_, own)| own == prompt))
    }

    /// Whether no value was given.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The word by which registration was asked for: `create` or `registration`.
    pub fn registration_word(&self) -> Option<&'static str> {
        self.words.iter().copied().find(|word| matches!(*word, "create" | "registration"))
    }
}

impl fmt::Display for PromptSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_be_combined() {
        let set = PromptSet::parse("login consent login").unwrap();
        assert!(set.contains(Prompt::Login) && set.contains(Prompt::Consent));
        assert!(!set.contains(Prompt::None));
        assert_eq!(set.to_string(), "login consent");
        assert!(PromptSet::parse("").unwrap().is_empty());
    }

    #[test]
    fn none_stands_alone() {
        assert!(PromptSet::parse("none").unwrap().contains(Prompt::None));
        assert_eq!(PromptSet::parse("none login"), Err(PromptFault::NoneWithOthers));
    }

    #[test]
    fn unknown_values_are_named() {
        assert_eq!(PromptSet::parse("Login"), Err(PromptFault::Unknown("Login".to_owned())));
    }

    #[test]
    fn both_words_for_registration_are_kept() {
        for word in ["create", "registration"] {
            let set = PromptSet::parse(word).unwrap();
            assert!(set.contains(Prompt::Registration));
            assert_eq!(set.registration_word(), Some(word));
            assert_eq!(set.to_string(), word);
        }
    }
}
