//! What broke elsewhere and must not break here. [`table`] says for each fault which tests hold it off, and [`document`]
//! writes that for readers. [`check`] refuses a table that names a test that does not exist, and a document that is not
//! the table's. Whether a test is a good one is for readers to judge.

mod table;

use std::fmt::Write as _;

use super::finding::Finding;
use super::repository::Entry;
use super::rust_file::RustFile;
use table::{GUARDS, HeldBy};

const TABLE: &str = "xtask/src/tidy/guards/table.rs";
/// Where the document is.
pub(crate) const DOCUMENT: &str = "docs/security/what-broke-elsewhere.md";

/// What MCP clients need, and the test for each of it.
const CHECKLIST: &str = "docs/mcp.md";

const OPENING: &str = "<!-- Written by `cargo run -p xtask -- guards`; do not edit. -->

# What broke elsewhere

Faults that other providers had, by their public advisories, and the tests that would have caught each of them here. A test
is named by its crate, its modules and its function: `server::rfc6749::redirect_uri::…` is in
`crates/server/tests/it/rfc6749/redirect_uri.rs` or `crates/server/src/`.

| | What holds here | Where it did not | Held by |
|--:|---|---|---|
";

/// The document as the table has it.
pub(crate) fn document() -> String {
    let mut text = OPENING.to_owned();
    for (number, guard) in (1..).zip(GUARDS) {
        let held_by = match &guard.held_by {
            HeldBy::Tests(tests) => tests.iter().map(|test| format!("`{test}`")).collect::<Vec<_>>().join("<br>"),
            HeldBy::Nothing(first) => format!("Nothing here can break it before there is: {first}"),
        };
        let _ = writeln!(text, "| {number} | {} | {} | {held_by} |", guard.rule, guard.seen);
    }
    text
}

/// Checks that the tests which the table and the documents name exist, and that the table's document is up to date.
pub(crate) fn check(files: &[RustFile], entries: &[Entry], findings: &mut Vec<Finding>) {
    let of_table = GUARDS.iter().flat_map(|guard| match &guard.held_by {
        HeldBy::Tests(tests) => *tests,
        HeldBy::Nothing(_) => &[],
    });
    let named = of_table.map(|test| (TABLE, 1, *test)).chain(entries.iter().flat_map(named_in));
    for (path, line, test) in named.filter(|(_, _, test)| !exists(test, files)) {
        let problem = format!("there is no test `{test}`");
        findings.push(Finding::failure((path, line), "guards", problem, "name the test that took its place"));
    }
    for (line, row) in entries.iter().filter(|entry| entry.path == CHECKLIST).flat_map(rows_without_test) {
        let problem = format!("no test is named for `{row}`");
        findings.push(Finding::failure((CHECKLIST, line), "guards", problem, "name the test that shows it"));
    }
    let written = entries.iter().find(|entry| entry.path == DOCUMENT).and_then(Entry::text);
    if written != Some(&document()) {
        let problem = "the document is not what the table says".to_owned();
        findings.push(Finding::failure(
            (DOCUMENT, 1),
            "guards",
            problem,
            "write it anew: cargo run -p xtask -- guards",
        ));
    }
}

/// Whether a document names tests: those about security, and the checklist of MCP.
fn names_tests(path: &str) -> bool {
    path == CHECKLIST || (path.starts_with("docs/security/") && path != DOCUMENT)
}

/// The tests that a document names between backticks, with their lines.
fn named_in(entry: &Entry) -> Vec<(&str, usize, &str)> {
    let Some(text) = entry.text().filter(|_| names_tests(&entry.path)) else { return Vec::new() };
    (1..)
        .zip(text.lines())
        .flat_map(|(number, line)| line.split('`').skip(1).step_by(2).map(move |code| (number, code)))
        .filter(|(_, code)| code.contains("::"))
        .map(|(number, code)| (entry.path.as_str(), number, code))
        .collect()
}

/// The rows of the checklist's tables of tests that name none, with their lines. Such a table's last column is "Shown by".
fn rows_without_test(entry: &Entry) -> Vec<(usize, String)> {
    let mut rows = Vec::new();
    let mut of_tests = false;
    for (number, line) in (1..).zip(entry.text().unwrap_or_default().lines()) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        if !line.starts_with('|') {
            of_tests = false;
        } else if cells.last() == Some(&"Shown by") {
            of_tests = true;
        } else if of_tests && !line.starts_with("|--") && !cells.last().is_some_and(|shown| shown.contains("::")) {
            rows.push((number, cells[0].to_owned()));
        }
    }
    rows
}

/// Whether `CRATE::MODULE::…::FUNCTION` is a test.
fn exists(test: &str, files: &[RustFile]) -> bool {
    let Some((modules, function)) = test.rsplit_once("::") else { return false };
    let Some((crate_name, modules)) = modules.split_once("::") else { return false };
    let path = modules.replace("::", "/");
    let folder = format!("crates/{crate_name}/");
    let endings = [format!("/{path}.rs"), format!("/{path}/mod.rs")];
    files.iter().any(|file| {
        file.path.starts_with(&folder)
            && endings.iter().any(|ending| file.path.ends_with(ending))
            && has_test(file, function)
    })
}

/// Whether there is `#[test] fn NAME` or the like.
fn has_test(file: &RustFile, name: &str) -> bool {
    let declared = file.tokens.windows(2).position(|pair| pair[0].is_identifier("fn") && pair[1].is_identifier(name));
    declared.is_some_and(|at| file.tokens[at.saturating_sub(16)..at].iter().any(|token| token.is_identifier("test")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_found_by_crate_modules_and_function() {
        let text = "#[tokio::test]\nasync fn it_holds() {}\nfn no_test_at_all() {}\n";
        let file = RustFile::parse("crates/server/tests/it/rfc1/topic.rs", text).expect("parses");
        assert!(exists("server::rfc1::topic::it_holds", std::slice::from_ref(&file)));
        for other in
            ["server::rfc1::topic::it_held", "client::rfc1::topic::it_holds", "server::rfc1::it_holds", "it_holds"]
        {
            assert!(!exists(other, std::slice::from_ref(&file)), "{other}");
        }
    }

    #[test]
    fn a_row_of_the_checklist_names_a_test() {
        let text =
            "| What | Shown by |\n|---|---|\n| one | `a::b` |\n| two | |\n\n| Other | table |\n|---|---|\n| x | y |\n";
        let entry = Entry { path: CHECKLIST.to_owned(), bytes: text.as_bytes().to_vec() };
        assert_eq!(rows_without_test(&entry), [(4, "two".to_owned())]);
    }

    #[test]
    fn every_row_has_a_rule_a_source_and_tests_or_a_reason() {
        for guard in GUARDS {
            assert!(!guard.rule.is_empty() && !guard.seen.is_empty());
            match guard.held_by {
                HeldBy::Tests(tests) => assert!(!tests.is_empty(), "{}", guard.rule),
                HeldBy::Nothing(first) => assert!(!first.is_empty(), "{}", guard.rule),
            }
        }
    }
}
