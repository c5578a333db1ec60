//! The documentation as pages that lead to each other: what a reader finds, follows and copies.
//!
//! [`contents`]: each page is in the table of contents. [`links`]: each link of a document leads to something that is
//! there. [`blocks`]: each block of code is run by a test, or says why it is not.

mod blocks;
mod contents;
mod links;

use super::finding::Finding;
use super::repository::Entry;

/// The folder of the pages, and the table of contents.
const FOLDER: &str = "docs/";
const CONTENTS: &str = "docs/SUMMARY.md";

/// Parts of the client crate's documentation, whose links rustdoc follows.
const FOLLOWED_BY_RUSTDOC: &str = "crates/client/docs/";

/// Checks all documents.
pub(crate) fn check(entries: &[Entry], findings: &mut Vec<Finding>) {
    contents::check(entries, findings);
    for document in entries.iter().filter(|entry| is_document(entry)) {
        if !document.path.starts_with(FOLLOWED_BY_RUSTDOC) {
            links::check(document, entries, findings);
        }
        if document.path == "README.md" || document.path.starts_with(FOLDER) {
            blocks::check(document, entries, findings);
        }
    }
}

fn is_document(entry: &Entry) -> bool {
    std::path::Path::new(&entry.path).extension().is_some_and(|extension| extension == "md")
}

/// The text of a file of the repository.
fn text<'e>(entries: &'e [Entry], path: &str) -> Option<&'e str> {
    entries.iter().find(|entry| entry.path == path).and_then(Entry::text)
}

/// A path as it is written in the document `from`, from the repository's root. `None` where it leads out of it.
fn resolve(from: &str, written: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
fn entry(path: &str, text: &str) -> Entry {
    Entry { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
}
