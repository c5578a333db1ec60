//! What only tokens and cookies of Ory Hydra need.

use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::digest::{Context, SHA512_256};
use aws_lc_rs::iv::FixedLength;

use crate::backend::Refused;

/// Bytes of a block of SHA-512 and its relatives.
const BLOCK: usize = 128;

/// HMAC (RFC 2104) with SHA-512/256 (FIPS 180-4 §5.3.6.2), which the library's own HMAC does not offer, under a key of at
/// most one block.
pub(crate) fn hmac_sha512_256(key: &[u8], data: &[u8]) -> Vec<u8> {
    let padded = |filler: u8| -> Vec<u8> {
        (0..BLOCK).map(|place| key.get(place).copied().unwrap_or_default() ^ filler).collect()
    };
    let hash = |parts: [&[u8]; 2]| {
        let mut context = Context::new(&SHA512_256);
        for part in parts {
            context.update(part);
        }
        context.finish().as_ref().to_vec()
    };
    hash([&padded(0x5c), &hash([&padded(0x36), data])])
}

/// AES-CTR under a key of 256 bits, in place.
pub(crate) fn ctr_decrypt(key: &[u8; 32], iv: [u8; 16], text: &mut [u8]) -> Result<(), Refused> {
    let decrypting = DecryptingKey::ctr(UnboundCipherKey::new(&AES_256, key)?)?;
    decrypting.decrypt(text, DecryptionContext::Iv128(FixedLength::from(iv)))?;
    Ok(())
}
