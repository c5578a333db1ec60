//! How results look: a table for people, JSON or YAML for programs, one value of it, or only the ids.
//!
//! Tables are two columns for one object and a line for each of several, as in Ory Hydra's command line. JSON has its
//! members in alphabetical order and leaves out those that are null. [`format`] reads `--format`, [`path`] finds one value
//! in a result.

mod format;
mod page;
mod path;
mod table;

use std::io::Write as _;

use serde_json::{Value, json};

pub(crate) use format::{Format, HELP as FORMAT_HELP};
pub(crate) use page::PageFlags;

use crate::failure::Failure;

/// How much of a result is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// All of it.
    Full,
    /// Only the id (`--quiet`).
    IdOnly,
}

/// One object as the result of a command, in all its forms.
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
    /// A result that is nothing but an id, as of a deletion. Its JSON is the id alone, as in Ory Hydra.
    pub(crate) fn identity(id: String) -> Self {
        Self { rows: vec![("ID", id.clone())], object: Value::String(id.clone()), id }
    }

    /// Prints the result; `quiet` wins over the format.
    pub(crate) fn print(&self, format: &Format, verbosity: Verbosity) -> Result<(), Failure> {
        print_line(&self.text(format, verbosity)?)
    }

    fn text(&self, format: &Format, verbosity: Verbosity) -> Result<String, Failure> {
        match verbosity {
            Verbosity::IdOnly => Ok(self.id.clone()),
            Verbosity::Full => format.text(&self.object, || table::pairs(&self.rows)),
        }
    }
}

/// Several objects of one kind as the result of a command.
#[derive(Debug)]
pub(crate) struct ListResult {
    /// The names of the columns.
    pub(crate) columns: &'static [&'static str],
    /// The columns of each object.
    pub(crate) rows: Vec<Vec<String>>,
    /// What is said about the list itself, below it.
    pub(crate) about: Vec<(&'static str, String)>,
    /// The whole list.
    pub(crate) object: Value,
    /// What `--quiet` prints, a line each.
    pub(crate) ids: Vec<String>,
}

impl ListResult {
    /// Objects without anything to say about the list. A single one looks as if it were alone, as in Ory Hydra, where the
    /// commands that take several ids are the same as those that take one.
    pub(crate) fn print_objects(
        mut results: Vec<CommandResult>,
        format: &Format,
        verbosity: Verbosity,
        columns: &'static [&'static str],
    ) -> Result<(), Failure> {
        match results.len() {
            0 => Ok(()),
            1 => results.remove(0).print(format, verbosity),
            _ => Self::of(results, columns).print(format, verbosity),
        }
    }

    /// A line for each result; its rows are the columns.
    pub(crate) fn of(results: Vec<CommandResult>, columns: &'static [&'static str]) -> Self {
        let mut list = Self { columns, rows: Vec::new(), about: Vec::new(), object: Value::Null, ids: Vec::new() };
        let mut objects = Vec::with_capacity(results.len());
        for CommandResult { rows, object, id } in results {
            list.rows.push(rows.into_iter().map(|(_, value)| value).collect());
            list.ids.push(id);
            objects.push(object);
        }
        list.object = Value::Array(objects);
        list
    }

    /// The list as one page of a longer one: with the way to the next, as in Ory Hydra.
    pub(crate) fn page(mut self, next_page_token: Option<String>) -> Self {
        let next = next_page_token.unwrap_or_default();
        self.object = json!({ "items": self.object, "next_page_token": next, "is_last_page": next.is_empty() });
        self.about = vec![("NEXT PAGE TOKEN", next.clone()), ("IS LAST PAGE", next.is_empty().to_string())];
        self
    }

    /// Prints the list; `quiet` wins over the format, and prints nothing for an empty list.
    pub(crate) fn print(&self, format: &Format, verbosity: Verbosity) -> Result<(), Failure> {
        match (verbosity, self.ids.as_slice()) {
            (Verbosity::IdOnly, []) => Ok(()),
            (Verbosity::IdOnly, ids) => print_line(&ids.join("\n")),
            (Verbosity::Full, _) => print_line(&format.text(&self.object, || self.table())?),
        }
    }

    fn table(&self) -> String {
        let lines = table::lines(self.columns, &self.rows);
        if self.about.is_empty() { lines } else { format!("{lines}\n\n{}", table::pairs(&self.about)) }
    }
}

/// Writes a line to standard output. A reader that went away (`| head`) is a failure, not a panic.
pub(crate) fn print_line(text: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    let written = writeln!(output, "{text}").and_then(|()| output.flush());
    written.map_err(|error| Failure::message(format!("standard output cannot be written: {error}")))
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
        let text = shown().text(&Format::Table, Verbosity::Full).unwrap();
        assert_eq!(text, "CLIENT ID  a\nSCOPE      openid\nAUDIENCE");
        let mut list = ListResult::of(vec![shown(), shown()], &["CLIENT ID", "SCOPE", "AUDIENCE"]);
        assert_eq!(list.table(), "CLIENT ID  SCOPE   AUDIENCE\na          openid\na          openid");
        list.about = vec![("IS LAST PAGE", "true".into())];
        assert!(list.table().ends_with("openid\n\nIS LAST PAGE  true"), "{}", list.table());
    }

    #[test]
    fn json_has_no_nulls() {
        let text = |format| shown().text(&format, Verbosity::Full).unwrap();
        assert_eq!(text(Format::Json), r#"{"c":[],"client_id":"a"}"#);
        assert_eq!(text(Format::JsonPretty), "{\n  \"c\": [],\n  \"client_id\": \"a\"\n}");
        assert_eq!(text(Format::Yaml), "c: []\nclient_id: a");
    }

    #[test]
    fn quiet_wins() {
        assert_eq!(shown().text(&Format::Json, Verbosity::IdOnly).unwrap(), "a");
    }
}
