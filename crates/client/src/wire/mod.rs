//! What travels on the wire, as the world writes it.
//!
//! A document of another program is read member by member: a member of the wrong type is set aside in `extra` instead of
//! spoiling the others, and members that have no field here are kept there too, so that what was read can be sent back.
//! What a member means, and whether it may be absent, is decided where it is used.

mod client_metadata;
mod members;
mod resource_metadata;
mod scope;
mod server_metadata;
mod token;

pub use client_metadata::ClientMetadata;
pub use resource_metadata::ProtectedResourceMetadata;
pub use scope::Scope;
pub use server_metadata::ProviderMetadata;
pub use token::{AccessToken, RefreshToken};

pub(crate) use members::{Lenient, whole_seconds};
