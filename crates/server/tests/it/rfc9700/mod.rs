//! RFC 9700, the best current practice of OAuth 2.0 security, and what has broken elsewhere: every artefact counts for one
//! thing, once, for as long as nothing has ended it.

mod artefact_kinds;
pub(crate) mod artefacts;
mod crowds;
pub(crate) mod epochs;
mod failures;
mod ids_used_again;
mod model;
mod refreshing;
mod reuse;
mod rotation_bounds;
mod rotation_modes;
mod rotation_races;
mod tabs;
