//! One type per protocol string, so that a client id cannot be passed where a subject belongs.
//!
//! The three token types are secrets: they show neither in `Debug` nor in `Display`. None of the
//! types checks its content; the places that issue or receive the strings do. The identifiers of
//! what the server remembers (flows, grants, sessions, …) are in `uuid`.

mod uuid;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use uuid::{
    AuthenticationRequestId, BrowserId, DeliveryId, DeviceId, FlowId, GrantId, RequestId, SessionId, TokenId,
    random_uuid,
};

macro_rules! protocol_string {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(inline))]
        pub struct $name(String);

        impl $name {
            /// Takes the string as it is.
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The string as it travels.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Gives the string away.
            pub fn into_string(self) -> String {
                self.0
            }

            /// Whether the string is empty, which on the wire often stands for "none".
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self(value)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self(value.to_owned())
            }
        }
    };
}

macro_rules! shown {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({:?})"), self.0)
            }
        }
    )*};
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )*};
}

protocol_string! {
    /// `client_id` (RFC 6749 §2.2).
    ClientId
}
protocol_string! {
    /// `sub`, the end user as this server knows them (`OpenID` Connect Core §2).
    Subject
}
protocol_string! {
    /// `state`, opaque to the server and handed back as it came (RFC 6749 §4.1.1).
    State
}
protocol_string! {
    /// `nonce`, repeated in the ID token (`OpenID` Connect Core §3.1.2.1).
    Nonce
}
protocol_string! {
    /// `code` (RFC 6749 §4.1.2). A secret.
    AuthorizationCode
}
protocol_string! {
    /// `access_token` (RFC 6749 §1.4). A secret.
    AccessToken
}
protocol_string! {
    /// `refresh_token` (RFC 6749 §1.5). A secret.
    RefreshToken
}

shown!(ClientId, Subject, State, Nonce);
redacted!(AuthorizationCode, AccessToken, RefreshToken);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_do_not_show_in_debug() {
        let text = format!(
            "{:?} {:?} {:?}",
            AuthorizationCode::new("ory_ac_x"),
            AccessToken::new("ory_at_x"),
            RefreshToken::new("ory_rt_x")
        );
        assert!(!text.contains("ory_"));
    }
}
