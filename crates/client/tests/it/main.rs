//! The client against a server made for each test: well-behaved, wrong, or hostile.

mod flow;
mod hostile;
mod server;
