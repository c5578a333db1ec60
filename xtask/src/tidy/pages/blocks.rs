//! A block of code says in the line above it who runs it: `<!-- run by TEST -->` names a test that reads the page,
//! `<!-- FILE -->` a file that the block repeats (see the rule `example`), `<!-- not run: REASON -->` why nobody does.
//!
//! A test reads the page when its text names it. One test reads all pages, and runs whatever names it.

use super::text;
use crate::markdown;
use crate::tidy::finding::Finding;
use crate::tidy::repository::Entry;

const RULE: &str = "block";

/// The test that reads all pages.
const READS_ALL: &str = "crates/cli/tests/it/pages.rs";

/// Diagrams are drawn when the site is built, which fails on one that cannot be.
const DRAWN: &str = "mermaid";

/// A reason of fewer words is none.
const REASON_WORDS: usize = 4;

const REMEDY: &str = "write `<!-- run by TEST -->` or `<!-- not run: REASON -->` in the line above it";

/// Checks the blocks of a document.
pub(super) fn check(document: &Entry, entries: &[Entry], findings: &mut Vec<Finding>) {
    let blocks = markdown::blocks(document.text().unwrap_or_default());
    for block in blocks.iter().filter(|block| block.language != DRAWN) {
        let marker = block.above.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"));
        if let Some(problem) = fault(&document.path, marker, entries) {
            findings.push(Finding::failure((&document.path, block.line), RULE, problem, REMEDY));
        }
    }
}

fn fault(page: &str, marker: Option<&str>, entries: &[Entry]) -> Option<String> {
    let Some(marker) = marker else { return Some("a block of code without a word on who runs it".to_owned()) };
    if let Some(reason) = marker.strip_prefix("not run: ") {
        return (reason.split_whitespace().count() < REASON_WORDS).then(|| format!("`{reason}` is no reason"));
    }
    let Some(file) = marker.strip_prefix("run by ") else {
        return marker.contains(' ').then(|| format!("`{marker}` does not say who runs the block"));
    };
    match text(entries, file) {
        None => Some(format!("{file} is not there")),
        Some(text) if file != READS_ALL && !text.contains(page) => Some(format!("{file} does not read {page}")),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry;
    use super::*;

    #[test]
    fn a_block_says_who_runs_it() {
        let entries =
            [entry("x/reads.rs", "include_str!(\"docs/mcp.md\")"), entry("x/other.rs", ""), entry(READS_ALL, "")];
        for (above, faults) in [
            ("<!-- run by x/reads.rs -->", 0),
            ("<!-- run by crates/cli/tests/it/pages.rs -->", 0),
            ("<!-- tests/a.py -->", 0),
            ("<!-- not run: the server is yours -->", 0),
            ("<!-- not run: no -->", 1),
            ("<!-- run by x/other.rs -->", 1),
            ("<!-- run by x/nowhere.rs -->", 1),
            ("<!-- somebody runs it -->", 1),
            ("Like this:", 1),
            ("", 1),
        ] {
            let page = entry("docs/mcp.md", &format!("# A\n\n{above}\n```sh\ntrue\n```\n"));
            let mut findings = Vec::new();
            check(&page, &entries, &mut findings);
            assert_eq!(findings.len(), faults, "{above}: {findings:?}");
        }
    }

    #[test]
    fn diagrams_need_no_word() {
        let mut findings = Vec::new();
        check(&entry("docs/mcp.md", "```mermaid\nsequenceDiagram\n```\n"), &[], &mut findings);
        assert!(findings.is_empty());
    }
}
