//! Encrypted messages in compact form (RFC 7516 §7.1), in both directions.
//!
//! Only algorithms with public keys ([`KeyManagement`]) and authenticated encryption of the content
//! ([`ContentEncryption`]). A text is taken apart by [`Jwe::parse`], which refuses what no key could open: unknown
//! algorithms, compression, critical extensions, repeated members. It is opened with a [`DecryptionKey`] of the caller's
//! and written with an [`EncryptionKey`], the public key of whoever shall read it. Every failure to open looks the same,
//! and takes the same steps, whether it is the key or the content that does not fit (RFC 7516 §11.5). Encryption proves
//! nothing about the sender: what is inside is signed on its own.

mod algorithms;
mod content;
mod error;
mod key_agreement;
mod message;
mod private_key;
mod public_key;

#[cfg(test)]
mod tests;

pub use algorithms::{ContentEncryption, KeyManagement};
pub use error::{EncryptError, JweError};
pub use message::{Jwe, JweHeader, looks_encrypted};
pub use private_key::DecryptionKey;
pub use public_key::{EncryptionKey, Envelope};
