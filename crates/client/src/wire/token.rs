//! Tokens as texts that are kept out of logs and overwritten when dropped.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use symbolon_jose::Secret;

macro_rules! token {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Secret<String>);

        impl $name {
            /// The token itself.
            pub fn as_str(&self) -> &str {
                self.0.expose()
            }
        }

        impl From<String> for $name {
            fn from(token: String) -> Self {
                Self(Secret::new(token))
            }
        }

        impl From<&str> for $name {
            fn from(token: &str) -> Self {
                token.to_owned().into()
            }
        }

        /// In constant time.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.matches(other.as_str().as_bytes())
            }
        }

        impl Eq for $name {}

        /// Writes the token itself: a store of tokens is as valuable as the tokens.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "([secret])"))
            }
        }
    };
}

token! {
    /// An access token (RFC 6749 §1.4): opaque to the client, whatever it looks like.
    AccessToken
}

token! {
    /// A refresh token (RFC 6749 §1.5).
    RefreshToken
}
