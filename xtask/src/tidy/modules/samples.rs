//! Small servers for the tests of this folder.

use super::graph::{ModuleGraph, Site};
use crate::tidy::rust_file::RustFile;

/// Paths and texts of source files.
pub(super) type Sources<'a> = Vec<(String, &'a str)>;

/// Files below `crates/server/src`.
pub(super) fn server<'a>(files: &[(&str, &'a str)]) -> Sources<'a> {
    files.iter().map(|(path, text)| (format!("crates/server/src/{path}"), *text)).collect()
}

pub(super) fn parse<'a>(sources: &'a Sources) -> Vec<RustFile<'a>> {
    sources.iter().map(|(path, text)| RustFile::parse(path, text).expect("parses")).collect()
}

/// A graph from pairs such as `a b, b c`. A pair that is repeated is another place.
pub(super) fn graph(pairs: &str) -> ModuleGraph<'_> {
    let mut graph = ModuleGraph::default();
    for (from, to) in pairs.split(", ").filter_map(|pair| pair.split_once(' ')) {
        graph.modules.extend([(from, from), (to, to)]);
        graph.edges.entry((from, to)).or_default().push(Site { path: from, line: 1 });
    }
    graph
}
