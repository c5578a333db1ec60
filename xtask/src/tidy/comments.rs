//! Doc comments that say nothing: a single word, written because a lint asked for a comment.
//!
//! One word in backticks may stay where it says more than the name, as the one value of a field does.

use super::finding::Finding;
use super::rust_file::{RustFile, Token, TokenKind};

/// What may stand between a doc comment and the name of the item.
const KEYWORDS: &[&str] = &[
    "async",
    "const",
    "crate",
    "enum",
    "extern",
    "fn",
    "impl",
    "in",
    "macro_rules",
    "mod",
    "mut",
    "pub",
    "self",
    "static",
    "struct",
    "super",
    "trait",
    "type",
    "union",
    "unsafe",
    "use",
];

/// Checks all doc comments of a file, tests and macros included.
pub(crate) fn check(file: &RustFile, findings: &mut Vec<Finding>) {
    let tokens = &file.tokens;
    let mut at = 0;
    while at < tokens.len() {
        let (comment, end) = attributes(tokens, at);
        if let [(line, text)] = comment.as_slice()
            && says_nothing(text, item_name(&tokens[end..]))
        {
            let problem = format!("the whole comment is \"{text}\"");
            let remedy = "say what the name does not say; if there is nothing to say, let the item be `pub(crate)`";
            findings.push(Finding::failure((file.path, *line), "one-word-comment", problem, remedy));
        }
        at = end.max(at + 1);
    }
}

/// The words of the doc comments among the attributes that begin at `at`, with their lines, and where the attributes end.
fn attributes(tokens: &[Token], mut at: usize) -> (Vec<(usize, String)>, usize) {
    let mut words = Vec::new();
    while let [hash, open, rest @ ..] = &tokens[at..]
        && hash.kind == TokenKind::Punctuation('#')
        && open.kind == TokenKind::Open('[')
    {
        if let [doc, _, Token { kind: TokenKind::Literal(text), line, .. }, _, ..] = rest
            && doc.is_identifier("doc")
        {
            words.extend(text.trim_matches('"').split_whitespace().map(|word| (*line, word.to_owned())));
        }
        at += 2 + length_of_group(rest);
    }
    (words, at)
}

/// The number of tokens up to and including the bracket that closes the group, whose opening has just been passed.
fn length_of_group(tokens: &[Token]) -> usize {
    let mut depth = 1_usize;
    let closes = |token: &Token| {
        match token.kind {
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) => depth -= 1,
            _ => {}
        }
        depth == 0
    };
    tokens.iter().position(closes).map_or(tokens.len(), |last| last + 1)
}

/// The name of the item, field or variant that begins here.
fn item_name(tokens: &[Token]) -> &str {
    tokens.iter().filter_map(Token::identifier).find(|name| !KEYWORDS.contains(name)).unwrap_or_default()
}

fn says_nothing(word: &str, name: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    let bare = word.trim_end_matches('.').trim_matches(['[', ']']);
    let is_code = bare.len() > 2 && bare.starts_with('`') && bare.ends_with('`');
    !is_code || plain(bare) == plain(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let file = RustFile::parse("crates/x/src/a.rs", text).expect("parses");
        let mut findings = Vec::new();
        check(&file, &mut findings);
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn one_plain_word_fails_on_every_kind_of_item() {
        let text = "/// Logging.\npub struct A {\n/// Now.\npub clock: u8,\n}\npub enum B {\n/// Never.\n#[default]\nStrict,\n}\n\
                    #[derive(Debug)]\n/// Port\nstruct C;\nimpl C {\n/// Makes\nfn new() {}\n}";
        assert_eq!(lines(text), [1, 3, 7, 12, 15]);
    }

    #[test]
    fn macros_and_tests_count() {
        assert_eq!(lines("texts! {\n/// Button.\nsubmit,\n/// The button of the form.\nother,\n}"), [2]);
        assert_eq!(lines("#[cfg(test)]\nmod tests {\n/// Client.\nconst A: u8 = 1;\n}"), [3]);
    }

    #[test]
    fn a_value_may_stand_and_the_items_own_name_may_not() {
        let text = "struct A {\n/// `Bearer`.\ntoken_type: u8,\n/// `acr_values`.\n#[serde(default)]\npub acr_values: u8,\n\
                    /// `User-Agent`\npub(crate) user_agent: u8,\n}\n/// `invalid_request`.\npub const fn fault() {}";
        assert_eq!(lines(text), [4, 7]);
    }

    #[test]
    fn sentences_and_examples_stay() {
        let text = "//! Opening.\n/// The answer goes into the\n/// query.\nfn a() {}\n/// Sums.\n///\n/// ```\n/// b();\n/// ```\n\
                    fn b() {}\n// Now.\nfn c() {}\n#[doc(hidden)]\nfn d() {}";
        assert!(lines(text).is_empty());
    }
}
