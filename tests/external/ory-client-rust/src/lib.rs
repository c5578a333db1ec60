//! The published crate `ory-client` (1.22) drives a Symbolon server through all eight operations of its `oidc_api`, and
//! through what an application needs around them: clients, login, consent and logout requests, tokens, introspection
//! and consent sessions; `every_operation` calls the rest of Hydra's API as well. The server is a process of its own;
//! where it is, `PUBLIC` and `ADMIN` say. Every test brings its own client and its own user, so that all of them can run
//! at once on one server. `../client-facade/same-source` compiles these sources with the repository's own client crate
//! under the name of the generated one.
#![cfg(test)]

mod administration;
mod browser;
mod consent_sessions;
mod discovery;
mod every_operation;
mod holder;
mod login_application;
mod logout;
mod recorder;
mod registration;
mod server;
mod tokens;
mod user_info;
mod verifiable_credential;

/// Whether it is the generated crate, and not the repository's own under its name, which is better in a few places.
const GENERATED: bool = matches!(env!("CARGO_PKG_NAME").as_bytes(), b"ory-client-rust");
