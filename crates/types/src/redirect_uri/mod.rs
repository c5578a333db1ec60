//! Redirect URIs: which may be registered, which requested one is a registered one, and how
//! parameters are put onto it.
//!
//! Comparison is byte for byte (RFC 6749 §3.1.2.3, RFC 9700 §2.1); the one exception is the port of
//! a loopback IP address (RFC 8252 §7.3). Only the functions of this module make a
//! [`RegisteredRedirectUri`], so an address that was not compared cannot be redirected to.

mod append;
mod matching;
mod registrable;

pub use append::{append_fragment, append_query};
pub use matching::{
    FreePort, RedirectUriMismatch, RegisteredRedirectUri, differ_in_loopback_name, is_secure_redirect,
    match_redirect_uri, only_redirect_uri, without_loopback_port,
};
pub use registrable::{RedirectUriFault, check_registrable, is_loopback_http, registrable_scheme};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
