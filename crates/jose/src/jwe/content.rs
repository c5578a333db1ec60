//! Authenticated encryption of content (RFC 7518 §5): AES-GCM, and AES-CBC with an HMAC over additional data, initial
//! vector, ciphertext and the length of the additional data. A tag is compared whole and before anything is decrypted, so
//! that padding tells nobody anything.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    self, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;

use super::algorithms::ContentEncryption;
use crate::Secret;
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
    cipher: &'static cipher::Algorithm,
    hmac: hmac::Algorithm,
    /// Bytes of each half of the key, and of the tag.
    half: usize,
}

/// Bytes of the initial vector of CBC: a block.
const BLOCK_BYTES: usize = 16;

enum Construction {
    Gcm(&'static aead::Algorithm),
    Cbc(CbcHmac),
}

fn construction(enc: ContentEncryption) -> Construction {
    match enc {
        ContentEncryption::A128Gcm => Construction::Gcm(&aead::AES_128_GCM),
        ContentEncryption::A256Gcm => Construction::Gcm(&aead::AES_256_GCM),
        ContentEncryption::A128CbcHs256 => {
            Construction::Cbc(CbcHmac { cipher: &cipher::AES_128, hmac: hmac::HMAC_SHA256, half: 16 })
        }
        ContentEncryption::A256CbcHs512 => {
            Construction::Cbc(CbcHmac { cipher: &cipher::AES_256, hmac: hmac::HMAC_SHA512, half: 32 })
        }
    }
}

/// A fresh key for one message.
pub(super) fn fresh_key(enc: ContentEncryption) -> Result<Secret<Vec<u8>>, Unspecified> {
    let mut key = vec![0; enc.key_bytes()];
    aws_lc_rs::rand::fill(&mut key)?;
    Ok(Secret::new(key))
}

/// Encrypts `plaintext` under a key of this message alone, with an initial vector drawn for it.
pub(super) fn seal(
    enc: ContentEncryption,
    key: &Secret<Vec<u8>>,
    additional: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, Unspecified> {
    let mut iv = [0; BLOCK_BYTES];
    aws_lc_rs::rand::fill(&mut iv)?;
    seal_with(enc, key, additional, (plaintext, &iv))
}

/// The same with an initial vector of the caller's, of which Galois/Counter mode uses the first 96 bits.
pub(super) fn seal_with(
    enc: ContentEncryption,
    key: &Secret<Vec<u8>>,
    additional: &[u8],
    (plaintext, iv): (&[u8], &[u8; BLOCK_BYTES]),
) -> Result<Sealed, Unspecified> {
    let mut ciphertext = plaintext.to_vec();
    match construction(enc) {
        Construction::Gcm(algorithm) => {
            let iv = iv.get(..aead::NONCE_LEN).ok_or(Unspecified)?;
            let key = LessSafeKey::new(UnboundKey::new(algorithm, key.expose())?);
            let nonce = Nonce::try_assume_unique_for_key(iv)?;
            let tag = key.seal_in_place_separate_tag(nonce, Aad::from(additional), &mut ciphertext)?;
            Ok(Sealed { iv: iv.to_vec(), ciphertext, tag: tag.as_ref().to_vec() })
        }
        Construction::Cbc(cbc) => {
            let (_, encryption) = cbc.halves(key)?;
            let encrypting = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(cbc.cipher, encryption)?)?;
            encrypting.less_safe_encrypt(&mut ciphertext, EncryptionContext::Iv128(FixedLength::from(*iv)))?;
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
) -> Result<Vec<u8>, Unspecified> {
    let Sealed { iv, ciphertext, tag } = sealed;
    match construction(enc) {
        Construction::Gcm(algorithm) => {
            // Shorter tags are no part of RFC 7518 §5.3.
            if tag.len() != algorithm.tag_len() {
                return Err(Unspecified);
            }
            let key = LessSafeKey::new(UnboundKey::new(algorithm, key.expose())?);
            let nonce = Nonce::try_assume_unique_for_key(iv)?;
            let mut text = [&ciphertext[..], tag].concat();
            let length = key.open_in_place(nonce, Aad::from(additional), &mut text)?.len();
            text.truncate(length);
            Ok(text)
        }
        Construction::Cbc(cbc) => {
            let iv: [u8; BLOCK_BYTES] = iv.as_slice().try_into().map_err(|_| Unspecified)?;
            if !constant_time_eq(&cbc.tag(key, additional, &iv, ciphertext)?, tag) {
                return Err(Unspecified);
            }
            let (_, encryption) = cbc.halves(key)?;
            let decrypting = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(cbc.cipher, encryption)?)?;
            let mut text = ciphertext.clone();
            let context = DecryptionContext::Iv128(FixedLength::from(iv));
            let length = decrypting.decrypt(&mut text, context)?.len();
            text.truncate(length);
            Ok(text)
        }
    }
}

impl CbcHmac {
    /// The key of the HMAC and that of the cipher, in this order (RFC 7518 §5.2.2.1).
    fn halves<'k>(&self, key: &'k Secret<Vec<u8>>) -> Result<(&'k [u8], &'k [u8]), Unspecified> {
        let (mac, encryption) = key.expose().split_at_checked(self.half).ok_or(Unspecified)?;
        if encryption.len() == self.half { Ok((mac, encryption)) } else { Err(Unspecified) }
    }

    fn tag(
        &self,
        key: &Secret<Vec<u8>>,
        additional: &[u8],
        iv: &[u8],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, Unspecified> {
        let (mac, _) = self.halves(key)?;
        let bits = (additional.len() as u64).saturating_mul(8);
        let mut context = hmac::Context::with_key(&hmac::Key::new(self.hmac, mac));
        for part in [additional, iv, ciphertext, &bits.to_be_bytes()] {
            context.update(part);
        }
        Ok(context.sign().as_ref().get(..self.half).ok_or(Unspecified)?.to_vec())
    }
}
