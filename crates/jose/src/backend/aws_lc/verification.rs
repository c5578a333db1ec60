//! Checking signatures.

use aws_lc_rs::signature::{self, ParsedPublicKey, VerificationAlgorithm};

use crate::algorithm::Algorithm;
use crate::backend::{PublicNumbers, Refused};
use crate::der;

/// A public key, with one parsed form per accepted algorithm.
pub(crate) struct PublicKey(Vec<(Algorithm, ParsedPublicKey)>);

impl PublicKey {
    pub(crate) fn new(numbers: PublicNumbers<'_>, accepted: &[Algorithm]) -> Result<Self, Refused> {
        let encoded = match numbers {
            PublicNumbers::Rsa { n, e } => &der::write_rsa_public_key(n, e),
            PublicNumbers::Point(point) => point,
        };
        let parsed =
            accepted.iter().map(|&algorithm| Ok((algorithm, ParsedPublicKey::new(verification(algorithm), encoded)?)));
        Ok(Self(parsed.collect::<Result<_, Refused>>()?))
    }

    pub(crate) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let key = self.0.iter().find(|(accepted, _)| *accepted == algorithm);
        key.is_some_and(|(_, key)| key.verify_sig(message, signature).is_ok())
    }
}

fn verification(algorithm: Algorithm) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        Algorithm::RS256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        Algorithm::RS384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RS512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        Algorithm::PS256 => &signature::RSA_PSS_2048_8192_SHA256,
        Algorithm::PS384 => &signature::RSA_PSS_2048_8192_SHA384,
        Algorithm::PS512 => &signature::RSA_PSS_2048_8192_SHA512,
        Algorithm::ES256 => &signature::ECDSA_P256_SHA256_FIXED,
        Algorithm::ES384 => &signature::ECDSA_P384_SHA384_FIXED,
        Algorithm::ES512 => &signature::ECDSA_P521_SHA512_FIXED,
        Algorithm::EdDSA => &signature::ED25519,
    }
}
