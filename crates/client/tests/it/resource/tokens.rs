//! Signed tokens by the provider's keys.

use std::sync::atomic::Ordering;

use serde_json::json;
use symbolon_client::{AccessToken, AccessTokenFault, Error, JwsError, ResourceServer};

use super::api::Api;
use super::stub::{Issuer, RESOURCE, START, key};

#[tokio::test]
async fn a_good_token_comes_in_with_its_claims() {
    let issuer = Issuer::start();
    let api = Api::start(&ResourceServer::builder(issuer.unregistered(), RESOURCE).build().unwrap()).await;
    let read = json!({ "subject": "alice", "client_id": "app", "scope": "notes.read" });
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let authorization = format!("{scheme} {}", issuer.token(&json!({})));
        let answer = api.send("GET", "/notes", &[("authorization", &authorization)]).await;
        assert_eq!((answer.status, answer.json()), (200, read.clone()), "{scheme}");
    }
    assert_eq!(issuer.server.count("GET /keys"), 1, "the keys are kept");
    assert_eq!(issuer.questions(), 0);
}

#[tokio::test]
async fn each_kind_of_bad_token_stays_outside() {
    let issuer = Issuer::start();
    let api = Api::start(&ResourceServer::builder(issuer.registered(), RESOURCE).build().unwrap()).await;
    let signed = |typ: Option<&str>, changes: &serde_json::Value| key(0).sign(typ, &issuer.claims(changes)).unwrap();
    let good = issuer.token(&json!({}));
    let (content, signature) = good.rsplit_once('.').unwrap();
    let forged = key(1).sign(Some("at+jwt"), &issuer.claims(&json!({}))).unwrap();
    let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.";
    for (token, why) in [
        (forged, "signed by somebody else"),
        (format!("{content}.{}", signature.chars().rev().collect::<String>()), "another signature"),
        (format!("{content}."), "no signature"),
        (unsigned.to_owned(), "unsigned"),
        (signed(None, &json!({})), "no typ"),
        (signed(Some("JWT"), &json!({})), "an ID token"),
        (signed(Some("logout+jwt"), &json!({})), "a logout token"),
        (issuer.token(&json!({ "nbf": START + 61 })), "not valid yet"),
        (issuer.token(&json!({ "exp": null })), "without end"),
        ("opaque-and-unknown".to_owned(), "opaque and unknown"),
        ("a".repeat(3000), "long"),
        (format!("{content}.{signature}.{signature}.{signature}"), "five parts"),
    ] {
        let answer = api.get("/notes", &token).await;
        assert_eq!(answer.status, 401, "{why}");
        assert!(answer.challenges()[0].starts_with("Bearer error=\"invalid_token\""), "{why}");
    }
}

#[tokio::test]
async fn the_clock_decides_with_the_leeway_of_the_client() {
    let issuer = Issuer::start();
    let api = Api::start(&ResourceServer::builder(issuer.unregistered(), RESOURCE).build().unwrap()).await;
    let token = issuer.token(&json!({ "exp": START + 100 }));
    issuer.advance(159);
    assert_eq!(api.get("/notes", &token).await.status, 200);
    issuer.advance(1);
    assert_eq!(api.get("/notes", &token).await.status, 401);
}

#[tokio::test]
async fn keys_that_cannot_be_had_say_nothing_about_the_token() {
    let issuer = Issuer::start();
    let api = Api::start(&ResourceServer::builder(issuer.unregistered(), RESOURCE).build().unwrap()).await;
    issuer.is_down.store(true, Ordering::SeqCst);
    let token = issuer.token(&json!({}));
    let answer = api.get("/notes", &token).await;
    assert_eq!((answer.status, answer.header("retry-after"), answer.challenges()), (503, Some("30"), vec![]));
    issuer.is_down.store(false, Ordering::SeqCst);
    issuer.advance(30);
    assert_eq!(api.get("/notes", &token).await.status, 200);
}

#[tokio::test]
async fn tokens_in_older_forms_are_let_in_by_setting() {
    let issuer = Issuer::start();
    let lenient = ResourceServer::builder(issuer.unregistered(), RESOURCE).allow_any_jwt().build().unwrap();
    let api = Api::start(&lenient).await;
    let entra = issuer.claims(&json!({
        "client_id": null, "azp": "app", "scope": null, "scp": ["notes.read"], "ver": "2.0",
    }));
    let answer = api.get("/notes", &key(0).sign(Some("JWT"), &entra).unwrap()).await;
    let read = json!({ "subject": "alice", "client_id": "app", "scope": "notes.read" });
    assert_eq!((answer.status, answer.json()), (200, read));
    let id_token = issuer.claims(&json!({ "nonce": "n", "at_hash": "h" }));
    assert_eq!(api.get("/notes", &key(0).sign(Some("JWT"), &id_token).unwrap()).await.status, 401);
}

#[tokio::test]
async fn a_token_is_verified_without_a_request_too() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), RESOURCE).build().unwrap();
    let good = AccessToken::from(issuer.token(&json!({})));
    assert_eq!(server.verify(&good).await.unwrap().subject.as_deref(), Some("alice"));
    assert_eq!(
        issuer.unregistered().verify_access_token(&good, RESOURCE).await.unwrap().client_id.as_deref(),
        Some("app")
    );
    let bound = AccessToken::from(issuer.token(&json!({ "cnf": { "jkt": "x" } })));
    for verdict in [server.verify(&bound).await, issuer.unregistered().verify_access_token(&bound, RESOURCE).await] {
        assert_eq!(verdict.unwrap_err(), Error::AccessToken(AccessTokenFault::SenderConstrained));
    }
    let opaque = server.verify(&AccessToken::from("opaque")).await.unwrap_err();
    assert_eq!(opaque, Error::AccessToken(AccessTokenFault::Signature(JwsError::NotCompact)));
    let strict = ResourceServer::builder(issuer.unregistered(), RESOURCE).require_sender_constrained().build().unwrap();
    let refused = strict.verify(&good).await.unwrap_err();
    assert_eq!(refused, Error::AccessToken(AccessTokenFault::NotSenderConstrained));
}
