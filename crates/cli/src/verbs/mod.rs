//! The verbs that are about several kinds of things, as Ory Hydra's command line has them: which kinds each has, the
//! examples of their help, and who does it. The flags of a command and what it does stand beside the thing it is about.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod import;
pub(crate) mod introspect;
pub(crate) mod list;
pub(crate) mod perform;
pub(crate) mod revoke;
pub(crate) mod update;
