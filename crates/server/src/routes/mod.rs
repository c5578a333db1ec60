//! The edge: two literal route tables, and the one adapter between the web framework and the rules. Only this module
//! knows axum. It names requests, finds the sender's address, collects bodies within a limit, answers unknown paths and
//! methods, and keeps one request's panic from taking others down.

mod adapter;
mod admin;
mod arrival;
mod bodies;
mod body_memory;
mod cors;
mod foreign;
mod forwarded;
mod no_route;
mod path;
mod public;
mod singleton_fields;

#[cfg(feature = "fuzzing")]
pub use forwarded::sender_of;

pub use admin::router as admin_router;
pub use arrival::{AtWork, RequestIds};
pub use public::router as public_router;
