//! Keys, signatures, sealing, digests and randomness: everything cryptographic in Symbolon, and the only crate that
//! knows a cryptographic library.
//!
//! It owns JSON Web Keys (RFC 7517, 7518 §6, 8037, 7638), compact JSON Web Signatures and JSON Web Encryption in both
//! directions (RFC 7515, 7516, 7518), the sealing of tokens and of values at rest (AES-256-GCM-SIV, RFC 8452), and
//! [`Secret`], the wrapper that keeps secrets out of logs. It does not judge claims (`iss`, `aud`, `exp` are the server's
//! business), fetches nothing, stores nothing and reads no clock. A signature algorithm belongs to a key, never to a
//! message: a [`Jws`] is checked with a [`VerifyingKey`] that already knows which algorithms it accepts, and a key carried
//! inside a message is shown but never used.
//!
//! # Which library
//!
//! | Feature | Library | Needs | Has |
//! |---|---|---|---|
//! | `aws-lc-rs` (default) | AWS-LC | a C compiler, half a minute of building | everything, fast |
//! | `rust-crypto` | `RustCrypto` | nothing but Rust; builds for `wasm32-unknown-unknown` | everything, slower: ten to twenty times when RSA or P-256 keys sign, one to six times otherwise |
//! | `rust-crypto-small` | `RustCrypto` | the same with twenty crates less | RSA, P-256, P-384, hashes, MACs: no Ed25519 and P-521 keys, no modules [`jwe`] and [`seal`] |
//!
//! One of them has to be on. Where several are, AWS-LC is used, and nothing is computed differently: what one seals, signs
//! or encrypts the other opens.

mod algorithm;
mod backend;
mod der;
pub mod digest;
mod error;
mod hash_claim;
#[cfg(feature = "aws-lc-rs")]
pub mod hydra;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub mod jwe;
mod jwk;
mod jws;
mod lenient;
mod mac;
mod numbers;
mod numeric_date;
mod pem;
mod random;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub mod seal;
mod secret;
mod sign;
pub mod strict_json;
mod verify;

#[cfg(test)]
#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
mod small;
#[cfg(test)]
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
mod tests;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use digest::HmacKey;
pub use error::{JwsError, KeyError, SignError};
pub use hash_claim::half_hash;
pub use jwk::{Jwk, JwkSet};
pub use jws::{Header, Jws, MAXIMUM_LENGTH, Verified, unsecured_claims};
pub use mac::{MacAlgorithm, MacMessage};
pub use numeric_date::numeric_date;
pub use random::Rng;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub use seal::{Kind, NoSecret, Sealer};
pub use secret::Secret;
pub use sign::SigningKey;
pub use verify::VerifyingKey;
