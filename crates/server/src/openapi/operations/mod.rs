//! Everything that both listeners answer, apart from the built-in pages: one table for each subject. An operation that
//! Hydra has carries its name there.

mod accounts;
mod authorization;
mod challenges;
mod clients;
mod discovery;
mod keys;
mod registration;
mod sessions;
mod status;
mod tokens;
mod trust;

use super::operation::Operation;

/// Every operation, in the order in which people read about them.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    [
        discovery::OPERATIONS,
        authorization::OPERATIONS,
        tokens::OPERATIONS,
        registration::OPERATIONS,
        clients::OPERATIONS,
        challenges::OPERATIONS,
        sessions::OPERATIONS,
        keys::OPERATIONS,
        trust::OPERATIONS,
        accounts::OPERATIONS,
        status::OPERATIONS,
    ]
    .into_iter()
    .flatten()
}
