//! Paths into a result: `client_id`, `redirect_uris.0`, `items.*.client_id`, and the same as RFC 9535 writes them,
//! `$.items[*]['client_id']`.
//!
//! What a path can do is what scripts of Ory Hydra's command line do with it: names, positions, and every item or member.
//! Filters, slices and searching at any depth (RFC 9535 §2.3.4, §2.3.5, §2.5.2) are refused, not guessed at.

use std::str::FromStr;

use serde_json::Value;

/// A path, as it was written and as it is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    written: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// A member of an object; an item of a list where it is a number.
    Name(String),
    /// An item of a list, counted from the end where it is negative.
    Index(i64),
    /// All items or members.
    Each,
}

impl Path {
    /// The path as it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.written
    }

    /// What is there: the value, or for a path with `*` the list of all that were found. `None` when a path without `*`
    /// leads nowhere.
    pub(crate) fn find(&self, value: &Value) -> Option<Value> {
        let mut found = vec![value];
        for step in &self.steps {
            found = found.into_iter().flat_map(|value| step.follow(value)).collect();
        }
        if self.steps.contains(&Step::Each) {
            return Some(Value::Array(found.into_iter().cloned().collect()));
        }
        found.first().map(|&value| value.clone())
    }
}

impl Step {
    fn follow<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let item = |items: &'a Vec<Value>, index: i64| {
            let from_end = || items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
            let position = usize::try_from(index).ok().or_else(from_end)?;
            items.get(position)
        };
        match (self, value) {
            (Self::Each, Value::Array(items)) => items.iter().collect(),
            (Self::Each, Value::Object(members)) => members.values().collect(),
            (Self::Name(name), Value::Object(members)) => members.get(name).into_iter().collect(),
            (Self::Name(name), Value::Array(items)) => {
                name.parse().ok().and_then(|index| item(items, index)).into_iter().collect()
            }
            (Self::Index(index), Value::Array(items)) => item(items, *index).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

impl FromStr for Path {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // kubectl, where many know such paths from, wants braces.
        let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text).trim();
        let (mut rest, rooted) = match inner.strip_prefix('$') {
            Some(rest) => (rest, true),
            None => (inner, false),
        };
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = if let Some(bracket) = rest.strip_prefix('[') {
                in_brackets(bracket)?
            } else if let Some(name) = rest.strip_prefix('.') {
                dotted(name)?
            } else if steps.is_empty() && !rooted {
                dotted(rest)?
            } else {
                return Err(format!("a dot or a bracket is missing before '{rest}'"));
            };
            steps.push(step);
            rest = after;
        }
        if steps.is_empty() && !rooted {
            return Err("it is empty".to_owned());
        }
        Ok(Self { written: text.to_owned(), steps })
    }
}

/// A name after a dot; a backslash takes the meaning of what follows it.
fn dotted(text: &str) -> Result<(Step, &str), String> {
    let (mut name, mut escaped, mut end) = (String::new(), false, text.len());
    for (position, character) in text.char_indices() {
        match character {
            _ if escaped => {
                name.push(character);
                escaped = false;
            }
            '\\' => escaped = true,
            '.' | '[' => {
                end = position;
                break;
            }
            other => name.push(other),
        }
    }
    let rest = text.get(end..).unwrap_or_default();
    match name.as_str() {
        "" if rest.starts_with('.') => Err("searching at any depth ('..') is not supported".to_owned()),
        "" => Err("a name is missing".to_owned()),
        // gjson, which Ory Hydra uses, writes it so, and counts the items where nothing follows.
        "#" if rest.is_empty() => Err("counting ('#' at the end) is not supported".to_owned()),
        "*" | "#" => Ok((Step::Each, rest)),
        _ => Ok((Step::Name(name), rest)),
    }
}

/// What stands in brackets: a quoted name, a position, or a star.
fn in_brackets(text: &str) -> Result<(Step, &str), String> {
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '\'' | '"')) {
        let (name, rest) = text.get(1..).and_then(|text| text.split_once(quote)).ok_or("a quote is not closed")?;
        let rest = rest.strip_prefix(']').ok_or("a bracket is not closed")?;
        return Ok((Step::Name(name.to_owned()), rest));
    }
    let (inside, rest) = text.split_once(']').ok_or("a bracket is not closed")?;
    match inside {
        "*" => Ok((Step::Each, rest)),
        index => {
            let index =
                index.parse().map_err(|_| format!("'[{index}]' is neither a position, '[*]' nor a quoted name"))?;
            Ok((Step::Index(index), rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(path: &str) -> Option<Value> {
        let value = json!({
            "client_id": "a", "redirect_uris": ["x", "y"], "dotted.name": 1, "0": "zero",
            "items": [{ "id": 1, "more": { "b": true } }, { "id": 2 }, {}],
        });
        path.parse::<Path>().unwrap().find(&value)
    }

    #[test]
    fn a_path_is_followed() {
        for (path, expected) in [
            ("client_id", json!("a")),
            ("$.client_id", json!("a")),
            ("$['client_id']", json!("a")),
            ("{.client_id}", json!("a")),
            (".client_id", json!("a")),
            ("redirect_uris.0", json!("x")),
            ("redirect_uris[1]", json!("y")),
            ("redirect_uris[-1]", json!("y")),
            ("$.redirect_uris[*]", json!(["x", "y"])),
            ("items.#.id", json!([1, 2])),
            ("items.*.id", json!([1, 2])),
            ("$.items[*].more.b", json!([true])),
            ("items.0.more", json!({ "b": true })),
            ("dotted\\.name", json!(1)),
            ("[\"dotted.name\"]", json!(1)),
            ("0", json!("zero")),
            ("items.*.none", json!([])),
            ("items[0].more.*", json!([true])),
        ] {
            assert_eq!(found(path), Some(expected), "{path}");
        }
        assert!(found("$").unwrap().is_object());
    }

    #[test]
    fn a_path_may_lead_nowhere() {
        for path in ["none", "client_id.a", "redirect_uris.2", "redirect_uris[-3]", "items[9].id", "items.id"] {
            assert_eq!(found(path), None, "{path}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for (path, part) in [
            ("", "empty"),
            ("{}", "empty"),
            ("a..b", "any depth"),
            ("$..a", "any depth"),
            ("a.", "name is missing"),
            ("a.#", "counting"),
            ("a[0", "not closed"),
            ("a['b", "not closed"),
            ("a['b'", "not closed"),
            ("a[0]b", "missing before"),
            ("$a", "missing before"),
            ("a[?(@.b)]", "neither"),
            ("a[0:1]", "neither"),
            ("a[99999999999999999999]", "neither"),
        ] {
            let refused = path.parse::<Path>().unwrap_err();
            assert!(refused.contains(part), "{path}: {refused}");
        }
    }
}
