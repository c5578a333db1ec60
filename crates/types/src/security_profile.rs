//! How strictly clients are treated: as Ory Hydra does, or by the rules of a profile. Each profile demands what the one
//! before it demands, so that of two the later one is the stricter.

/// A security profile, in the order of strictness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityProfile {
    /// The settings of the server and the metadata of the client, nothing more.
    #[default]
    None,
    /// OAuth 2.1.
    Oauth21,
    /// FAPI 2.0 Security Profile.
    Fapi2,
    /// FAPI 2.0 Security Profile with signed authorization requests of FAPI 2.0 Message Signing.
    Fapi2MessageSigning,
}

impl SecurityProfile {
    /// All of them, from the most lenient to the strictest.
    pub const ALL: [Self; 4] = [Self::None, Self::Oauth21, Self::Fapi2, Self::Fapi2MessageSigning];

    /// Its word in configuration and client metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Oauth21 => "oauth21",
            Self::Fapi2 => "fapi2",
            Self::Fapi2MessageSigning => "fapi2_message_signing",
        }
    }

    /// The profile of a word; `None` for a word that is none of theirs.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_profiles_go_together() {
        for profile in SecurityProfile::ALL {
            assert_eq!(SecurityProfile::parse(profile.as_str()), Some(profile));
        }
        assert_eq!(SecurityProfile::parse("fapi1"), None);
        assert_eq!(SecurityProfile::parse(""), None);
    }

    #[test]
    fn order_is_that_of_strictness() {
        assert!(SecurityProfile::ALL.is_sorted());
        assert_eq!(SecurityProfile::default(), SecurityProfile::None);
    }
}
