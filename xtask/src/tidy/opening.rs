//! Every module opens with a paragraph that says what it is for.
//!
//! The root of a crate or of a folder says more: what it owns, what it does not, which sections it implements. That
//! takes two sentences at least.

use super::finding::Finding;
use super::rust_file::RustFile;

/// Shorter than this, an opening says no more than the file's name.
const CHARACTERS_LEAST: usize = 20;
const SENTENCES_OF_ROOTS: usize = 2;

/// Checks the opening of a file that is part of a crate. Tests need none.
pub(crate) fn check(file: &RustFile, findings: &mut Vec<Finding>) {
    if file.is_test() || !file.path.contains("/src/") {
        return;
    }
    let opening = opening(file.text);
    let problem = if !file.text.starts_with("//!") {
        "does not begin with `//!`".to_owned()
    } else if opening.chars().count() < CHARACTERS_LEAST || sentence_count(&opening) == 0 {
        "the opening is not a sentence".to_owned()
    } else if is_root(file.path) && sentence_count(&opening) < SENTENCES_OF_ROOTS {
        "the opening of a root is a single sentence".to_owned()
    } else {
        return;
    };
    let remedy = "say in two to six sentences what it owns, what it does not, and which sections it implements";
    findings.push(Finding::failure((file.path, 1), "opening", problem, remedy));
}

fn is_root(path: &str) -> bool {
    ["/mod.rs", "/lib.rs"].iter().any(|root| path.ends_with(root))
}

fn opening(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// Counts full stops, question and exclamation marks at the end of words. Inside the text, a word of one letter or
/// digit before the mark is an abbreviation or a number.
fn sentence_count(text: &str) -> usize {
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_end_matches([')', '*', '_', '`', '"'])).collect();
    let ends_sentence = |index: usize, word: &str| {
        let is_word = word.chars().count() > 2 && !word.ends_with("e.g.") || index + 1 == words.len();
        is_word && word.ends_with(['.', '?', '!'])
    };
    words.iter().enumerate().filter(|(index, word)| ends_sentence(*index, word)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> Vec<String> {
        let file = RustFile::parse(path, text).expect("parses");
        let mut findings = Vec::new();
        check(&file, &mut findings);
        findings.into_iter().map(|finding| finding.problem).collect()
    }

    #[test]
    fn module_without_opening_fails() {
        assert_eq!(problems("crates/x/src/a.rs", "fn a() {}"), ["does not begin with `//!`"]);
        assert_eq!(problems("crates/x/src/a.rs", "// Not documentation.\nfn a() {}"), ["does not begin with `//!`"]);
    }

    #[test]
    fn opening_that_says_nothing_fails() {
        assert_eq!(problems("crates/x/src/a.rs", "//! Placeholder.\n"), ["the opening is not a sentence"]);
        assert_eq!(problems("crates/x/src/a.rs", &format!("//! {}\n", "word ".repeat(9))).len(), 1);
        assert!(problems("crates/x/src/a.rs", "//! How a command fails: with exit code 1.\n").is_empty());
    }

    #[test]
    fn roots_say_more() {
        let short = "//! What the token endpoint does (RFC 6749 §3.2).\n";
        let long = "//! What the token endpoint does (RFC 6749 §3.2).\n//!\n//! It does not sign.\n";
        assert!(problems("crates/x/src/a.rs", short).is_empty());
        assert_eq!(problems("crates/x/src/a/mod.rs", short), ["the opening of a root is a single sentence"]);
        assert!(problems("crates/x/src/lib.rs", long).is_empty());
    }

    #[test]
    fn tests_need_no_opening() {
        assert!(problems("crates/x/tests/it/a.rs", "fn a() {}").is_empty());
        assert!(problems("crates/x/src/a/tests.rs", "fn a() {}").is_empty());
    }
}
