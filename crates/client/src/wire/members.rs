//! Objects with known members, each of which may be absent, and others that are kept.

use serde_json::{Number, Value};

/// A member as Rust has it.
pub(crate) trait Lenient: Sized + Default {
    /// Reads a value; one that is of another type is given back.
    fn read(value: Value) -> Result<Self, Value>;

    /// The value to write, `None` when the member is left out.
    fn write(&self) -> Option<Value>;
}

/// A text; an empty one is none, as some servers write it.
impl Lenient for Option<String> {
    fn read(value: Value) -> Result<Self, Value> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text).filter(|text| !text.is_empty())),
            other => Err(other),
        }
    }

    fn write(&self) -> Option<Value> {
        self.clone().map(Value::String)
    }
}

/// A text that is always there, empty at worst.
impl Lenient for String {
    fn read(value: Value) -> Result<Self, Value> {
        Option::read(value).map(Option::unwrap_or_default)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.clone()))
    }
}

/// A list of texts; a single text is a list of one.
impl Lenient for Vec<String> {
    fn read(value: Value) -> Result<Self, Value> {
        match value {
            Value::Null => Ok(Self::new()),
            Value::String(text) => Ok(vec![text]),
            Value::Array(list) if list.iter().all(Value::is_string) => {
                let text = |value| if let Value::String(text) = value { Some(text) } else { None };
                Ok(list.into_iter().filter_map(text).collect())
            }
            other => Err(other),
        }
    }

    fn write(&self) -> Option<Value> {
        if self.is_empty() { None } else { Some(self.clone().into()) }
    }
}

/// A truth value, also as text.
impl Lenient for Option<bool> {
    fn read(value: Value) -> Result<Self, Value> {
        match &value {
            Value::Null => Ok(None),
            Value::Bool(truth) => Ok(Some(*truth)),
            Value::String(text) => text.parse().map(Some).map_err(|_| value),
            _ => Err(value),
        }
    }

    fn write(&self) -> Option<Value> {
        self.map(Value::Bool)
    }
}

/// A whole number, also with a fraction of nothing and as text.
impl Lenient for Option<i64> {
    fn read(value: Value) -> Result<Self, Value> {
        if value.is_null() {
            return Ok(None);
        }
        whole_seconds(&value).map(Some).ok_or(value)
    }

    fn write(&self) -> Option<Value> {
        self.map(|number| Value::Number(Number::from(number)))
    }
}

/// Any value; `null` is none.
impl Lenient for Option<Value> {
    fn read(value: Value) -> Result<Self, Value> {
        Ok(Some(value).filter(|value| !value.is_null()))
    }

    fn write(&self) -> Option<Value> {
        self.clone()
    }
}

/// Whole seconds that may be written with a fraction, with an exponent, or as text; a fraction is cut off.
pub(crate) fn whole_seconds(value: &Value) -> Option<i64> {
    // Up to here a fraction is exact.
    const BEYOND: f64 = 9_007_199_254_740_992.0;
    let parsed = value.as_str().and_then(|text| serde_json::from_str::<Number>(text.trim()).ok());
    let number = value.as_number().or(parsed.as_ref())?;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first, and only the fraction is lost")]
    let cut = |float: f64| (float.abs() < BEYOND).then_some(float as i64);
    number.as_i64().or_else(|| cut(number.as_f64()?))
}

/// A structure of members, with those that have no field in `extra`.
macro_rules! members {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$documentation:meta])* $member:ident: $kind:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$documentation])* pub $member: $kind,)+
            /// Every other member, and those whose value has another type than the standard says.
            pub extra: serde_json::Map<String, serde_json::Value>,
        }

        impl $name {
            pub(crate) fn from_members(mut members: serde_json::Map<String, serde_json::Value>) -> Self {
                let mut odd = serde_json::Map::new();
                let read = Self {
                    $($member: match members.remove(stringify!($member)).map(crate::wire::Lenient::read) {
                        None => Default::default(),
                        Some(Ok(value)) => value,
                        Some(Err(value)) => {
                            odd.insert(stringify!($member).to_owned(), value);
                            Default::default()
                        }
                    },)+
                    extra: serde_json::Map::new(),
                };
                members.append(&mut odd);
                Self { extra: members, ..read }
            }

            pub(crate) fn to_members(&self) -> serde_json::Map<String, serde_json::Value> {
                let mut members = self.extra.clone();
                $(if let Some(value) = crate::wire::Lenient::write(&self.$member) {
                    members.insert(stringify!($member).to_owned(), value);
                })+
                members
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.to_members().serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                serde_json::Map::deserialize(deserializer).map(Self::from_members)
            }
        }
    };
}

pub(super) use members;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_as_the_world_writes_them() {
        assert_eq!(Vec::<String>::read(json!("pairwise")), Ok(vec!["pairwise".to_owned()]));
        assert_eq!(Vec::<String>::read(json!(null)), Ok(vec![]));
        assert_eq!(Vec::<String>::read(json!([0, 1])), Err(json!([0, 1])));
        assert_eq!(Option::<bool>::read(json!("true")), Ok(Some(true)));
        assert_eq!(Option::<bool>::read(json!("yes")), Err(json!("yes")));
        assert_eq!(Option::<String>::read(json!("")), Ok(None));
        assert_eq!(Option::<String>::read(json!(7)), Err(json!(7)));
    }

    #[test]
    fn seconds_have_many_spellings() {
        for (value, seconds) in [
            (json!(3600), Some(3600)),
            (json!("3600"), Some(3600)),
            (json!(3600.0), Some(3600)),
            (json!("3600.9"), Some(3600)),
            (json!(3.6e3), Some(3600)),
            (json!(-1), Some(-1)),
            (json!(i64::MAX), Some(i64::MAX)),
            (json!(1e300), None),
            (json!("soon"), None),
            (json!(""), None),
            (json!(true), None),
            (json!(null), None),
            (json!([3600]), None),
        ] {
            assert_eq!(whole_seconds(&value), seconds, "{value}");
        }
    }
}
