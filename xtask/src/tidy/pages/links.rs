//! A link of a document leads to a file or folder of the repository, and its anchor to a heading there. Addresses of other
//! hosts are not tried: the rules hold without a network.

use super::{is_document, resolve, text};
use crate::markdown;
use crate::tidy::finding::Finding;
use crate::tidy::repository::Entry;

const RULE: &str = "link";

/// Checks the links of a document.
pub(super) fn check(document: &Entry, entries: &[Entry], findings: &mut Vec<Finding>) {
    for link in markdown::links(document.text().unwrap_or_default()) {
        if let Some(problem) = fault(document, link.target, entries) {
            let place = (document.path.as_str(), link.line);
            findings.push(Finding::failure(place, RULE, problem, "name what is there, from this document's folder"));
        }
    }
}

fn fault(document: &Entry, target: &str, entries: &[Entry]) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (written, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let path = if written.is_empty() { Some(document.path.clone()) } else { resolve(&document.path, written) };
    let Some(path) = path.filter(|path| is_there(path, entries)) else {
        return Some(format!("`{target}` leads nowhere"));
    };
    let anchor = anchor?;
    let named = entries.iter().find(|entry| entry.path == path).filter(|entry| is_document(entry));
    let headings = named.and_then(|entry| text(entries, &entry.path)).map(markdown::anchors).unwrap_or_default();
    (!headings.iter().any(|heading| heading == anchor)).then(|| format!("{path} has no heading `#{anchor}`"))
}

fn is_there(path: &str, entries: &[Entry]) -> bool {
    let folder = format!("{path}/");
    entries.iter().any(|entry| entry.path == path || entry.path.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::super::entry;
    use super::*;

    #[test]
    fn links_lead_to_files_folders_and_headings() {
        let page = "# A\n[a](#a) [b](../README.md#c) [folder](../crates/x) [file](../crates/x/y.rs) [far](https://example.com#x)\n\
                    [n](n)\n[n](#n)\n[n](../README.md#n)\n[n](../../README.md)\n[n](../crates/x/y.rs#c)\n";
        let entries = [entry("docs/mcp.md", page), entry("README.md", "## C\n"), entry("crates/x/y.rs", "")];
        let mut findings = Vec::new();
        check(&entries[0], &entries, &mut findings);
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [3, 4, 5, 6, 7], "{findings:?}");
    }
}
