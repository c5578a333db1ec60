//! Types of authorization details (RFC 9396 §2.1): what each may say, what a person reads of it, and the resource where it is
//! of use. `authorization_details` gives them their meaning.

mod schema;
mod title;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use schema::Schema;
use title::Title;

/// Longest name of a type, in bytes.
const LONGEST_NAME: usize = 256;

/// One type.
#[derive(Debug, Clone)]
pub struct DetailsType {
    schema: Schema,
    title: Title,
    /// Name of the protected resource (RFC 8707) where it is of use; everywhere without one.
    pub resource: Option<String>,
}

/// A type as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: Value,
    title: String,
    #[serde(default)]
    resource: Option<String>,
}

impl DetailsType {
    /// What is wrong with an element of this type, to follow its place; `None` where it fits.
    pub fn fault(&self, element: &Map<String, Value>) -> Option<String> {
        self.schema.fault_of_element(element)
    }

    /// What a person reads of an element: the sentence of the configuration, with its values.
    pub fn sentence(&self, element: &Map<String, Value>) -> String {
        self.title.with_values_of(element)
    }
}

/// All types, by name.
#[derive(Debug, Clone, Default)]
pub struct DetailsTypes(BTreeMap<String, DetailsType>);

impl DetailsTypes {
    /// What the mapping looks like, to follow "expected".
    pub(in crate::config) const EXPECTED: &str = "a mapping of names of types to `schema` (a JSON Schema of the keywords `type`, \
        `properties`, `required`, `items`, `enum`, `const`, `minLength`, `maxLength`, `minimum`, `maximum`, `minItems`, `maxItems`), \
        `title` (a sentence, in which `{member}` is a value) and, where needed, `resource`";

    /// Reads the mapping. The error says what is wrong, to follow "is".
    pub fn read(value: &Value) -> Result<Self, String> {
        let members = value.as_object().ok_or("no mapping")?;
        let read = |(name, value): (&String, &Value)| {
            let fault = |reason: String| format!("a mapping whose type `{name}` {reason}");
            if name.is_empty() || name.len() > LONGEST_NAME {
                return Err(fault(format!("must have a name of 1 to {LONGEST_NAME} bytes")));
            }
            let Written { schema, title, resource } =
                Deserialize::deserialize(value).map_err(|reason| fault(format!("is wrong: {reason}")))?;
            let schema = Schema::read_element(&schema).map_err(|reason| fault(format!("has a `schema` {reason}")))?;
            let title = Title::read(&title, &schema).map_err(|reason| fault(format!("has a `title` {reason}")))?;
            Ok((name.clone(), DetailsType { schema, title, resource }))
        };
        members.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The type of that name.
    pub fn get(&self, name: &str) -> Option<&DetailsType> {
        self.0.get(name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &DetailsType)> {
        self.0.iter().map(|(name, kind)| (name.as_str(), kind))
    }
}
