//! Encryption where the cryptography has none.

use super::EncryptionFault;

/// A key that opens messages, of which there is none.
#[derive(Debug, Clone)]
pub(crate) enum DecryptionKey {}

/// Whether a text has the five parts of an encrypted message (RFC 7516 §3.1), where one of three was expected.
pub(super) fn looks_encrypted(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'.').take(5).count() == 4
}

/// Without a key nothing opens.
pub(super) fn decrypt(_: &str, _: &[DecryptionKey]) -> Result<Vec<u8>, EncryptionFault> {
    Err(EncryptionFault::NoKey)
}
