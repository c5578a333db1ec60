//! The JWT of an issuer: of its own kind, signed with its keys, for this server, for minutes, once.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{ISSUER, Idp, PATH, TYPE, assert_refused, call, opaque};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{confidential, signing_key};
use crate::support::TestServer;

async fn known(server: &TestServer) {
    confidential(server).await.flow(server).tokens().await;
}

#[tokio::test]
async fn audiences_that_are_this_server_count() {
    let idp = Idp::new();
    let server = idp.server().await;
    known(&server).await;
    let (issuer, endpoint) = (server.public_url().to_owned(), format!("{}{PATH}", server.public_url()));
    for audience in [json!(issuer), json!([issuer]), json!(endpoint), json!([endpoint])] {
        let jwt = idp.jwt(&server, &json!({ "aud": audience }));
        server.public(call(&jwt, &opaque("alice"))).await.expect(204);
    }
}

#[tokio::test]
async fn what_is_wrong_with_it_is_an_invalid_token_and_ends_nothing() {
    let idp = Idp::new();
    let server = idp.server().await;
    let tokens = confidential(&server).await.flow(&server).tokens().await;
    let now = server.clock.now();
    let url = server.public_url();
    let long = "j".repeat(257);
    let table = [
        json!({ "aud": null }),
        json!({ "aud": "" }),
        json!({ "aud": 7 }),
        json!({ "aud": [] }),
        json!({ "aud": "https://other.example" }),
        json!({ "aud": format!("{url}/oauth2/token") }),
        json!({ "aud": [url, "https://other.example"] }),
        json!({ "aud": [url, url] }),
        json!({ "aud": { "a": url } }),
        json!({ "exp": null }),
        json!({ "exp": "soon" }),
        json!({ "exp": now }),
        json!({ "exp": now - 1 }),
        json!({ "exp": now + 316 }),
        json!({ "iat": now + 60 }),
        json!({ "iat": "now" }),
        json!({ "nbf": now + 60 }),
        json!({ "jti": null }),
        json!({ "jti": "" }),
        json!({ "jti": 7 }),
        json!({ "jti": long }),
        json!({ "iss": null }),
        json!({ "iss": "https://nobody.example" }),
        json!({ "iss": [ISSUER] }),
        json!({ "iss": url }),
    ];
    for changes in table {
        let answer = server.public(call(&idp.jwt(&server, &changes), &opaque("alice"))).await;
        assert_refused(&answer, 401, "invalid_token");
    }
    assert_eq!(server.introspect(tokens["access_token"].as_str().unwrap()).await["active"], true);
}

/// An issuer that is trusted for more than one thing signs other things with the same key; they are in other hands.
#[tokio::test]
async fn no_other_kind_of_token_passes_for_it() {
    let idp = Idp::new();
    let server = idp.server().await;
    known(&server).await;
    for typ in [None, Some("JWT"), Some("at+jwt"), Some("logout+jwt"), Some("oauth-id-jag+jwt"), Some("secevent+jwt")] {
        let jwt = idp.key.sign(typ, &idp.claims(&server, &json!({}))).unwrap();
        assert_refused(&server.public(call(&jwt, &opaque("alice"))).await, 401, "invalid_token");
    }
    let jwt = idp.key.sign(Some("Global-Token-Revocation+JWT"), &idp.claims(&server, &json!({}))).unwrap();
    server.public(call(&jwt, &opaque("alice"))).await.expect(204);
}

#[tokio::test]
async fn only_the_keys_of_the_issuer_sign_for_it() {
    let idp = Idp::new();
    let server = idp.server().await;
    known(&server).await;
    let (other, _) = signing_key(Algorithm::ES256, "idp");
    let claims = || idp.claims(&server, &json!({}));
    let forged = other.sign(Some(TYPE), &claims()).unwrap();
    let good = idp.key.sign(Some(TYPE), &claims()).unwrap();
    let (start, _) = good.rsplit_once('.').unwrap();
    let unsigned = format!("{start}.");
    for jwt in [forged, unsigned] {
        assert_refused(&server.public(call(&jwt, &opaque("alice"))).await, 401, "invalid_token");
    }
}

#[tokio::test]
async fn it_counts_once_also_where_it_was_about_somebody_else() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let client = confidential(server).await;
            let tokens = client.flow(server).subject("bob").tokens().await;
            client.flow(server).tokens().await;
            let jwt = idp.jwt(server, &json!({}));
            server.public(call(&jwt, &opaque("alice"))).await.expect(204);
            for subject in ["alice", "bob"] {
                assert_refused(&server.public(call(&jwt, &opaque(subject))).await, 401, "invalid_token");
            }
            assert_eq!(server.introspect(tokens["access_token"].as_str().unwrap()).await["active"], true);
            server.clock.advance(400);
            assert_refused(&server.public(call(&jwt, &opaque("alice"))).await, 401, "invalid_token");
        },
    )
    .await;
}

#[tokio::test]
async fn a_request_that_was_wrong_does_not_use_it_up() {
    let idp = Idp::new();
    let server = idp.server().await;
    known(&server).await;
    let jwt = idp.jwt(&server, &json!({}));
    assert_refused(&server.public(call(&jwt, &json!({ "format": "account" }))).await, 400, "invalid_request");
    server.public(call(&jwt, &opaque("alice"))).await.expect(204);
}

#[tokio::test]
async fn published_keys_are_fetched_and_fetched_again_after_a_rotation() {
    let idp = Idp::new();
    let keys = ClientServer::listen(Reply::Json(json!({ "keys": [signing_key(Algorithm::ES256, "before").1] }))).await;
    let row = json!({ "jwks": null, "jwks_uri": format!("{}/keys", keys.url) });
    let server = TestServer::with(|config| idp.on_with(config, &row)).await;
    known(&server).await;
    assert_refused(&idp.revoke(&server, &opaque("alice")).await, 401, "invalid_token");
    keys.set(Reply::Json(json!({ "keys": [idp.jwk] })));
    server.clock.advance(5);
    idp.revoke(&server, &opaque("alice")).await.expect(204);
    let fetched = keys.count();
    idp.revoke(&server, &opaque("alice")).await.expect(204);
    assert_eq!(keys.count(), fetched, "known keys are kept");
    let nowhere = json!({ "jwks": null, "jwks_uri": "http://127.0.0.1:9/keys" });
    let server = TestServer::with(|config| idp.on_with(config, &nowhere)).await;
    let answer = idp.revoke(&server, &opaque("alice")).await;
    assert_eq!((answer.status, answer.error().as_deref()), (503, Some("temporarily_unavailable")));
}

/// The right is one of its own: neither an issuer of the jwt-bearer grant nor one of the other list has it.
#[tokio::test]
async fn an_issuer_of_grants_signs_nobody_out() {
    let idp = Idp::new();
    let server = idp.server().await;
    known(&server).await;
    let (key, jwk) = signing_key(Algorithm::ES256, "grants");
    let trusted = crate::rfc7523::grants::trusted(&jwk, &json!({ "subject": null, "allow_any_subject": true }));
    crate::rfc7523::grants::trust(&server, &trusted).await;
    let claims: Value = idp.claims(&server, &json!({ "iss": crate::rfc7523::grants::ISSUER }));
    for typ in [Some(TYPE), Some("JWT")] {
        let jwt = key.sign(typ, &claims).unwrap();
        assert_refused(&server.public(call(&jwt, &opaque("alice"))).await, 401, "invalid_token");
    }
}
