//! A Rust source file in the two forms that rules read: its syntax tree, and its tokens with their lines.
//!
//! Tokens see into macros and leave out comments and strings, so a name in prose breaks no wall. Code that only
//! tests see (`#[cfg(test)]` items and the files they declare, `tests` folders) is marked, as several rules do not apply to it.

use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};

use super::finding::Finding;

/// What a token is, as far as rules care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Identifier(String),
    Punctuation(char),
    Open(char),
    Close(char),
    /// As written; the text of a doc comment is a string.
    Literal(String),
}

/// A token with its place.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// Line, counted from 1.
    pub(crate) line: usize,
    /// Part of a `#[cfg(test)]` item.
    pub(crate) test: bool,
}

impl Token {
    pub(crate) fn is_identifier(&self, name: &str) -> bool {
        matches!(&self.kind, TokenKind::Identifier(found) if found == name)
    }

    pub(crate) fn identifier(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Identifier(name) => Some(name),
            _ => None,
        }
    }
}

/// A parsed source file.
pub(crate) struct RustFile<'a> {
    /// Path from the repository's root, with `/`.
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    pub(crate) syntax: syn::File,
    pub(crate) tokens: Vec<Token>,
    test: bool,
    test_lines: Vec<RangeInclusive<usize>>,
}

impl<'a> RustFile<'a> {
    /// Parses a file. One that does not parse is itself a finding.
    pub(crate) fn parse(path: &'a str, text: &'a str) -> Result<Self, Finding> {
        let unreadable = |line: usize, problem: String| {
            Finding::failure((path, line), "syntax", problem, "make it valid Rust, or give it another extension")
        };
        let stream: TokenStream =
            text.parse().map_err(|error: LexError| unreadable(error.span().start().line, error.to_string()))?;
        let syntax = syn::parse2(stream.clone())
            .map_err(|error: syn::Error| unreadable(error.span().start().line, error.to_string()))?;
        let mut collector = Collector::default();
        collector.collect(stream, false);
        let Collector { tokens, test_lines } = collector;
        Ok(Self { path, text, syntax, tokens, test: is_test_path(path), test_lines })
    }

    /// True for files that hold nothing but tests, benchmarks or fuzz targets.
    pub(crate) fn is_test(&self) -> bool {
        self.test
    }

    /// Modules in files of their own that this file declares for tests only: `src/a/b` for `src/a/b.rs` and `src/a/b/`.
    pub(crate) fn test_modules(&self) -> Vec<String> {
        let stem = self.path.strip_suffix(".rs").unwrap_or(self.path);
        let folder = match stem.rsplit_once('/') {
            Some((parent, "mod" | "lib" | "main")) => parent,
            _ => stem,
        };
        let declarations = self.tokens.windows(3).filter(|window| {
            window[0].test && window[0].is_identifier("mod") && window[2].kind == TokenKind::Punctuation(';')
        });
        declarations.filter_map(|window| Some(format!("{folder}/{}", window[1].identifier()?))).collect()
    }

    /// Marks the file as a test when it is one of `modules` or lies below one.
    pub(crate) fn mark_test(&mut self, modules: &[String]) {
        let is_part = |module: &String| {
            self.path.strip_prefix(module.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        self.test = self.test || modules.iter().any(is_part);
    }

    /// Lines outside `#[cfg(test)]` items.
    pub(crate) fn product_line_count(&self) -> usize {
        let tests: usize = self.test_lines.iter().map(|lines| lines.end() - lines.start() + 1).sum();
        self.text.lines().count().saturating_sub(tests)
    }

    /// True for a line of a `#[cfg(test)]` item.
    pub(crate) fn is_test_line(&self, line: usize) -> bool {
        self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// Tokens that end up in the product.
    pub(crate) fn product_tokens(&self) -> Vec<Token> {
        if self.is_test() { Vec::new() } else { self.tokens.iter().filter(|token| !token.test).cloned().collect() }
    }
}

/// True for paths that hold nothing but tests, benchmarks or fuzz targets.
pub(crate) fn is_test_path(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let file = parts.next().unwrap_or_default();
    file == "tests.rs"
        || file.ends_with("_tests.rs")
        || parts.any(|folder| ["tests", "benches", "fuzz"].contains(&folder))
}

#[derive(Default)]
struct Collector {
    tokens: Vec<Token>,
    test_lines: Vec<RangeInclusive<usize>>,
}

impl Collector {
    fn collect(&mut self, stream: TokenStream, inside_test: bool) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut item_end = 0;
        for (index, tree) in trees.iter().enumerate() {
            if index >= item_end && !inside_test && starts_test_item(&trees[index..]) {
                item_end = index + test_item_length(&trees[index..]);
                let last = trees.get(item_end - 1).unwrap_or(tree);
                self.test_lines.push(tree.span().start().line..=last.span().end().line);
            }
            self.push(tree, inside_test || index < item_end);
        }
    }

    fn push(&mut self, tree: &TokenTree, test: bool) {
        let line = tree.span().start().line;
        let kind = match tree {
            TokenTree::Ident(identifier) => TokenKind::Identifier(identifier.to_string()),
            TokenTree::Punct(punctuation) => TokenKind::Punctuation(punctuation.as_char()),
            TokenTree::Literal(literal) => TokenKind::Literal(literal.to_string()),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ('(', ')'),
                    Delimiter::Brace => ('{', '}'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::None => (' ', ' '),
                };
                self.tokens.push(Token { kind: TokenKind::Open(open), line, test });
                self.collect(group.stream(), test);
                let line = tree.span().end().line;
                self.tokens.push(Token { kind: TokenKind::Close(close), line, test });
                return;
            }
        };
        self.tokens.push(Token { kind, line, test });
    }
}

fn starts_test_item(trees: &[TokenTree]) -> bool {
    match trees {
        [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] => {
            let text: String = attribute.stream().to_string().split_whitespace().collect();
            hash.as_char() == '#' && text == "cfg(test)"
        }
        _ => false,
    }
}

/// The number of token trees up to the end of the item: its block, or its semicolon.
fn test_item_length(trees: &[TokenTree]) -> usize {
    let ends_item = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punctuation) => punctuation.as_char() == ';',
        _ => false,
    };
    trees.iter().position(ends_item).map_or(trees.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_items_are_marked_and_not_counted() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        let file = RustFile::parse("crates/x/src/a.rs", text).expect("parses");
        assert_eq!(file.product_line_count(), 2);
        let product = file.product_tokens();
        assert!(product.iter().any(|token| token.is_identifier("c")));
        assert!(!product.iter().any(|token| token.is_identifier("b")));
        assert!(file.is_test_line(4) && !file.is_test_line(6));
    }

    #[test]
    fn test_files_are_known_by_their_path() {
        for path in ["crates/x/tests/it/main.rs", "crates/x/src/a/tests.rs", "fuzz/a.rs", "crates/x/benches/b.rs"] {
            assert!(is_test_path(path), "{path}");
        }
        assert!(!is_test_path("crates/x/src/contests.rs"));
    }

    #[test]
    fn files_declared_for_tests_are_tests() {
        let text = "mod b;\n#[cfg(test)]\nmod vectors;\n";
        for (path, module) in [("x/src/lib.rs", "x/src/vectors"), ("x/src/a.rs", "x/src/a/vectors")] {
            let modules = RustFile::parse(path, text).expect("parses").test_modules();
            assert_eq!(modules, [module]);
            for (declared, expected) in
                [(format!("{module}.rs"), true), (format!("{module}/c.rs"), true), (format!("{module}s.rs"), false)]
            {
                let mut file = RustFile::parse(&declared, "").expect("parses");
                file.mark_test(&modules);
                assert_eq!(file.is_test(), expected, "{declared}");
            }
        }
    }

    #[test]
    fn broken_file_is_a_finding() {
        let finding = RustFile::parse("a.rs", "fn a() {\n  let = ;\n}\n").err().expect("does not parse");
        assert_eq!((finding.rule, finding.line), ("syntax", 2));
    }
}
