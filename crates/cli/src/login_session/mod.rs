//! The commands about login sessions: `list` and `delete sessions`. What is ended by it, and which clients are told, is decided by
//! the server; signing somebody out everywhere, with their tokens, is `symbolon sign-out`.

pub(crate) mod delete;
pub(crate) mod list;
