//! The management API: HTTP in front of the rules. It calls `challenge`, `clients` and `accounts`, as the built-in pages
//! do, and has no rules of its own.

pub mod accounts;
pub mod challenges;
pub mod clients;
pub mod keys;
pub mod logout;
mod page;
pub mod sessions;
