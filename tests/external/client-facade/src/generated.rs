//! The program with the generated crate.

pub use ory_client as sdk;

#[path = "operations.rs"]
pub mod operations;
