//! Keys and messages together: the published examples, and what an attacker would send.

mod keys;
mod messages;
mod pem;
mod published_keys;
mod vectors;

use crate::{Algorithm, SigningKey, VerifyingKey};

/// A fresh key called `key`.
fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(algorithm, "key".to_owned()).unwrap()
}

fn public(key: &SigningKey) -> VerifyingKey {
    VerifyingKey::from_jwk(&key.public_jwk()).unwrap()
}
