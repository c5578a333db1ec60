//! The closed sets that a client is configured with: grant types (RFC 6749 §1.3 and extensions),
//! client authentication methods (`OpenID` Connect Core §9), kinds of access token, of subject
//! identifier and of application. Each value has one wire word; unknown words are `None` when
//! parsed. [`GrantTypes`] is the set that one client may use.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! wire_words {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$value_doc])* #[serde(rename = $word)] $value),+
        }

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// Reads the wire word exactly; `None` for an unknown one.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($word => Some(Self::$value),)+
                    _ => None,
                }
            }

            /// The wire word.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $word),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    };
}

wire_words! {
    /// `grant_type` at the token endpoint, and `implicit` for what the authorization endpoint
    /// issues directly.
    GrantType {
        /// RFC 6749 §4.1.
        AuthorizationCode = "authorization_code",
        /// RFC 6749 §6.
        RefreshToken = "refresh_token",
        /// RFC 6749 §4.4.
        ClientCredentials = "client_credentials",
        /// RFC 6749 §4.2; never sent to the token endpoint.
        Implicit = "implicit",
        /// RFC 8628 §3.4.
        DeviceCode = "urn:ietf:params:oauth:grant-type:device_code",
        /// RFC 7523 §2.1.
        JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer",
        /// `OpenID` Connect CIBA §10.1.
        Ciba = "urn:openid:params:grant-type:ciba",
        /// RFC 8693 §2.1.
        TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange",
    }
}

wire_words! {
    /// How a client of CIBA hears that the user has answered (`OpenID` Connect CIBA §5). Tokens are never pushed.
    TokenDeliveryMode {
        /// It asks until there is an answer.
        Poll = "poll",
        /// It is told at its address, and asks then.
        Ping = "ping",
    }
}

wire_words! {
    /// `token_endpoint_auth_method` (`OpenID` Connect Core §9).
    ClientAuthenticationMethod {
        /// HTTP Basic (RFC 6749 §2.3.1).
        ClientSecretBasic = "client_secret_basic",
        /// `client_id` and `client_secret` in the body (RFC 6749 §2.3.1).
        ClientSecretPost = "client_secret_post",
        /// An assertion signed with the client's key (RFC 7523 §2.2).
        PrivateKeyJwt = "private_key_jwt",
        /// An assertion with a MAC under the client's secret (RFC 7523 §2.2).
        ClientSecretJwt = "client_secret_jwt",
        /// A certificate of an authority that the server trusts (RFC 8705 §2.1).
        TlsClientAuth = "tls_client_auth",
        /// A certificate that the client registered (RFC 8705 §2.2).
        SelfSignedTlsClientAuth = "self_signed_tls_client_auth",
        /// A public client.
        None = "none",
    }
}

wire_words! {
    /// What an access token looks like from outside.
    AccessTokenStrategy {
        /// A string without meaning to anybody but this server.
        Opaque = "opaque",
        /// A signed JWT, as Ory Hydra writes it.
        Jwt = "jwt",
        /// A signed JWT in the form of RFC 9068.
        Rfc9068 = "rfc9068",
    }
}

wire_words! {
    /// `subject_type` (`OpenID` Connect Core §8).
    SubjectType {
        /// The same `sub` for every client.
        Public = "public",
        /// Another `sub` per sector.
        Pairwise = "pairwise",
    }
}

wire_words! {
    /// `application_type` (`OpenID` Connect Dynamic Client Registration §2).
    ApplicationType {
        /// A web application; what a client is that does not say.
        Web = "web",
        /// An application on a person's device.
        Native = "native",
    }
}

/// The grant types of one client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GrantTypes {
    bits: u16,
}

impl GrantTypes {
    /// What the words of `grant_types` allow. An empty list is `authorization_code` (RFC 7591 §2); a
    /// word that this server does not know allows nothing.
    pub fn registered(words: &[String]) -> Self {
        if words.is_empty() {
            return Self::from_iter([GrantType::AuthorizationCode]);
        }
        words.iter().filter_map(|word| GrantType::parse(word)).collect()
    }

    /// Whether the grant type is in the set.
    pub fn contains(self, grant_type: GrantType) -> bool {
        self.bits & Self::bit(grant_type) != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// The grant types in the order of [`GrantType::ALL`].
    pub fn iter(self) -> impl Iterator<Item = GrantType> {
        GrantType::ALL.iter().copied().filter(move |grant_type| self.contains(*grant_type))
    }

    fn bit(grant_type: GrantType) -> u16 {
        1 << grant_type as u8
    }
}

impl FromIterator<GrantType> for GrantTypes {
    fn from_iter<I: IntoIterator<Item = GrantType>>(grant_types: I) -> Self {
        Self { bits: grant_types.into_iter().fold(0, |bits, grant_type| bits | Self::bit(grant_type)) }
    }
}

impl AccessTokenStrategy {
    /// Reads the word in any case, as client metadata may write it.
    pub fn parse_any_case(text: &str) -> Option<Self> {
        Self::parse(&text.to_ascii_lowercase())
    }

    /// Whether resource servers can read the token, and its `sub`.
    pub fn is_jwt(self) -> bool {
        match self {
            Self::Opaque => false,
            Self::Jwt | Self::Rfc9068 => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_a_round_trip() {
        for value in GrantType::ALL {
            assert_eq!(GrantType::parse(value.as_str()), Some(*value));
            assert_eq!(serde_json::to_string(value).unwrap(), format!("{:?}", value.as_str()));
        }
        for value in ClientAuthenticationMethod::ALL {
            assert_eq!(ClientAuthenticationMethod::parse(value.as_str()), Some(*value));
        }
        assert_eq!(serde_json::from_str::<SubjectType>("\"pairwise\"").unwrap(), SubjectType::Pairwise);
    }

    #[test]
    fn a_set_holds_what_was_registered_and_nothing_else() {
        let words = |words: &[&str]| GrantTypes::registered(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(words(&[]).iter().collect::<Vec<_>>(), [GrantType::AuthorizationCode]);
        let set = words(&["refresh_token", "client_credentials", "refresh_token", "password", ""]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [GrantType::RefreshToken, GrantType::ClientCredentials]);
        assert!(!set.contains(GrantType::AuthorizationCode) && !set.is_empty());
        assert!(words(&["password"]).is_empty(), "an unknown word does not stand for the default");
        for value in GrantType::ALL {
            let one = words(&[value.as_str()]);
            assert!(GrantType::ALL.iter().all(|other| one.contains(*other) == (other == value)), "{value}");
        }
    }

    #[test]
    fn unknown_words_are_none() {
        for text in ["", "password", "Authorization_Code", "attest_jwt_client_auth"] {
            assert_eq!(GrantType::parse(text), None);
            assert_eq!(ClientAuthenticationMethod::parse(text), None);
        }
        assert_eq!(AccessTokenStrategy::parse("JWT"), None);
        assert_eq!(AccessTokenStrategy::parse_any_case("JWT"), Some(AccessTokenStrategy::Jwt));
    }
}
