//! Identifiers of what the server remembers: sixteen bytes each, a type of its own for each kind of thing, so that the id
//! of a session cannot be passed where that of a grant belongs. Made by `from_parts` they are UUIDs of version 7
//! (RFC 9562 §5.7), which sort by the time of their birth.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! identifier {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Makes a UUID version 7 of a time in Unix milliseconds (48 bits are kept) and 80 random bits, of which 74
            /// are used (RFC 9562 §5.7).
            pub fn from_parts(unix_millis: u64, random: [u8; 10]) -> Self {
                Self(::uuid::Builder::from_unix_timestamp_millis(unix_millis, &random).into_uuid().into_bytes())
            }

            /// When the id was made, in Unix seconds. Meaningless for ids of another UUID version.
            pub fn unix_seconds(&self) -> i64 {
                let millis = self.0[..6].iter().fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte));
                millis / 1000
            }

            /// The usual form, 36 characters with dashes.
            pub fn to_uuid_string(&self) -> String {
                ::uuid::Uuid::from_bytes(self.0).hyphenated().to_string()
            }

            /// 32 hexadecimal digits without dashes, lower-case.
            pub fn to_hex(&self) -> String {
                ::uuid::Uuid::from_bytes(self.0).simple().to_string()
            }

            /// Reads either form; anything else is `None`.
            pub fn parse(text: &str) -> Option<Self> {
                if !matches!(text.len(), 32 | 36) {
                    return None;
                }
                ::uuid::Uuid::try_parse(text).ok().map(|id| Self(id.into_bytes()))
            }

            /// The sixteen bytes.
            pub fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl From<[u8; 16]> for $name {
            fn from(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                ::uuid::Uuid::from_bytes(self.0).hyphenated().fmt(formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a UUID"))
            }
        }
    )*};
}

identifier! {
    /// An authorization in progress. Its time is that of the authorization request.
    FlowId;
    /// An authorization that was given, and all that was issued from it. It has the number of its flow.
    GrantId;
    /// A login session, `sid` in ID tokens.
    SessionId;
    /// What a device asked for (RFC 8628 §3.1).
    DeviceId;
    /// A browser in which user codes are entered (RFC 8628 §3.3). Its time is that of its first visit.
    BrowserId;
    /// A token that rests on no grant.
    TokenId;
    /// An authorization request that is kept in the database.
    RequestId;
    /// What a client asked for over the back channel (OpenID Connect CIBA §7.3), and the grant that it becomes.
    AuthenticationRequestId;
    /// A logout token on its way.
    DeliveryId;
}

impl AuthenticationRequestId {
    /// The grant that this request ends in.
    pub fn grant_id(self) -> GrantId {
        GrantId(self.0)
    }
}

impl FlowId {
    /// The grant that this flow ends in.
    pub fn grant_id(self) -> GrantId {
        GrantId(self.0)
    }

    /// The login session that begins in this flow, where the browser has none yet.
    pub fn session_id(self) -> SessionId {
        SessionId(self.0)
    }

    /// Its request, when that is kept in the database.
    pub fn request_id(self) -> RequestId {
        RequestId(self.0)
    }
}

impl GrantId {
    /// The flow that ended in this grant.
    pub fn flow_id(self) -> FlowId {
        FlowId(self.0)
    }
}

/// A UUID of version 4 made of these random bytes (RFC 9562 §5.4), in its usual form.
pub fn random_uuid(random: [u8; 16]) -> String {
    ::uuid::Builder::from_random_bytes(random).into_uuid().hyphenated().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

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
