//! `docs/errors.md`: each `error` value with its status, its meaning and what to change, from A to Z.
//!
//! It is made of the two tables of the code, the values themselves and the remedies that `symbolon explain` prints, so
//! that it says what they say. A value without a remedy is a failure.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::finding::Finding;
use super::repository::Entry;

/// The page, from the repository's root.
pub(crate) const DOCUMENT: &str = "docs/errors.md";

const VALUES: &str = "crates/types/src/error.rs";
const REMEDIES: &str = "crates/server/src/explain/remedies.rs";
const RULE: &str = "errors";

const OPENING: &str = "<!-- Written by `cargo run -p xtask -- errors`; do not edit. -->

# Errors from A to Z

Every `error` value of OAuth 2.0, OpenID Connect and their extensions that the server knows, with its usual status. `error_description`
says in an answer which parameter is at fault. Where that is not enough, take the request id of the answer or page to
[`symbolon explain`](seeing.md#from-an-error-to-its-reason): it knows the reason, also what the client must not be told.

Management endpoints put a sentence in place of a value, as Ory Hydra does; the status says what it is about: 404 for what does not exist,
409 for what exists already or was changed at the same moment, 429 for too many requests, with the seconds to wait in `Retry-After`.
";

/// A value as the code describes it.
struct Value<'t> {
    status: &'t str,
    section: String,
    description: &'t str,
}

/// What to change, and the words of the reason that it is for; without them it is for all others.
struct Remedy<'t> {
    words: Option<&'t str>,
    change: &'t str,
}

/// Fails when the page is not what the tables say, or a value has no remedy.
pub(crate) fn check(entries: &[Entry], findings: &mut Vec<Finding>) {
    let text = |path: &str| entries.iter().find(|entry| entry.path == path).and_then(Entry::text);
    let (Some(values), Some(remedies)) = (text(VALUES), text(REMEDIES)) else { return };
    let made = document(values, remedies);
    if made.as_deref() != Ok(text(DOCUMENT).unwrap_or_default()) {
        let problem = made.err().unwrap_or_else(|| "is not what the tables of the code say".to_owned());
        let remedy = "complete the table, and run `cargo run -p xtask -- errors`";
        findings.push(Finding::failure((DOCUMENT, 1), RULE, problem, remedy));
    }
}

/// The page for the repository at `root`.
pub(crate) fn at(root: &std::path::Path) -> Result<String, String> {
    let read = |path: &str| std::fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"));
    document(&read(VALUES)?, &read(REMEDIES)?)
}

fn document(values: &str, remedies: &str) -> Result<String, String> {
    let values = values_of(values);
    if values.is_empty() {
        return Err(format!("no values are found in {VALUES}"));
    }
    let mut text = OPENING.to_owned();
    for (word, value) in &values {
        let of_it = remedies_of(remedies, word);
        let Some(general) = of_it.iter().find(|remedy| remedy.words.is_none()) else {
            return Err(format!("{REMEDIES} has no row for the error `{word}`"));
        };
        let Value { status, section, description } = value;
        // Writing to a String cannot fail.
        let _ = write!(text, "\n## `{word}`\n\n{description} Status {status}. {section}\n\n");
        let special: Vec<_> =
            of_it.iter().filter_map(|remedy| remedy.words.map(|words| (words, remedy.change))).collect();
        if special.is_empty() {
            let _ = writeln!(text, "**What to change:** {}", general.change);
            continue;
        }
        text.push_str("| The reason has | What to change |\n|---|---|\n");
        for (words, change) in special {
            let _ = writeln!(text, "| \"{words}\" | {change} |");
        }
        let _ = writeln!(text, "| anything else | {} |", general.change);
    }
    Ok(text)
}

/// The rows `/// SECTION` and `Name = "word", status, "description";` of the table of values.
fn values_of(text: &str) -> BTreeMap<&str, Value<'_>> {
    let table = text.split_once("error_codes! {\n").map_or("", |(_, table)| table);
    let table = table.split_once("\n}").map_or(table, |(table, _)| table);
    let rows = table.split("\";").filter_map(|row| {
        let at = row.find(" = \"")?;
        let mut quoted = row[at..].split('"');
        let (word, status, description) = (quoted.nth(1)?, quoted.next()?, quoted.next()?);
        let documented = row[..at].lines().filter_map(|line| line.trim().strip_prefix("///"));
        let section = documented.map(str::trim).collect::<Vec<_>>().join(" ");
        // The backticks are for rustdoc's lints.
        let section = section.replace("`OpenID`", "OpenID").replace("`UserInfo`", "UserInfo");
        Some((word, Value { status: status.trim_matches([',', ' ', '\n']), section, description }))
    });
    rows.collect()
}

/// The rows `error("word", section, change)` and `words("word", words, section, change)` of the table of remedies.
fn remedies_of<'t>(text: &'t str, word: &str) -> Vec<Remedy<'t>> {
    let rows = |call: &'static str| text.split(call).skip(1).map(|row| row.split('"').skip(1).step_by(2));
    let special = rows("    words(").filter_map(|mut row| {
        (row.next()? == word).then_some(())?;
        Some(Remedy { words: row.next(), change: row.nth(1)? })
    });
    let general = rows("    error(").filter_map(|mut row| {
        (row.next()? == word).then_some(())?;
        Some(Remedy { words: None, change: row.nth(1)? })
    });
    special.chain(general).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: &str = "macro\nerror_codes! {\n    /// RFC 6749 §5.2.\n    B = \"b\", 400,\n        \"It is b.\";\n    \
                         /// RFC 1 §2,\n    /// §3.\n    A = \"a\", 401, \"It is a.\";\n}\n";
    const ROWS: &str = "    words(\n        \"b\",\n        \"odd\",\n        \"RFC 1\",\n        \"Be even.\",\n    ),\n    \
                        error(\"b\", \"RFC 2\", \"Be a.\"),\n    error(\"a\", \"\", \"Stay.\"),\n";

    #[test]
    fn the_page_has_every_value_with_its_remedies() {
        let made = document(CODES, ROWS).unwrap();
        let rest = made.strip_prefix(OPENING).unwrap();
        assert_eq!(
            rest,
            "\n## `a`\n\nIt is a. Status 401. RFC 1 §2, §3.\n\n**What to change:** Stay.\n\
             \n## `b`\n\nIt is b. Status 400. RFC 6749 §5.2.\n\n| The reason has | What to change |\n|---|---|\n\
             | \"odd\" | Be even. |\n| anything else | Be a. |\n"
        );
    }

    #[test]
    fn a_value_without_a_remedy_is_told() {
        assert!(document(CODES, "    error(\"a\", \"\", \"Stay.\")").unwrap_err().contains("`b`"));
        assert!(document("", ROWS).is_err());
    }
}
