//! The primitives by AWS-LC: the fast ones, which a server wants, and which need a C compiler to build.
//!
//! Keys are parsed once and kept in the library's own form, because parsing costs more than half of some operations.

mod encryption;
mod hash;
mod hydra;
mod seal;
mod signing;
mod verification;

pub(crate) use encryption::*;
pub(crate) use hash::*;
pub(crate) use hydra::*;
pub(crate) use seal::*;
pub(crate) use signing::*;
pub(crate) use verification::*;

use super::Refused;
use crate::algorithm::Family;

/// The kinds of keys that there are.
pub(crate) const FAMILIES: &[Family] = &[Family::Rsa, Family::P256, Family::P384, Family::P521, Family::Ed25519];

impl From<aws_lc_rs::error::Unspecified> for Refused {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self
    }
}

impl From<aws_lc_rs::error::KeyRejected> for Refused {
    fn from(_: aws_lc_rs::error::KeyRejected) -> Self {
        Self
    }
}
