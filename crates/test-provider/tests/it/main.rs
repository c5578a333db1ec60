//! The test provider, and the client crate against it: Symbolon itself, on real ports, with a clock that the test moves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod admin;
mod browser;
mod credential;
mod discovery;
mod facade;
mod grants;
mod kit;
mod load;
mod login;
mod logout;
mod modern;
mod registration;
mod resource_server;
mod symbolon;
mod user_info;
