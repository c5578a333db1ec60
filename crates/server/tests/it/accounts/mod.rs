//! Accounts of the built-in login page: the management API, the standard claims, and what a disabled one may still do.

mod api;
mod claims;
