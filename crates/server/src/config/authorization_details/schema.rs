//! A small, strict part of JSON Schema (draft 2020-12): what says which values there may be, and nothing that would be costly
//! or could be read in two ways. A keyword that is not known here is refused at start and not passed over, as it may be a
//! restriction. A member that is not described is refused in every object (RFC 9396 §5).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// How deep a schema may be; no value is deeper.
const DEEPEST: usize = 8;
/// Most keywords and values of one schema.
const MOST_ENTRIES: usize = 256;
/// Keywords that say something to people only.
const ABOUT: [&str; 4] = ["$schema", "$comment", "title", "description"];

/// What a value may be.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    kind: Option<Kind>,
    /// `enum`, or `const` as the only one.
    values: Option<Vec<Value>>,
}

#[derive(Debug, Clone)]
enum Kind {
    Text { least: usize, most: usize },
    Number { whole: bool, least: Option<f64>, most: Option<f64> },
    Flag,
    List { items: Box<Schema>, least: usize, most: usize },
    Object { properties: BTreeMap<String, Schema>, required: Vec<String> },
}

impl Schema {
    /// The schema of an element: an object, whose `type` need not be described.
    pub(super) fn read_element(value: &Value) -> Result<Self, String> {
        let schema = Self::read(value, DEEPEST)?;
        match &schema.kind {
            Some(Kind::Object { properties, .. }) if properties.contains_key("type") => {
                Err("must not describe the member `type`, which is the name of the type".to_owned())
            }
            Some(Kind::Object { .. }) if schema.values.is_none() => Ok(schema),
            _ => Err("must be of an object (`type: object`)".to_owned()),
        }
    }

    fn read(value: &Value, levels: usize) -> Result<Self, String> {
        let members = value.as_object().ok_or("must be a mapping, also for a member")?;
        if levels == 0 {
            return Err(format!("describes values inside of more than {DEEPEST} others"));
        }
        if members.len() > MOST_ENTRIES {
            return Err(format!("has more than {MOST_ENTRIES} entries at one place"));
        }
        let values = values(members)?;
        let name = members.get("type").map(|name| name.as_str().ok_or("must have one word as `type`")).transpose()?;
        let kind = name.map(|name| kind(name, members, levels)).transpose()?;
        if kind.is_none() && values.is_none() {
            return Err("must have `type`, `enum` or `const` for each value".to_owned());
        }
        let own: &[&str] = match kind {
            None | Some(Kind::Flag) => &[],
            Some(Kind::Text { .. }) => &["minLength", "maxLength"],
            Some(Kind::Number { .. }) => &["minimum", "maximum"],
            Some(Kind::List { .. }) => &["items", "minItems", "maxItems"],
            Some(Kind::Object { .. }) => &["properties", "required", "additionalProperties"],
        };
        let known = |name: &String| {
            let name = name.as_str();
            ["type", "enum", "const"].contains(&name) || ABOUT.contains(&name) || own.contains(&name)
        };
        match members.keys().find(|name| !known(name)) {
            None => Ok(Self { kind, values }),
            Some(name) => Err(format!("has the keyword `{name}`, which is not known here at that place")),
        }
    }

    /// The schema at a path of member names; lists are as their items.
    pub(super) fn at(&self, path: &[String]) -> Option<&Self> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        match self.kind.as_ref()? {
            Kind::Object { properties, .. } => properties.get(first)?.at(rest),
            _ => None,
        }
    }

    /// What is wrong with an element of `authorization_details`; `None` where it fits.
    pub(super) fn fault_of_element(&self, element: &Map<String, Value>) -> Option<String> {
        self.fault_of_object(element, "", true)
    }

    fn fault(&self, value: &Value, at: &str) -> Option<String> {
        if self.values.as_ref().is_some_and(|values| !values.contains(value)) {
            return Some(format!("'{at}' is none of the values that it may have"));
        }
        let wrong = |what: &str| Some(format!("'{at}' must be {what}"));
        match (self.kind.as_ref()?, value) {
            (Kind::Text { least, most }, Value::String(text)) => {
                let fits = (*least..=*most).contains(&text.chars().count());
                if fits { None } else { wrong(&format!("a text of {least} to {most} characters")) }
            }
            (Kind::Number { whole, least, most }, Value::Number(number)) => {
                let number = number.as_f64().filter(|number| number.is_finite());
                let fits = number.is_some_and(|number| {
                    (!whole || number.fract() == 0.0)
                        && least.is_none_or(|least| number >= least)
                        && most.is_none_or(|most| number <= most)
                });
                if fits { None } else { wrong("a number within its bounds") }
            }
            (Kind::Flag, Value::Bool(_)) => None,
            (Kind::List { items, least, most }, Value::Array(entries)) => {
                if !(*least..=*most).contains(&entries.len()) {
                    return wrong(&format!("a list of {least} to {most} entries"));
                }
                entries.iter().enumerate().find_map(|(index, entry)| items.fault(entry, &format!("{at}[{index}]")))
            }
            (Kind::Object { .. }, Value::Object(members)) => self.fault_of_object(members, at, false),
            (Kind::Text { .. }, _) => wrong("a text"),
            (Kind::Number { whole: true, .. }, _) => wrong("a whole number"),
            (Kind::Number { .. }, _) => wrong("a number"),
            (Kind::Flag, _) => wrong("true or false"),
            (Kind::List { .. }, _) => wrong("a list"),
            (Kind::Object { .. }, _) => wrong("an object"),
        }
    }

    fn fault_of_object(&self, members: &Map<String, Value>, at: &str, has_type: bool) -> Option<String> {
        let Some(Kind::Object { properties, required }) = &self.kind else { return None };
        let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        if let Some(missing) = required.iter().find(|name| !members.contains_key(*name)) {
            return Some(format!("'{}' is missing", below(missing)));
        }
        members.iter().filter(|(name, _)| !(has_type && *name == "type")).find_map(|(name, value)| {
            match properties.get(name) {
                Some(schema) => schema.fault(value, &below(name)),
                None => Some(format!("'{}' is no member of this type", below(name))),
            }
        })
    }
}

fn values(members: &Map<String, Value>) -> Result<Option<Vec<Value>>, String> {
    match (members.get("enum"), members.get("const")) {
        (None, None) => Ok(None),
        (None, Some(only)) => Ok(Some(vec![only.clone()])),
        (Some(Value::Array(values)), None) if !values.is_empty() && values.len() <= MOST_ENTRIES => {
            Ok(Some(values.clone()))
        }
        (Some(_), None) => Err(format!("must have a list of 1 to {MOST_ENTRIES} values as `enum`")),
        (Some(_), Some(_)) => Err("has both `enum` and `const`".to_owned()),
    }
}

fn kind(name: &str, members: &Map<String, Value>, levels: usize) -> Result<Kind, String> {
    let count = |keyword: &str, preset: usize| match members.get(keyword) {
        None => Ok(preset),
        Some(value) => {
            let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
            number.ok_or_else(|| format!("must have a whole number as `{keyword}`"))
        }
    };
    let bound = |keyword: &str| match members.get(keyword) {
        None => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or_else(|| format!("must have a number as `{keyword}`")),
    };
    Ok(match name {
        "string" => Kind::Text { least: count("minLength", 0)?, most: count("maxLength", usize::MAX)? },
        "integer" | "number" => {
            Kind::Number { whole: name == "integer", least: bound("minimum")?, most: bound("maximum")? }
        }
        "boolean" => Kind::Flag,
        "array" => {
            let items = members.get("items").ok_or("must have `items` for each list")?;
            let items = Box::new(Schema::read(items, levels - 1)?);
            Kind::List { items, least: count("minItems", 0)?, most: count("maxItems", usize::MAX)? }
        }
        "object" => object(members, levels)?,
        _ => return Err(format!("has the `type` `{name}`, which is not known here")),
    })
}

fn object(members: &Map<String, Value>, levels: usize) -> Result<Kind, String> {
    if members.get("additionalProperties").is_some_and(|value| value != &Value::Bool(false)) {
        return Err("may have `additionalProperties` as `false` only: what is not described is refused".to_owned());
    }
    let empty = Map::new();
    let described = match members.get("properties") {
        None => &empty,
        Some(value) => value.as_object().ok_or("must have a mapping as `properties`")?,
    };
    let read = |(name, value): (&String, &Value)| Ok((name.clone(), Schema::read(value, levels - 1)?));
    let properties: BTreeMap<String, Schema> = described.iter().map(read).collect::<Result<_, String>>()?;
    let required = match members.get("required") {
        None => Vec::new(),
        Some(Value::Array(names)) => {
            let names = names.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
            names.ok_or("must have names as `required`")?
        }
        Some(_) => return Err("must have a list of names as `required`".to_owned()),
    };
    match required.iter().find(|name| !properties.contains_key(*name)) {
        Some(name) => Err(format!("requires `{name}`, which it does not describe")),
        None => Ok(Kind::Object { properties, required }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payment() -> Schema {
        Schema::read_element(&json!({
            "type": "object",
            "required": ["amount", "to"],
            "additionalProperties": false,
            "properties": {
                "amount": {
                    "type": "object", "required": ["value"],
                    "properties": { "value": { "type": "number", "minimum": 0, "maximum": 1000 }, "currency": { "enum": ["EUR", "CHF"] } },
                },
                "to": { "type": "string", "minLength": 1, "maxLength": 20, "description": "The creditor." },
                "days": { "type": "array", "items": { "type": "integer" }, "minItems": 1, "maxItems": 3 },
                "urgent": { "type": "boolean" },
                "version": { "const": 1 },
            },
        }))
        .unwrap()
    }

    #[test]
    fn what_is_described_fits_and_nothing_else() {
        let good = json!({ "type": "payment", "amount": { "value": 45.5, "currency": "EUR" }, "to": "Ä", "days": [1, 2.0], "urgent": true, "version": 1 });
        let fault = |value: &Value| payment().fault_of_element(value.as_object().unwrap());
        assert_eq!(fault(&good), None);
        for (path, value, told) in [
            ("/amount/value", json!(-1), "'amount.value' must be a number within its bounds"),
            ("/amount/value", json!(1000.5), "'amount.value' must be a number within its bounds"),
            ("/amount/value", json!("45"), "'amount.value' must be a number"),
            ("/amount/currency", json!("USD"), "'amount.currency' is none of the values"),
            ("/amount", json!({ "currency": "EUR" }), "'amount.value' is missing"),
            ("/amount", json!({ "value": 1, "x": 1 }), "'amount.x' is no member"),
            ("/amount", json!([]), "'amount' must be an object"),
            ("/to", json!(""), "a text of 1 to 20 characters"),
            ("/to", json!("x".repeat(21)), "a text of 1 to 20 characters"),
            ("/to", json!(null), "'to' must be a text"),
            ("/days", json!([]), "a list of 1 to 3 entries"),
            ("/days", json!([1, 2, 3, 4]), "a list of 1 to 3 entries"),
            ("/days", json!([1, 1.5]), "'days[1]'"),
            ("/days", json!(1), "'days' must be a list"),
            ("/urgent", json!("true"), "true or false"),
            ("/version", json!(2), "none of the values"),
        ] {
            let mut wrong = good.clone();
            *wrong.pointer_mut(path).unwrap() = value;
            let said = fault(&wrong).unwrap_or_else(|| panic!("{path} fits"));
            assert!(said.contains(told), "{path}: {said}");
        }
        assert_eq!(fault(&json!({ "type": "payment" })).unwrap(), "'amount' is missing");
        let more = json!({ "type": "payment", "amount": { "value": 1 }, "to": "x", "more": 1 });
        assert_eq!(fault(&more).unwrap(), "'more' is no member of this type");
    }

    #[test]
    fn what_is_not_understood_is_no_schema() {
        for (schema, told) in [
            (json!([]), "mapping"),
            (json!({}), "must have `type`"),
            (json!({ "type": "string" }), "must be of an object"),
            (json!({ "type": ["object"] }), "one word"),
            (json!({ "type": "object", "pattern": "x" }), "`pattern`"),
            (json!({ "type": "object", "anyOf": [] }), "`anyOf`"),
            (json!({ "type": "object", "additionalProperties": true }), "`false` only"),
            (json!({ "type": "object", "required": ["x"] }), "does not describe"),
            (json!({ "type": "object", "properties": { "type": { "type": "string" } } }), "`type`"),
            (json!({ "type": "object", "properties": { "x": { "type": "string", "pattern": "x" } } }), "`pattern`"),
            (json!({ "type": "object", "properties": { "x": { "type": "string", "minimum": 1 } } }), "`minimum`"),
            (json!({ "type": "object", "properties": { "x": { "type": "array" } } }), "`items`"),
            (json!({ "type": "object", "properties": { "x": { "enum": [] } } }), "`enum`"),
            (json!({ "type": "object", "properties": { "x": { "enum": [1], "const": 1 } } }), "both"),
            (json!({ "type": "object", "properties": { "x": { "type": "string", "maxLength": -1 } } }), "`maxLength`"),
            (json!({ "type": "object", "properties": { "x": true } }), "mapping"),
            (json!({ "type": "object", "properties": { "x": { "$ref": "#" } } }), "must have `type`"),
        ] {
            let fault = Schema::read_element(&schema).map(|_| ()).unwrap_err();
            assert!(fault.contains(told), "{schema}: {fault}");
        }
        let deep = (0..9).fold(json!({ "type": "string" }), |inner, _| json!({ "type": "array", "items": inner }));
        let schema = json!({ "type": "object", "properties": { "x": deep } });
        assert!(Schema::read_element(&schema).is_err());
    }
}
