//! Keys made to be weak, wrong or misunderstood: refused when they are read, before anything is checked with them.

use serde_json::{Value, json};

use super::vectors::{BILBO_RSA, jwk};
use super::{key, public};
use crate::digest::base64url;
use crate::{Algorithm, Jwk, JwkSet, Jws, KeyError, SigningKey, VerifyingKey};

/// The key that `changes` make of the elliptic or Edwards key of `algorithm`; `null` removes a member.
fn altered(algorithm: Algorithm, changes: &Value) -> Jwk {
    let mut members = serde_json::to_value(key(algorithm).to_private_jwk()).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        members[name] = value.clone();
    }
    serde_json::from_value(members).unwrap()
}

#[test]
fn broken_curve_keys_are_refused() {
    let zero = |length: usize| base64url(&vec![0; length]);
    for (algorithm, changes, expected) in [
        (Algorithm::ES256, json!({"x": null}), KeyError::Missing("x")),
        (Algorithm::ES256, json!({"y": null}), KeyError::Missing("y")),
        (Algorithm::ES256, json!({"x": zero(32)}), KeyError::Inconsistent),
        (Algorithm::ES256, json!({"x": zero(32), "y": zero(32)}), KeyError::Inconsistent),
        (Algorithm::ES256, json!({"x": base64url(&[0xff; 32])}), KeyError::Inconsistent),
        (Algorithm::ES256, json!({"x": zero(31)}), KeyError::Malformed("x")),
        (Algorithm::ES256, json!({"y": zero(33)}), KeyError::Malformed("y")),
        (Algorithm::ES256, json!({"y": "A="}), KeyError::Malformed("y")),
        (Algorithm::ES256, json!({"crv": "P-384", "alg": null}), KeyError::Malformed("x")),
        (Algorithm::ES256, json!({"crv": "secp256k1"}), KeyError::UnsupportedKeyType),
        (Algorithm::ES256, json!({"crv": null}), KeyError::UnsupportedKeyType),
        (Algorithm::ES256, json!({"kty": "OKP"}), KeyError::UnsupportedKeyType),
        (Algorithm::ES256, json!({"use": "enc"}), KeyError::NotForSignatures),
        (Algorithm::ES256, json!({"key_ops": ["deriveKey"]}), KeyError::NotForSignatures),
        (Algorithm::ES384, json!({"alg": "ES256"}), KeyError::UnsupportedAlgorithm),
        (Algorithm::EdDSA, json!({"x": zero(31)}), KeyError::Malformed("x")),
        (Algorithm::EdDSA, json!({"x": zero(32)}), KeyError::Inconsistent),
        (Algorithm::EdDSA, json!({"x": base64url(&[0xff; 32])}), KeyError::Inconsistent),
        (Algorithm::EdDSA, json!({"crv": "X25519"}), KeyError::UnsupportedKeyType),
        (Algorithm::EdDSA, json!({"crv": "Ed448"}), KeyError::UnsupportedKeyType),
    ] {
        let broken = altered(algorithm, &changes);
        assert_eq!(VerifyingKey::from_jwk(&broken).unwrap_err(), expected, "{changes}");
        assert_eq!(SigningKey::from_jwk(&broken).unwrap_err(), expected, "{changes}");
    }
}

#[test]
fn a_key_under_which_anybody_can_sign_is_refused() {
    // The neutral element: without the check, (R = neutral, s = 0) signs every message.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    for sign_bit in [0, 0x80] {
        neutral[31] = sign_bit;
        let key = Jwk { x: Some(base64url(&neutral)), ..key(Algorithm::EdDSA).public_jwk() };
        assert_eq!(VerifyingKey::from_jwk(&key).unwrap_err(), KeyError::Inconsistent);
    }
}

#[test]
fn private_members_must_belong_to_the_public_ones() {
    for algorithm in [Algorithm::ES256, Algorithm::ES384, Algorithm::ES512, Algorithm::EdDSA] {
        let (one, two) = (key(algorithm), key(algorithm));
        let mixed = Jwk { d: two.to_private_jwk().d, ..one.to_private_jwk() };
        assert_eq!(SigningKey::from_jwk(&mixed).unwrap_err(), KeyError::Inconsistent, "{algorithm}");
        assert_eq!(SigningKey::from_jwk(&one.public_jwk()).unwrap_err(), KeyError::Missing("d"), "{algorithm}");
        let short = Jwk { d: Some("AQ".to_owned().into()), ..one.to_private_jwk() };
        assert_eq!(SigningKey::from_jwk(&short).unwrap_err(), KeyError::Malformed("d"), "{algorithm}");
    }
    let bilbo = jwk(BILBO_RSA);
    for member in ["d", "p", "q", "dp", "dq", "qi"] {
        let mut members = serde_json::to_value(&bilbo).unwrap();
        members[member] = "AQAB".into();
        let wrong: Jwk = serde_json::from_value(members.clone()).unwrap();
        assert_eq!(SigningKey::from_jwk(&wrong).unwrap_err(), KeyError::Inconsistent, "{member}");
        members[member] = Value::Null;
        let lacking: Jwk = serde_json::from_value(members).unwrap();
        assert!(matches!(SigningKey::from_jwk(&lacking).unwrap_err(), KeyError::Missing(name) if name == member));
    }
    let verify_only = Jwk { key_ops: Some(vec!["verify".into()]), ..bilbo };
    assert_eq!(SigningKey::from_jwk(&verify_only).unwrap_err(), KeyError::NotForSignatures);
}

#[test]
fn weak_and_odd_rsa_keys_are_refused() {
    let modulus = |bytes: usize, first: u8| {
        let mut n = vec![0xff; bytes];
        n[0] = first;
        base64url(&n)
    };
    let bilbo = jwk(BILBO_RSA).to_public();
    for (n, e, expected) in [
        (modulus(128, 0xff), "AQAB", KeyError::UnsupportedSize),
        (modulus(256, 0x7f), "AQAB", KeyError::UnsupportedSize),
        (modulus(1025, 0x01), "AQAB", KeyError::UnsupportedSize),
        (modulus(257, 0x00), "AQAB", KeyError::Malformed("n")),
        (String::new(), "AQAB", KeyError::Malformed("n")),
        (modulus(256, 0xff), "AQ", KeyError::Malformed("e")),
        (modulus(256, 0xff), "Ag", KeyError::Malformed("e")),
        (modulus(256, 0xff), "", KeyError::Malformed("e")),
        (modulus(256, 0xff), "AAEAAQ", KeyError::Malformed("e")),
        (modulus(256, 0xff), "AQAAAAAB", KeyError::Malformed("e")),
    ] {
        let key = Jwk { n: Some(n), e: Some(e.to_owned()), ..bilbo.clone() };
        assert_eq!(VerifyingKey::from_jwk(&key).unwrap_err(), expected, "{e}");
    }
    let even = Jwk { n: Some(base64url(&[0xfe; 256])), ..bilbo };
    assert_eq!(VerifyingKey::from_jwk(&even).unwrap_err(), KeyError::Inconsistent);
}

#[test]
fn only_offered_sizes_are_generated() {
    let made = |algorithm, bits| SigningKey::generate_rsa(algorithm, bits, "key".to_owned());
    for bits in [0, 1024, 2047, 8192] {
        assert_eq!(made(Algorithm::RS256, bits).unwrap_err(), KeyError::UnsupportedSize);
    }
    assert_eq!(made(Algorithm::ES256, 2048).unwrap_err(), KeyError::UnsupportedAlgorithm);
    let key = made(Algorithm::PS512, 3072).unwrap();
    assert_eq!(key.public_jwk().n.unwrap().len(), 512);
    assert!(Jws::parse(&key.sign(None, &json!({})).unwrap()).unwrap().verify(&public(&key)).is_ok());
}

#[test]
fn generated_keys_are_published_without_their_secrets() {
    for &algorithm in Algorithm::all() {
        let key = key(algorithm);
        let public = key.public_jwk();
        assert!(!public.is_private());
        assert_eq!((public.use_.as_deref(), public.kid.as_deref()), (Some("sig"), Some("key")));
        assert_eq!(public.alg.as_deref(), Some(algorithm.as_str()));
        let again = SigningKey::from_jwk(&key.to_private_jwk()).unwrap();
        assert_eq!((again.kid(), again.algorithm()), (key.kid(), algorithm));
        let text = again.sign(Some("JWT"), &json!({})).unwrap();
        assert!(Jws::parse(&text).unwrap().verify(&self::public(&key)).is_ok());
        let shown = format!("{key:?} {:?}", key.to_private_jwk());
        assert!(!shown.contains(key.to_private_jwk().d.unwrap().expose().as_str()));
    }
}

#[test]
fn a_key_without_a_name_is_named_by_its_thumbprint() {
    let nameless = Jwk { kid: None, ..jwk(BILBO_RSA) };
    assert_eq!(SigningKey::from_jwk(&nameless).unwrap().kid(), nameless.thumbprint());
}

#[test]
fn unusable_keys_of_a_set_are_left_out() {
    let (good, bilbo) = (key(Algorithm::ES256).public_jwk(), jwk(BILBO_RSA).to_public());
    let encryption = Jwk { use_: Some("enc".into()), ..bilbo.clone() };
    let symmetric = Jwk { kty: "oct".into(), ..Jwk::default() };
    let set = JwkSet { keys: vec![encryption, good, symmetric, bilbo] };
    let names: Vec<_> = set.verifying_keys().iter().map(|key| key.kid().unwrap().to_owned()).collect();
    assert_eq!(names, ["key", "bilbo.baggins@hobbiton.example"]);
}
