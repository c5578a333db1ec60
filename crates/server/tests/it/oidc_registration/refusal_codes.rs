//! `error` in an answer of the registration endpoints is a code, whatever is refused (RFC 7591 §3.2.2; for credentials
//! RFC 6750 §3.1, to which RFC 7592 §2 refers). The administration API answers the same faults as Hydra does.

use serde_json::{Value, json};
use symbolon_jose::Secret;

use super::{assert_error, minimal, post, register};
use crate::fixtures::with;
use crate::support::{Answer, Call, TestServer};

const METADATA: &str = "invalid_client_metadata";
const SENTENCE: &str = "The request was malformed or contained invalid parameters";

/// Fails unless `error` is one code in ASCII.
#[track_caller]
fn assert_code(answer: &Answer) {
    let error = answer.member("error");
    assert!(error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{error}");
    assert!(!answer.member("error_description").is_empty(), "{}", answer.text());
}

#[tokio::test]
async fn every_refusal_has_a_code() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let other = register(&server, &minimal()).await;
    let secret = with(minimal(), &json!({ "client_secret": "a-secret-of-my-own-choice" }));
    let create = || Call::post("/oauth2/register");
    let refusals = [
        (create().raw("{"), 400, METADATA),
        (create().raw(""), 400, METADATA),
        (create().raw("[]"), 400, METADATA),
        (create().json(&json!({ "scope": ["a", "b"] })), 400, METADATA),
        (create().json(&json!({ "scope": "a\"b" })), 400, METADATA),
        (create().json(&json!({ "client_name": "a\u{0}b" })), 400, "invalid_request"),
        (create().json(&secret), 400, METADATA),
        (create().json(&json!({ "metadata": {} })), 400, METADATA),
        (create().json(&json!({ "access_token_strategy": "jwt" })), 400, METADATA),
        (create().json(&json!({ "skip_consent": true })), 400, "invalid_request"),
        (create().json(&json!({ "redirect_uris": ["x"] })), 400, "invalid_redirect_uri"),
        (create().raw(vec![b' '; 70_000]), 413, "invalid_request"),
        (client.replace(&secret), 403, "access_denied"),
        (client.replace(&json!({ "jwks": { "keys": [{ "kty": "RSA" }] } })), 400, METADATA),
        (client.replace(&json!({ "redirect_uris": ["x"] })), 400, "invalid_redirect_uri"),
        (Call::put(client.path()).bearer(&client.token).raw("{"), 400, METADATA),
        (Call::put(client.path()).bearer(&client.token).raw(vec![b' '; 70_000]), 413, "invalid_request"),
        (Call::put(client.path()).raw("{"), 401, "invalid_token"),
        (Call::put(client.path()).bearer(&other.token).json(&minimal()), 401, "invalid_token"),
        (Call::get(client.path()), 401, "invalid_token"),
        (Call::get("/oauth2/register/unknown").bearer(&client.token), 401, "invalid_token"),
        (Call::delete(client.path()).bearer("x"), 401, "invalid_token"),
    ];
    for (call, status, error) in refusals {
        let answer = server.public(call).await;
        assert_error(&answer, status, error);
        assert_code(&answer);
    }
    server.public(client.read()).await.expect(200);
}

#[tokio::test]
async fn a_limit_and_a_missing_initial_access_token_have_a_code_too() {
    let server = TestServer::with(|config| {
        config.symbolon.registration.initial_access_tokens = vec![Secret::new("an-initial-access-token".to_owned())];
    })
    .await;
    for call in [Call::post("/oauth2/register").json(&minimal()), Call::post("/oauth2/register").bearer("x").raw("{")] {
        let answer = server.public(call).await;
        assert_error(&answer, 401, "invalid_token");
        assert_code(&answer);
    }
}

#[tokio::test]
async fn the_administration_api_keeps_the_sentences_of_hydra() {
    let server = TestServer::new().await;
    let broken = json!({ "jwks": { "keys": [{ "kty": "RSA" }] } });
    for body in ["{", "[]", "", r#"{"scope":["a"]}"#, &broken.to_string()] {
        let answer = server.admin(Call::post("/admin/clients").raw(body)).await;
        assert_error(&answer, 400, SENTENCE);
    }
    let admin = |body: Value| server.admin(Call::post("/admin/clients").json(&body));
    assert_error(&admin(json!({ "tos_uri": "x" })).await, 400, METADATA);
    assert_error(&admin(json!({ "redirect_uris": ["x"] })).await, 400, "invalid_redirect_uri");
    let created = post(&server, &minimal()).await.expect(201);
    let taken = json!({ "client_id": created.member("client_id") });
    let taken = server.admin(Call::post("/admin/clients").json(&taken)).await;
    assert_error(&taken, 409, "Unable to insert or update resource because a resource with that value exists already");
}
