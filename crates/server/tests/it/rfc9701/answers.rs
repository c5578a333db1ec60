//! What is answered, and in which form (RFC 9701 §4, §5; RFC 7662 §2.2).

use serde_json::{Value, json};
use symbolon_jose::jwe::{DecryptionKey, Jwe, KeyManagement};

use super::{API, Api, JWT, PATH, inactive};
use crate::fixtures::{Registered, altered, part, register, text, verified_claims};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn a_resource_server_learns_of_tokens_that_are_meant_for_it() {
    let api = Api::new().await;
    let token = api.token().await;
    let told = api.told(&api.asker, &token).await;
    assert_eq!(
        (&told["active"], &told["sub"], &told["client_id"]),
        (&json!(true), &json!("alice"), &json!(api.app.id))
    );
    assert_eq!((&told["aud"], &told["scope"]), (&json!([API]), &json!("openid offline photos.read")));
    // The administration port says the same.
    assert_eq!(told, api.server.introspect(&token).await);
    let answer = api.server.public(api.asker.form(PATH, &[("token", &token)])).await;
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), (Some("no-store"), Some("no-cache")));
    // RFC 7662 §2.1: a scope that is asked about must be covered.
    for (scope, active) in [("photos.read", true), ("photos.write", false)] {
        let call = api.asker.form(PATH, &[("token", &token), ("scope", scope)]);
        assert_eq!(api.server.public(call).await.expect(200).json()["active"], active, "{scope}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_for_it_is_not_active() {
    let api = Api::new().await;
    let other =
        register(&api.server, "other", &json!({ "resource_server": true, "audience": ["https://other.example"] }))
            .await;
    let tokens = api.tokens(API).await;
    let token = text(&tokens, "access_token");
    assert_eq!(api.told(&other, token).await, inactive(), "for another resource server");
    assert_eq!(api.told(&api.asker, text(&tokens, "refresh_token")).await, inactive(), "a refresh token");
    assert_eq!(api.told(&api.asker, text(&tokens, "id_token")).await, inactive(), "an ID token");
    let without = api.tokens("").await;
    assert_eq!(api.told(&api.asker, text(&without, "access_token")).await, inactive(), "for nobody in particular");
    for (how, changed) in altered(token) {
        assert_eq!(api.told(&api.asker, &changed).await, inactive(), "{how}");
    }
    api.server.public(api.app.form("/oauth2/revoke", &[("token", token)])).await.expect(200);
    assert_eq!(api.told(&api.asker, token).await, inactive(), "revoked");
    let late = api.token().await;
    api.server.clock.advance(3_600);
    assert_eq!(api.told(&api.asker, &late).await, inactive(), "expired");
}

#[tokio::test]
async fn its_own_id_is_an_audience_too() {
    let api = Api::with(json!({ "audience": [] })).await;
    let app = register(&api.server, "caller", &json!({ "audience": ["api"] })).await;
    let call = app.token_request(&[("grant_type", "client_credentials"), ("audience", "api")]);
    let token = api.server.public(call).await.expect(200).member("access_token");
    assert_eq!(api.told(&api.asker, &token).await["client_id"], "caller");
    assert_eq!(api.told(&api.asker, &api.token().await).await, inactive());
}

#[tokio::test]
async fn whoever_asks_for_a_jwt_gets_one_for_itself() {
    let api = Api::new().await;
    let token = api.token().await;
    let plain = api.told(&api.asker, &token).await;
    let answer = api.signed(&token).await;
    assert_eq!(answer.content_type(), Some(JWT));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let jwt = answer.text();
    let header = part(&jwt, 0);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("token-introspection+jwt"), &json!("RS256")));
    let expected = json!({
        "iss": api.server.public_url(), "aud": "api", "iat": api.server.clock.now(), "token_introspection": plain,
    });
    assert_eq!(
        Value::Object(verified_claims(&api.server, &jwt).await),
        expected,
        "and no `sub` or `exp` of its own (§5)"
    );
    let of_none = api.signed("no token").await.text();
    assert_eq!(verified_claims(&api.server, &of_none).await["token_introspection"], inactive());
    // It is no token itself, for anybody.
    assert_eq!(api.server.introspect(&jwt).await, inactive());
    assert_eq!(api.told(&api.asker, &jwt).await, inactive());
    api.server.public(Call::get("/userinfo").bearer(&jwt)).await.expect(401);
    let hint = api.app.flow(&api.server).parameter("id_token_hint", &jwt).authorize().await;
    assert_eq!(hint.error().as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn the_form_is_what_the_header_accepts() {
    let api = Api::new().await;
    let token = api.token().await;
    for (accept, is_jwt) in [
        ("application/json", false),
        ("*/*", false),
        ("application/jwt", false),
        ("application/token-introspection+jwt;q=0", false),
        ("application/json, application/token-introspection+jwt;q=0.5", true),
        ("Application/Token-Introspection+JWT", true),
    ] {
        let call = api.asker.form(PATH, &[("token", &token)]).header(http::header::ACCEPT, accept);
        let answer = api.server.public(call).await.expect(200);
        assert_eq!(answer.content_type() == Some(JWT), is_jwt, "{accept}");
    }
}

#[tokio::test]
async fn algorithms_are_those_that_were_registered() {
    let (key, jwk) = {
        let key = DecryptionKey::generate(KeyManagement::EcdhEs, "mine".to_owned()).unwrap();
        let jwk = serde_json::to_value(key.public_jwk()).unwrap();
        (key, jwk)
    };
    let signed = Api::with(json!({ "introspection_signed_response_alg": "ES256" })).await;
    let jwt = signed.signed(&signed.token().await).await.text();
    assert_eq!(part(&jwt, 0)["alg"], "ES256");
    let encrypted = Api::with(json!({
        "introspection_encrypted_response_alg": "ECDH-ES", "introspection_encrypted_response_enc": "A256GCM",
        "jwks": { "keys": [jwk] },
    }))
    .await;
    let token = encrypted.token().await;
    // Whoever registered encryption gets nothing else, whatever the header says.
    let json = encrypted.asker.form(PATH, &[("token", &token)]).header(http::header::ACCEPT, "application/json");
    for answer in [encrypted.signed(&token).await, encrypted.server.public(json).await.expect(200)] {
        assert_eq!(answer.content_type(), Some(JWT));
        let message = Jwe::parse(&answer.text()).unwrap();
        assert_eq!(message.header().cty.as_deref(), Some("JWT"));
        let inside = String::from_utf8(message.decrypt(&key).unwrap()).unwrap();
        let claims = verified_claims(&encrypted.server, &inside).await;
        assert_eq!(claims["token_introspection"]["active"], true);
    }
}

/// Who hides subjects from clients hides them from resource servers.
#[tokio::test]
async fn a_pairwise_subject_is_the_only_one_that_is_told() {
    let server = TestServer::with(|config| {
        super::on(config);
        config.oidc.subject_types = vec![symbolon_types::SubjectType::Public, symbolon_types::SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-of-the-test".to_owned()));
    })
    .await;
    let api = Api::at(server, json!({})).await;
    let pairwise = register(&api.server, "pairwise", &json!({ "subject_type": "pairwise" })).await;
    let api = Api { app: Registered { ..pairwise }, ..api };
    let tokens = api.tokens(API).await;
    let known = crate::fixtures::claims(text(&tokens, "id_token"))["sub"].clone();
    let told = api.told(&api.asker, text(&tokens, "access_token")).await;
    assert_eq!((&told["sub"], told.get("obfuscated_subject")), (&known, None));
    assert_ne!(known, "alice");
}
