use serde_json::json;
use symbolon_jose::{Algorithm, Jws, SigningKey, VerifyingKey, half_hash};

use super::*;

const NOW: i64 = 1_800_000_000;

fn key() -> &'static SigningKey {
    static KEY: std::sync::OnceLock<SigningKey> = std::sync::OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(Algorithm::ES256, "k".into()).unwrap())
}

fn good() -> Map<String, Value> {
    let at_hash = half_hash(Algorithm::ES256, "at");
    let claims = json!({
        "iss": "https://as.example", "sub": "alice", "aud": ["app"], "exp": NOW + 60, "iat": NOW,
        "nonce": "n", "auth_time": NOW - 10, "at_hash": at_hash,
    });
    claims.as_object().unwrap().clone()
}

fn verdict(typ: &str, claims: &Map<String, Value>) -> Result<IdTokenClaims, IdTokenFault> {
    verdict_by(&VerificationRules::default(), typ, claims)
}

fn verdict_by(
    rules: &VerificationRules,
    typ: &str,
    claims: &Map<String, Value>,
) -> Result<IdTokenClaims, IdTokenFault> {
    let jws = key().sign(Some(typ), claims).unwrap();
    let public = VerifyingKey::from_jwk(&key().public_jwk()).unwrap();
    let expected = Expectations {
        issuer: "https://as.example",
        client_id: "app",
        rules,
        nonce: Some("n"),
        max_age_seconds: Some(60),
        contexts: &[],
        access_token: Some("at"),
        previous: None,
        now: NOW,
    };
    check(Jws::parse(&jws).unwrap().verify(&public).unwrap().into(), &expected)
}

#[test]
fn good_token_gives_its_claims() {
    let claims = verdict("JWT", &good()).unwrap();
    assert_eq!((claims.subject.as_str(), claims.authenticated_at), ("alice", Some(NOW - 10)));
}

#[test]
fn each_rule_names_its_fault() {
    let cases: [(&str, Value, IdTokenFault); 18] = [
        ("iss", json!("https://as.example/"), IdTokenFault::Issuer("https://as.example/".into())),
        ("iss", Value::Null, IdTokenFault::Claim("iss")),
        ("sub", json!(""), IdTokenFault::Claim("sub")),
        ("sub", json!(7), IdTokenFault::Claim("sub")),
        ("aud", json!("other"), IdTokenFault::Audience),
        ("aud", json!([]), IdTokenFault::Audience),
        ("aud", json!(["app", "other"]), IdTokenFault::Audience),
        ("exp", json!(NOW - 60), IdTokenFault::Expired),
        ("exp", json!("soon"), IdTokenFault::Claim("exp")),
        ("exp", json!(-5), IdTokenFault::Claim("exp")),
        ("exp", json!(1e300), IdTokenFault::Claim("exp")),
        ("iat", json!(NOW + 61), IdTokenFault::NotYetValid),
        ("nbf", json!(NOW + 61), IdTokenFault::NotYetValid),
        ("nonce", json!("m"), IdTokenFault::Nonce),
        ("nonce", Value::Null, IdTokenFault::Nonce),
        ("auth_time", json!(NOW - 121), IdTokenFault::AuthenticationAge),
        ("auth_time", json!("x"), IdTokenFault::Claim("auth_time")),
        ("at_hash", json!("x"), IdTokenFault::AccessTokenHash),
    ];
    for (name, value, fault) in cases {
        let mut claims = good();
        claims.insert(name.into(), value.clone());
        assert_eq!(verdict("JWT", &claims), Err(fault), "{name} = {value}");
    }
    let mut claims = good();
    claims.remove("auth_time");
    assert_eq!(verdict("JWT", &claims), Err(IdTokenFault::AuthenticationAge));
    assert_eq!(verdict("logout+jwt", &good()), Err(IdTokenFault::Type("logout+jwt".into())));
}

#[test]
fn several_audiences_need_the_authorized_party() {
    let mut claims = good();
    claims.insert("aud".into(), json!(["other", "app"]));
    claims.insert("azp".into(), json!("app"));
    assert!(verdict("JWT", &claims).is_ok());
}

#[test]
fn the_authorized_party_counts_among_several_or_where_it_is_required() {
    let mut claims = good();
    claims.insert("azp".into(), json!("android"));
    assert!(verdict("JWT", &claims).is_ok());
    let strict = VerificationRules::default().require_authorized_party();
    assert_eq!(verdict_by(&strict, "JWT", &claims), Err(IdTokenFault::Audience));
    claims.insert("aud".into(), json!(["app", "app"]));
    assert!(verdict("JWT", &claims).is_ok(), "the same audience twice is one");
    claims.insert("aud".into(), json!(["app", "other"]));
    assert_eq!(verdict("JWT", &claims), Err(IdTokenFault::Audience));
    claims.remove("azp");
    let trusting = VerificationRules::default().audience("other");
    assert!(verdict_by(&trusting, "JWT", &claims).is_ok());
    claims.insert("aud".into(), json!("other"));
    assert!(verdict_by(&trusting, "JWT", &claims).is_ok());
    assert_eq!(verdict("JWT", &claims), Err(IdTokenFault::Audience));
}

#[test]
fn a_nonce_may_be_missing_where_that_is_allowed_and_is_never_another() {
    let rules = VerificationRules::default().allow_missing_nonce();
    let mut claims = good();
    claims.insert("nonce".into(), json!("m"));
    assert_eq!(verdict_by(&rules, "JWT", &claims), Err(IdTokenFault::Nonce));
    claims.remove("nonce");
    assert!(verdict_by(&rules, "JWT", &claims).is_ok());
    assert_eq!(verdict("JWT", &claims), Err(IdTokenFault::Nonce));
}

#[test]
fn null_is_no_claim() {
    for name in ["nbf", "azp", "at_hash"] {
        let mut claims = good();
        claims.insert(name.into(), Value::Null);
        assert!(verdict("JWT", &claims).is_ok(), "{name}");
    }
}

#[test]
fn types_are_compared_as_media_types() {
    assert!(verdict("application/jwt", &good()).is_ok());
    assert_eq!(verdict("at+jwt", &good()), Err(IdTokenFault::Type("at+jwt".into())));
    assert!(verdict_by(&VerificationRules::default().allow_any_type(), "own+jwt", &good()).is_ok());
}

#[test]
fn the_longest_age_is_no_overflow() {
    let rules = VerificationRules::default().leeway(std::time::Duration::MAX);
    let jws = key().sign(Some("JWT"), &good()).unwrap();
    let public = VerifyingKey::from_jwk(&key().public_jwk()).unwrap();
    let expected = Expectations {
        issuer: "https://as.example",
        client_id: "app",
        rules: &rules,
        nonce: Some("n"),
        max_age_seconds: Some(i64::MAX),
        contexts: &[],
        access_token: None,
        previous: None,
        now: NOW,
    };
    assert!(check(Jws::parse(&jws).unwrap().verify(&public).unwrap().into(), &expected).is_ok());
}

#[test]
fn dates_with_a_fraction_or_an_exponent_are_read() {
    for (name, value) in [("exp", json!(1.9e9)), ("iat", json!(1_799_999_999.5)), ("auth_time", json!(1.8e9))] {
        let mut claims = good();
        claims.insert(name.into(), value);
        let read = verdict("JWT", &claims).unwrap();
        let expected = match name {
            "exp" => (1_900_000_000, NOW, Some(NOW - 10)),
            "iat" => (NOW + 60, NOW - 1, Some(NOW - 10)),
            _ => (NOW + 60, NOW, Some(NOW)),
        };
        assert_eq!((read.expires_at, read.issued_at, read.authenticated_at), expected, "{name}");
    }
}

#[test]
fn dates_that_are_none_are_refused() {
    for name in ["exp", "iat", "nbf", "auth_time"] {
        for value in [json!("1800000000"), json!(true), json!([NOW]), json!(-1), json!(-0.5), json!(1e300)] {
            let mut claims = good();
            claims.insert(name.into(), value.clone());
            assert_eq!(verdict("JWT", &claims), Err(IdTokenFault::Claim(name)), "{name} = {value}");
        }
    }
}
