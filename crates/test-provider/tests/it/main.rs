//! The client crate against Symbolon itself, on real ports, with a clock that the test moves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod admin;
mod browser;
mod credential;
mod discovery;
mod facade;
mod logout;
mod registration;
mod symbolon;
mod user_info;
