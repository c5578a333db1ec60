//! `symbolon keys`: what an operator does with the signing keys of a running server, over its admin port. A file per verb
//! holds the flags and how the answer is shown; when a key may sign and how long it is published is decided by the server.

pub(crate) mod list;
pub(crate) mod rotate;
