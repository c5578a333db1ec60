//! Tokens and what stands around them.

use symbolon_client::{AccessToken, VerificationRules};
use symbolon_jose::digest::{base64url, hmac_sha256};

use super::{Answering, ISSUER, NOW, SECRET, builder, check_error, client, run, whole_answer};
use crate::Target;
use crate::targets::text;

/// The answer of the token endpoint (RFC 6749 §5.1).
pub const TOKEN_ANSWER: Target = Target {
    name: "token_answer",
    run: check_token_answer,
    seeds: &[
        r#"{"access_token":"at","token_type":"Bearer","expires_in":3600,"scope":"openid","refresh_token":"rt","session_state":"s"}"#,
        r#"{"access_token":"at","token_type":"bearer","expires_in":"3600","scope":["a","b"],"id_token":"a.b.c"}"#,
        "200\ncontent-type: application/x-www-form-urlencoded\n\naccess_token=gho_a&scope=repo%2Cgist&token_type=bearer",
        r#"{"ok":false,"error":"invalid_code"}"#,
        r#"{"access_token":"at","token_type":"DPoP","expires_in":1e300,"scope":7}"#,
    ],
};
/// A text that is said to be an ID token, for a client that believes the provider's key and its own secret.
pub const ID_TOKEN: Target = Target {
    name: "id_token",
    run: check_id_token,
    seeds: &[
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.AAAA",
        "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJzdWIiOiJhZGEifQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJzdWIiOiJhZGEifQ.",
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.BBBB.CCCC",
    ],
};
/// The claims of an ID token whose signature is good (`OpenID` Connect Core 1.0 §3.1.3.7).
pub const ID_TOKEN_CLAIMS: Target = Target {
    name: "id_token_claims",
    run: check_id_token_claims,
    seeds: &[
        r#"{"iss":"https://as.example","sub":"ada","aud":"app","exp":1800000900,"iat":1800000000,"nonce":"n"}"#,
        r#"{"iss":"https://as.example","sub":"ada","aud":["app","b"],"azp":"app","exp":1.8e9,"iat":1800000000.5,"nonce":"n","auth_time":null}"#,
        r#"{"iss":"https://as.example","sub":"ada","aud":"app","exp":9223372036854775807,"iat":0,"nbf":-1,"nonce":"n","at_hash":"x"}"#,
    ],
};
/// The claims of a logout token whose signature is good (`OpenID` Connect Back-Channel Logout 1.0 §2.6).
pub const LOGOUT_TOKEN_CLAIMS: Target = Target {
    name: "logout_token_claims",
    run: check_logout_token_claims,
    seeds: &[
        r#"{"iss":"https://as.example","sub":"ada","aud":"app","iat":1800000000,"exp":1800000100,"jti":"j","sid":"s","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}"#,
        r#"{"iss":"https://as.example","aud":["app"],"iat":1800000000,"jti":"j","sid":"s","events":{"http://schemas.openid.net/event/backchannel-logout":null},"nonce":null}"#,
    ],
};
/// The answer of the userinfo endpoint (`OpenID` Connect Core 1.0 §5.3.2).
pub const USER_INFO: Target = Target {
    name: "user_info",
    run: check_user_info,
    seeds: &[
        r#"{"sub":"ada","email":"ada@example.com","email_verified":"true","updated_at":"2026","address":{"country":"SE"}}"#,
        "200\ncontent-type: application/jwt\n\neyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.",
        "200\ncontent-type: text/javascript; charset=UTF-8\n\n{\"sub\":\"\",\"locale\":{\"country\":\"US\"}}",
    ],
};

fn check_token_answer(bytes: &[u8]) {
    let answering = Answering::hostile_at("/token", whole_answer(bytes));
    let Some(client) = client(&answering) else { return };
    match run(client.refresh_with(&"rt".into())) {
        Some(Ok(tokens)) => {
            assert!(!tokens.access_token.as_str().is_empty());
            assert!(tokens.token_type.eq_ignore_ascii_case("bearer"), "{}", tokens.token_type);
            assert!(tokens.id_token.is_none(), "nobody signed it");
            for name in ["access_token", "refresh_token", "id_token"] {
                assert!(!tokens.extra.contains_key(name), "{name} is shown");
            }
            drop(serde_json::to_string(&tokens).expect("it can be kept"));
        }
        Some(Err(error)) => check_error(&error),
        None => {}
    }
}

fn check_id_token(bytes: &[u8]) {
    let answering = Answering::hostile_at("/keys", super::ok(super::KEYS.as_bytes()));
    let rules = VerificationRules::default().allow_hmac().allow_any_type();
    let Some(client) = builder(&answering).verification(rules).build().ok() else { return };
    let raw = text(bytes);
    if let Some(outcome) = run(client.verify_id_token(&raw, None)) {
        check_error(&outcome.expect_err("nobody signed it"));
    }
    if let Some(outcome) = run(client.verify_logout_token(&raw)) {
        check_error(&outcome.expect_err("nobody signed it"));
    }
    if let Some(outcome) = run(client.verify_access_token(&AccessToken::from(raw.as_ref()), "https://api.example")) {
        check_error(&outcome.expect_err("nobody signed it"));
    }
}

/// A token under the client's secret with these bytes as claims.
fn signed(bytes: &[u8]) -> String {
    let input = format!("{}.{}", base64url(br#"{"alg":"HS256"}"#), base64url(bytes));
    format!("{input}.{}", base64url(&hmac_sha256(SECRET.as_bytes(), input.as_bytes())))
}

fn check_id_token_claims(bytes: &[u8]) {
    let answering = Answering::hostile_at("/keys", super::ok(super::KEYS.as_bytes()));
    let Some(client) = builder(&answering).verification(VerificationRules::default().allow_hmac()).build().ok() else {
        return;
    };
    match run(client.verify_id_token(&signed(bytes), Some("n"))) {
        Some(Ok(id_token)) => {
            let claims = id_token.claims;
            assert_eq!(claims.issuer, ISSUER);
            assert!(!claims.subject.is_empty());
            assert!(
                claims.expires_at > NOW - 60 && claims.issued_at <= NOW + 60,
                "{} {}",
                claims.issued_at,
                claims.expires_at
            );
            assert_eq!(claims.all.get("nonce").and_then(|nonce| nonce.as_str()), Some("n"));
        }
        Some(Err(error)) => check_error(&error),
        None => {}
    }
}

fn check_logout_token_claims(bytes: &[u8]) {
    let answering = Answering::hostile_at("/keys", super::ok(super::KEYS.as_bytes()));
    let Some(client) = builder(&answering).verification(VerificationRules::default().allow_hmac()).build().ok() else {
        return;
    };
    match run(client.verify_logout_token(&signed(bytes))) {
        Some(Ok(token)) => {
            assert_eq!(token.issuer, ISSUER);
            assert!(token.subject.is_some() || token.session_id.is_some(), "it is about nobody");
            assert!(token.all.get("nonce").is_none_or(serde_json::Value::is_null));
        }
        Some(Err(error)) => check_error(&error),
        None => {}
    }
}

fn check_user_info(bytes: &[u8]) {
    let answering = Answering::hostile_at("/userinfo", whole_answer(bytes));
    let Some(client) = client(&answering) else { return };
    let token = AccessToken::from("at");
    match run(client.user_info_for(&token, None)) {
        Some(Ok(user)) => {
            assert!(!user.subject.is_empty());
            assert_eq!(user.all.get("sub").and_then(|sub| sub.as_str()), Some(user.subject.as_str()));
        }
        Some(Err(error)) => check_error(&error),
        None => {}
    }
    if let Some(Ok(user)) = run(client.user_info_for(&token, Some("ada"))) {
        assert_eq!(user.subject, "ada");
    }
}
