//! The closed sets that a client is configured with: grant types (RFC 6749 §1.3 and extensions),
//! client authentication methods (`OpenID` Connect Core §9), kinds of access token and of subject
//! identifier. Each value has one wire word; unknown words are `None` when parsed.

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
        /// A public client.
        None = "none",
    }
}

wire_words! {
    /// What an access token looks like from outside.
    AccessTokenStrategy {
        /// A string without meaning to anybody but this server.
        Opaque = "opaque",
        /// A signed JWT.
        Jwt = "jwt",
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

impl AccessTokenStrategy {
    /// Reads the word in any case, as client metadata may write it.
    pub fn parse_any_case(text: &str) -> Option<Self> {
        Self::parse(&text.to_ascii_lowercase())
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
    fn unknown_words_are_none() {
        for text in ["", "password", "Authorization_Code", "client_secret_jwt"] {
            assert_eq!(GrantType::parse(text), None);
            assert_eq!(ClientAuthenticationMethod::parse(text), None);
        }
        assert_eq!(AccessTokenStrategy::parse("JWT"), None);
        assert_eq!(AccessTokenStrategy::parse_any_case("JWT"), Some(AccessTokenStrategy::Jwt));
    }
}
