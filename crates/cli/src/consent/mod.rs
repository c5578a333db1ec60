//! The commands about what users have allowed: `list` and `delete consents`. A user is named by the
//! subject, which is the id of an account or what another login page calls them. What goes with a consent that is
//! forgotten is decided by the server.

pub(crate) mod delete;
pub(crate) mod list;
