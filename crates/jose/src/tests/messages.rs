//! Messages made to break a reader (forged signatures, confused algorithms, random damage): every one is refused, for the right reason.

use serde_json::{Value, json};

use super::vectors::{BILBO_RSA, ED25519, ED25519_SIGNATURE, jwk};
use super::{key, public};
use crate::digest::{base64url, base64url_decode, hmac_sha256};
use crate::{
    Algorithm, Jwk, Jws, JwsError, KeyError, MAXIMUM_LENGTH, Rng, SignError, SigningKey, VerifyingKey, unsecured_claims,
};

/// A correctly signed message with any header and payload at all.
fn signed(key: &SigningKey, header: &str, payload: &str) -> String {
    let input = format!("{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()));
    let signature = base64url(&key.sign_bytes(input.as_bytes()).unwrap());
    format!("{input}.{signature}")
}

fn unsigned(header: &str) -> String {
    format!("{}.{}.AAAA", base64url(header.as_bytes()), base64url(b"{}"))
}

fn refusal(text: &str) -> JwsError {
    Jws::parse(text).unwrap_err()
}

#[test]
fn every_algorithm_signs_and_verifies() {
    for &algorithm in Algorithm::all() {
        let key = key(algorithm);
        let text = key.sign(Some("at+jwt"), &json!({"sub": "peter"})).unwrap();
        let verified = Jws::parse(&text).unwrap().verify(&public(&key)).unwrap();
        assert_eq!(Value::Object(verified.claims), json!({"sub": "peter"}));
        assert_eq!(verified.header.alg, algorithm);
        assert_eq!((verified.header.kid.as_deref(), verified.header.typ.as_deref()), (Some("key"), Some("at+jwt")));
    }
}

#[test]
fn the_header_is_written_in_a_fixed_order() {
    let key = SigningKey::generate(Algorithm::ES256, "a \"quoted\" name".to_owned()).unwrap();
    for (typ, expected) in [
        (Some("JWT"), r#"{"alg":"ES256","kid":"a \"quoted\" name","typ":"JWT"}"#),
        (Some("logout+jwt"), r#"{"alg":"ES256","kid":"a \"quoted\" name","typ":"logout+jwt"}"#),
        (None, r#"{"alg":"ES256","kid":"a \"quoted\" name"}"#),
    ] {
        let text = key.sign(typ, &json!({})).unwrap();
        let header = base64url_decode(text.split('.').next().unwrap()).unwrap();
        assert_eq!(String::from_utf8(header).unwrap(), expected);
    }
}

#[test]
fn a_header_has_the_members_that_the_caller_wants() {
    let key = SigningKey::generate(Algorithm::ES256, "key".to_owned()).unwrap();
    let header = json!({"jwk": key.public_jwk().bare(), "typ": "dpop+jwt"});
    let text = key.sign_with_header(header.as_object().unwrap(), &json!({"htm": "POST"})).unwrap();
    let jws = Jws::parse(&text).unwrap();
    let shown = jws.header().jwk.as_deref().unwrap();
    assert_eq!(shown.thumbprint(), key.public_jwk().thumbprint());
    assert_eq!(
        (shown.kid.as_ref(), shown.alg.as_ref(), shown.use_.as_ref(), shown.is_private()),
        (None, None, None, false)
    );
    assert_eq!((jws.header().kid.as_deref(), jws.header().typ.as_deref()), (None, Some("dpop+jwt")));
    assert_eq!(jws.verify(&public(&key)).unwrap().claims["htm"], "POST");
    let named = json!({"kid": "another \"name\"", "alg": "ES256", "x": [1, {"y": null}]});
    let text = key.sign_with_header(named.as_object().unwrap(), &json!({})).unwrap();
    let header = Jws::parse(&text).unwrap().header().clone();
    assert_eq!((header.kid.as_deref(), &header.raw["x"]), (Some("another \"name\""), &json!([1, {"y": null}])));
}

#[test]
fn a_header_cannot_ask_for_what_is_not_done() {
    let key = SigningKey::generate(Algorithm::ES256, "key".to_owned()).unwrap();
    for (header, member) in [
        (json!({"alg": "RS256"}), "alg"),
        (json!({"alg": "none"}), "alg"),
        (json!({"alg": "Ed25519"}), "alg"),
        (json!({"alg": null}), "alg"),
        (json!({"crit": ["exp"], "exp": 1}), "crit"),
        (json!({"b64": false}), "b64"),
    ] {
        let refusal = key.sign_with_header(header.as_object().unwrap(), &json!({})).unwrap_err();
        assert!(matches!(refusal, SignError::Header(named) if named == member), "{header}");
    }
}

#[test]
fn unsigned_messages_are_refused() {
    for name in ["none", "None", "NONE", "nOnE"] {
        for signature in ["", "AAAA"] {
            let header = base64url(json!({"alg": name}).to_string().as_bytes());
            assert_eq!(refusal(&format!("{header}.{}.{signature}", base64url(b"{}"))), JwsError::Unsigned);
        }
    }
}

#[test]
fn unsecured_messages_are_read_only_on_purpose() {
    let message = |header: &str, payload: &str, signature: &str| {
        unsecured_claims(&format!("{}.{}.{signature}", base64url(header.as_bytes()), base64url(payload.as_bytes())))
    };
    let none = r#"{"alg":"none"}"#;
    assert_eq!(message(none, r#"{"a":1}"#, "").map(Value::Object), Ok(json!({"a": 1})));
    for (header, signature) in [(none, "AAAA"), (r#"{"alg":"ES256"}"#, ""), (r#"{"alg":"None"}"#, ""), ("{}", "")] {
        assert_eq!(message(header, "{}", signature).unwrap_err(), JwsError::NotUnsecured, "{header}");
    }
    assert_eq!(message(r#"{"alg":"none","alg":"none"}"#, "{}", "").unwrap_err(), JwsError::BadHeader);
    assert_eq!(message(r#"{"alg":"none","crit":["x"]}"#, "{}", "").unwrap_err(), JwsError::CriticalHeader);
    assert_eq!(message(none, r#"{"a":1,"a":1}"#, "").unwrap_err(), JwsError::BadPayload);
    assert_eq!(unsecured_claims(&"A".repeat(MAXIMUM_LENGTH + 1)).unwrap_err(), JwsError::TooLarge);
}

#[test]
fn an_empty_signature_is_refused() {
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        let key = key(algorithm);
        let text = key.sign(Some("JWT"), &json!({})).unwrap();
        let (input, _) = text.rsplit_once('.').unwrap();
        let jws = Jws::parse(&format!("{input}.")).unwrap();
        assert_eq!(jws.verify(&public(&key)).unwrap_err(), JwsError::BadSignature);
    }
}

#[test]
fn a_public_key_is_no_hmac_secret() {
    let key = jwk(BILBO_RSA);
    let secret = serde_json::to_vec(&key.to_public()).unwrap();
    let input = format!("{}.{}", base64url(br#"{"alg":"HS256"}"#), base64url(b"{}"));
    let forged = format!("{input}.{}", base64url(&hmac_sha256(&secret, input.as_bytes())));
    assert_eq!(refusal(&forged), JwsError::UnsupportedAlgorithm);
    let symmetric = Jwk { kty: "oct".into(), k: Some("AAAA".to_owned().into()), ..Jwk::default() };
    assert_eq!(VerifyingKey::from_jwk(&symmetric).unwrap_err(), KeyError::UnsupportedKeyType);
    for alg in ["HS256", "none", "RSA-OAEP", "ES256", ""] {
        let relabelled = Jwk { alg: Some(alg.into()), ..jwk(BILBO_RSA) };
        assert_eq!(VerifyingKey::from_jwk(&relabelled).unwrap_err(), KeyError::UnsupportedAlgorithm);
    }
}

#[test]
fn the_algorithm_is_the_keys_own() {
    let signer = SigningKey::from_jwk(&Jwk { alg: Some("PS256".into()), ..jwk(BILBO_RSA) }).unwrap();
    let text = signer.sign(None, &json!({})).unwrap();
    let jws = Jws::parse(&text).unwrap();
    let bound = |alg: &str| VerifyingKey::from_jwk(&Jwk { alg: Some(alg.into()), ..jwk(BILBO_RSA) }).unwrap();
    assert!(jws.verify(&bound("PS256")).is_ok());
    assert!(
        jws.verify(&VerifyingKey::from_jwk(&jwk(BILBO_RSA)).unwrap()).is_ok(),
        "a key without alg takes its family"
    );
    for other in ["RS256", "PS384", "PS512"] {
        assert_eq!(jws.verify(&bound(other)).unwrap_err(), JwsError::NoMatchingKey);
    }
    for curve in [Algorithm::ES256, Algorithm::ES384, Algorithm::ES512, Algorithm::EdDSA] {
        assert_eq!(jws.verify(&public(&key(curve))).unwrap_err(), JwsError::NoMatchingKey);
    }
    // RFC 9864 §2.2: two names for one algorithm.
    let signer = key(Algorithm::EdDSA);
    let text = signer.sign(None, &json!({})).unwrap();
    for name in ["EdDSA", "Ed25519"] {
        let named = Jwk { alg: Some(name.into()), ..signer.public_jwk() };
        assert!(Jws::parse(&text).unwrap().verify(&VerifyingKey::from_jwk(&named).unwrap()).is_ok(), "{name}");
        assert!(VerifyingKey::from_jwk(&Jwk { alg: Some(name.into()), ..jwk(BILBO_RSA) }).is_err(), "{name}");
    }
}

#[test]
fn a_key_inside_the_message_is_not_used() {
    let (ours, theirs) = (public(&key(Algorithm::ES256)), key(Algorithm::ES256));
    let header = json!({"alg": "ES256", "jwk": theirs.public_jwk(), "x5u": "https://evil.example", "jku": "https://evil.example"});
    let jws = Jws::parse(&signed(&theirs, &header.to_string(), "{}")).unwrap();
    assert_eq!(jws.verify(&ours).unwrap_err(), JwsError::BadSignature);
    assert_eq!(jws.verify_with(&[ours]).unwrap_err(), JwsError::BadSignature);
    assert_eq!(jws.verify_with(&[]).unwrap_err(), JwsError::NoMatchingKey);
    let shown = VerifyingKey::from_jwk(jws.header().jwk.as_ref().unwrap()).unwrap();
    assert!(jws.verify(&shown).is_ok(), "only a caller that means to (DPoP) uses it");
    assert_eq!(refusal(&unsigned(r#"{"alg":"ES256","jwk":"text"}"#)), JwsError::BadHeader);
    assert_eq!(refusal(&unsigned(r#"{"alg":"ES256","jwk":{"x":"no kty"}}"#)), JwsError::BadHeader);
}

#[test]
fn critical_headers_and_unencoded_payloads_are_refused() {
    for header in
        [r#"{"alg":"ES256","crit":["exp"],"exp":1}"#, r#"{"alg":"ES256","crit":[]}"#, r#"{"alg":"ES256","crit":null}"#]
    {
        assert_eq!(refusal(&unsigned(header)), JwsError::CriticalHeader, "{header}");
    }
    assert_eq!(refusal(&unsigned(r#"{"alg":"ES256","b64":false}"#)), JwsError::UnencodedPayload);
    assert_eq!(refusal(&unsigned(r#"{"alg":"ES256","b64":"true"}"#)), JwsError::UnencodedPayload);
    assert!(Jws::parse(&unsigned(r#"{"alg":"ES256","b64":true}"#)).is_ok());
}

#[test]
fn malformed_headers_are_refused() {
    for header in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"alg":null}"#,
        r#"{"alg":["ES256"]}"#,
        r#"{"alg":"ES256","alg":"ES256"}"#,
        r#"{"alg":"ES256","al\u0067":"none"}"#,
        r#"{"alg":"ES256","kid":1}"#,
        r#"{"alg":"ES256","typ":{}}"#,
        r#"{"alg":"ES256","jwk":{"kty":"EC","kty":"RSA"}}"#,
        r#"{"alg":"ES256"} {}"#,
        r#"{"alg":"ES256""#,
    ] {
        assert_eq!(refusal(&unsigned(header)), JwsError::BadHeader, "{header}");
    }
    for name in ["HS256", "HS384", "HS512", "es256", "ES256K", "RS1", "dir", "RSA-OAEP", " ES256"] {
        let header = json!({"alg": name}).to_string();
        assert_eq!(refusal(&unsigned(&header)), JwsError::UnsupportedAlgorithm, "{name}");
    }
}

#[test]
fn malformed_texts_are_refused() {
    let good = unsigned(r#"{"alg":"ES256"}"#);
    for text in ["", ".", "a.b", "a", &format!("{good}.AAAA"), &format!("{good}.AAAA.AAAA"), &good.replace('.', " ")] {
        assert_eq!(refusal(text), JwsError::NotCompact, "{text}");
    }
    let header = base64url(br#"{"alg":"ES256"}"#);
    for (text, part) in [
        ("=.e30.AAAA".to_owned(), "header"),
        (format!(" {header}.e30.AAAA"), "header"),
        (format!("{header}=.e30.AAAA"), "header"),
        (format!("{header}.e31.AAAA"), "payload"),
        (format!("{header}.e30=.AAAA"), "payload"),
        (format!("{header}.e30.AAA+"), "signature"),
        (format!("{header}.e30.AAAA\n"), "signature"),
        (format!("{header}.e30.AB"), "signature"),
        (format!("{header}.é.AAAA"), "payload"),
    ] {
        assert_eq!(refusal(&text), JwsError::NotBase64url(part), "{text}");
    }
    let long = format!("{header}.{}.AAAA", "A".repeat(MAXIMUM_LENGTH));
    assert_eq!(refusal(&long), JwsError::TooLarge);
}

#[test]
fn payloads_must_be_objects_with_unique_members() {
    let key = key(Algorithm::ES256);
    for payload in ["", "1", "[]", "\"text\"", r#"{"sub":"a","sub":"b"}"#, r#"{"a":{"b":1,"b":2}}"#, "{} {}", "{"] {
        let jws = Jws::parse(&signed(&key, r#"{"alg":"ES256"}"#, payload)).unwrap();
        assert_eq!(jws.verify(&public(&key)).unwrap_err(), JwsError::BadPayload, "{payload}");
        assert_eq!(jws.unverified_payload(), payload.as_bytes());
        assert_eq!(jws.unverified_claims().unwrap_err(), JwsError::BadPayload);
    }
}

#[test]
fn every_flipped_bit_truncation_and_extension_is_refused() {
    for algorithm in [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA] {
        let key = key(algorithm);
        let public = public(&key);
        let text = key.sign(Some("JWT"), &json!({"sub": "peter"})).unwrap();
        let (input, signature) = text.rsplit_once('.').unwrap();
        let signature = base64url_decode(signature).unwrap();
        for bit in (0..signature.len() * 8).step_by(7) {
            let mut changed = signature.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!public.verify(algorithm, input.as_bytes(), &changed), "{algorithm} signature bit {bit}");
        }
        for bit in (0..input.len() * 8).step_by(11) {
            let mut changed = input.as_bytes().to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!public.verify(algorithm, &changed, &signature), "{algorithm} input bit {bit}");
        }
        for length in 0..signature.len() {
            assert!(!public.verify(algorithm, input.as_bytes(), &signature[..length]));
        }
        for extra in [&[0][..], &[0, 0]] {
            assert!(!public.verify(algorithm, input.as_bytes(), &[&signature, extra].concat()));
            assert!(!public.verify(algorithm, input.as_bytes(), &[extra, &signature].concat()));
        }
        assert!(!public.verify(algorithm, input.as_bytes(), &vec![0; signature.len()]), "{algorithm} all zero");
        assert!(public.verify(algorithm, input.as_bytes(), &signature));
    }
}

#[test]
fn an_ecdsa_signature_in_der_is_refused() {
    let key = key(Algorithm::ES256);
    // SEQUENCE of two one-byte integers, padded to the length of a JWS signature.
    let mut der = vec![0x30, 6, 2, 1, 1, 2, 1, 1];
    der.resize(64, 0);
    assert!(!public(&key).verify(Algorithm::ES256, b"message", &der));
}

#[test]
fn keys_are_picked_by_name() {
    let named = |name: &str, algorithm| SigningKey::generate(algorithm, name.to_owned()).unwrap();
    let (one, two) = (named("one", Algorithm::ES256), named("two", Algorithm::ES256));
    let nameless = VerifyingKey::from_jwk(&Jwk { kid: None, ..one.public_jwk() }).unwrap();
    let impostor = VerifyingKey::from_jwk(&Jwk { kid: Some("one".into()), ..two.public_jwk() }).unwrap();
    let jws = Jws::parse(&one.sign(None, &json!({})).unwrap()).unwrap();
    assert!(jws.verify_with(&[public(&two), public(&one)]).is_ok());
    assert!(jws.verify_with(&[public(&two), nameless.clone()]).is_ok(), "a nameless key may be meant");
    assert!(jws.verify_with(&[impostor.clone(), public(&one)]).is_ok(), "names may be doubled");
    assert_eq!(jws.verify_with(&[public(&two)]).unwrap_err(), JwsError::NoMatchingKey);
    assert_eq!(jws.verify_with(&[impostor, nameless]).unwrap_err(), JwsError::BadSignature);
    let other = VerifyingKey::from_jwk(&Jwk { kid: None, ..two.public_jwk() }).unwrap();
    assert_eq!(jws.verify_with(&[other]).unwrap_err(), JwsError::NoMatchingKey, "fetching the set again may help");

    let anonymous = Jws::parse(&signed(&one, r#"{"alg":"ES256"}"#, "{}")).unwrap();
    assert!(anonymous.verify_with(&[public(&two), public(&named("x", Algorithm::ES384)), public(&one)]).is_ok());
    assert_eq!(anonymous.verify_with(&[public(&two)]).unwrap_err(), JwsError::BadSignature);
    let crowd: Vec<_> = std::iter::repeat_n(public(&two), 16).chain([public(&one)]).collect();
    assert_eq!(anonymous.verify_with(&crowd).unwrap_err(), JwsError::BadSignature, "attempts are bounded");
}

/// RFC 8032 §5.1.7: `s` must be below the order of the group, or every signature has a twin.
#[test]
fn an_ed25519_signature_with_an_unreduced_scalar_is_refused() {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let key = VerifyingKey::from_jwk(&jwk(ED25519)).unwrap();
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let mut signature = base64url_decode(ED25519_SIGNATURE).unwrap();
    assert!(key.verify(Algorithm::EdDSA, message, &signature));
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    assert!(!key.verify(Algorithm::EdDSA, message, &signature));
}

#[test]
fn random_damage_neither_passes_nor_panics() {
    let (signer, rng) = (key(Algorithm::EdDSA), Rng::seeded(35));
    let (public, text) = (public(&signer), signer.sign(Some("JWT"), &json!({"sub": "peter"})).unwrap());
    let nasty = b".=-_+/AZaz09 \n\0{}\"";
    for _ in 0..5000 {
        let mut damaged = text.clone().into_bytes();
        let [action, low, high, choice] = rng.bytes();
        let position = usize::from(u16::from_le_bytes([low, high])) % damaged.len();
        let byte = nasty[usize::from(choice) % nasty.len()];
        match action % 4 {
            0 => damaged[position] = byte,
            1 => damaged.insert(position, byte),
            2 => drop(damaged.remove(position)),
            _ => damaged.truncate(position),
        }
        let damaged = String::from_utf8(damaged).unwrap();
        let accepted = Jws::parse(&damaged).is_ok_and(|jws| jws.verify(&public).is_ok());
        assert_eq!(accepted, damaged == text, "{damaged}");
    }
}
