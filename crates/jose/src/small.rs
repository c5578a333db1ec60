//! What is left without Ed25519 and P-521 (feature `rust-crypto-small`), and that the rest is refused as unsupported.

use serde_json::json;

use crate::{Algorithm, Jwk, Jws, KeyError, SigningKey, VerifyingKey};

#[test]
fn rsa_p256_and_p384_sign_and_verify() {
    for algorithm in [Algorithm::RS256, Algorithm::PS384, Algorithm::ES256, Algorithm::ES384] {
        let key = SigningKey::generate(algorithm, "key".to_owned()).unwrap();
        let public = VerifyingKey::from_jwk(&key.public_jwk()).unwrap();
        let text = key.sign(Some("JWT"), &json!({"sub": "peter"})).unwrap();
        assert_eq!(Jws::parse(&text).unwrap().verify(&public).unwrap().claims["sub"], "peter");
        assert!(SigningKey::from_jwk(&key.to_private_jwk()).is_ok());
    }
}

#[test]
fn keys_of_other_kinds_are_unsupported() {
    for (algorithm, kty, crv) in [(Algorithm::ES512, "EC", "P-521"), (Algorithm::EdDSA, "OKP", "Ed25519")] {
        let key = Jwk { kty: kty.to_owned(), crv: Some(crv.to_owned()), ..Jwk::default() };
        assert_eq!(VerifyingKey::from_jwk(&key).unwrap_err(), KeyError::UnsupportedKeyType);
        assert_eq!(SigningKey::from_jwk(&key).unwrap_err(), KeyError::UnsupportedKeyType);
        assert_eq!(SigningKey::generate(algorithm, "key".to_owned()).unwrap_err(), KeyError::UnsupportedAlgorithm);
        assert_eq!(key.signature_algorithm(), None);
    }
}
