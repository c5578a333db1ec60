//! Which module of the server names which, with the file and line of each place.

use std::collections::BTreeMap;
use std::fmt;

use syn::{Item, Visibility};

use crate::tidy::paths;
use crate::tidy::rust_file::{RustFile, TokenKind};

const SOURCES: &str = "crates/server/src/";

/// The modules that put the server together. They name all others and are no part of the graph.
const ROOTS: &[&str] = &["lib", "start"];

/// The one state. It names what it holds and everybody names it, so it is no part of the graph either.
const STATE: &str = "context";

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site<'a> {
    pub(crate) path: &'a str,
    pub(crate) line: usize,
}

impl fmt::Display for Site<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.path, self.line)
    }
}

/// The modules at the top of the server and the places where one names another. A folder and a file of the same name
/// are one module; what only tests see does not count.
#[derive(Debug, Default)]
pub(crate) struct ModuleGraph<'a> {
    /// Each module with the first of its files.
    pub(crate) modules: BTreeMap<&'a str, &'a str>,
    /// From the module that names another to the one that is named. The latter may also be a root.
    pub(crate) edges: BTreeMap<(&'a str, &'a str), Vec<Site<'a>>>,
    /// Names that are looked up in the root without being modules: something that the root re-exports, or `*`.
    pub(crate) detours: Vec<(Site<'a>, String)>,
    /// Modules that the state re-exports from. Whoever used that would name a module without being seen.
    pub(crate) re_exports: Vec<Site<'a>>,
}

impl<'a> ModuleGraph<'a> {
    /// Reads the graph from the files of the repository.
    pub(crate) fn of(files: &[RustFile<'a>]) -> Self {
        let files: Vec<(Vec<&'a str>, &RustFile<'a>)> = files
            .iter()
            .filter(|file| !file.is_test())
            .filter_map(|file| Some((module_path(file.path)?, file)))
            .filter(|(module, _)| !ROOTS.contains(&module[0]))
            .collect();
        let mut graph = Self::default();
        for (module, file) in files.iter().filter(|(module, _)| module[0] != STATE) {
            graph.modules.entry(module[0]).or_insert(file.path);
        }
        for (module, file) in &files {
            if module[0] == STATE {
                graph.add_state(module, file);
            } else {
                graph.add_file(module, file);
            }
        }
        graph
    }

    fn add_file(&mut self, module: &[&'a str], file: &RustFile<'a>) {
        let tokens = file.product_tokens();
        for index in paths::names_in_root(&tokens, module.len()) {
            let site = Site { path: file.path, line: tokens[index].line };
            let name = tokens[index].identifier().unwrap_or("*");
            let is_macro = tokens.get(index + 1).is_some_and(|next| next.kind == TokenKind::Punctuation('!'));
            let known = self.modules.get_key_value(name).map(|(known, _)| *known);
            match known.or_else(|| ROOTS.iter().find(|root| **root == name).copied()) {
                Some(named) if named != module[0] => self.edges.entry((module[0], named)).or_default().push(site),
                None if name != STATE && !is_macro => self.detours.push((site, name.to_owned())),
                _ => {}
            }
        }
    }

    fn add_state(&mut self, module: &[&'a str], file: &RustFile<'a>) {
        let re_exports = file.syntax.items.iter().filter_map(|item| match item {
            Item::Use(item) if !matches!(item.vis, Visibility::Inherited) => {
                Some(item.use_token.span.start().line..=item.semi_token.span.start().line)
            }
            _ => None,
        });
        let re_exports: Vec<_> = re_exports.collect();
        let tokens = file.product_tokens();
        for token in paths::names_in_root(&tokens, module.len()).into_iter().map(|index| &tokens[index]) {
            let is_module = token.identifier().is_some_and(|name| self.modules.contains_key(name));
            if is_module && re_exports.iter().any(|lines| lines.contains(&token.line)) {
                self.re_exports.push(Site { path: file.path, line: token.line });
            }
        }
    }
}

/// The modules from the top of the server down to a file; `None` for a file that is not part of the server.
fn module_path(path: &str) -> Option<Vec<&str>> {
    let module = path.strip_prefix(SOURCES)?.strip_suffix(".rs")?;
    Some(module.strip_suffix("/mod").unwrap_or(module).split('/').collect())
}

/// True for a module that puts the server together, and that no other may name.
pub(crate) fn is_root(module: &str) -> bool {
    ROOTS.contains(&module)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::modules::samples::{parse, server};

    #[test]
    fn folder_and_file_are_one_module_and_each_place_counts() {
        let sources = server(&[
            ("token/mod.rs", "use crate::seal::{A, B};\nuse crate::issue;\nuse super::keys;"),
            (
                "token/refresh/rotation.rs",
                "use super::super::super::seal::C;\nuse super::super::D;\nuse crate::token::E;",
            ),
            ("seal.rs", ""),
            ("keys/mod.rs", "pub use crate::seal::F;"),
            ("issue.rs", ""),
            ("issue/claims.rs", "fn a() { b!(crate::seal::c) }"),
        ]);
        let files = parse(&sources);
        let graph = ModuleGraph::of(&files);
        assert_eq!(graph.modules.keys().copied().collect::<Vec<_>>(), ["issue", "keys", "seal", "token"]);
        let edges: Vec<String> = graph
            .edges
            .iter()
            .map(|((from, to), sites)| {
                let sites: Vec<String> = sites.iter().map(|site| site.to_string().replace(SOURCES, "")).collect();
                format!("{from} {to} {}", sites.join(" "))
            })
            .collect();
        assert_eq!(
            edges,
            [
                "issue seal issue/claims.rs:1",
                "keys seal keys/mod.rs:1",
                "token issue token/mod.rs:2",
                "token keys token/mod.rs:3",
                "token seal token/mod.rs:1 token/refresh/rotation.rs:1",
            ]
        );
        assert!(graph.detours.is_empty() && graph.re_exports.is_empty());
    }

    #[test]
    fn roots_state_and_tests_name_without_being_counted() {
        let sources = server(&[
            ("lib.rs", "mod seal; pub use seal::A; use crate::keys::B;"),
            ("start.rs", "use crate::{keys, seal};"),
            ("context.rs", "use crate::seal::A;"),
            ("seal.rs", "use crate::context::Context;\n#[cfg(test)]\nmod tests { use crate::keys::B; }"),
            ("seal/tests.rs", "use crate::keys::B;"),
            ("seal_tests.rs", "use crate::keys::B;"),
            ("keys.rs", ""),
        ]);
        let files = parse(&sources);
        let graph = ModuleGraph::of(&files);
        assert_eq!(graph.modules.keys().copied().collect::<Vec<_>>(), ["keys", "seal"]);
        assert!(graph.edges.is_empty() && graph.detours.is_empty() && graph.re_exports.is_empty());
    }

    #[test]
    fn detours_through_root_and_state_are_found() {
        let sources = server(&[
            (
                "context.rs",
                "use crate::keys::A;\npub use crate::keys::B;\npub(crate) use crate::{\nkeys::C};\npub use limits::D;",
            ),
            ("context/limits.rs", "pub use super::super::keys::E;\npub use super::F;"),
            ("keys.rs", ""),
            (
                "seal.rs",
                "use crate::{Server, keys};\nuse super::*;\nuse crate::texts;\nfn a() { crate::texts!(); }\nuse crate::start::B;",
            ),
        ]);
        let files = parse(&sources);
        let graph = ModuleGraph::of(&files);
        let detours: Vec<_> = graph.detours.iter().map(|(site, name)| (site.line, name.as_str())).collect();
        assert_eq!(detours, [(1, "Server"), (2, "*"), (3, "texts")]);
        assert_eq!(graph.re_exports.iter().map(|site| site.line).collect::<Vec<_>>(), [2, 4, 1]);
        assert_eq!(graph.edges.keys().copied().collect::<Vec<_>>(), [("seal", "keys"), ("seal", "start")]);
    }
}
