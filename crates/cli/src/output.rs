//! How results look: a table for people, JSON for programs, or only the ids.
//!
//! Tables are two columns for one object, as in Ory Hydra's command line, aligned with tabs there and with spaces here.
//! JSON has its members in alphabetical order and leaves out those that are null.

use std::io::Write as _;

use clap::ValueEnum;
use serde_json::Value;

use crate::failure::Failure;

/// The form of a command's result. The variants have no comments of their own: clap would stretch every help over
/// several screens to show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Table,
    Json,
    JsonPretty,
}

/// A command's result in all its forms.
#[derive(Debug)]
pub(crate) struct CommandResult {
    /// The name and value of each row of the table.
    pub(crate) rows: Vec<(&'static str, String)>,
    /// The whole object.
    pub(crate) object: Value,
    /// What `--quiet` prints.
    pub(crate) id: String,
}

impl CommandResult {
    /// Prints the result; `quiet` wins over the format.
    pub(crate) fn print(&self, format: Format, verbosity: Verbosity) -> Result<(), Failure> {
        print_line(&self.text(format, verbosity))
    }

    fn text(&self, format: Format, verbosity: Verbosity) -> String {
        match (verbosity, format) {
            (Verbosity::IdOnly, _) => self.id.clone(),
            (Verbosity::Full, Format::Table) => table(&self.rows),
            (Verbosity::Full, Format::Json) => without_nulls(&self.object).to_string(),
            (Verbosity::Full, Format::JsonPretty) => format!("{:#}", without_nulls(&self.object)),
        }
    }
}

/// How much of a result is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// All of it.
    Full,
    /// Only the id (`--quiet`).
    IdOnly,
}

/// Writes a line to standard output. A reader that went away (`| head`) is a failure, not a panic.
pub(crate) fn print_line(text: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    let written = writeln!(output, "{text}").and_then(|()| output.flush());
    written.map_err(|error| Failure::message(format!("standard output cannot be written: {error}")))
}

fn table(rows: &[(&'static str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines: Vec<_> = rows.iter().map(|(name, value)| format!("{name:<width$}  {value}")).collect();
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown() -> CommandResult {
        CommandResult {
            rows: vec![("CLIENT ID", "a".into()), ("SCOPE", "openid".into()), ("AUDIENCE", String::new())],
            object: json!({ "client_id": "a", "b": null, "c": [] }),
            id: "a".into(),
        }
    }

    #[test]
    fn table_is_aligned() {
        let text = shown().text(Format::Table, Verbosity::Full);
        assert_eq!(text, "CLIENT ID  a\nSCOPE      openid\nAUDIENCE");
    }

    #[test]
    fn json_has_no_nulls() {
        assert_eq!(shown().text(Format::Json, Verbosity::Full), r#"{"c":[],"client_id":"a"}"#);
        assert_eq!(shown().text(Format::JsonPretty, Verbosity::Full), "{\n  \"c\": [],\n  \"client_id\": \"a\"\n}");
    }

    #[test]
    fn quiet_wins() {
        assert_eq!(shown().text(Format::Json, Verbosity::IdOnly), "a");
    }
}
