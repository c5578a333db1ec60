//! Which specifications the code cites, section by section, and which tests do. [`document`] writes that for readers,
//! from the citations themselves; [`check`] refuses a document that is behind the code, and a specification without a
//! title. A citation says where a rule is kept, and not that every rule of the section is.

mod reader;
mod titles;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::finding::Finding;
use super::repository::Entry;
use super::rust_file::RustFile;
use reader::Citation;
use titles::{SPECIFICATIONS, Specification};

/// Where the document is.
pub(crate) const DOCUMENT: &str = "docs/reference/specifications.md";

const TITLES: &str = "xtask/src/tidy/specifications/titles.rs";
/// The repository's own tools talk about specifications, and keep to none.
const TOOLS: &str = "xtask/";
const TESTS: &str = "crates/server/tests/it";

const OPENING: &str = "<!-- Written by `cargo run -p xtask -- specifications`; do not edit. -->

# Specifications

Which specifications the code cites, section by section, and where. Both are read from the code: a rule cites its section
where it is kept, so the list leads from a section to the code and back. That a section is cited does not say that all of
it is built; what is, is in the [list of features](../../README.md#where-it-stands) and in the guides.

";

/// Files by section; what is cited as a whole has no section.
type Sections<'f> = BTreeMap<Option<SectionNumber>, Files<'f>>;

#[derive(Default)]
struct Files<'f> {
    code: BTreeSet<&'f str>,
    tests: BTreeSet<&'f str>,
}

/// A section, ordered as in a table of contents.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct SectionNumber {
    parts: Vec<(u32, String)>,
    text: String,
}

impl SectionNumber {
    fn new(text: String) -> Self {
        let part = |part: &str| (part.parse().unwrap_or(u32::MAX), part.to_owned());
        Self { parts: text.split(['.', '-']).map(part).collect(), text }
    }
}

/// The document as the code has it.
pub(crate) fn document(files: &[RustFile]) -> String {
    let cited = cited(files);
    let mut text = OPENING.to_owned();
    text.push_str("| Specification | | Sections that the code cites | Files | Tests | Test files that cite it |\n|---|---|---|--:|---|--:|\n");
    for specification in SPECIFICATIONS {
        let Some(sections) = cited.get(specification.name) else { continue };
        let _ = writeln!(text, "{}", row(specification, sections));
    }
    for specification in SPECIFICATIONS {
        let Some(sections) = cited.get(specification.name) else { continue };
        let _ = write!(
            text,
            "\n## {}\n\n{}.\n\n| Section | Code | Tests |\n|---|---|---|\n",
            specification.name, specification.title
        );
        for (section, files) in sections {
            let section = section.as_ref().map_or("as a whole".to_owned(), |section| format!("§{}", section.text));
            let _ = writeln!(text, "| {section} | {} | {} |", list(&files.code), list(&files.tests));
        }
    }
    text
}

fn row(specification: &Specification, sections: &Sections) -> String {
    let in_code = sections.iter().filter(|(_, files)| !files.code.is_empty());
    let numbers: Vec<&str> =
        in_code.filter_map(|(section, _)| section.as_ref()).map(|section| section.text.as_str()).collect();
    let code: BTreeSet<&str> = sections.values().flat_map(|files| files.code.iter().copied()).collect();
    let tests: BTreeSet<&str> = sections.values().flat_map(|files| files.tests.iter().copied()).collect();
    let folders: Vec<String> = specification.tests.iter().map(|folder| format!("`it::{folder}`")).collect();
    format!(
        "| [{}](#{}) | {} | {} | {} | {} | {} |",
        specification.name,
        anchor(specification.name),
        specification.title,
        numbers.join(", "),
        code.len(),
        folders.join(", "),
        tests.len(),
    )
}

/// The name of a heading in a link.
fn anchor(heading: &str) -> String {
    let lower = heading.to_lowercase().replace(' ', "-");
    lower.chars().filter(|character| character.is_alphanumeric() || *character == '-').collect()
}

fn list(files: &BTreeSet<&str>) -> String {
    let shown = files.iter().map(|file| format!("`{}`", file.strip_prefix("crates/").unwrap_or(file)));
    shown.collect::<Vec<_>>().join(" ")
}

/// All citations of the product and its tests.
fn cited<'f>(files: &[RustFile<'f>]) -> BTreeMap<String, Sections<'f>> {
    let mut cited: BTreeMap<String, Sections<'f>> = BTreeMap::new();
    for file in files.iter().filter(|file| !file.path.starts_with(TOOLS)) {
        let numbered = || (1..).zip(file.text.lines());
        let is_test = |line: usize| file.is_test() || file.is_test_line(line);
        let code = reader::flat(numbered().filter(|(line, _)| !is_test(*line)).map(|(_, text)| text));
        let tests = reader::flat(numbered().filter(|(line, _)| is_test(*line)).map(|(_, text)| text));
        let path: &'f str = file.path;
        for Citation { specification, section } in reader::citations(&code) {
            let sections = cited.entry(specification).or_default();
            sections.entry(section.map(SectionNumber::new)).or_default().code.insert(path);
        }
        for Citation { specification, section } in reader::citations(&tests) {
            let sections = cited.entry(specification).or_default();
            sections.entry(section.map(SectionNumber::new)).or_default().tests.insert(path);
        }
    }
    cited
}

/// Checks that every cited specification has a title, that its tests exist, and that the document is up to date.
pub(crate) fn check(files: &[RustFile], entries: &[Entry], findings: &mut Vec<Finding>) {
    let mut fail = |path: &str, problem: String, remedy: &'static str| {
        findings.push(Finding::failure((path, 1), "specifications", problem, remedy));
    };
    for (name, sections) in cited(files) {
        if !SPECIFICATIONS.iter().any(|specification| specification.name == name) {
            let file = sections.values().flat_map(|files| files.code.iter().chain(&files.tests)).next();
            fail(
                file.copied().unwrap_or(TITLES),
                format!("cites {name}, which has no title"),
                "add it to SPECIFICATIONS",
            );
        }
    }
    for folder in SPECIFICATIONS.iter().flat_map(|specification| specification.tests) {
        let path = format!("{TESTS}/{folder}");
        if !entries.iter().any(|entry| entry.path.starts_with(&format!("{path}/"))) {
            fail(TITLES, format!("there is no folder {path}"), "name the folder of its tests");
        }
    }
    let written = entries.iter().find(|entry| entry.path == DOCUMENT).and_then(Entry::text);
    if written != Some(&document(files)) {
        let problem = "the document is not what the code cites".to_owned();
        fail(DOCUMENT, problem, "write it anew: cargo run -p xtask -- specifications");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_stand_in_the_order_of_the_specification_with_their_files() {
        let code = "//! One (RFC 9126 §10, §2.1).\nfn a() {}\n#[cfg(test)]\nmod tests {\n    // RFC 9126 §3\n}\n";
        let files = [
            RustFile::parse("crates/server/src/a.rs", code).expect("parses"),
            RustFile::parse("crates/server/tests/it/b.rs", "// RFC 9126 §2.1\n").expect("parses"),
            RustFile::parse("xtask/src/c.rs", "// RFC 9126 §7\n").expect("parses"),
        ];
        let document = document(&files);
        let (_, table) = document.split_once("|---|---|---|\n").expect("a table of sections");
        assert_eq!(
            table,
            "| §2.1 | `server/src/a.rs` | `server/tests/it/b.rs` |\n| §3 |  | `server/src/a.rs` |\n\
             | §10 | `server/src/a.rs` |  |\n"
        );
        assert!(document.contains("| 2.1, 10 | 1 | `it::rfc9126` | 2 |"), "{document}");
    }

    #[test]
    fn a_specification_without_title_is_a_finding() {
        let file = RustFile::parse("crates/server/src/a.rs", "// RFC 12345 §1\n").expect("parses");
        let mut findings = Vec::new();
        check(std::slice::from_ref(&file), &[], &mut findings);
        assert!(findings.iter().any(|finding| finding.problem.contains("RFC 12345")));
    }
}
