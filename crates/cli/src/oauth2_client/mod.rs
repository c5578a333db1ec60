//! The commands about OAuth clients: `create`, `get`, `list`, `update`, `delete` and `import oauth2-client`, with the flags
//! of Ory Hydra.
//!
//! [`flags`] says what each flag means, once for creating and for changing; [`shown`] is how a client is shown. What a
//! client may be is decided by the server.

pub(crate) mod create;
pub(crate) mod delete;
mod file;
mod flags;
pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod read;
mod shown;
pub(crate) mod update;

pub(crate) use file::json_from_file;
