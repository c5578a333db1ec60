//! The management API (wire reference §3.1): clients, lists in pages, and who may call it.

mod access;
mod clients;
mod negative;
mod pagination;
mod races;
mod secrets;
