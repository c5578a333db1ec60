//! The edge: two literal route tables, and the one adapter between the web framework and the rules. Only this module
//! knows axum. It collects bodies within a limit, finds the sender's address, answers unknown paths and methods, and
//! keeps one request's panic from taking others down.

mod adapter;
mod admin;
mod not_found;
mod path;
mod public;

pub use adapter::RequestIds;
pub use admin::router as admin_router;
pub use public::router as public_router;

/// Largest request body, in bytes.
pub const BODY_LIMIT_BYTES: usize = 1024 * 1024;
