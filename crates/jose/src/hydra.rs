//! The cryptography of Ory Hydra, as far as a database that was moved from it still shows it: one key for everything, made
//! of a configured secret by SHA-256; tokens with HMAC-SHA-512/256; AES-256-GCM at rest; cookies with AES-256-CTR.
//!
//! Nothing is made in these forms, they are only read. When nobody has a token of Hydra's any more this file can go.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::Secret;
use crate::backend;
use crate::digest::{base64url_decode, constant_time_eq, hmac_sha256, sha256};

/// base64url with or without padding: Hydra writes both.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// Bytes of the nonce before what is sealed.
const NONCE: usize = 12;
/// Bytes of the tag behind it.
const TAG: usize = 16;

/// A key that Hydra made of a configured secret, for everything at once.
#[derive(Clone, Debug)]
pub struct HydraKey(Secret<[u8; 32]>);

impl HydraKey {
    /// The key of a system secret: SHA-256 of its bytes, however many they are.
    pub fn of_secret(secret: &str) -> Self {
        Self(Secret::new(sha256(secret.as_bytes())))
    }

    /// A key that was kept; `None` unless it has 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Secret::new(bytes.try_into().ok()?)))
    }

    /// The 32 bytes, to be kept.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// Whether `RANDOM.SIGNATURE` was made with this key: the signature is HMAC-SHA-512/256 of the random bytes.
    pub fn made(&self, token: &str) -> bool {
        let Some((random, signature)) = token.split_once('.') else { return false };
        let (Some(random), Some(signature)) = (base64url_decode(random), base64url_decode(signature)) else {
            return false;
        };
        constant_time_eq(&backend::hmac_sha512_256(self.as_bytes(), &random), &signature)
    }

    /// Opens what stands sealed in Hydra's database: base64url of a nonce, the encrypted text and a tag.
    pub fn open(&self, sealed: &str) -> Option<Secret<Vec<u8>>> {
        let bytes = BASE64URL.decode(sealed).ok()?;
        let (nonce, body) = bytes.split_first_chunk::<NONCE>()?;
        if body.len() < TAG {
            return None;
        }
        let mut body = body.to_vec();
        backend::gcm_open(self.as_bytes(), *nonce, &[], &mut body).ok()?;
        Some(Secret::new(body))
    }
}

/// A key of Hydra's cookies, of which each has an authentic part and a secret one.
#[derive(Clone, Debug)]
pub struct HydraCookieKey(Secret<Vec<u8>>);

impl HydraCookieKey {
    /// Of the bytes of a configured secret for cookies, or of the [`HydraKey`] of the first system secret.
    pub fn new(hash_key: impl Into<Vec<u8>>) -> Self {
        Self(Secret::new(hash_key.into()))
    }

    /// The bytes, to be kept.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.expose()
    }

    /// The text in the cookie of this name: `time|body|tag`, where the body is encrypted. How old it is, is not judged.
    pub fn open(&self, name: &str, value: &str) -> Option<Vec<u8>> {
        let bytes = BASE64URL.decode(value).ok()?;
        let time = bytes.iter().position(|byte| *byte == b'|')?;
        let rest = bytes.get(time + 1..)?;
        let (body, tag) = rest.split_last_chunk::<32>()?;
        let body = body.strip_suffix(b"|")?;
        let signed = [name.as_bytes(), b"|", bytes.get(..time)?, b"|", body].concat();
        if !constant_time_eq(&hmac_sha256(self.as_bytes(), &signed), tag) {
            return None;
        }
        let encrypted = BASE64URL.decode(body).ok()?;
        let (iv, text) = encrypted.split_first_chunk::<16>()?;
        let mut text = text.to_vec();
        backend::ctr_decrypt(&sha256(self.as_bytes()), *iv, &mut text).ok()?;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_sha512_256_agrees_with_another_program() {
        // Python: hmac.new(b"key", b"The quick brown fox jumps over the lazy dog", "sha512_256")
        let tag = backend::hmac_sha512_256(b"key", b"The quick brown fox jumps over the lazy dog");
        assert_eq!(crate::digest::base64url(&tag), "f7ZeA1d9qRUaEBbpwuUU1NSIQoV_E5J_NIWIFz3KbYk");
    }

    #[test]
    fn what_another_program_made_is_opened() {
        // Python with hashlib, hmac and base64, and openssl enc -aes-256-ctr.
        let key = HydraKey::of_secret("a system secret, äöü");
        let token =
            concat!("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8.aQoAeS1bFefJd4HafsZHt8G8O9Ss7Z2TVDTQKshp", "H5E",);
        assert!(key.made(token));
        assert!(!HydraKey::of_secret("another system secret").made(token));
        let cookie = concat!(
            "MTc5NTg1NDMyNnxBQUVDQXdRRkJnY0lDUW9MREEwT0QyUUtWTjNVcUhfRHhpaXJLeGE3eF9pTFRXb3Fma181",
            "ZXI0RC1DcEQwbmNhQy1yTWhDS3F6UDVJRXVvdE5zNFg3NmtOUWRTVExzY0tjU3V5X2ZueGMxbWZKOXJITlp6",
            "SFBFRGlHVms2WW5LYXz62Jhyfu5l--PsqqAJmQwWOczOe0N2VVuGLmvcweQcTw==",
        );
        let cookies = HydraCookieKey::new(key.as_bytes().as_slice());
        let content = cookies.open("ory_hydra_session", cookie).unwrap();
        assert!(content.ends_with(b"\x03sid\x06string\x0c&\x00$9d6364a8-8927-4aed-af26-eff06f6f7408"));
        assert!(cookies.open("ory_hydra_session_dev", cookie).is_none());
        assert!(HydraCookieKey::new("another secret").open("ory_hydra_session", cookie).is_none());
    }

    #[test]
    fn what_is_not_of_the_form_is_not_opened() {
        let key = HydraKey::of_secret("a system secret");
        for text in ["", "a", "AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "é"] {
            assert!(key.open(text).is_none() && !key.made(text), "{text}");
            assert!(HydraCookieKey::new("secret").open("name", text).is_none(), "{text}");
        }
        assert!(HydraKey::from_bytes(&[0; 31]).is_none());
    }
}
