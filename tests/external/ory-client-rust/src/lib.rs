//! The published crate.
