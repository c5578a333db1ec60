//! The modules of the server and their order.
//!
//! [`graph`] reads which module names which, [`circles`] finds those that reach each other, [`layers`] holds the
//! order and reports what breaks it, and [`listing`] shows the order that the code has. Only the modules at the top of
//! `crates/server/src` are looked at; what a module does inside is its own affair.

mod circles;
mod graph;
mod layers;
mod listing;
#[cfg(test)]
mod samples;

use super::finding::Finding;
use super::rust_file::RustFile;
use graph::ModuleGraph;
pub(crate) use listing::Listing;

/// Checks the order of the server's modules.
pub(crate) fn check(files: &[RustFile], findings: &mut Vec<Finding>) {
    layers::check(&ModuleGraph::of(files), layers::LAYERS, findings);
}

/// Shows the order of the server's modules as the code has it.
pub(crate) fn list(files: &[RustFile]) -> Listing {
    Listing::of(&ModuleGraph::of(files))
}
