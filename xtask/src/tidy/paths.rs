//! Paths among a file's tokens: what `std::` or `crate::` is followed by, and where `super::` leads.
//!
//! Tokens are read instead of the syntax tree because they also show what stands inside macros.

use super::rust_file::{Token, TokenKind};

/// Indices of what follows each `ROOT::`: one name or `*`, or the first of each path of a braced list.
pub(crate) fn names_after(tokens: &[Token], root: &str) -> Vec<usize> {
    let roots = tokens.iter().enumerate().filter(|(_, token)| token.is_identifier(root));
    roots.filter_map(|(index, _)| after_separator(tokens, index + 1)).flat_map(|at| targets(tokens, at)).collect()
}

/// Indices of the names that paths look up in the root of the crate, whether they come there by `crate::` or by as
/// many `super::` as the place is deep.
///
/// `file_depth` is the number of modules from the root to the file; modules with a body inside the file are counted
/// on top.
pub(crate) fn names_in_root(tokens: &[Token], file_depth: usize) -> Vec<usize> {
    let mut found = Vec::new();
    // For each open bracket, whether it opens the body of a module.
    let mut open = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match &token.kind {
            TokenKind::Open(_) => open.push(opens_module(tokens, index)),
            TokenKind::Close(_) => {
                open.pop();
            }
            TokenKind::Identifier(_) if !follows_separator(tokens, index) => {
                let depth = file_depth + open.iter().filter(|is_module| **is_module).count();
                if let Some(at) = behind_root(tokens, index, depth) {
                    found.extend(targets(tokens, at));
                }
            }
            _ => {}
        }
    }
    found
}

fn opens_module(tokens: &[Token], index: usize) -> bool {
    let before = &tokens[index.saturating_sub(2)..index];
    tokens[index].kind == TokenKind::Open('{') && before.first().is_some_and(|token| token.is_identifier("mod"))
}

/// Where the path that begins at `index`, `depth` modules below the root, goes on behind the root. `None` for a path
/// that does not lead there.
fn behind_root(tokens: &[Token], index: usize, depth: usize) -> Option<usize> {
    let mut remaining = match tokens[index].identifier()? {
        "crate" => 0,
        "self" => depth,
        "super" => depth.checked_sub(1)?,
        _ => return None,
    };
    let mut at = after_separator(tokens, index + 1)?;
    while tokens.get(at)?.is_identifier("super") {
        remaining = remaining.checked_sub(1)?;
        at = after_separator(tokens, at + 1)?;
    }
    (remaining == 0).then_some(at)
}

fn is_separator(tokens: Option<&[Token]>) -> bool {
    tokens.is_some_and(|pair| pair.iter().all(|token| token.kind == TokenKind::Punctuation(':')))
}

fn follows_separator(tokens: &[Token], index: usize) -> bool {
    index >= 2 && is_separator(tokens.get(index - 2..index))
}

fn after_separator(tokens: &[Token], at: usize) -> Option<usize> {
    is_separator(tokens.get(at..at + 2)).then_some(at + 2)
}

/// What stands at `at`, just behind a `::`.
fn targets(tokens: &[Token], at: usize) -> Vec<usize> {
    match tokens.get(at).map(|token| &token.kind) {
        Some(TokenKind::Identifier(_) | TokenKind::Punctuation('*')) => vec![at],
        Some(TokenKind::Open('{')) => list_targets(tokens, at + 1),
        _ => Vec::new(),
    }
}

/// The first name of each path in a braced list that begins at `at`.
fn list_targets(tokens: &[Token], at: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut at_start = true;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match &token.kind {
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) if depth == 0 => break,
            TokenKind::Close(_) => depth -= 1,
            TokenKind::Punctuation(',') if depth == 0 => at_start = true,
            TokenKind::Identifier(_) | TokenKind::Punctuation('*') if at_start => {
                found.push(index);
                at_start = false;
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rust_file::RustFile;

    fn names(text: &str, find: impl Fn(&[Token]) -> Vec<usize>) -> Vec<String> {
        let file = RustFile::parse("crates/x/src/a.rs", text).expect("parses");
        let text_of = |token: &Token| token.identifier().unwrap_or("*").to_owned();
        find(&file.tokens).iter().map(|index| text_of(&file.tokens[*index])).collect()
    }

    #[test]
    fn names_behind_a_root_are_found_alone_and_in_lists() {
        let text = "use std::{fmt, net::{Ipv4Addr, Ipv6Addr}, fs::*};\nuse std::env;\nfn a() { b!(std::process::exit) }\n\
                    use stdx::c; fn d(std: u8) {}";
        assert_eq!(names(text, |tokens| names_after(tokens, "std")), ["fmt", "net", "fs", "env", "process"]);
    }

    #[test]
    fn crate_leads_to_the_root_from_anywhere() {
        let text = "use crate::a::b;\nuse crate::{c::{d, e}, f as g, *};\npub use crate::h;\npub(in crate::i) struct J;\n\
                    fn k() -> crate::l::M { n!($crate::o); <crate::p::Q as R>::s() }";
        for depth in [1, 3] {
            let found = names(text, |tokens| names_in_root(tokens, depth));
            assert_eq!(found, ["a", "c", "f", "*", "h", "i", "l", "o", "p"], "{depth}");
        }
    }

    #[test]
    fn super_leads_to_the_root_from_the_right_depth_only() {
        let text = "use super::a;\nuse super::super::{b, c::d};\nuse self::super::e;\nuse self::f;\n\
                    mod g { use super::h; use super::super::i; pub(super) fn j() { super::super::super::k() } }\n\
                    fn l() { super::m() }";
        assert_eq!(names(text, |tokens| names_in_root(tokens, 1)), ["a", "e", "i", "m"]);
        assert_eq!(names(text, |tokens| names_in_root(tokens, 2)), ["b", "c", "k"]);
        assert!(names(text, |tokens| names_in_root(tokens, 4)).is_empty());
    }

    #[test]
    fn prose_and_strings_are_no_paths() {
        let text = "//! [`crate::a`]\n/// See [`crate::b`].\nconst C: &str = \"crate::d\";";
        assert!(names(text, |tokens| names_in_root(tokens, 1)).is_empty());
    }
}
