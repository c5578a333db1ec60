//! ID tokens, userinfo and answers of the authorization endpoint: signed first, then encrypted, and never sent otherwise.

use serde_json::{Value, json};
use symbolon_jose::jwe::{ContentEncryption, Jwe, KeyManagement};

use super::{client_key, client_with, opened, token_in};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{Registered, outcome, text, verified_claims};
use crate::support::{Call, STATE, TestServer, pair};

#[tokio::test]
async fn id_tokens_are_signed_and_then_encrypted() {
    let server = TestServer::new().await;
    for (number, &alg) in KeyManagement::all().iter().enumerate() {
        let (key, jwk) = client_key(alg, "mine");
        for &enc in ContentEncryption::all() {
            let settings = json!({
                "client_id": format!("reading-{number}-{enc}"),
                "id_token_encrypted_response_alg": alg.as_str(), "id_token_encrypted_response_enc": enc.as_str(),
            });
            let client = Registered {
                id: text(&settings, "client_id").to_owned(),
                ..client_with(&server, &jwk, &settings).await
            };
            let tokens = client.flow(&server).tokens().await;
            let message = text(&tokens, "id_token");
            let header = Jwe::parse(message).unwrap().header().clone();
            assert_eq!((header.alg, header.enc, header.kid.as_deref()), (alg, enc, Some("mine")));
            let claims = verified_claims(&server, &token_in(message, &key)).await;
            assert_eq!((&claims["sub"], &claims["aud"]), (&json!("alice"), &json!([client.id])));
        }
    }
}

#[tokio::test]
async fn a_refresh_and_the_front_channel_give_encrypted_ones_too() {
    let server = TestServer::new().await;
    let (key, jwk) = client_key(KeyManagement::EcdhEs, "mine");
    let client = client_with(&server, &jwk, &json!({ "id_token_encrypted_response_alg": "ECDH-ES" })).await;
    let mut flow = client.flow(&server);
    let tokens = flow.tokens().await;
    assert_eq!(Jwe::parse(text(&tokens, "id_token")).unwrap().header().enc, ContentEncryption::A128CbcHs256);
    let refreshed = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
    verified_claims(&server, &token_in(text(&refreshed, "id_token"), &key)).await;
    let answer = client.flow(&server).parameter("response_type", "code id_token").answer().await.expect(303);
    let message = pair(&answer.location_fragment(), "id_token").unwrap().to_owned();
    let claims = verified_claims(&server, &token_in(&message, &key)).await;
    assert!(claims.contains_key("c_hash"));
    // As a hint it is not taken: the client has the signed token inside.
    let hint = client.flow(&server).parameter("id_token_hint", &message).authorize().await;
    assert_eq!(hint.error().as_deref(), Some("invalid_request"));
    let inside = token_in(&message, &key);
    assert_eq!(outcome(&client.flow(&server).parameter("id_token_hint", &inside).authorize().await), "login");
}

#[tokio::test]
async fn userinfo_is_encrypted_with_a_signature_or_without() {
    let server = TestServer::new().await;
    let (key, jwk) = client_key(KeyManagement::EcdhEsA256Kw, "mine");
    for (signed, id) in [("none", "plain"), ("ES256", "signed")] {
        let settings = json!({
            "client_id": id, "userinfo_signed_response_alg": signed,
            "userinfo_encrypted_response_alg": "ECDH-ES+A256KW", "userinfo_encrypted_response_enc": "A256GCM",
        });
        let client = Registered { id: id.to_owned(), ..client_with(&server, &jwk, &settings).await };
        let tokens = client.flow(&server).tokens().await;
        let answer = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200);
        assert_eq!(answer.content_type(), Some("application/jwt"));
        let claims = if signed == "none" {
            let (json, cty) = opened(&answer.text(), &key);
            assert_eq!(cty, None);
            serde_json::from_str(&json).unwrap()
        } else {
            Value::Object(verified_claims(&server, &token_in(&answer.text(), &key)).await)
        };
        assert_eq!((&claims["sub"], &claims["iss"]), (&json!("alice"), &json!(server.public_url())));
    }
}

#[tokio::test]
async fn answers_of_the_authorization_endpoint_are_encrypted_errors_too() {
    let server = TestServer::new().await;
    let (key, jwk) = client_key(KeyManagement::RsaOaep256, "mine");
    let client = client_with(&server, &jwk, &json!({ "authorization_encrypted_response_alg": "RSA-OAEP-256" })).await;
    let flow = || client.flow(&server).parameter("response_mode", "jwt");
    let granted = flow().answer().await.expect(303).location_parameter("response").unwrap();
    let claims = verified_claims(&server, &token_in(&granted, &key)).await;
    assert_eq!((&claims["state"], claims.contains_key("code")), (&json!(STATE), true));
    let refused = flow().scope("unknown").authorize().await.expect(303).location_parameter("response").unwrap();
    let claims = verified_claims(&server, &token_in(&refused, &key)).await;
    assert_eq!(claims["error"], "invalid_scope");
}

#[tokio::test]
async fn encrypted_tokens_may_stand_in_a_query_and_no_others() {
    let server = TestServer::new().await;
    let (key, jwk) = client_key(KeyManagement::EcdhEs, "mine");
    let client = client_with(&server, &jwk, &json!({ "authorization_encrypted_response_alg": "ECDH-ES" })).await;
    let flow = || client.flow(&server).parameter("response_type", "code id_token");
    let answer = flow().parameter("response_mode", "query.jwt").answer().await.expect(303);
    let claims = verified_claims(&server, &token_in(&answer.location_parameter("response").unwrap(), &key)).await;
    assert!(claims.contains_key("id_token") && claims.contains_key("code"));
    let plain = flow().parameter("response_mode", "query").authorize().await;
    assert_eq!(pair(&plain.location_fragment(), "error"), Some("unsupported_response_mode"));
    // A client that wants them no more encrypted in between gets none.
    let mut flow = flow().parameter("response_mode", "query.jwt");
    let consent_page = flow.log_in().await.expect(302).location().to_owned();
    let next = flow.application.accept_consent(&consent_page).await;
    let changes = json!([{ "op": "remove", "path": "/authorization_encrypted_response_alg" }]);
    server.admin(Call::patch("/admin/clients/reading").json(&changes)).await.expect(200);
    let answer = flow.browser.get(&next).await.expect(303);
    let claims = verified_claims(&server, &answer.location_parameter("response").unwrap()).await;
    assert_eq!(claims["error"], "unsupported_response_mode");
    assert!(!claims.contains_key("id_token"));
}

#[tokio::test]
async fn without_a_key_nothing_is_answered() {
    let server = TestServer::new().await;
    let (_, signing) = crate::fixtures::signing_key(symbolon_jose::Algorithm::ES256, "signs");
    let (key, jwk) = client_key(KeyManagement::EcdhEs, "mine");
    let keys = ClientServer::listen(Reply::Json(json!({ "keys": [signing] }))).await;
    let settings = json!({
        "jwks": null, "jwks_uri": format!("{}/jwks", keys.url),
        "id_token_encrypted_response_alg": "ECDH-ES", "userinfo_encrypted_response_alg": "ECDH-ES",
        "authorization_encrypted_response_alg": "ECDH-ES",
    });
    let client = client_with(&server, &jwk, &settings).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let refused = server.public(flow.redemption(&code)).await.expect(500);
    assert_eq!(refused.error().as_deref(), Some("server_error"));
    assert!(refused.json().get("id_token").is_none() && refused.json().get("access_token").is_none());
    let answer = client.flow(&server).parameter("response_mode", "jwt").scope("unknown").authorize().await;
    assert_eq!(outcome(&answer), "page server_error");
    let tokens = client.flow(&server).scope("photos.read").tokens().await;
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await;
    assert_eq!((info.status, info.text().contains("alice")), (500, false));
    // A key that the client publishes counts after a moment.
    keys.set(Reply::Json(json!({ "keys": [signing, jwk] })));
    server.clock.advance(5);
    let tokens = client.flow(&server).tokens().await;
    verified_claims(&server, &token_in(text(&tokens, "id_token"), &key)).await;
}

#[tokio::test]
async fn the_key_is_one_that_is_for_it() {
    let server = TestServer::new().await;
    let kinds = [
        ("signs", Some("sig"), None),
        ("wraps", Some("enc"), Some("ECDH-ES+A256KW")),
        ("any", None, None),
        ("reads", Some("enc"), None),
    ];
    let mut made = Vec::new();
    let mut published = Vec::new();
    for (kid, purpose, alg) in kinds {
        let (key, mut jwk) = client_key(KeyManagement::EcdhEs, kid);
        for (name, value) in [("use", purpose), ("alg", alg)] {
            match value {
                Some(value) => jwk[name] = value.into(),
                None => drop(jwk.as_object_mut().unwrap().remove(name)),
            }
        }
        made.push((kid, key));
        published.push(jwk);
    }
    let settings = json!({ "jwks": { "keys": published }, "id_token_encrypted_response_alg": "ECDH-ES" });
    let client = client_with(&server, &json!({}), &settings).await;
    let tokens = client.flow(&server).tokens().await;
    let message = text(&tokens, "id_token");
    assert_eq!(Jwe::parse(message).unwrap().header().kid.as_deref(), Some("reads"));
    let (_, key) = made.iter().find(|(kid, _)| *kid == "reads").unwrap();
    verified_claims(&server, &token_in(message, key)).await;
}
