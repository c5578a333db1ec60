//! Leftovers: unfinished code, files that do not belong into a repository, and traces of one machine.
//!
//! These rules hold for every file, tests and documents included.

use super::finding::Finding;
use super::repository::Entry;
use super::rust_file::{RustFile, TokenKind};

const SIZE_LIMIT_BYTES: usize = 1_000_000;

/// Folder and extension of the binary files that may be here.
const BINARY_ALLOWED: (&str, &str) = ("docs/images/", ".png");

const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];

/// Paths that exist on one machine only, and phrases that mean something to nobody else. They are put together from
/// parts here, so that this file does not hold what it forbids.
const MACHINE_PATHS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/")];
const MACHINE_PHRASES: &[&str] =
    &[concat!("helper", " session"), concat!("agent", " session"), concat!("hydra source", " code")];

/// Checks a file of any kind.
pub(crate) fn check_entry(entry: &Entry, findings: &mut Vec<Finding>) {
    if entry.bytes.len() > SIZE_LIMIT_BYTES {
        let problem = format!("{} bytes", entry.bytes.len());
        findings.push(Finding::failure(
            (&entry.path, 1),
            "file-size",
            problem,
            "one megabyte at most: keep it elsewhere",
        ));
    }
    let Some(text) = entry.text() else {
        let (folder, extension) = BINARY_ALLOWED;
        if !(entry.path.starts_with(folder) && entry.path.ends_with(extension)) {
            let remedy = "generate it, or write it as text; pictures go to docs/images as PNG";
            findings.push(Finding::failure((&entry.path, 1), "binary-file", "binary".to_owned(), remedy));
        }
        return;
    };
    for (index, line) in text.lines().enumerate() {
        let place = (entry.path.as_str(), index + 1);
        if let Some(path) = MACHINE_PATHS.iter().find(|path| line.contains(*path)) {
            let problem = format!("mentions `{path}`, a path of one machine");
            findings.push(Finding::failure(place, "machine-path", problem, "use a relative path or a variable"));
        }
        let lower = line.to_lowercase();
        if let Some(phrase) = MACHINE_PHRASES.iter().find(|phrase| lower.contains(*phrase)) {
            let problem = format!("mentions `{phrase}`");
            findings.push(Finding::failure(place, "machine-phrase", problem, "write for readers anywhere"));
        }
    }
}

/// Checks for macros that mark unfinished code.
pub(crate) fn check_macros(file: &RustFile, findings: &mut Vec<Finding>) {
    for window in file.tokens.windows(2) {
        let name = window[0].identifier().filter(|name| UNFINISHED.contains(name));
        if let Some(name) = name.filter(|_| window[1].kind == TokenKind::Punctuation('!')) {
            let problem = format!("`{name}!`");
            findings.push(Finding::failure(
                (file.path, window[0].line),
                "unfinished",
                problem,
                "finish it or leave it out",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, bytes: &[u8]) -> Vec<(&'static str, usize)> {
        let mut findings = Vec::new();
        check_entry(&Entry { path: path.to_owned(), bytes: bytes.to_vec() }, &mut findings);
        findings.iter().map(|finding| (finding.rule, finding.line)).collect()
    }

    #[test]
    fn large_file_fails() {
        assert_eq!(rules("a.txt", &vec![b'a'; SIZE_LIMIT_BYTES + 1]), [("file-size", 1)]);
        assert!(rules("a.txt", &vec![b'a'; SIZE_LIMIT_BYTES]).is_empty());
    }

    #[test]
    fn binary_file_fails_outside_the_images() {
        for bytes in [&b"a\0b"[..], &[0xff, 0xfe]] {
            assert_eq!(rules("crates/x/a.der", bytes), [("binary-file", 1)]);
            assert_eq!(rules("docs/images/a.jpg", bytes), [("binary-file", 1)]);
            assert!(rules("docs/images/a.png", bytes).is_empty());
        }
    }

    #[test]
    fn traces_of_a_machine_fail() {
        for path in MACHINE_PATHS {
            assert_eq!(rules("a.txt", format!("first\nsee {path}main\n").as_bytes()), [("machine-path", 2)]);
        }
        for phrase in MACHINE_PHRASES {
            assert_eq!(rules("a.txt", format!("A {}\n", phrase.to_uppercase()).as_bytes()), [("machine-phrase", 1)]);
        }
        assert!(rules("a.txt", b"a framework/b, rooted, agents, a session").is_empty());
    }

    #[test]
    fn unfinished_code_fails_in_tests_too() {
        let bang = '!';
        let text =
            format!("fn a() {{\n todo{bang}();\n}}\n#[cfg(test)]\nmod tests {{\n fn b() {{ dbg{bang}(1); }}\n}}\n");
        let file = RustFile::parse("crates/x/src/a.rs", &text).expect("parses");
        let mut findings = Vec::new();
        check_macros(&file, &mut findings);
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [2, 6]);
    }
}
