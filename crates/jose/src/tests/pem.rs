//! Keys in PEM, as OpenSSL 3.0 wrote them.

use serde_json::json;

use super::vectors::ED25519;
use crate::jwe::{ContentEncryption, DecryptionKey, EncryptionKey, Envelope, Jwe, KeyManagement};
use crate::{Algorithm, Jwk, Jws, KeyError, SigningKey, VerifyingKey};

const RSA: &str = include_str!("pem/rsa.pem");
const RSA_PKCS1: &str = include_str!("pem/rsa_pkcs1.pem");
const RSA_PUBLIC: &str = include_str!("pem/rsa_public.pem");
const P256: &str = include_str!("pem/P-256.pem");
const P256_SEC1: &str = include_str!("pem/P-256_sec1.pem");
const P256_CERTIFICATE: &str = include_str!("pem/P-256_certificate.pem");
const P384: &str = include_str!("pem/P-384.pem");
const P384_PUBLIC: &str = include_str!("pem/P-384_public.pem");
const P521: &str = include_str!("pem/P-521.pem");
const ED25519_PEM: &str = include_str!("pem/ed25519.pem");
const ENCRYPTED: &str = include_str!("pem/encrypted.pem");
/// RFC 8410 §10.3, whose key is RFC 8032's second (§7.1 TEST 2 has another).
const RFC8410: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----";
/// RFC 8410 §10.3 with attributes and the public key.
const RFC8410_WITH_PUBLIC_KEY: &str = "-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----";

#[test]
fn every_form_of_a_private_key_signs() {
    for (pem, algorithm) in [
        (RSA, Algorithm::RS256),
        (RSA_PKCS1, Algorithm::RS256),
        (P256, Algorithm::ES256),
        (P256_SEC1, Algorithm::ES256),
        (P384, Algorithm::ES384),
        (P521, Algorithm::ES512),
        (ED25519_PEM, Algorithm::EdDSA),
    ] {
        let key = SigningKey::from_pem(pem).unwrap();
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(key.kid(), key.public_jwk().thumbprint());
        let text = key.sign(Some("JWT"), &json!({"iss": "client"})).unwrap();
        let public = VerifyingKey::from_jwk(&key.public_jwk()).unwrap();
        assert_eq!(Jws::parse(&text).unwrap().verify(&public).unwrap().claims["iss"], "client");
    }
}

#[test]
fn all_forms_are_of_the_same_key() {
    let thumbprint = |pem: &str| Jwk::from_pem(pem).unwrap().thumbprint();
    assert!(thumbprint(RSA) == thumbprint(RSA_PKCS1) && thumbprint(RSA) == thumbprint(RSA_PUBLIC));
    assert!(thumbprint(P256) == thumbprint(P256_SEC1) && thumbprint(P256) == thumbprint(P256_CERTIFICATE));
    assert_eq!(thumbprint(P384), thumbprint(P384_PUBLIC));
    assert_eq!(thumbprint(RFC8410), thumbprint(RFC8410_WITH_PUBLIC_KEY));
    for public in [RSA_PUBLIC, P384_PUBLIC, P256_CERTIFICATE] {
        assert!(!Jwk::from_pem(public).unwrap().is_private());
        assert!(VerifyingKey::from_jwk(&Jwk::from_pem(public).unwrap()).is_ok());
        assert!(SigningKey::from_pem(public).is_err());
    }
}

#[test]
fn rfc8410_section_10_3_has_its_public_key() {
    let key = Jwk::from_pem(RFC8410).unwrap();
    assert_eq!(key.x.as_deref(), Some("Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE"));
    assert_ne!(key.thumbprint(), serde_json::from_str::<Jwk>(ED25519).unwrap().thumbprint());
}

#[test]
fn name_and_algorithm_are_the_callers_to_add() {
    let key = Jwk { kid: Some("2026".into()), alg: Some("PS384".into()), ..Jwk::from_pem(RSA).unwrap() };
    let key = SigningKey::from_jwk(&key).unwrap();
    assert_eq!((key.kid(), key.algorithm()), ("2026", Algorithm::PS384));
}

#[test]
fn a_key_in_pem_opens_what_was_encrypted_for_it() {
    for (pem, alg) in
        [(RSA, KeyManagement::RsaOaep256), (P256_SEC1, KeyManagement::EcdhEsA128Kw), (P521, KeyManagement::EcdhEs)]
    {
        let key = DecryptionKey::from_pem(pem).unwrap();
        let envelope = Envelope { alg, enc: ContentEncryption::A128CbcHs256, cty: None };
        let text = EncryptionKey::from_jwk(&key.public_jwk()).unwrap().encrypt(&envelope, b"{}").unwrap();
        assert_eq!(Jwe::parse(&text).unwrap().decrypt(&key).unwrap(), b"{}");
        let by_jwk = DecryptionKey::from_jwk(&Jwk::from_pem(pem).unwrap()).unwrap();
        assert_eq!(Jwe::parse(&text).unwrap().decrypt(&by_jwk).unwrap(), b"{}");
    }
    assert!(DecryptionKey::from_pem(ED25519_PEM).is_err(), "a key for signatures only");
}

#[test]
fn other_blocks_and_text_around_are_passed_over() {
    let parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    let text = format!("Bag Attributes\n    friendlyName: key\n{parameters}{P256_SEC1}\n{RSA}");
    assert_eq!(Jwk::from_pem(&text).unwrap().thumbprint(), Jwk::from_pem(P256).unwrap().thumbprint());
    assert!(Jwk::from_pem(&P256.replace('\n', "\r\n")).is_ok());
    assert!(Jwk::from_pem(&P256.replace('\n', "")).is_ok(), "an environment variable may have lost the lines");
}

#[test]
fn what_is_no_key_is_refused() {
    let begin = |label: &str| {
        format!("-----BEGIN {label}-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp\n-----END {label}-----\n")
    };
    let relabelled = |from: &str, to: &str| P256.replace(from, to);
    for text in [
        String::new(),
        "-----BEGIN ".into(),
        "-----BEGIN PRIVATE KEY-----".into(),
        P256.replace("-----END PRIVATE KEY-----", ""),
        P256.replace("END PRIVATE KEY", "END EC PRIVATE KEY"),
        relabelled("PRIVATE KEY", "PUBLIC KEY"),
        relabelled("PRIVATE KEY", "CERTIFICATE"),
        relabelled("PRIVATE KEY", "OPENSSH PRIVATE KEY"),
        relabelled("MI", "M*"),
        begin("PRIVATE KEY"),
        begin("RSA PRIVATE KEY"),
        begin("EC PRIVATE KEY"),
        begin("PUBLIC KEY"),
        begin("CERTIFICATE"),
        ENCRYPTED.into(),
    ] {
        assert_eq!(Jwk::from_pem(&text).unwrap_err(), KeyError::Pem, "{text}");
    }
    assert_eq!(Jwk::from_pem(&" ".repeat(100_000)).unwrap_err(), KeyError::UnsupportedSize);
}

/// One bit of the private scalar, or of the public point beside it: they no longer belong together.
#[test]
fn a_public_half_that_is_not_its_own_is_refused() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let body: String = P256.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(body).unwrap();
    let key = |der: &[u8]| {
        Jwk::from_pem(&format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", STANDARD.encode(der)))
    };
    assert!(key(&der).is_ok());
    for at in [40, 60, der.len() - 1] {
        let mut changed = der.clone();
        changed[at] ^= 1;
        assert_eq!(key(&changed).unwrap_err(), KeyError::Pem, "{at}");
    }
}
