//! The primitives by the crates of `RustCrypto`, which need no C compiler and run in a browser.
//!
//! What `rust-crypto-small` leaves out is refused here, so that its keys are unsupported and nothing else changes.

mod curves;
#[cfg(feature = "rust-crypto")]
mod encryption;
mod hash;
mod rsa;
#[cfg(feature = "rust-crypto")]
mod seal;
mod signing;
mod verification;

#[cfg(feature = "rust-crypto")]
pub(crate) use encryption::*;
pub(crate) use hash::*;
#[cfg(feature = "rust-crypto")]
pub(crate) use seal::*;
pub(crate) use signing::*;
pub(crate) use verification::*;

use crate::algorithm::Family;

/// The kinds of keys that there are.
#[cfg(feature = "rust-crypto")]
pub(crate) const FAMILIES: &[Family] = &[Family::Rsa, Family::P256, Family::P384, Family::P521, Family::Ed25519];
#[cfg(not(feature = "rust-crypto"))]
pub(crate) const FAMILIES: &[Family] = &[Family::Rsa, Family::P256, Family::P384];
