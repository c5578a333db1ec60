//! The client against a server made for each test: Symbolon itself on real ports, one whose answers the test decides, or
//! a hostile one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod admin;
mod browser;
mod credential;
mod discovery;
mod facade;
mod flow;
mod hostile;
mod logout;
mod registration;
mod retries;
mod server;
mod symbolon;
mod user_info;
