//! AES-256-GCM-SIV (RFC 8452).

use aes_gcm_siv::{AeadInOut, Aes256GcmSiv, KeyInit};

use crate::backend::Refused;

pub(crate) struct SealingKey(Aes256GcmSiv);

impl SealingKey {
    #[expect(clippy::unnecessary_wraps, reason = "another library may refuse")]
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, Refused> {
        Ok(Self(Aes256GcmSiv::new(key.into())))
    }

    /// Encrypts `body` where it is and gives its tag.
    pub(crate) fn seal(&self, nonce: [u8; 12], associated: &[u8], body: &mut [u8]) -> Result<[u8; 16], Refused> {
        let tag = self.0.encrypt_inout_detached(&nonce.into(), associated, body.into()).map_err(|_| Refused)?;
        Ok(tag.into())
    }

    /// Decrypts `body`, whose last 16 bytes are the tag, where it is, and cuts the tag off.
    pub(crate) fn open(&self, nonce: [u8; 12], associated: &[u8], body: &mut Vec<u8>) -> Result<(), Refused> {
        let (text, tag) = body.split_last_chunk_mut::<16>().ok_or(Refused)?;
        let length = text.len();
        self.0.decrypt_inout_detached(&nonce.into(), associated, text.into(), &(*tag).into()).map_err(|_| Refused)?;
        body.truncate(length);
        Ok(())
    }
}
