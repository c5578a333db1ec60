use serde_json::json;

use super::*;
use crate::verification::IssuerRule;

const NOW: i64 = 1_800_000_000;
const RESOURCE: &str = "https://mcp.example/mcp";

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn good() -> Map<String, Value> {
    object(&json!({
        "iss": "https://as.example", "sub": "alice", "aud": [RESOURCE], "exp": NOW + 60, "iat": NOW,
        "client_id": "app", "scope": "notes.read notes.write", "jti": "x",
    }))
}

fn verdict(
    typ: Option<&str>,
    form: TokenForm,
    claims: &Map<String, Value>,
) -> Result<AccessTokenClaims, AccessTokenFault> {
    verdict_with(typ, form, AudienceRule::Named, claims)
}

fn verdict_with(
    typ: Option<&str>,
    form: TokenForm,
    audience_rule: AudienceRule,
    claims: &Map<String, Value>,
) -> Result<AccessTokenClaims, AccessTokenFault> {
    let rules = VerificationRules::default();
    let audiences = ["https://other-name.example".to_owned(), RESOURCE.to_owned()];
    let expected =
        Expected { issuer: "https://as.example", rules: &rules, audiences: &audiences, audience_rule, form, now: NOW };
    check(claims.clone(), typ, &expected)
}

fn with(changes: &[(&str, Value)]) -> Map<String, Value> {
    let mut claims = good();
    claims.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    claims
}

fn without(name: &str) -> Map<String, Value> {
    let mut claims = good();
    claims.remove(name);
    claims
}

#[test]
fn good_token_gives_its_claims() {
    for typ in ["at+jwt", "application/at+jwt", "AT+JWT"] {
        let claims = verdict(Some(typ), TokenForm::Rfc9068, &good()).unwrap();
        assert_eq!((claims.subject.as_deref(), claims.client_id.as_deref()), (Some("alice"), Some("app")));
        assert!(claims.scope.contains("notes.write") && !claims.scope.contains("notes"));
        assert_eq!((claims.expires_at, claims.issued_at), (Some(NOW + 60), Some(NOW)));
        assert_eq!((claims.audiences, claims.confirmation), (vec![RESOURCE.to_owned()], None));
    }
    let one = with(&[("aud", json!("https://other-name.example")), ("acr", json!("2")), ("auth_time", json!(NOW - 5))]);
    let claims = verdict(Some("at+jwt"), TokenForm::Rfc9068, &one).unwrap();
    assert_eq!((claims.authentication_context.as_deref(), claims.authenticated_at), (Some("2"), Some(NOW - 5)));
}

#[test]
fn each_rule_names_its_fault() {
    use AccessTokenFault::{Audience, Claim, Expired, Issuer, NotYetValid, SenderConstrained};
    let cases = [
        ("iss", json!("https://as.example/"), Issuer),
        ("iss", Value::Null, Claim("iss")),
        ("sub", json!(""), Claim("sub")),
        ("sub", json!(7), Claim("sub")),
        ("client_id", Value::Null, Claim("client_id")),
        ("aud", json!("https://mcp.example/mcp/"), Audience),
        ("aud", json!([]), Audience),
        ("aud", json!(["https://as.example", "app"]), Audience),
        ("aud", json!([RESOURCE, 7]), Claim("aud")),
        ("aud", Value::Null, Claim("aud")),
        ("exp", json!(NOW - 60), Expired),
        ("exp", json!("soon"), Claim("exp")),
        ("exp", json!((NOW + 60).to_string()), Claim("exp")),
        ("exp", Value::Null, Claim("exp")),
        ("iat", json!(NOW + 61), NotYetValid),
        ("iat", Value::Null, Claim("iat")),
        ("nbf", json!(NOW + 61), NotYetValid),
        ("nbf", json!("x"), Claim("nbf")),
        ("scope", json!(7), Claim("scope")),
        ("cnf", json!({ "x": "y" }), SenderConstrained),
        ("cnf", json!({}), SenderConstrained),
        ("cnf", json!({ "jkt": 7 }), Claim("cnf")),
        ("cnf", json!({ "jkt": "" }), Claim("cnf")),
        ("cnf", json!("jkt"), Claim("cnf")),
        ("cnf", Value::Null, Claim("cnf")),
    ];
    for (name, value, fault) in cases {
        let claims = with(&[(name, value.clone())]);
        assert_eq!(verdict(Some("at+jwt"), TokenForm::Rfc9068, &claims), Err(fault), "{name} = {value}");
    }
    for name in ["iss", "sub", "client_id", "aud", "exp", "iat"] {
        assert_eq!(verdict(Some("at+jwt"), TokenForm::Rfc9068, &without(name)), Err(Claim(name)), "{name}");
    }
}

#[test]
fn other_kinds_of_tokens_are_refused() {
    for typ in [None, Some("JWT"), Some("logout+jwt"), Some("at+jwt "), Some("application/x-at+jwt")] {
        assert_eq!(verdict(typ, TokenForm::Rfc9068, &good()), Err(AccessTokenFault::Type), "{typ:?}");
    }
    for typ in [Some("logout+jwt"), Some("dpop+jwt"), Some("secevent+jwt")] {
        assert_eq!(verdict(typ, TokenForm::AnyJwt, &good()), Err(AccessTokenFault::Type), "{typ:?}");
    }
    for (name, value) in [
        ("nonce", json!("n")),
        ("at_hash", json!("h")),
        ("c_hash", json!("h")),
        ("events", json!({})),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("typ", json!(7)),
    ] {
        let claims = with(&[(name, value.clone())]);
        let found = verdict(Some("JWT"), TokenForm::AnyJwt, &claims);
        assert_eq!(found, Err(AccessTokenFault::OtherKind), "{name} = {value}");
    }
    let keycloak = with(&[("typ", json!("Bearer")), ("nonce", json!("n"))]);
    assert!(verdict(Some("JWT"), TokenForm::AnyJwt, &keycloak).is_ok(), "older Keycloak repeats the nonce");
}

#[test]
fn tokens_of_entra_okta_and_auth0_are_read_when_allowed() {
    let cases = [
        (json!({ "azp": "app", "scp": "notes.read notes.write" }), "Entra, version 2"),
        (json!({ "appid": "app", "scp": "notes.read notes.write" }), "Entra, version 1"),
        (json!({ "cid": "app", "scp": ["notes.read", "notes.write"] }), "Okta"),
        (json!({ "azp": "app", "scope": "notes.read notes.write" }), "Auth0"),
    ];
    for (own, whose) in cases {
        let mut claims = object(&json!({
            "iss": "https://as.example", "sub": "alice", "aud": RESOURCE, "exp": NOW + 60, "iat": NOW,
        }));
        claims.extend(object(&own));
        for typ in [Some("JWT"), None, Some("application/jwt")] {
            let read = verdict(typ, TokenForm::AnyJwt, &claims).unwrap();
            assert_eq!((read.client_id.as_deref(), read.subject.as_deref()), (Some("app"), Some("alice")), "{whose}");
            assert!(read.scope.contains("notes.read") && read.scope.len() == 2, "{whose}");
        }
        assert_eq!(verdict(Some("JWT"), TokenForm::Rfc9068, &claims), Err(AccessTokenFault::Type), "{whose}");
    }
}

#[test]
fn introspection_may_leave_out_and_must_not_contradict() {
    let form = TokenForm::Introspection;
    let little = object(&json!({ "active": true, "aud": RESOURCE, "sub": "" }));
    let claims = verdict(None, form, &little).unwrap();
    assert_eq!((claims.issuer.as_str(), claims.subject, claims.expires_at), ("https://as.example", None, None));
    let texts = with(&[("exp", json!((NOW + 60).to_string())), ("token_type", json!("bearer"))]);
    assert_eq!(verdict(None, form, &texts).unwrap().expires_at, Some(NOW + 60));
    for (name, value, fault) in [
        ("token_use", json!("refresh_token"), AccessTokenFault::OtherKind),
        ("typ", json!("Refresh"), AccessTokenFault::OtherKind),
        ("typ", json!("ID"), AccessTokenFault::OtherKind),
        ("token_type", json!("refresh_token"), AccessTokenFault::OtherKind),
        ("iss", json!("https://evil.example"), AccessTokenFault::Issuer),
        ("aud", json!("app"), AccessTokenFault::Audience),
        ("exp", json!(NOW - 61), AccessTokenFault::Expired),
        ("exp", json!("soon"), AccessTokenFault::Claim("exp")),
        ("cnf", json!({ "x": 1 }), AccessTokenFault::SenderConstrained),
    ] {
        assert_eq!(verdict(None, form, &with(&[(name, value.clone())])), Err(fault), "{name} = {value}");
    }
}

#[test]
fn a_missing_audience_is_accepted_by_setting_and_another_one_never() {
    let rule = AudienceRule::MayBeMissing;
    for claims in [without("aud"), with(&[("aud", json!([]))]), with(&[("aud", Value::Null)])] {
        assert!(verdict_with(None, TokenForm::Introspection, rule, &claims).unwrap().audiences.is_empty());
        assert!(verdict(None, TokenForm::Introspection, &claims).is_err());
    }
    for (value, fault) in [
        (json!("app"), AccessTokenFault::Audience),
        (json!(["app"]), AccessTokenFault::Audience),
        (json!([7]), AccessTokenFault::Claim("aud")),
        (json!(""), AccessTokenFault::Audience),
        (json!({}), AccessTokenFault::Claim("aud")),
    ] {
        let claims = with(&[("aud", value.clone())]);
        assert_eq!(verdict_with(None, TokenForm::Introspection, rule, &claims), Err(fault), "{value}");
    }
}

#[test]
fn odd_authentication_claims_count_as_absent() {
    let claims = with(&[("acr", json!(2)), ("auth_time", json!("now"))]);
    let read = verdict(Some("at+jwt"), TokenForm::Rfc9068, &claims).unwrap();
    assert_eq!((read.authentication_context, read.authenticated_at), (None, None));
}

#[test]
fn the_rule_for_issuers_holds() {
    let rules = VerificationRules::default().issuer(IssuerRule::template("https://login.example/{t}/v2.0", "tid"));
    let audiences = [RESOURCE.to_owned()];
    let expected = Expected {
        issuer: "https://login.example/common/v2.0",
        rules: &rules,
        audiences: &audiences,
        audience_rule: AudienceRule::Named,
        form: TokenForm::AnyJwt,
        now: NOW,
    };
    let claims = |tenant: &str| with(&[("iss", json!("https://login.example/t-1/v2.0")), ("tid", json!(tenant))]);
    let found = check(claims("t-1"), Some("JWT"), &expected).unwrap();
    assert_eq!(found.issuer, "https://login.example/t-1/v2.0");
    assert_eq!(check(claims("t-2"), Some("JWT"), &expected), Err(AccessTokenFault::Issuer));
}

#[test]
fn both_bindings_are_read() {
    let claims = with(&[("cnf", json!({ "jkt": "k", "x5t#S256": "c", "other": 7 }))]);
    let bound = verdict(Some("at+jwt"), TokenForm::Rfc9068, &claims).unwrap().confirmation.unwrap();
    assert_eq!((bound.key_thumbprint.as_deref(), bound.certificate_thumbprint.as_deref()), (Some("k"), Some("c")));
}
