//! What JSON Web Encryption is made of: RSA-OAEP, agreement over curves, AES key wrap, AES-GCM and AES-CBC.

use aes_gcm::aes::{Aes128, Aes256};
use aes_gcm::{AeadInOut, Aes128Gcm, Aes256Gcm, KeyInit};
use aes_kw::{KwAes128, KwAes256};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use getrandom::SysRng;
use sha2::Sha256;

use super::curves::{fresh_scalar, on_curve, public_point};
use super::rsa;
use crate::Secret;
use crate::algorithm::Family;
use crate::backend::{Refused, RsaNumbers};

const BLOCK_BYTES: usize = 16;

/// RSAES-OAEP with SHA-256, from the side of the recipient.
pub(crate) struct OaepPrivateKey(Box<::rsa::PrivateKey>);

impl OaepPrivateKey {
    pub(crate) fn new(numbers: &RsaNumbers) -> Result<Self, Refused> {
        Ok(Self(Box::new(rsa::private_key(numbers)?)))
    }

    pub(crate) fn decrypt(&self, encrypted: &[u8]) -> Result<Secret<Vec<u8>>, Refused> {
        self.0.oaep_decrypt_with_rng::<Sha256, _>(&mut SysRng, encrypted).map(Secret::new).map_err(|_| Refused)
    }
}

/// The same from the side of the sender.
pub(crate) struct OaepPublicKey(::rsa::PublicKey);

impl OaepPublicKey {
    pub(crate) fn new(n: &[u8], e: &[u8]) -> Result<Self, Refused> {
        rsa::public_key(n, e).map(Self)
    }

    pub(crate) fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>, Refused> {
        self.0.oaep_encrypt_with_rng::<Sha256, _>(&mut SysRng, plaintext).map_err(|_| Refused)
    }
}

/// A private scalar that agrees on secrets with points of its curve.
pub(crate) struct AgreementKey {
    family: Family,
    scalar: Secret<Vec<u8>>,
    point: Vec<u8>,
}

impl AgreementKey {
    pub(crate) fn generate(family: Family) -> Result<Self, Refused> {
        Self::from_scalar(family, fresh_scalar(family)?.expose())
    }

    pub(crate) fn from_scalar(family: Family, scalar: &[u8]) -> Result<Self, Refused> {
        Ok(Self { family, scalar: Secret::new(scalar.to_vec()), point: public_point(family, scalar)? })
    }

    /// Its own point, uncompressed.
    #[expect(clippy::unnecessary_wraps, reason = "another library may refuse")]
    pub(crate) fn point(&self) -> Result<Vec<u8>, Refused> {
        Ok(self.point.clone())
    }

    /// What `derive` makes of the secret shared with `point`; one that is not on the curve is refused.
    pub(crate) fn agree<T>(&self, point: &[u8], derive: impl FnOnce(&[u8]) -> T) -> Result<T, Refused> {
        on_curve!(self.family, curve => {
            use curve::elliptic_curve::point::AffineCoordinates;
            let own = curve::SecretKey::from_slice(self.scalar.expose()).map_err(|_| Refused)?;
            let peer = curve::PublicKey::from_sec1_bytes(point).map_err(|_| Refused)?;
            let shared = peer.to_projective() * *own.to_nonzero_scalar();
            // SEC 1 §3.3.1: the x coordinate of the common point. The order is prime, so it is not the identity.
            Ok(derive(Secret::new(shared.to_affine().x().to_vec()).expose()))
        })
    }
}

/// Whether `point` is on the curve.
pub(crate) fn is_on_curve(family: Family, point: &[u8]) -> bool {
    let parsed = on_curve!(family, curve => curve::PublicKey::from_sec1_bytes(point).map(drop).map_err(|_| Refused));
    parsed.is_ok()
}

/// AES key wrap (RFC 3394) under a key of 128 or 256 bits.
pub(crate) fn wrap_key(wrapping: &[u8], key: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut output = vec![0; key.len() + 8];
    let wrapped = if wrapping.len() == 16 {
        KwAes128::new_from_slice(wrapping).map_err(|_| Refused)?.wrap_key(key, &mut output)
    } else {
        KwAes256::new_from_slice(wrapping).map_err(|_| Refused)?.wrap_key(key, &mut output)
    };
    wrapped.map_err(|_| Refused)?;
    Ok(output)
}

pub(crate) fn unwrap_key(wrapping: &[u8], wrapped: &[u8]) -> Result<Secret<Vec<u8>>, Refused> {
    let mut output = vec![0; wrapped.len()];
    let unwrapped = if wrapping.len() == 16 {
        KwAes128::new_from_slice(wrapping).map_err(|_| Refused)?.unwrap_key(wrapped, &mut output)
    } else {
        KwAes256::new_from_slice(wrapping).map_err(|_| Refused)?.unwrap_key(wrapped, &mut output)
    };
    let length = unwrapped.map_err(|_| Refused)?.len();
    output.truncate(length);
    Ok(Secret::new(output))
}

/// AES-GCM under a key of 128 or 256 bits: encrypts `body` where it is and gives its tag.
pub(crate) fn gcm_seal(key: &[u8], nonce: [u8; 12], associated: &[u8], body: &mut [u8]) -> Result<[u8; 16], Refused> {
    let (nonce, body) = (&nonce.into(), body.into());
    let tag = if key.len() == 16 {
        Aes128Gcm::new_from_slice(key).map_err(|_| Refused)?.encrypt_inout_detached(nonce, associated, body)
    } else {
        Aes256Gcm::new_from_slice(key).map_err(|_| Refused)?.encrypt_inout_detached(nonce, associated, body)
    };
    tag.map(Into::into).map_err(|_| Refused)
}

/// Decrypts `body`, whose last 16 bytes are the tag, where it is, and cuts the tag off.
pub(crate) fn gcm_open(key: &[u8], nonce: [u8; 12], associated: &[u8], body: &mut Vec<u8>) -> Result<(), Refused> {
    let (text, tag) = body.split_last_chunk_mut::<16>().ok_or(Refused)?;
    let length = text.len();
    let (nonce, tag, text) = (&nonce.into(), &(*tag).into(), text.into());
    let opened = if key.len() == 16 {
        Aes128Gcm::new_from_slice(key).map_err(|_| Refused)?.decrypt_inout_detached(nonce, associated, text, tag)
    } else {
        Aes256Gcm::new_from_slice(key).map_err(|_| Refused)?.decrypt_inout_detached(nonce, associated, text, tag)
    };
    opened.map_err(|_| Refused)?;
    body.truncate(length);
    Ok(())
}

/// AES-CBC with the padding of PKCS #7 under a key of 128 or 256 bits.
pub(crate) fn cbc_encrypt(key: &[u8], iv: [u8; 16], text: &mut Vec<u8>) -> Result<(), Refused> {
    let length = text.len();
    text.resize((length / BLOCK_BYTES + 1) * BLOCK_BYTES, 0);
    let encrypted = if key.len() == 16 {
        let cipher = cbc::Encryptor::<Aes128>::new_from_slices(key, &iv).map_err(|_| Refused)?;
        cipher.encrypt_padded::<Pkcs7>(text, length).map(drop)
    } else {
        let cipher = cbc::Encryptor::<Aes256>::new_from_slices(key, &iv).map_err(|_| Refused)?;
        cipher.encrypt_padded::<Pkcs7>(text, length).map(drop)
    };
    encrypted.map_err(|_| Refused)
}

pub(crate) fn cbc_decrypt(key: &[u8], iv: [u8; 16], text: &mut Vec<u8>) -> Result<(), Refused> {
    let decrypted = if key.len() == 16 {
        let cipher = cbc::Decryptor::<Aes128>::new_from_slices(key, &iv).map_err(|_| Refused)?;
        cipher.decrypt_padded::<Pkcs7>(text).map(<[u8]>::len)
    } else {
        let cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, &iv).map_err(|_| Refused)?;
        cipher.decrypt_padded::<Pkcs7>(text).map(<[u8]>::len)
    };
    let length = decrypted.map_err(|_| Refused)?;
    text.truncate(length);
    Ok(())
}
