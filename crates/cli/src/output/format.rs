//! `--format`: the words of Ory Hydra's command line.

use std::str::FromStr;

use serde_json::Value;

use super::path::Path;
use crate::failure::Failure;

/// What the flag is, for help texts.
pub(crate) const HELP: &str =
    "The form of the result: table, json, json-pretty, yaml, jsonpath=PATH or jsonpointer=POINTER";

const WORDS: &str = "table, json, json-pretty, yaml, jsonpath=PATH and jsonpointer=POINTER";

/// The form of a command's result.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Table,
    /// One line.
    Json,
    /// A line for each member.
    JsonPretty,
    /// YAML 1.2.
    Yaml,
    /// One value, or one of each item, as JSON.
    JsonPath(Path),
    /// One value (RFC 6901), as JSON.
    JsonPointer(String),
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("jsonpath=") {
            return path.parse().map(Self::JsonPath).map_err(|reason: String| format!("'{path}' is no path: {reason}"));
        }
        if let Some(pointer) = text.strip_prefix("jsonpointer=") {
            // RFC 6901 §5: the empty pointer is the whole.
            return if pointer.is_empty() || pointer.starts_with('/') {
                Ok(Self::JsonPointer(pointer.to_owned()))
            } else {
                Err("a JSON pointer begins with a slash, such as jsonpointer=/client_id".to_owned())
            };
        }
        match text {
            "table" | "default" => Ok(Self::Table),
            "json" => Ok(Self::Json),
            "json-pretty" => Ok(Self::JsonPretty),
            "yaml" => Ok(Self::Yaml),
            "jsonpath" => Err("it needs a path, such as jsonpath=client_id".to_owned()),
            "jsonpointer" => Err("it needs a pointer, such as jsonpointer=/client_id".to_owned()),
            _ => Err(format!("the formats are {WORDS}")),
        }
    }
}

impl Format {
    /// A result in this form; `table` makes the one for people.
    pub(crate) fn text(&self, object: &Value, table: impl FnOnce() -> String) -> Result<String, Failure> {
        let missing = |what: &str| Failure::message(format!("the result has nothing at '{what}'"));
        match self {
            Self::Table => Ok(table()),
            Self::Json => Ok(without_nulls(object).to_string()),
            Self::JsonPretty => Ok(format!("{:#}", without_nulls(object))),
            Self::Yaml => yaml(&without_nulls(object)),
            Self::JsonPath(path) => {
                Ok(path.find(&without_nulls(object)).ok_or_else(|| missing(path.as_str()))?.to_string())
            }
            Self::JsonPointer(pointer) => {
                let object = without_nulls(object);
                Ok(object.pointer(pointer).ok_or_else(|| missing(pointer))?.to_string())
            }
        }
    }
}

fn yaml(value: &Value) -> Result<String, Failure> {
    let text = serde_saphyr::to_string(value)
        .map_err(|error| Failure::message(format!("the result cannot be written as YAML: {error}")))?;
    Ok(text.trim_end().to_owned())
}

/// Members of objects that are null go. Items of lists stay, since the others are counted from them.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| (name.clone(), without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(format: &str, object: &Value) -> Result<String, String> {
        let format: Format = format.parse()?;
        format.text(object, || "table".to_owned()).map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn a_result_has_every_form() {
        let object =
            json!({ "a": [1, null, { "b": "x", "n": null }], "empty": "", "number-like": "12", "yes": "true" });
        for (format, expected) in [
            ("table", "table"),
            ("default", "table"),
            ("json", r#"{"a":[1,null,{"b":"x"}],"empty":"","number-like":"12","yes":"true"}"#),
            ("jsonpath=a.2.b", r#""x""#),
            ("jsonpointer=/a/2/b", r#""x""#),
            ("jsonpointer=/a/0", "1"),
        ] {
            assert_eq!(text(format, &object).as_deref(), Ok(expected), "{format}");
        }
        assert!(text("json-pretty", &object).unwrap().contains("\n  \"a\": [\n"));
        assert_eq!(text("jsonpointer=", &object), text("json", &object));
    }

    #[test]
    fn yaml_is_read_back_as_it_was() {
        let text_with_lines = "two\nlines: # not a comment\n";
        let object = json!({
            "empty": "", "list": [], "object": {}, "true": "true", "number": 1.5, "text": "12", "null": "null", "tilde": "~",
            "lines": text_with_lines, "date": "2026-11-23T10:00:00Z", "colon": "a: b", "dash": "- a", "quote": "'\"",
            "nested": { "a": [{ "b": 1, "c": [true, false] }, "x"] }, "control": "\u{1b}[31m\u{85}", "no": "no", "octal": "0o14",
        });
        let written = text("yaml", &object).unwrap();
        let read: Value = serde_saphyr::from_str(&written).unwrap();
        assert_eq!(read, object, "{written}");
        assert!(written.lines().all(|line| !line.contains('\u{1b}')), "{written}");
    }

    #[test]
    fn what_is_no_format_is_refused() {
        for (format, part) in [
            ("", "the formats are"),
            ("JSON", "the formats are"),
            ("xml", "json-pretty"),
            ("jsonpath", "jsonpath=client_id"),
            ("jsonpath=", "is no path"),
            ("jsonpointer", "jsonpointer=/client_id"),
            ("jsonpointer=client_id", "begins with a slash"),
        ] {
            let refused = format.parse::<Format>().unwrap_err();
            assert!(refused.contains(part), "{format}: {refused}");
        }
        for absent in ["jsonpath=b", "jsonpointer=/b", "jsonpointer=/a/b", "jsonpath=null"] {
            assert!(text(absent, &json!({ "a": 1, "null": null })).unwrap_err().contains("nothing at"), "{absent}");
        }
    }
}
