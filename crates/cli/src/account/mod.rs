//! Commands about accounts of the built-in login page: which account is meant, what is said about its person, where a
//! password comes from, and how an account is shown. What is allowed is decided by the server.

pub(crate) mod claims;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod password;
pub(crate) mod read;
pub(crate) mod selection;
pub(crate) mod shown;
pub(crate) mod state;
pub(crate) mod update;
