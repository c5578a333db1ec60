//! Authenticated encryption of content (RFC 7518 §5): AES-GCM, and AES-CBC with an HMAC over additional data, initial
//! vector, ciphertext and the length of the additional data. A tag is compared whole and before anything is decrypted, so
//! that padding tells nobody anything.

use super::algorithms::ContentEncryption;
use crate::Secret;
use crate::backend::{self, Hash, Mac, Refused};
use crate::digest::constant_time_eq;

/// Encrypted content.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    pub(super) iv: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

/// AES-CBC with the HMAC that goes with it.
struct CbcHmac {
    hash: Hash,
    /// Bytes of each half of the key, and of the tag.
    half: usize,
}

/// Bytes of the initial vector of CBC: a block.
const BLOCK_BYTES: usize = 16;
/// Bytes of the initial vector and of the tag of Galois/Counter mode (RFC 7518 §5.3).
const GCM_NONCE_BYTES: usize = 12;
const GCM_TAG_BYTES: usize = 16;

enum Construction {
    Gcm,
    Cbc(CbcHmac),
}

fn construction(enc: ContentEncryption) -> Construction {
    match enc {
        ContentEncryption::A128Gcm | ContentEncryption::A256Gcm => Construction::Gcm,
        ContentEncryption::A128CbcHs256 => Construction::Cbc(CbcHmac { hash: Hash::Sha256, half: 16 }),
        ContentEncryption::A256CbcHs512 => Construction::Cbc(CbcHmac { hash: Hash::Sha512, half: 32 }),
    }
}

/// A fresh key for one message.
pub(super) fn fresh_key(enc: ContentEncryption) -> Result<Secret<Vec<u8>>, Refused> {
    let mut key = vec![0; enc.key_bytes()];
    backend::fill_random(&mut key)?;
    Ok(Secret::new(key))
}

/// Encrypts `plaintext` under a key of this message alone, with an initial vector drawn for it.
pub(super) fn seal(
    enc: ContentEncryption,
    key: &Secret<Vec<u8>>,
    additional: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, Refused> {
    let mut iv = [0; BLOCK_BYTES];
    backend::fill_random(&mut iv)?;
    seal_with(enc, key, additional, (plaintext, &iv))
}

/// The same with an initial vector of the caller's, of which Galois/Counter mode uses the first 96 bits.
pub(super) fn seal_with(
    enc: ContentEncryption,
    key: &Secret<Vec<u8>>,
    additional: &[u8],
    (plaintext, iv): (&[u8], &[u8; BLOCK_BYTES]),
) -> Result<Sealed, Refused> {
    let mut ciphertext = plaintext.to_vec();
    match construction(enc) {
        Construction::Gcm => {
            let nonce: [u8; GCM_NONCE_BYTES] = *iv.first_chunk().ok_or(Refused)?;
            let tag = backend::gcm_seal(sized(enc, key)?, nonce, additional, &mut ciphertext)?;
            Ok(Sealed { iv: nonce.to_vec(), ciphertext, tag: tag.to_vec() })
        }
        Construction::Cbc(cbc) => {
            let (_, encryption) = cbc.halves(key)?;
            backend::cbc_encrypt(encryption, *iv, &mut ciphertext)?;
            let tag = cbc.tag(key, additional, iv, &ciphertext)?;
            Ok(Sealed { iv: iv.to_vec(), ciphertext, tag })
        }
    }
}

/// The plaintext, if everything is as it was sealed.
pub(super) fn open(
    enc: ContentEncryption,
    key: &Secret<Vec<u8>>,
    additional: &[u8],
    sealed: &Sealed,
) -> Result<Vec<u8>, Refused> {
    let Sealed { iv, ciphertext, tag } = sealed;
    match construction(enc) {
        Construction::Gcm => {
            // Shorter tags are no part of RFC 7518 §5.3.
            if tag.len() != GCM_TAG_BYTES {
                return Err(Refused);
            }
            let nonce: [u8; GCM_NONCE_BYTES] = iv.as_slice().try_into().map_err(|_| Refused)?;
            let mut text = [&ciphertext[..], tag].concat();
            backend::gcm_open(sized(enc, key)?, nonce, additional, &mut text)?;
            Ok(text)
        }
        Construction::Cbc(cbc) => {
            let iv: [u8; BLOCK_BYTES] = iv.as_slice().try_into().map_err(|_| Refused)?;
            if !constant_time_eq(&cbc.tag(key, additional, &iv, ciphertext)?, tag) {
                return Err(Refused);
            }
            let (_, encryption) = cbc.halves(key)?;
            let mut text = ciphertext.clone();
            backend::cbc_decrypt(encryption, iv, &mut text)?;
            Ok(text)
        }
    }
}

/// The key, if it is exactly as long as `enc` asks for: one of another length would select another cipher.
fn sized(enc: ContentEncryption, key: &Secret<Vec<u8>>) -> Result<&[u8], Refused> {
    if key.expose().len() == enc.key_bytes() { Ok(key.expose()) } else { Err(Refused) }
}

impl CbcHmac {
    /// The key of the HMAC and that of the cipher, in this order (RFC 7518 §5.2.2.1).
    fn halves<'k>(&self, key: &'k Secret<Vec<u8>>) -> Result<(&'k [u8], &'k [u8]), Refused> {
        let (mac, encryption) = key.expose().split_at_checked(self.half).ok_or(Refused)?;
        if encryption.len() == self.half { Ok((mac, encryption)) } else { Err(Refused) }
    }

    fn tag(&self, key: &Secret<Vec<u8>>, additional: &[u8], iv: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, Refused> {
        let (mac, _) = self.halves(key)?;
        let bits = (additional.len() as u64).saturating_mul(8);
        let tag = Mac::new(self.hash, mac).tag(&[additional, iv, ciphertext, &bits.to_be_bytes()]);
        Ok(tag.as_ref().get(..self.half).ok_or(Refused)?.to_vec())
    }
}
