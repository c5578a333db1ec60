//! The program with the generated crate.

pub use ory_client as sdk;

#[path = "operations.rs"]
pub mod operations;

#[path = "fields.rs"]
mod fields;

#[path = "signatures.rs"]
mod signatures;
