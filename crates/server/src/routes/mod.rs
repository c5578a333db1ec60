//! The edge: two literal route tables, and the one adapter between the web framework and the rules. Only this module
//! knows axum. It names requests, finds the sender's address, collects bodies within a limit, answers unknown paths and
//! methods, and keeps one request's panic from taking others down.

mod adapter;
mod admin;
mod arrival;
mod bodies;
mod body_memory;
mod certificate_header;
mod cors;
mod foreign;
mod forwarded;
mod https_only;
mod no_route;
mod path;
mod public;
mod singleton_fields;
mod table;

#[cfg(feature = "fuzzing")]
pub use forwarded::sender_of;

pub use admin::routes as admin_routes;
pub(crate) use arrival::PeerCertificate;
pub use arrival::{AtWork, RequestIds, Routes, Sender};
pub use cors::CrossOrigin;
pub(crate) use https_only::Protection;
pub use public::routes as public_routes;
