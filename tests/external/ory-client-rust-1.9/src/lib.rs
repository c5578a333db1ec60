//! The published crate `ory-client` in its older shape (1.9: models by reference, `reqwest` 0.11, no check of content
//! types) drives a Symbolon server through all eight operations of its `oidc_api`. The access token for two of them comes
//! from a login and a consent that the same crate accepts. The server is a process of its own; where it is, `PUBLIC` and
//! `ADMIN` say. The browser, the holder of a credential and what is known of the server are those of the tests for the
//! newest version.
#![cfg(test)]

#[path = "../../ory-client-rust/src/browser.rs"]
mod browser;
#[path = "../../ory-client-rust/src/holder.rs"]
mod holder;
mod login_application;
mod operations;
#[path = "../../ory-client-rust/src/server.rs"]
mod server;
