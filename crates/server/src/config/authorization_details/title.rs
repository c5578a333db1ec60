//! The sentence by which a person understands an element of `authorization_details`: text with places for its values, as
//! `Pay {amount.value} {amount.currency} to {creditor}`. The values are a client's, so they are shortened; the page isolates
//! them.

use serde_json::{Map, Value};

use super::schema::Schema;

/// Longest sentence in the configuration, in bytes.
const LONGEST: usize = 1_024;
/// Most characters of one value.
const LONGEST_VALUE: usize = 200;

/// A sentence.
#[derive(Debug, Clone)]
pub(super) struct Title(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    /// Names of members, from the outermost one on.
    Value(Vec<String>),
}

impl Title {
    /// Reads a sentence for elements of this schema.
    pub(super) fn read(text: &str, schema: &Schema) -> Result<Self, String> {
        if text.trim().is_empty() || text.len() > LONGEST {
            return Err(format!("that must have 1 to {LONGEST} bytes"));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("with a `{` that no `}` ends")?;
            parts.push(Part::Text(before.to_owned()));
            let path: Vec<String> = name.split('.').map(str::to_owned).collect();
            if name != "type" && schema.at(&path).is_none() {
                return Err(format!("with `{{{name}}}`, which the schema does not describe"));
            }
            parts.push(Part::Value(path));
            rest = after;
        }
        if parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains('}'))) || rest.contains('}') {
            return Err("with a `}` that no `{` begins".to_owned());
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// The sentence about an element. What it does not say is an empty place.
    pub(super) fn with_values_of(&self, element: &Map<String, Value>) -> String {
        let mut sentence = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => sentence.push_str(text),
                Part::Value(path) => sentence.push_str(&value_at(element, path).map(words).unwrap_or_default()),
            }
        }
        sentence
    }
}

fn value_at<'v>(element: &'v Map<String, Value>, path: &[String]) -> Option<&'v Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(element.get(first)?, |value, name| value.get(name))
}

fn words(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    // A line of its own, or a mark that turns the direction of the text, would let a value look like another sentence.
    let plain = |character: char| if character.is_control() || turns_text(character) { ' ' } else { character };
    let mut short: String = text.chars().take(LONGEST_VALUE).map(plain).collect();
    if text.chars().nth(LONGEST_VALUE).is_some() {
        short.push('…');
    }
    short
}

/// Marks for the direction of text (Unicode Standard Annex #9 §2), and separators of lines.
fn turns_text(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Schema {
        let text = json!({ "type": "string" });
        Schema::read_element(&json!({
            "type": "object",
            "properties": {
                "to": text, "amount": { "type": "object", "properties": { "value": text } },
                "days": { "type": "array", "items": { "type": "integer" } },
            },
        }))
        .unwrap()
    }

    fn sentence(text: &str, element: &Value) -> String {
        Title::read(text, &schema()).unwrap().with_values_of(element.as_object().unwrap())
    }

    #[test]
    fn values_stand_in_their_places() {
        let element = json!({ "type": "payment", "to": "Ada", "amount": { "value": "45" }, "days": [1, 2] });
        assert_eq!(
            sentence("Pay {amount.value} to {to} on {days} ({type})", &element),
            "Pay 45 to Ada on 1, 2 (payment)"
        );
        assert_eq!(sentence("To {to}.", &json!({})), "To .");
        let hostile = json!({ "to": format!("a\nb\u{202e}c{}", "x".repeat(300)) });
        let shown = sentence("{to}", &hostile);
        assert!(shown.starts_with("a b cx") && shown.ends_with('…') && shown.chars().count() == 201, "{shown}");
    }

    #[test]
    fn a_place_that_cannot_be_filled_is_refused() {
        for text in ["", " ", "{to", "to}", "{x}", "{amount.x}", "{}", "{days.x}", "{to}}", &"x".repeat(1_025)] {
            assert!(Title::read(text, &schema()).is_err(), "{text}");
        }
    }
}
