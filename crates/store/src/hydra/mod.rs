//! What was brought from a database of Ory Hydra, and the reading of such a database.
//!
//! [`HydraSource`] reads: one snapshot, page by page, nothing is written there. `imported` and `grants` keep what was
//! brought: old tokens that lead to ours, and a ledger, so that a second run brings what came since and changes nothing
//! that somebody changed here. All of it may be deleted when nobody moves from Hydra any more.

mod grants;
mod imported;
mod source;
mod tables;

pub use grants::{GrantOutcome, HydraGrant, Progress};
pub use imported::{HydraToken, ImportedKind, LedgerEntry};
pub use source::{HydraSource, SourceRow};
pub use tables::HydraTable;
