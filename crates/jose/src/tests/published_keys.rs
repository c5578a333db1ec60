//! Keys as others publish them: what can be meant in one way only is read, and what contradicts itself is refused.

use serde_json::{Value, json};

use super::vectors::{BILBO_RSA, ED25519, JOE_P256, jwk};
use super::{key, public};
use crate::digest::{base64url, base64url_decode};
use crate::{Algorithm, Jwk, JwkSet, Jws, KeyError, Secret, SigningKey, VerifyingKey};

/// RFC 7517 appendix B.
const BRIAN: &str = r#"{"kty":"RSA","use":"sig","kid":"1b94c","n":"vrjOfz9Ccdgx5nQudyhdoR17V-IubWMeOZCwX_jj0hgAsz2J_pqYW08PLbK_PdiVGKPrqzmDIsLI7sA25VEnHU1uCLNwBuUiCO11_-7dYbsr4iJmG0Qu2j8DsVyT1azpJC_NG84Ty5KKthuCaPod7iI7w0LK9orSMhBEwwZDCxTWq4aYWAchc8t-emd9qOvWtVMDC2BXksRngh6X5bUYLy6AyHKvj-nUy1wgzjYQDwHMTplCoLtU-o-8SNnZ1tmRoGE9uJkBLdh5gFENabWnU5m1ZqZPdwS-qo-meMvVfJb6jJVWRpl2SUtCnYG2C32qvbWbjZ_jBPD5eunqsIo1vQ","e":"AQAB","x5c":["MIIDQjCCAiqgAwIBAgIGATz/FuLiMA0GCSqGSIb3DQEBBQUAMGIxCzAJBgNVBAYTAlVTMQswCQYDVQQIEwJDTzEPMA0GA1UEBxMGRGVudmVyMRwwGgYDVQQKExNQaW5nIElkZW50aXR5IENvcnAuMRcwFQYDVQQDEw5CcmlhbiBDYW1wYmVsbDAeFw0xMzAyMjEyMzI5MTVaFw0xODA4MTQyMjI5MTVaMGIxCzAJBgNVBAYTAlVTMQswCQYDVQQIEwJDTzEPMA0GA1UEBxMGRGVudmVyMRwwGgYDVQQKExNQaW5nIElkZW50aXR5IENvcnAuMRcwFQYDVQQDEw5CcmlhbiBDYW1wYmVsbDCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAL64zn8/QnHYMeZ0LncoXaEde1fiLm1jHjmQsF/449IYALM9if6amFtPDy2yvz3YlRij66s5gyLCyO7ANuVRJx1NbgizcAblIgjtdf/u3WG7K+IiZhtELto/A7Fck9Ws6SQvzRvOE8uSirYbgmj6He4iO8NCyvaK0jIQRMMGQwsU1quGmFgHIXPLfnpnfajr1rVTAwtgV5LEZ4Iel+W1GC8ugMhyr4/p1MtcIM42EA8BzE6ZQqC7VPqPvEjZ2dbZkaBhPbiZAS3YeYBRDWm1p1OZtWamT3cEvqqPpnjL1XyW+oyVVkaZdklLQp2Btgt9qr21m42f4wTw+Xrp6rCKNb0CAwEAATANBgkqhkiG9w0BAQUFAAOCAQEAh8zGlfSlcI0o3rYDPBB07aXNswb4ECNIKG0CETTUxmXl9KUL+9gGlqCz5iWLOgWsnrcKcY0vXPG9J1r9AqBNTqNgHq2G03X09266X5CpOe1zFo+Owb1zxtp3PehFdfQJ610CDLEaS9V9Rqp17hCyybEpOGVwe8fnk+fbEL2Bo3UPGrpsHzUoaGpDftmWssZkhpBJKVMJyf/RuP2SmmaIzmnw9JiSlYhzo4tpzd5rFXhjRbg4zW9C+2qok+2+qDM1iJ684gPHMIY8aLWrdgQTxkumGmTqgawR+N5MDtdPTEQ0XfIBc2cJEUyMTY5MPvACWpkA6SdS4xSvdXK3IVfOWA=="]}"#;
/// In the manner of Microsoft Entra: a certificate, its thumbprint as `kid`, no `alg`, and a member of its own.
const ENTRA: &str = r#"{"kty":"RSA","use":"sig","kid":"pgph93oT5WDuOtA3NKyyauoyuf0","x5t":"pgph93oT5WDuOtA3NKyyauoyuf0","n":"j_XiNzfXA6dc0IX0u78qAV_cCqFC9EgKEp7f4R_PG9r-NtQSSzwn11T0WmiSB6CanRmKYxqN_nkiXCvoZZv0g3Z-rQU8CPe7HSLqPpws0Trw6wgS0Ea-t5zclXr8TBeojUTm-d3vHY_vqqYIO_GHx8Qo1psS4HORYsYMkNtW8xTTIlKSo_prQZK0jn9aTq9RdwruEFRPZ284cMqL1QXeUty6ueAupZtKmOkZrQbey5SLhPbX-xP12muwUeyFzIdOU7GKSdG7FbDkVmxtw7KuAeuEE4QuT1lMR-S8wjdPl9I7er_hZdEnQrZKNWIwtl-lOBN1j62YvVN_PPSb8MlumQ","e":"AQAB","x5c":["MIIDOzCCAiOgAwIBAgIUVyphgry6OlmaejYs2TpjwPQPwXQwDQYJKoZIhvcNAQELBQAwLTErMCkGA1UEAwwiYWNjb3VudHMuYWNjZXNzY29udHJvbC53aW5kb3dzLm5ldDAeFw0yNjExMjkxOTQ5MzhaFw0zMTExMjgxOTQ5MzhaMC0xKzApBgNVBAMMImFjY291bnRzLmFjY2Vzc2NvbnRyb2wud2luZG93cy5uZXQwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCP9eI3N9cDp1zQhfS7vyoBX9wKoUL0SAoSnt/hH88b2v421BJLPCfXVPRaaJIHoJqdGYpjGo3+eSJcK+hlm/SDdn6tBTwI97sdIuo+nCzROvDrCBLQRr63nNyVevxMF6iNROb53e8dj++qpgg78YfHxCjWmxLgc5FixgyQ21bzFNMiUpKj+mtBkrSOf1pOr1F3Cu4QVE9nbzhwyovVBd5S3Lq54C6lm0qY6RmtBt7LlIuE9tf7E/Xaa7BR7IXMh05TsYpJ0bsVsORWbG3Dsq4B64QThC5PWUxH5LzCN0+X0jt6v+Fl0SdCtko1YjC2X6U4E3WPrZi9U3889JvwyW6ZAgMBAAGjUzBRMB0GA1UdDgQWBBT9GggWoNTIZvlt7D+9EVVbHmuHiTAfBgNVHSMEGDAWgBT9GggWoNTIZvlt7D+9EVVbHmuHiTAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQA6dCWOL8q3GJyl7dZJ48ANSI1OWnQLxJPspcWclQ0F6h+lDFfOkEvZYbyR07BpHfapS8AUuzWP4TYl9E1SaYoWG73RzliBB8SoJYCoTnAhX2fJpLOosPST3VaBtzFFUvOqPPpxiKISPjZxptpe2xAUbf4ZIGeJNX0BG77ANMlvjlq8I69SSOT7dpduZBF9Ko2cJwDxQ4QiiemSzxLhEz33HKWK4u8XMBfli3RuWS+poP1aeFqGUHEk86fTzguPkjX1XZSblZNTYKVsLCIkWnxFAIzRhCHm0F7UUQ5g46xEYCcNn2j8LqqGqiP9Rq8RvUvgKKQEUnKotI1czxytsAJ7"],"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0"}"#;
/// In the manner of Google: plain.
const GOOGLE: &str = r#"{"alg":"RS256","e":"AQAB","use":"sig","kid":"c2017b0fbbfa5c1d9d8a3f4a","n":"vrjOfz9Ccdgx5nQudyhdoR17V-IubWMeOZCwX_jj0hgAsz2J_pqYW08PLbK_PdiVGKPrqzmDIsLI7sA25VEnHU1uCLNwBuUiCO11_-7dYbsr4iJmG0Qu2j8DsVyT1azpJC_NG84Ty5KKthuCaPod7iI7w0LK9orSMhBEwwZDCxTWq4aYWAchc8t-emd9qOvWtVMDC2BXksRngh6X5bUYLy6AyHKvj-nUy1wgzjYQDwHMTplCoLtU-o-8SNnZ1tmRoGE9uJkBLdh5gFENabWnU5m1ZqZPdwS-qo-meMvVfJb6jJVWRpl2SUtCnYG2C32qvbWbjZ_jBPD5eunqsIo1vQ","kty":"RSA"}"#;
/// Certificates of the keys in `pem`.
const P256_CERTIFICATE: &str = include_str!("pem/P-256_certificate.pem");
const ED25519_CERTIFICATE: &str = include_str!("pem/ed25519_certificate.pem");

fn changed(text: &str, changes: &Value) -> Jwk {
    let mut members: Value = serde_json::from_str(text).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        members[name] = value.clone();
        if value.is_null() {
            members.as_object_mut().unwrap().remove(name);
        }
    }
    serde_json::from_value(members).unwrap()
}

/// The contents of a PEM block as `x5c` has them.
fn contents(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

fn standard_alphabet(text: &str) -> String {
    text.replace('-', "+").replace('_', "/")
}

#[test]
fn published_examples_stay_as_they_are() {
    for text in [BRIAN, ENTRA, GOOGLE, BILBO_RSA, JOE_P256, ED25519] {
        let key = jwk(text);
        let normalized = key.normalized().unwrap();
        assert_eq!(serde_json::to_value(&normalized).unwrap(), serde_json::to_value(&key).unwrap());
        assert!(VerifyingKey::from_jwk(&normalized).is_ok());
    }
    // RFC 7517 §A.3.
    let shared = jwk(r#"{"kty":"oct","alg":"A128KW","k":"GawgguFyGrWKav7AX4VKUg"}"#).normalized().unwrap();
    assert_eq!(shared.k.as_ref().map(Secret::expose).map(String::as_str), Some("GawgguFyGrWKav7AX4VKUg"));
}

#[test]
fn padding_alphabet_and_zeros_in_front_do_not_matter() {
    let n = base64url_decode(jwk(GOOGLE).n.as_deref().unwrap()).unwrap();
    let zero_first = base64url(&[&[0], &n[..]].concat());
    for spelled in [
        json!({"n": format!("{}==", jwk(GOOGLE).n.unwrap())}),
        json!({"n": standard_alphabet(&jwk(GOOGLE).n.unwrap())}),
        json!({"n": zero_first}),
        json!({"n": standard_alphabet(&zero_first), "e": "AAEAAQ=="}),
        json!({"e": "AAAAAQAB"}),
    ] {
        let key = changed(GOOGLE, &spelled);
        assert!(VerifyingKey::from_jwk(&key).is_err() || spelled["n"].as_str().is_some_and(|n| !n.contains('=')));
        let normalized = key.normalized().unwrap();
        assert_eq!((&normalized.n, &normalized.e), (&jwk(GOOGLE).n, &jwk(GOOGLE).e), "{spelled}");
        assert_eq!(VerifyingKey::from_jwk(&normalized).unwrap().thumbprint(), jwk(GOOGLE).thumbprint());
    }
}

#[test]
fn coordinates_and_scalars_get_the_length_of_the_field() {
    // A key whose x begins with a zero is one in 256.
    let signer = loop {
        let candidate = key(Algorithm::ES256);
        if candidate.public_jwk().x.is_some_and(|x| x.starts_with("AA") || x.starts_with("AB") || x.starts_with("AC")) {
            let x = base64url_decode(&candidate.public_jwk().x.unwrap()).unwrap();
            if x[0] == 0 {
                break candidate;
            }
        }
    };
    let private = signer.to_private_jwk();
    let cut = |text: &str| base64url(&base64url_decode(text).unwrap()[1..]);
    let short = Jwk { x: private.x.as_deref().map(cut), ..private.clone() };
    assert_eq!(VerifyingKey::from_jwk(&short).unwrap_err(), KeyError::Malformed("x"));
    assert_eq!(short.normalized().unwrap().x, private.x);
    let long = Jwk {
        y: private.y.as_deref().map(|y| base64url(&[&[0, 0], &base64url_decode(y).unwrap()[..]].concat())),
        d: private
            .d
            .as_ref()
            .map(|d| Secret::new(base64url(&[&[0], &base64url_decode(d.expose()).unwrap()[..]].concat()))),
        ..private.clone()
    };
    let normalized = long.normalized().unwrap();
    assert!(SigningKey::from_jwk(&long).is_err() && SigningKey::from_jwk(&normalized).is_ok());
    assert_eq!(VerifyingKey::from_jwk(&normalized).unwrap().thumbprint(), public(&signer).thumbprint());
    let beyond = changed(JOE_P256, &json!({"x": base64url(&[1; 33])}));
    assert_eq!(beyond.normalized().unwrap_err(), KeyError::Malformed("x"));
}

#[test]
fn a_private_rsa_key_is_normalized_whole() {
    let mut members: Value = serde_json::from_str(BILBO_RSA).unwrap();
    for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
        let bytes = base64url_decode(members[name].as_str().unwrap()).unwrap();
        let text = base64url(&[&[0], &bytes[..]].concat());
        members[name] = json!(format!("{text}{}", "=".repeat(text.len().next_multiple_of(4) - text.len())));
    }
    let key: Jwk = serde_json::from_value(members).unwrap();
    assert!(SigningKey::from_jwk(&key).is_err());
    let signer = SigningKey::from_jwk(&key.normalized().unwrap()).unwrap();
    assert_eq!(signer.public_jwk().n, jwk(BILBO_RSA).n);
    assert!(!format!("{:?}", key.normalized()).contains(jwk(BILBO_RSA).p.unwrap().expose().as_str()));
}

#[test]
fn missing_numbers_come_from_the_first_certificate() {
    for text in [BRIAN, ENTRA] {
        let whole = jwk(text);
        for missing in [json!({"n": null, "e": null}), json!({"n": null}), json!({"e": null})] {
            let key = changed(text, &missing);
            assert!(VerifyingKey::from_jwk(&key).is_err());
            let normalized = key.normalized().unwrap();
            assert_eq!((&normalized.n, &normalized.e), (&whole.n, &whole.e));
            assert_eq!(normalized.kid, whole.kid);
        }
    }
    for (certificate, pem, kty) in [
        (P256_CERTIFICATE, include_str!("pem/P-256.pem"), "EC"),
        (ED25519_CERTIFICATE, include_str!("pem/ed25519.pem"), "OKP"),
    ] {
        let key = Jwk { kty: kty.into(), x5c: Some(vec![contents(certificate)]), ..Jwk::default() };
        let signer = SigningKey::from_pem(pem).unwrap();
        let text = signer.sign(None, &json!({})).unwrap();
        let public = VerifyingKey::from_jwk(&key.normalized().unwrap()).unwrap();
        assert_eq!(public.thumbprint(), signer.kid());
        assert!(Jws::parse(&text).unwrap().verify(&public).is_ok());
    }
    // Line breaks, and a second certificate that is nobody's business.
    let folded = P256_CERTIFICATE.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\r\n");
    let key = Jwk { kty: "EC".into(), x5c: Some(vec![folded, "issuer".into()]), ..Jwk::default() };
    assert!(key.normalized().is_ok());
}

#[test]
fn a_key_and_a_certificate_that_disagree_are_refused() {
    let other = jwk(ENTRA);
    for changes in [
        json!({"n": other.n}),
        json!({"e": "AQAD"}),
        json!({"kty": "EC", "crv": "P-256", "n": null, "e": null}),
        json!({"x5c": [contents(P256_CERTIFICATE)]}),
        json!({"x5c": other.x5c}),
    ] {
        assert_eq!(changed(BRIAN, &changes).normalized().unwrap_err(), KeyError::Inconsistent, "{changes}");
    }
    for (changes, name) in
        [(json!({"crv": "P-384"}), "curve"), (json!({"x": jwk(JOE_P256).x}), "x"), (json!({"y": jwk(JOE_P256).y}), "y")]
    {
        let key = json!({"kty": "EC", "x5c": [contents(P256_CERTIFICATE)]}).to_string();
        assert!(changed(&key, &changes).normalized().is_err(), "{name}");
    }
    let chain = jwk(BRIAN).x5c.unwrap();
    for unreadable in [
        String::new(),
        "MIIC".into(),
        "not base64!".into(),
        chain[0][..400].into(),
        format!("{}AAAA", &chain[0][..1000]),
    ] {
        let whole = changed(BRIAN, &json!({"x5c": [unreadable]}));
        assert_eq!(whole.normalized().unwrap().n, jwk(BRIAN).n, "the members are enough: {unreadable}");
        for missing in ["n", "e"] {
            let key = changed(BRIAN, &json!({missing: null, "x5c": [unreadable]}));
            assert_eq!(key.normalized().unwrap_err(), KeyError::Malformed("x5c"), "{missing} {unreadable}");
        }
    }
    assert!(changed(BRIAN, &json!({"x5c": []})).normalized().is_ok(), "no certificate at all says nothing");
}

#[test]
fn members_that_are_no_base64_at_all_are_refused() {
    for (text, name) in
        [(GOOGLE, "n"), (GOOGLE, "e"), (JOE_P256, "x"), (JOE_P256, "y"), (JOE_P256, "d"), (ED25519, "x")]
    {
        for wrong in ["\u{e9}", "AQ*B", "A"] {
            let key = changed(text, &json!({name: wrong}));
            assert_eq!(key.normalized().unwrap_err(), KeyError::Malformed(name), "{name} {wrong}");
        }
    }
    // What is weak stays weak.
    for (changes, error) in [
        (json!({"e": "AA=="}), KeyError::Malformed("e")),
        (json!({"e": "AAE"}), KeyError::Malformed("e")),
        (json!({"n": "AAAA"}), KeyError::Malformed("n")),
        (json!({"n": base64url(&[0xff; 128])}), KeyError::UnsupportedSize),
    ] {
        let key = changed(GOOGLE, &changes).normalized().unwrap();
        assert_eq!(VerifyingKey::from_jwk(&key).unwrap_err(), error, "{changes}");
    }
    let short = changed(ED25519, &json!({"x": base64url(&[7; 31])})).normalized().unwrap();
    assert_eq!(
        VerifyingKey::from_jwk(&short).unwrap_err(),
        KeyError::Malformed("x"),
        "a string of bytes is not padded"
    );
}

#[test]
fn one_odd_key_does_not_spoil_a_set() {
    let odd = [
        json!({"kty": 7}),
        json!({"kid": "no kty"}),
        json!(null),
        json!([]),
        json!("text"),
        json!({"kty": "RSA", "n": "*", "e": "AQAB"}),
        json!({"kty": "RSA", "n": 7, "e": "AQAB"}),
        changed_value(BRIAN, &json!({"n": null, "x5c": ["MIIC"]})),
        changed_value(BRIAN, &json!({"alg": 7})),
        changed_value(BRIAN, &json!({"key_ops": "verify"})),
    ];
    for odd in odd {
        let document = json!({"keys": [serde_json::from_str::<Value>(ENTRA).unwrap(), odd.clone(), serde_json::from_str::<Value>(JOE_P256).unwrap()], "more": 1});
        let set = JwkSet::from_published(document.to_string().as_bytes()).unwrap();
        assert_eq!(set.keys.len(), 2, "{odd}");
        assert_eq!(set.verifying_keys().len(), 2, "{odd}");
    }
    for document in ["", "{}", "[]", "null", r#"{"keys":{}}"#, r#"{"keys":null}"#, r#"{"keys":[]} x"#] {
        assert!(JwkSet::from_published(document.as_bytes()).is_none(), "{document}");
    }
    assert_eq!(JwkSet::from_published(br#"{"keys":[]}"#).unwrap().keys.len(), 0);
}

#[test]
fn unknown_and_ill_typed_descriptions_do_not_cost_a_key() {
    for changes in [
        json!({"x5t": 7, "x5t#S256": [], "x5u": {}}),
        json!({"x5t": null}),
        json!({"exp": 1, "nbf": "2", "issuer": {}, "ext": true, "key_ops": ["verify"]}),
        json!({"alg": null, "use": null, "kid": null, "x5c": null, "crv": null}),
    ] {
        let document = json!({"keys": [changed_value(ENTRA, &changes)]}).to_string();
        let set = JwkSet::from_published(document.as_bytes()).unwrap();
        assert_eq!(set.verifying_keys().len(), 1, "{changes}");
    }
}

#[test]
fn the_newer_name_of_eddsa_is_read_in_keys_and_headers_and_written_where_it_is_asked_for() {
    let signer = SigningKey::from_jwk(&jwk(ED25519)).unwrap();
    for alg in [None, Some("EdDSA"), Some("Ed25519")] {
        let header = json!({"alg": alg, "typ": "JWT"});
        let header: serde_json::Map<_, _> =
            header.as_object().unwrap().clone().into_iter().filter(|(_, value)| !value.is_null()).collect();
        let text = signer.sign_with_header(&header, &json!({})).unwrap();
        let start = String::from_utf8(base64url_decode(text.split('.').next().unwrap()).unwrap()).unwrap();
        assert_eq!(start, format!(r#"{{"alg":"{}","typ":"JWT"}}"#, alg.unwrap_or("EdDSA")));
        for named in [None, Some("EdDSA".to_owned()), Some("Ed25519".to_owned())] {
            let public = VerifyingKey::from_jwk(&Jwk { alg: named, ..jwk(ED25519) }).unwrap();
            assert!(Jws::parse(&text).unwrap().verify(&public).is_ok());
        }
    }
}

fn changed_value(text: &str, changes: &Value) -> Value {
    let mut members: Value = serde_json::from_str(text).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        members[name] = value.clone();
    }
    members
}
