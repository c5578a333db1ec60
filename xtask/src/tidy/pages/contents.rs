//! Each page is in the table of contents, once; a page that is not there is not part of the site.

use std::collections::BTreeMap;

use super::{CONTENTS, FOLDER, is_document, resolve, text};
use crate::markdown;
use crate::tidy::finding::Finding;
use crate::tidy::repository::Entry;

const RULE: &str = "contents";

/// Compares the pages with the table of contents.
pub(super) fn check(entries: &[Entry], findings: &mut Vec<Finding>) {
    let Some(contents) = text(entries, CONTENTS) else { return };
    let mut listed: BTreeMap<String, usize> = BTreeMap::new();
    for link in markdown::links(contents) {
        let path = resolve(CONTENTS, link.target).unwrap_or_default();
        if listed.insert(path, link.line).is_some() {
            let problem = format!("lists `{}` twice", link.target);
            findings.push(Finding::failure((CONTENTS, link.line), RULE, problem, "a page has one place"));
        }
    }
    let pages = entries.iter().filter(|entry| entry.path.starts_with(FOLDER) && is_document(entry));
    for page in pages.filter(|page| page.path != CONTENTS && !listed.contains_key(&page.path)) {
        let problem = format!("is not in {CONTENTS}");
        findings.push(Finding::failure((&page.path, 1), RULE, problem, "give it a place there, or nobody finds it"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry;
    use super::*;

    #[test]
    fn each_page_has_one_place() {
        let contents = entry(
            CONTENTS,
            "# Contents\n\n[A](mcp.md)\n- [B](security-profiles/fapi2.md)\n- [B](security-profiles/fapi2.md)\n",
        );
        let pages = [
            contents,
            entry("docs/mcp.md", ""),
            entry("docs/keys.md", ""),
            entry("docs/security-profiles/fapi2.md", ""),
        ];
        let mut findings = Vec::new();
        check(&pages, &mut findings);
        let found: Vec<_> = findings.iter().map(|finding| (finding.path.as_str(), finding.line)).collect();
        assert_eq!(found, [(CONTENTS, 5), ("docs/keys.md", 1)]);
    }
}
