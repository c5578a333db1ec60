//! The audit log: every kind of event, each caused by a request, and the chain of its lines.

mod accounts;
mod chain;
mod clients;
mod kinds;
mod refusals;
mod tokens;
