//! Keys as text (RFC 7468): the form in which other programs make and keep them.

use base64::Engine;
use zeroize::Zeroize;

use crate::der;
use crate::digest::LENIENT;
use crate::error::KeyError;
use crate::jwk::Jwk;
use crate::numbers::private_jwk;
use crate::{Secret, SigningKey};

/// The longest text that is looked at, in bytes.
const LONGEST: usize = 64 * 1024;

impl Jwk {
    /// Reads the first key of a text in PEM: a private key (`PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`), a public
    /// key (`PUBLIC KEY`) or that of a certificate (`CERTIFICATE`). Text around the block and blocks that are no keys
    /// (`EC PARAMETERS`) are passed over. Of a certificate nothing but the key is looked at.
    ///
    /// The members are `kty`, `crv` and the numbers; `kid`, `alg` and `use` are for the caller to add:
    ///
    /// ```
    /// use symbolon_jose::{Jwk, SigningKey};
    ///
    /// # fn main() -> Result<(), symbolon_jose::KeyError> {
    /// # let pem = "-----BEGIN PRIVATE KEY-----\n\
    /// #     MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G\n-----END PRIVATE KEY-----\n";
    /// let key = Jwk { kid: Some("2026-11".to_owned()), ..Jwk::from_pem(pem)? };
    /// let key = SigningKey::from_jwk(&key)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`KeyError::Pem`] is the answer to a text without such a block, to an encrypted key, and to a block that is not
    /// what its label says; [`KeyError::UnsupportedSize`] to a text of more than 64 KiB.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        if pem.len() > LONGEST {
            return Err(KeyError::UnsupportedSize);
        }
        let (label, der) = first_block(pem).ok_or(KeyError::Pem)?;
        let der = der.expose();
        match label {
            "PUBLIC KEY" => der::public_key(der).ok_or(KeyError::Pem),
            "CERTIFICATE" => der::certified_key(der).ok_or(KeyError::Pem),
            _ => private_jwk(&der::private_key(der).ok_or(KeyError::Pem)?),
        }
    }
}

impl SigningKey {
    /// Reads a private key from PEM, as [`Jwk::from_pem`] does. It signs with RS256, the algorithm of its curve, or
    /// `EdDSA`, and its thumbprint is its name; for others, go by way of the [`Jwk`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        Self::from_jwk(&Jwk::from_pem(pem)?)
    }
}

/// The label and the contents of the first block that is a key.
pub(crate) fn first_block(pem: &str) -> Option<(&str, Secret<Vec<u8>>)> {
    const LABELS: [&str; 5] = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "PUBLIC KEY", "CERTIFICATE"];
    let mut rest = pem;
    loop {
        let (_, begun) = rest.split_once("-----BEGIN ")?;
        let (label, body) = begun.split_once("-----")?;
        let (body, after) = body.split_once("-----END ")?;
        if LABELS.contains(&label) {
            after.strip_prefix(label)?.strip_prefix("-----")?;
            let mut text: String = body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
            let der = LENIENT.decode(&text).ok().map(Secret::new);
            text.zeroize();
            return Some((label, der?));
        }
        rest = after;
    }
}
