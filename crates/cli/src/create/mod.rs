//! `symbolon create`: what an operator adds to a running server over its admin port.

pub(crate) mod account;
pub(crate) mod client;
