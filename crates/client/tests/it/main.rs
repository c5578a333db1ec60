//! The client against a server made for each test: one whose answers the test decides, or a hostile one. What is tested
//! against Symbolon itself is in `crates/test-provider/tests`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod admin;
mod discovery;
mod facade;
mod flow;
mod hostile;
mod registration;
mod retries;
mod server;
mod user_info;
