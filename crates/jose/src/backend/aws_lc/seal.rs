//! AES-256-GCM-SIV (RFC 8452).

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::backend::Refused;

pub(crate) struct SealingKey(LessSafeKey);

impl SealingKey {
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, Refused> {
        Ok(Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, key)?)))
    }

    /// Encrypts `body` where it is and gives its tag.
    pub(crate) fn seal(&self, nonce: [u8; 12], associated: &[u8], body: &mut [u8]) -> Result<[u8; 16], Refused> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.0.seal_in_place_separate_tag(nonce, Aad::from(associated), body)?;
        tag.as_ref().try_into().map_err(|_| Refused)
    }

    /// Decrypts `body`, whose last 16 bytes are the tag, where it is, and cuts the tag off.
    pub(crate) fn open(&self, nonce: [u8; 12], associated: &[u8], body: &mut Vec<u8>) -> Result<(), Refused> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let length = self.0.open_in_place(nonce, Aad::from(associated), body)?.len();
        body.truncate(length);
        Ok(())
    }
}
