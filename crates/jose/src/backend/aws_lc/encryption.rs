//! What JSON Web Encryption is made of: RSA-OAEP, agreement over curves, AES key wrap, AES-GCM and AES-CBC.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::cipher::{
    self, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::key_wrap::{AES_128, AES_256, AesKek, KeyWrap};
use aws_lc_rs::rsa::{
    OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
    PublicEncryptingKey,
};

use super::signing::{curve, rsa_pair};
use crate::Secret;
use crate::algorithm::Family;
use crate::backend::{Refused, RsaNumbers};
use crate::der;

/// RSAES-OAEP with SHA-256, from the side of the recipient.
pub(crate) struct OaepPrivateKey(OaepPrivateDecryptingKey);

impl OaepPrivateKey {
    pub(crate) fn new(numbers: &RsaNumbers) -> Result<Self, Refused> {
        let document: Pkcs8V1Der<'_> = rsa_pair(numbers)?.as_der()?;
        let key = PrivateDecryptingKey::from_pkcs8(document.as_ref())?;
        Ok(Self(OaepPrivateDecryptingKey::new(key)?))
    }

    pub(crate) fn decrypt(&self, encrypted: &[u8]) -> Result<Secret<Vec<u8>>, Refused> {
        let mut output = vec![0; self.0.key_size_bytes()];
        let length = self.0.decrypt(&OAEP_SHA256_MGF1SHA256, encrypted, &mut output, None)?.len();
        output.truncate(length);
        Ok(Secret::new(output))
    }
}

/// The same from the side of the sender.
pub(crate) struct OaepPublicKey(OaepPublicEncryptingKey);

impl OaepPublicKey {
    pub(crate) fn new(n: &[u8], e: &[u8]) -> Result<Self, Refused> {
        let key = PublicEncryptingKey::from_der(&der::write_rsa_subject_public_key(n, e))?;
        Ok(Self(OaepPublicEncryptingKey::new(key)?))
    }

    pub(crate) fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>, Refused> {
        let mut output = vec![0; self.0.ciphertext_size()];
        let length = self.0.encrypt(&OAEP_SHA256_MGF1SHA256, plaintext, &mut output, None)?.len();
        output.truncate(length);
        Ok(output)
    }
}

/// A private scalar that agrees on secrets with points of its curve.
pub(crate) struct AgreementKey(PrivateKey);

impl AgreementKey {
    pub(crate) fn generate(family: Family) -> Result<Self, Refused> {
        Ok(Self(PrivateKey::generate(curve(family)?)?))
    }

    pub(crate) fn from_scalar(family: Family, scalar: &[u8]) -> Result<Self, Refused> {
        Ok(Self(PrivateKey::from_private_key(curve(family)?, scalar)?))
    }

    /// Its own point, uncompressed.
    pub(crate) fn point(&self) -> Result<Vec<u8>, Refused> {
        Ok(self.0.compute_public_key()?.as_ref().to_vec())
    }

    /// What `derive` makes of the secret shared with `point`; one that is not on the curve is refused.
    pub(crate) fn agree<T>(&self, point: &[u8], derive: impl FnOnce(&[u8]) -> T) -> Result<T, Refused> {
        let peer = UnparsedPublicKey::new(self.0.algorithm(), point);
        agreement::agree(&self.0, peer, Refused, |shared| Ok(derive(shared)))
    }
}

/// Whether `point` is on the curve.
pub(crate) fn is_on_curve(family: Family, point: &[u8]) -> bool {
    let on = |curve| agreement::ParsedPublicKey::try_from(&UnparsedPublicKey::new(curve, point)).is_ok();
    curve(family).is_ok_and(on)
}

/// AES key wrap (RFC 3394) under a key of 128 or 256 bits.
pub(crate) fn wrap_key(wrapping: &[u8], key: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut output = vec![0; key.len() + 8];
    let length = kek(wrapping)?.wrap(key, &mut output)?.len();
    output.truncate(length);
    Ok(output)
}

pub(crate) fn unwrap_key(wrapping: &[u8], wrapped: &[u8]) -> Result<Secret<Vec<u8>>, Refused> {
    let mut output = vec![0; wrapped.len()];
    let length = kek(wrapping)?.unwrap(wrapped, &mut output)?.len();
    output.truncate(length);
    Ok(Secret::new(output))
}

/// AES-GCM under a key of 128 or 256 bits: encrypts `body` where it is and gives its tag.
pub(crate) fn gcm_seal(key: &[u8], nonce: [u8; 12], associated: &[u8], body: &mut [u8]) -> Result<[u8; 16], Refused> {
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = gcm(key)?.seal_in_place_separate_tag(nonce, Aad::from(associated), body)?;
    tag.as_ref().try_into().map_err(|_| Refused)
}

/// Decrypts `body`, whose last 16 bytes are the tag, where it is, and cuts the tag off.
pub(crate) fn gcm_open(key: &[u8], nonce: [u8; 12], associated: &[u8], body: &mut Vec<u8>) -> Result<(), Refused> {
    let nonce = Nonce::assume_unique_for_key(nonce);
    let length = gcm(key)?.open_in_place(nonce, Aad::from(associated), body)?.len();
    body.truncate(length);
    Ok(())
}

/// AES-CBC with the padding of PKCS #7 under a key of 128 or 256 bits.
pub(crate) fn cbc_encrypt(key: &[u8], iv: [u8; 16], text: &mut Vec<u8>) -> Result<(), Refused> {
    let encrypting = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(aes(key), key)?)?;
    encrypting.less_safe_encrypt(text, EncryptionContext::Iv128(FixedLength::from(iv)))?;
    Ok(())
}

pub(crate) fn cbc_decrypt(key: &[u8], iv: [u8; 16], text: &mut Vec<u8>) -> Result<(), Refused> {
    let decrypting = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(aes(key), key)?)?;
    let length = decrypting.decrypt(text, DecryptionContext::Iv128(FixedLength::from(iv)))?.len();
    text.truncate(length);
    Ok(())
}

fn gcm(key: &[u8]) -> Result<LessSafeKey, Refused> {
    let algorithm = if key.len() == 16 { &aead::AES_128_GCM } else { &aead::AES_256_GCM };
    Ok(LessSafeKey::new(UnboundKey::new(algorithm, key)?))
}

fn aes(key: &[u8]) -> &'static cipher::Algorithm {
    if key.len() == 16 { &cipher::AES_128 } else { &cipher::AES_256 }
}

fn kek(wrapping: &[u8]) -> Result<AesKek, Refused> {
    let cipher = if wrapping.len() == 16 { &AES_128 } else { &AES_256 };
    Ok(AesKek::new(cipher, wrapping)?)
}
