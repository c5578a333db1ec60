//! What was encrypted for this client (RFC 7516): ID tokens, userinfo and answers of the authorization endpoint.
//!
//! Encryption says who can read, not who wrote: what is inside is checked like what comes plain, signature first. Where the
//! program demands encryption, a plain answer is refused.
//!
//! The small choice of cryptography (feature `rust-crypto-small`) opens nothing and encrypts nothing: `without` has its
//! keys, of which there can be none, so that the rest of the crate is written once.

#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
mod without;

use std::borrow::Cow;
use std::fmt;

#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
use symbolon_jose::jwe::{Jwe, JweError, looks_encrypted};

use crate::client::Client;

#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub(crate) use symbolon_jose::jwe::{DecryptionKey, EncryptionKey};
#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
pub(crate) use without::DecryptionKey;
#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
use without::{decrypt, looks_encrypted};

/// What a provider may encrypt for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptedContent {
    /// ID tokens (`OpenID` Connect Core 1.0 §10.2).
    IdTokens,
    /// Logout tokens, for which providers use the registered choice for ID tokens (`OpenID` Connect Back-Channel Logout 1.0
    /// §2.4).
    LogoutTokens,
    /// Userinfo (§5.3.2).
    UserInfo,
    /// Signed answers of the authorization endpoint (JARM §2.2).
    AuthorizationResponses,
}

/// Why something encrypted is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptionFault {
    /// It is not encrypted, though the program demands that.
    NotEncrypted,
    /// It is encrypted, and the client has no key: give the builder `decryption_key`, which the small choice of cryptography
    /// (feature `rust-crypto-small`) does not have.
    NoKey,
    /// It does not open with the client's keys.
    #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
    Message(JweError),
    /// What is inside is no text.
    Content,
}

impl fmt::Display for EncryptionFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEncrypted => formatter.write_str("it is not encrypted, which this client demands"),
            Self::NoKey => formatter.write_str("it is encrypted, and this client has no decryption key"),
            #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
            Self::Message(error) => error.fmt(formatter),
            Self::Content => formatter.write_str("what was encrypted is no text"),
        }
    }
}

impl std::error::Error for EncryptionFault {}

impl Client {
    /// What is inside of `token` where it is encrypted, else itself.
    pub(crate) fn opened<'t>(
        &self,
        token: &'t str,
        content: EncryptedContent,
    ) -> Result<Cow<'t, str>, EncryptionFault> {
        if !looks_encrypted(token) {
            let demanded = self.rules().encrypted.contains(&content);
            return if demanded { Err(EncryptionFault::NotEncrypted) } else { Ok(Cow::Borrowed(token)) };
        }
        let keys = &self.protection().decryption_keys;
        if keys.is_empty() {
            return Err(EncryptionFault::NoKey);
        }
        String::from_utf8(decrypt(token, keys)?).map(Cow::Owned).map_err(|_| EncryptionFault::Content)
    }
}

#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
fn decrypt(token: &str, keys: &[DecryptionKey]) -> Result<Vec<u8>, EncryptionFault> {
    Jwe::parse(token).and_then(|message| message.decrypt_with(keys)).map_err(EncryptionFault::Message)
}
