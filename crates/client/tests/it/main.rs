//! The client against a server made for each test: well-behaved, wrong, or hostile.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod flow;
mod hostile;
mod server;
