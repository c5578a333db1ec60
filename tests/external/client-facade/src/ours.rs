//! The program with this repository's crate.

pub use symbolon_client as sdk;

#[path = "operations.rs"]
pub mod operations;

#[path = "fields.rs"]
mod fields;

#[path = "signatures.rs"]
mod signatures;
