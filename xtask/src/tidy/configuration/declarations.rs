//! What the configuration declares: the keys with a field, how sections are reached, and the methods that read them.

use std::collections::BTreeMap;

use super::readers::Reader;
use crate::tidy::rust_file::{RustFile, Token, TokenKind};

/// A key with a field.
pub(super) struct Key {
    /// The struct that has the field.
    pub(super) section: String,
    pub(super) field: String,
    /// Whether it is marked as one that has an effect.
    pub(super) honoured: bool,
    /// The file, and the line there.
    pub(super) path: String,
    pub(super) line: usize,
}

/// A method that takes `&self`.
pub(super) struct Accessor {
    pub(super) name: String,
    pub(super) public: bool,
    pub(super) reader: Reader,
}

/// All that the configuration's files declare.
#[derive(Default)]
pub(super) struct Declarations {
    pub(super) keys: Vec<Key>,
    pub(super) accessors: Vec<Accessor>,
    /// The names under which a struct is a part of others.
    parts: BTreeMap<String, Vec<String>>,
}

impl Declarations {
    /// Reads the declarations of these files.
    pub(super) fn of<'a>(files: impl Iterator<Item = &'a RustFile<'a>>) -> Self {
        let mut declarations = Self::default();
        for file in files {
            let tokens = file.product_tokens();
            for (index, token) in tokens.iter().enumerate() {
                if token.is_identifier("section") {
                    declarations.read_section(file.path, after(&tokens, index, &[PUNCTUATION_BANG]));
                }
                if token.is_identifier("impl") {
                    declarations.read_methods(&tokens[index..]);
                }
            }
        }
        declarations
    }

    /// The names under which a section is reached.
    pub(super) fn reached_as(&self, section: &str) -> Vec<&str> {
        let root = (section == "Config").then_some("config");
        self.parts.get(section).into_iter().flatten().map(String::as_str).chain(root).collect()
    }

    /// `pub struct NAME { fields } parts { … } …`
    fn read_section(&mut self, path: &str, section: &[Token]) {
        let Some(start) = section.iter().position(|token| token.is_identifier("struct")) else { return };
        let Some(name) = section.get(start + 1).and_then(Token::identifier) else { return };
        for entry in entries(block(&section[start + 2..])) {
            let (Some(field), Some(standing)) = (entry[0].identifier(), last_identifier(entry)) else { continue };
            self.keys.push(Key {
                section: name.to_owned(),
                field: field.to_owned(),
                honoured: ["Compatible", "Added"].contains(&standing),
                path: path.to_owned(),
                line: entry[0].line,
            });
        }
        let Some(parts) = section.iter().position(|token| token.is_identifier("parts")) else { return };
        for entry in entries(block(&section[parts + 1..])) {
            if let (Some(part), Some(kind)) = (entry[0].identifier(), last_identifier(entry)) {
                self.parts.entry(kind.to_owned()).or_default().push(part.to_owned());
            }
        }
    }

    /// `impl NAME { fn method(&self) … { body } }`; the body's `self` is the section under its own name.
    fn read_methods(&mut self, tokens: &[Token]) {
        let (Some(name), Some(TokenKind::Open('{'))) =
            (tokens.get(1).and_then(Token::identifier), tokens.get(2).map(|token| &token.kind))
        else {
            return;
        };
        let methods = block(&tokens[2..]);
        for (index, token) in methods.iter().enumerate().filter(|(_, token)| token.is_identifier("fn")) {
            let Some(method) = methods.get(index + 1).and_then(Token::identifier) else { continue };
            let borrows_self = methods.get(index + 3).is_some_and(|token| token.kind == TokenKind::Punctuation('&'))
                && methods.get(index + 4).is_some_and(|token| token.is_identifier("self"));
            let Some(body) = methods[index..].iter().position(|token| token.kind == TokenKind::Open('{')) else {
                continue;
            };
            if borrows_self && !token.test {
                let public = index > 0 && methods[index - 1].is_identifier("pub");
                let reader = Reader::of(block(&methods[index + body..])).of_section(name);
                self.accessors.push(Accessor { name: method.to_owned(), public, reader });
            }
        }
    }
}

const PUNCTUATION_BANG: TokenKind = TokenKind::Punctuation('!');

/// The block behind `tokens[index]` and these tokens; empty if something else follows.
fn after<'a>(tokens: &'a [Token], index: usize, expected: &[TokenKind]) -> &'a [Token] {
    let follows = tokens[index + 1..].iter().map(|token| &token.kind).take(expected.len()).eq(expected.iter());
    if follows { block(&tokens[index + 1 + expected.len()..]) } else { &[] }
}

/// What is inside the brackets that `tokens` begins with; empty if it does not begin with any.
fn block(tokens: &[Token]) -> &[Token] {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return tokens.get(1..index).unwrap_or_default();
        }
    }
    &[]
}

/// The entries of a list that end with a semicolon, without their attributes.
fn entries(tokens: &[Token]) -> Vec<&[Token]> {
    let mut entries = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) => depth = depth.saturating_sub(1),
            TokenKind::Punctuation(';') if depth == 0 => {
                entries.push(without_attributes(&tokens[start..index]));
                start = index + 1;
            }
            _ => {}
        }
    }
    entries.retain(|entry| !entry.is_empty());
    entries
}

fn without_attributes(mut entry: &[Token]) -> &[Token] {
    while entry.first().is_some_and(|token| token.kind == TokenKind::Punctuation('#')) {
        let length = block(&entry[1..]).len();
        entry = entry.get(length + 3..).unwrap_or_default();
    }
    entry
}

/// The last identifier that is not in brackets.
fn last_identifier(entry: &[Token]) -> Option<&str> {
    let mut depth = 0_usize;
    let mut last = None;
    for token in entry {
        match &token.kind {
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) => depth = depth.saturating_sub(1),
            TokenKind::Identifier(name) if depth == 0 => last = Some(name.as_str()),
            _ => {}
        }
    }
    last
}
