//! The management API: clients, lists in pages, ending everything at once, and who may call it.

mod access;
mod clients;
mod key_sets;
mod metrics;
mod monitoring;
mod negative;
mod pagination;
mod patch;
mod races;
mod reload;
mod revocation;
mod secret_rotation;
mod secrets;
