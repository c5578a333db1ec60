//! `symbolon create`: what an operator adds to a running server over its admin port. A file per kind of thing holds the
//! flags, the request made from them, and how the answer is shown; what is allowed is decided by the server.

pub(crate) mod account;
pub(crate) mod client;
