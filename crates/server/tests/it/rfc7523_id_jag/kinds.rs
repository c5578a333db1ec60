//! What an assertion calls itself decides who reads it: an ID-JAG is never an ordinary assertion, an ordinary one never an
//! ID-JAG, and neither is anything else.

use serde_json::json;
use symbolon_jose::Algorithm;

use super::{GRANT_TYPE, ISSUER, Idp, JWT_DPOP, TYPE, assert_refused, call};
use crate::fixtures::{signing_key, with};
use crate::rfc7523::grants::{trust, trusted};
use crate::support::TestServer;

const ORDINARY: &str = "https://issuer.example";

#[tokio::test]
async fn a_key_that_the_admin_api_trusts_signs_no_id_jag() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    let (key, jwk) = signing_key(Algorithm::ES256, "ordinary");
    // Trusted for anything the other way, also under the name of the identity provider.
    for issuer in [ORDINARY, ISSUER] {
        let body = json!({ "issuer": issuer, "subject": null, "allow_any_subject": true, "scope": ["wiki.read"] });
        trust(&server, &trusted(&jwk, &body)).await;
        let claims = idp.claims(&server, &json!({ "iss": issuer }));
        let as_id_jag = key.sign(Some(TYPE), &claims).unwrap();
        assert_refused(&server.public(call(&client, &as_id_jag, &[])).await, "invalid_grant");
        let ordinary = key.sign(Some("JWT"), &claims).unwrap();
        server.public(call(&client, &ordinary, &[])).await.expect(200);
    }
}

#[tokio::test]
async fn what_an_identity_provider_signs_besides_is_no_grant() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    for typ in [None, Some("JWT"), Some("at+jwt"), Some("logout+jwt"), Some("oauth-id-jag"), Some("secevent+jwt")] {
        let signed = idp.key.sign(typ, &idp.claims(&server, &json!({}))).unwrap();
        assert_refused(&server.public(call(&client, &signed, &[])).await, "invalid_grant");
    }
    let capitals = idp.key.sign(Some("OAuth-ID-JAG+JWT"), &idp.claims(&server, &json!({}))).unwrap();
    server.public(call(&client, &capitals, &[])).await.expect(200);
}

/// Somebody else may hold what a trusted issuer signed for another purpose.
#[tokio::test]
async fn other_kinds_are_no_ordinary_assertions_either() {
    let server = TestServer::new().await;
    let client = super::client(&server, "app", &json!({ "scope": "photos.read" })).await;
    let (key, jwk) = signing_key(Algorithm::ES256, "ordinary");
    trust(&server, &trusted(&jwk, &json!({}))).await;
    let idp = Idp::new();
    let claims = || with(idp.claims(&server, &json!({ "iss": ORDINARY, "sub": "bob" })), &json!({ "resource": null }));
    let others = [
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "client-authentication+jwt",
        "dpop+jwt",
        "global-token-revocation+jwt",
        "logout+jwt",
        "oauth-authz-req+jwt",
        "oauth-client-attestation+jwt",
        "oauth-id-jag+jwt",
        "secevent+jwt",
        "token-introspection+jwt",
    ];
    for typ in others {
        let signed = key.sign(Some(typ), &claims()).unwrap();
        assert_refused(&server.public(call(&client, &signed, &[])).await, "invalid_grant");
    }
    for typ in [None, Some("JWT"), Some("jwt"), Some("anything")] {
        let signed = key.sign(typ, &claims()).unwrap();
        server.public(call(&client, &signed, &[])).await.expect(200);
    }
}

#[tokio::test]
async fn without_a_row_there_are_none() {
    let idp = Idp::new();
    let server = TestServer::new().await;
    let client = super::client(&server, "app", &json!({})).await;
    assert_refused(&idp.show(&server, &client, &json!({}), &[]).await, "invalid_grant");
    let assertion = idp.assertion(&server, &json!({}));
    let form = [("grant_type", JWT_DPOP), ("assertion", assertion.as_str())];
    assert_refused(&server.public(client.token_request(&form)).await, "unsupported_grant_type");
}

/// The keys of this server are in no row, so what it signs for others is nothing to it.
#[tokio::test]
async fn nothing_that_this_server_signs_is_one() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    let own = json!({ "iss": server.public_url() });
    assert_refused(&idp.show(&server, &client, &own, &[]).await, "invalid_grant");
    let app = crate::fixtures::confidential(&server).await;
    let tokens = app.flow(&server).tokens().await;
    let id_token = tokens["id_token"].as_str().unwrap();
    let form = [("grant_type", GRANT_TYPE), ("assertion", id_token)];
    assert_refused(&server.public(client.token_request(&form)).await, "invalid_grant");
}
