//! The commands about JSON Web Key Sets (RFC 7517) that a server keeps: `create`, `get`, `delete` and `import jwk`, with
//! the flags of Ory Hydra. Which keys a server makes and takes is decided there.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod import;
pub(crate) mod read;
mod shown;
