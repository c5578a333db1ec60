//! Citations of what a reader cannot open: documents that are not in the repository, and numbers in lists that only
//! those who have them understand.
//!
//! The rule holds for every text, names of tests included. Public standards are cited by their names and sections.

use std::path::Path;

use super::finding::Finding;
use super::repository::Entry;

/// The list of attacks by number, the description of the wire, and the folder where both once lay. They are put
/// together from parts here, so that this file does not hold what it forbids.
const LIST: &str = concat!("immu", "nity");
const DESCRIPTION: [&str; 2] = [concat!("wi", "re"), "reference"];
const FOLDER: &str = concat!("sha", "red/");

/// Recorded exchanges, which the tests look for beside the repository, and the two files that do.
const RECORDINGS: &str = concat!("../sha", "red/golden");
const RECORDINGS_USED_IN: &[&str] = &["scripts/test", "crates/server/tests/it/support/settings.rs"];

const REMEDY: &str = "say the rule instead";

/// A word without what stands around it, with its line.
struct Word<'t> {
    text: &'t str,
    line: usize,
}

/// Checks the path and the text of a file. `entries` are all files of the repository.
pub(crate) fn check(entry: &Entry, entries: &[Entry], findings: &mut Vec<Finding>) {
    let Some(text) = entry.text() else { return };
    let mut fail = |line: usize, cited: &str| {
        let problem = format!("cites `{cited}`, which is not in the repository");
        findings.push(Finding::failure((&entry.path, line), "citation", problem, REMEDY));
    };
    if entry.path.contains(LIST) {
        fail(1, LIST);
    }
    // Most texts hold neither, and are not taken apart.
    let lower = text.to_lowercase();
    let words = if lower.contains(DESCRIPTION[1]) || lower.contains(LIST) { words(&lower) } else { Vec::new() };
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).map_or("", |next| next.text);
        if is_list_citation(word.text, next) {
            fail(word.line, LIST);
        } else if [word.text, next] == DESCRIPTION {
            fail(word.line, &DESCRIPTION.join(" "));
        }
    }
    for (index, line) in text.lines().enumerate() {
        let recordings = RECORDINGS_USED_IN.contains(&entry.path.as_str()) && line.contains(RECORDINGS);
        if names_folder(line) && !recordings {
            fail(index + 1, FOLDER);
        }
        for document in documents(line).filter(|document| !is_here(document, entries)) {
            fail(index + 1, document);
        }
    }
}

/// The words of a text across its lines, without the marks of comments.
fn words(text: &str) -> Vec<Word<'_>> {
    let numbered = text.lines().enumerate();
    let words = numbered.flat_map(|(index, line)| line.split_whitespace().map(move |word| (index + 1, word)));
    let trimmed = words.map(|(line, word)| {
        let text = word.trim_matches(|character: char| !character.is_alphanumeric());
        Word { text, line }
    });
    trimmed.filter(|word| !word.text.is_empty()).collect()
}

/// `LIST_07_…`, `LIST 7` and `LIST no. 7`.
fn is_list_citation(word: &str, next: &str) -> bool {
    let numbered = next == "no" || next.starts_with(|character: char| character.is_ascii_digit());
    word.contains(&format!("{LIST}_")) || word == LIST && numbered
}

/// True for the folder's name behind `../` or at the start of a path.
fn names_folder(line: &str) -> bool {
    let is_part_of_path = |character: char| character.is_alphanumeric() || "-_./".contains(character);
    line.match_indices(FOLDER).any(|(at, _)| {
        let before = &line[..at];
        before.ends_with("../") || !before.ends_with(is_part_of_path)
    })
}

/// Names and paths of Markdown documents in a line, without those in the web.
fn documents(line: &str) -> impl Iterator<Item = &str> {
    let parts = line.split(|character: char| !character.is_alphanumeric() && !"-_./".contains(character));
    let is_document = |part: &&str| {
        let path = Path::new(part);
        path.extension().is_some_and(|extension| extension == "md") && !part.starts_with("//")
    };
    parts.map(|part| part.trim_end_matches('.')).filter(is_document)
}

fn is_here(document: &str, entries: &[Entry]) -> bool {
    let document = document.trim_start_matches("../").trim_start_matches("./");
    entries
        .iter()
        .any(|entry| entry.path.strip_suffix(document).is_some_and(|folder| folder.is_empty() || folder.ends_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, text: &str) -> Entry {
        Entry { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let entries = [entry("README.md", ""), entry("docs/moving-from-hydra.md", ""), entry(path, text)];
        let mut findings = Vec::new();
        check(&entries[2], &entries, &mut findings);
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn numbers_in_the_list_fail_in_names_and_prose() {
        let text = format!(
            "fn {LIST}_07_a() {{}}\n// Once ({LIST} 39).\n\"{} no. 3\"\n//! See {LIST}\n//! 12, too.",
            LIST.to_uppercase()
        );
        assert_eq!(lines("crates/x/tests/a.rs", &text), [1, 2, 3, 4]);
        assert_eq!(lines(&format!("crates/x/tests/{LIST}_07.rs"), ""), [1]);
        assert!(lines("a.rs", &format!("// There is no {LIST} from prosecution.")).is_empty());
    }

    #[test]
    fn description_fails_also_across_lines() {
        let [first, second] = DESCRIPTION;
        let text = format!(
            "//! Lists ({first} {second} §3.1).\n/// As the {first}\n/// {second} says.\nconst A: &str = \"{first} {second} §8\";"
        );
        assert_eq!(lines("crates/x/src/a.rs", &text), [1, 2, 4]);
        assert!(lines("a.rs", &format!("// the {first}; a {second}; {first}d {second}s")).is_empty());
    }

    #[test]
    fn folder_beside_the_repository_is_not_cited() {
        let text =
            format!("a ../{FOLDER}cases\nb `{FOLDER}golden`\nc un{FOLDER}d and x/{FOLDER}e\n$(pwd)/../{FOLDER}f");
        assert_eq!(lines("CONTRIBUTING.txt", &text), [1, 2, 4]);
    }

    #[test]
    fn recordings_are_looked_for_in_two_files() {
        let text = format!("{RECORDINGS}\n$(pwd)/{RECORDINGS}\n\"../../{RECORDINGS}\"\n../{FOLDER}cases");
        for path in RECORDINGS_USED_IN {
            assert_eq!(lines(path, &text), [4]);
        }
        assert!(lines("scripts/other", &text).starts_with(&[1]));
    }

    #[test]
    fn documents_that_are_not_here_fail() {
        let extension = "md";
        let text = format!(
            "//! See design.{extension} §4.\n[the guide](docs/moving-from-hydra.{extension}), ../README.{extension}.\n\
             https://example.com/notes.{extension} and *.{extension}\n`docs/README.{extension}`"
        );
        assert_eq!(lines("crates/x/src/a.rs", &text), [1, 4]);
    }
}
