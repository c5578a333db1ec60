//! From a value in the configuration to the type of its field. A value that arrives here fits the kind of its key, so
//! the type says how it is read.

use std::collections::BTreeMap;

use serde_json::Value;
use symbolon_jose::jwe::KeyManagement;
use symbolon_jose::{Algorithm, Secret};
use symbolon_types::{
    AccessTokenStrategy, ResponseType, ResponseTypes, Scope, ScopeStrategy, SecurityProfile, SubjectType,
};

use super::DetailsTypes;
use super::effective::HIDDEN;
use super::kind::seconds;
use super::token_exchange::{AssertionPolicies, ExchangePolicies};
use super::{Hook, HostPattern, IdJagIssuers, McpResources, Network, OriginPattern, Resources, RevocationIssuers};

/// A type that a field of the configuration may have.
pub(super) trait Setting: Sized {
    /// The value, or what stands for none; `None` if the type cannot hold it.
    fn from_value(value: Option<&Value>) -> Option<Self>;

    /// The value for people to read, without secrets; `None` for types that nothing changes after they were read.
    fn to_value(&self) -> Option<Value> {
        None
    }
}

impl Setting for bool {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        value.map_or(Some(false), Value::as_bool)
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::from(*self))
    }
}

impl Setting for String {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        value.map_or(Some(Self::new()), |value| value.as_str().map(str::to_owned))
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::from(self.as_str()))
    }
}

impl Setting for Secret<String> {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        value?.as_str().map(|text| Self::new(text.to_owned()))
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::from(HIDDEN))
    }
}

/// A whole number, or a time span in seconds.
impl Setting for i64 {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        match value {
            None => Some(0),
            Some(Value::String(text)) => seconds(text),
            Some(value) => value.as_i64(),
        }
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::from(*self))
    }
}

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl Setting for $type {
            fn from_value(value: Option<&Value>) -> Option<Self> {
                i64::from_value(value).and_then(|number| Self::try_from(number).ok())
            }

            fn to_value(&self) -> Option<Value> {
                Some(Value::from(*self))
            }
        }
    )+};
}
integers!(u16, u32, u64, usize);

/// Nothing where nothing is set. A lifetime of `-1` is one without end.
impl<T: Setting> Setting for Option<T> {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        match value {
            None => Some(None),
            Some(value) if value.as_str() == Some("-1") || value.as_i64() == Some(-1) => Some(None),
            Some(value) => T::from_value(Some(value)).map(Some),
        }
    }

    fn to_value(&self) -> Option<Value> {
        self.as_ref().map_or(Some(Value::Null), T::to_value)
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        let Some(value) = value else { return Some(Self::new()) };
        value.as_array()?.iter().map(|item| T::from_value(Some(item))).collect()
    }

    fn to_value(&self) -> Option<Value> {
        self.iter().map(T::to_value).collect()
    }
}

impl Setting for BTreeMap<String, String> {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        let Some(value) = value else { return Some(Self::new()) };
        let members = value.as_object()?.iter();
        members.map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
    }
}

/// A list of scopes.
impl Setting for Scope {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        Self::from_list(Vec::from_value(value)?).ok()
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::from(self.to_vec()))
    }
}

impl Setting for SecurityProfile {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        Self::parse(value?.as_str()?)
    }
}

/// A list of response types.
impl Setting for ResponseTypes {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        Vec::<String>::from_value(value)?.iter().map(|words| ResponseType::parse(words)).collect()
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.iter().map(|kind| kind.to_string()).collect())
    }
}

impl Setting for Network {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        Self::parse(value?.as_str()?)
    }
}

impl Setting for HostPattern {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        Self::parse(value?.as_str()?)
    }
}

impl Setting for OriginPattern {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        Self::parse(value?.as_str()?)
    }
}

impl Setting for Hook {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        Self::read(value?)
    }
}

impl Setting for Resources {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        let Some(value) = value else { return Some(Self::default()) };
        Self::read(value).ok()
    }
}

impl Setting for DetailsTypes {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        let Some(value) = value else { return Some(Self::default()) };
        Self::read(value).ok()
    }
}

macro_rules! rows {
    ($($type:ty),+) => {$(
        impl Setting for $type {
            fn from_value(value: Option<&Value>) -> Option<Self> {
                let Some(value) = value else { return Some(Self::default()) };
                Self::read(value).ok()
            }
        }
    )+};
}

rows!(McpResources, ExchangePolicies, AssertionPolicies, RevocationIssuers, IdJagIssuers);

macro_rules! words_of_other_crates {
    ($($type:ty),+) => {$(
        impl Setting for $type {
            fn from_value(value: Option<&Value>) -> Option<Self> {
                serde_json::from_value(value?.clone()).ok()
            }

            fn to_value(&self) -> Option<Value> {
                serde_json::to_value(self).ok()
            }
        }
    )+};
}

impl Setting for KeyManagement {
    fn from_value(value: Option<&Value>) -> Option<Self> {
        Self::parse(value?.as_str()?)
    }
}

words_of_other_crates!(AccessTokenStrategy, Algorithm, ScopeStrategy, SubjectType);
