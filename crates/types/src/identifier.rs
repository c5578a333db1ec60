//! One type per protocol string, so that a client id cannot be passed where a subject belongs.
//!
//! The three token types are secrets: they show neither in `Debug` nor in `Display`. None of the
//! types checks its content; the places that issue or receive the strings do. [`FlowId`] names one
//! authorization in progress and, from its end on, the grant that came of it (UUID version 7,
//! RFC 9562 §5.7).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! protocol_string {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
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

/// Names an authorization in progress: sixteen bytes, UUID version 7 when made by
/// [`FlowId::from_parts`], so that ids sort by time of birth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId([u8; 16]);

/// The id of a grant: that of the flow it came from.
pub type GrantId = FlowId;

impl FlowId {
    /// Makes a UUID version 7 of a time in Unix milliseconds (48 bits are kept) and 80 random bits,
    /// of which 74 are used (RFC 9562 §5.7).
    pub fn from_parts(unix_millis: u64, random: [u8; 10]) -> Self {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&unix_millis.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&random);
        bytes[6] = 0x70 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        Self(bytes)
    }

    /// When the id was made, in Unix seconds. Meaningless for ids of another UUID version.
    pub fn unix_seconds(&self) -> i64 {
        let millis = self.0[..6].iter().fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte));
        millis / 1000
    }

    /// The usual form, 36 characters with dashes.
    pub fn to_uuid_string(&self) -> String {
        uuid::Uuid::from_bytes(self.0).hyphenated().to_string()
    }

    /// 32 hexadecimal digits without dashes, lower-case.
    pub fn to_hex(&self) -> String {
        uuid::Uuid::from_bytes(self.0).simple().to_string()
    }

    /// Reads either form; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        if !matches!(text.len(), 32 | 36) {
            return None;
        }
        uuid::Uuid::try_parse(text).ok().map(|id| Self(id.into_bytes()))
    }

    /// The sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl From<[u8; 16]> for FlowId {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for FlowId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        uuid::Uuid::from_bytes(self.0).hyphenated().fmt(formatter)
    }
}

impl fmt::Debug for FlowId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FlowId({self})")
    }
}

impl Serialize for FlowId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FlowId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a UUID"))
    }
}

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

    #[test]
    fn flow_id_is_a_uuid_version_7_and_remembers_its_second() {
        let id = FlowId::from_parts(1_795_430_057_123, [0xff; 10]);
        let uuid = uuid::Uuid::parse_str(&id.to_uuid_string()).unwrap();
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(uuid.get_variant(), uuid::Variant::RFC4122);
        assert_eq!(id.unix_seconds(), 1_795_430_057);
    }

    #[test]
    fn flow_id_reads_both_forms_and_nothing_else() {
        let id = FlowId::from_parts(1, [7; 10]);
        assert_eq!(FlowId::parse(&id.to_uuid_string()), Some(id));
        assert_eq!(FlowId::parse(&id.to_hex()), Some(id));
        let braced = format!("{{{}}}", id.to_uuid_string());
        for text in ["", "x", &braced, &id.to_hex()[1..], "urn:uuid:0"] {
            assert_eq!(FlowId::parse(text), None, "{text}");
        }
        assert_eq!(serde_json::from_str::<FlowId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }

    #[test]
    fn later_flow_ids_sort_later() {
        assert!(FlowId::from_parts(1000, [0xff; 10]) < FlowId::from_parts(1001, [0; 10]));
    }
}
