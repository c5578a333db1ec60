//! Access tokens as JWTs (RFC 6749 §1.4, in the form of RFC 9068 as far as Hydra's clients allow): what they say, and that
//! they can be checked, revoked and introspected like opaque ones.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_jose::digest::base64url;
use symbolon_server::config::ScopeClaim;
use symbolon_types::AccessTokenStrategy;

use crate::fixtures::{claims, confidential, part, register, signing_key, text, verified_claims};
use crate::support::{Call, TestServer};

async fn jwt_server() -> TestServer {
    TestServer::with(|config| config.strategies.access_token = AccessTokenStrategy::Jwt).await
}

#[tokio::test]
async fn a_jwt_says_who_may_do_what_for_whom() {
    let server = jwt_server().await;
    let client = confidential(&server).await;
    let mut flow = client
        .flow(&server)
        .parameter("audience", "https://api.example")
        .consent("session", json!({ "access_token": { "tier": "gold", "sub": "mallory" } }));
    let tokens = flow.tokens().await;
    let token = text(&tokens, "access_token");
    let header = part(token, 0);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
    let mut claims = verified_claims(&server, token).await;
    let jti = claims.remove("jti").unwrap();
    assert!(jti.as_str().unwrap().len() < 200);
    let now = server.clock.now();
    let expected = json!({
        "iss": "http://127.0.0.1:4444",
        "sub": "alice",
        "aud": ["https://api.example"],
        "client_id": client.id,
        "exp": now + 3600,
        "iat": now,
        "nbf": now,
        "scp": ["openid", "offline"],
        "ext": { "tier": "gold", "sub": "mallory" },
    });
    assert_eq!(Value::Object(claims), expected);
}

#[tokio::test]
async fn a_jwt_is_introspected_used_refreshed_and_revoked_like_an_opaque_token() {
    TestServer::each_database_with(
        |config| config.strategies.access_token = AccessTokenStrategy::Jwt,
        async |server| {
            let client = confidential(server).await;
            let mut flow = client.flow(server);
            let first = flow.tokens().await;
            let token = text(&first, "access_token");
            let described = server.introspect(token).await;
            assert_eq!((&described["active"], &described["sub"]), (&json!(true), &json!("alice")));
            assert_eq!(described["token_use"], "access_token");
            server.public(Call::get("/userinfo").bearer(token)).await.expect(200);
            let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
            assert_eq!(server.introspect(token).await["active"], false, "the generation before has ended");
            let token = text(&second, "access_token");
            server.public(client.form("/oauth2/revoke", &[("token", token)])).await.expect(200);
            assert_eq!(server.introspect(token).await["active"], false);
            server.public(Call::get("/userinfo").bearer(token)).await.expect(401);
        },
    )
    .await;
}

#[tokio::test]
async fn a_jwt_of_client_credentials_writes_nothing_and_can_be_revoked() {
    let server = jwt_server().await;
    let client = confidential(&server).await;
    let before = server.server.store().statistics();
    let form = [("grant_type", "client_credentials"), ("scope", "photos.read")];
    let token = server.public(client.token_request(&form)).await.expect(200).member("access_token");
    let claims = verified_claims(&server, &token).await;
    assert_eq!((&claims["sub"], &claims["client_id"]), (&json!(client.id), &json!(client.id)));
    assert_eq!(claims["scp"], json!(["photos.read"]));
    assert_eq!(server.introspect(&token).await["active"], true);
    assert_eq!(server.server.store().statistics(), before);
    server.public(client.form("/oauth2/revoke", &[("token", &token)])).await.expect(200);
    assert_eq!(server.introspect(&token).await["active"], false);
}

#[tokio::test]
async fn a_client_chooses_the_form_of_its_access_tokens() {
    let server = TestServer::new().await;
    let jwt = register(&server, "jwt", &json!({ "access_token_strategy": "jwt" })).await;
    let opaque = register(&server, "opaque", &json!({ "access_token_strategy": "opaque" })).await;
    assert!(text(&jwt.flow(&server).tokens().await, "access_token").starts_with("ey"));
    assert!(text(&opaque.flow(&server).tokens().await, "access_token").starts_with("ory_at_"));
}

#[tokio::test]
async fn claims_follow_the_configuration() {
    let session = json!({ "access_token": { "tier": "gold", "sub": "mallory", "iss": "evil", "rest": 1 } });
    let token = async |server: &TestServer| {
        let client = confidential(server).await;
        let mut flow = client.flow(server).consent("session", session.clone());
        claims(text(&flow.tokens().await, "access_token"))
    };
    let promoted = TestServer::with(|config| {
        config.strategies.access_token = AccessTokenStrategy::Jwt;
        config.strategies.scope_claim = ScopeClaim::Both;
        config.oauth2.exclude_not_before_claim = true;
        config.oauth2.allowed_top_level_claims = ["tier", "sub", "iss"].map(str::to_owned).to_vec();
    })
    .await;
    let seen = token(&promoted).await;
    assert_eq!(
        (&seen["tier"], &seen["sub"], &seen["iss"]),
        (&json!("gold"), &json!("alice"), &json!("http://127.0.0.1:4444"))
    );
    assert_eq!(seen["scope"], "openid offline");
    assert_eq!(seen["scp"], json!(["openid", "offline"]));
    assert!(!seen.contains_key("nbf") && !seen.contains_key("rest"));
    assert_eq!(seen["ext"]["rest"], 1);
    let moved = TestServer::with(|config| {
        config.strategies.access_token = AccessTokenStrategy::Jwt;
        config.strategies.scope_claim = ScopeClaim::String;
        config.oauth2.allowed_top_level_claims = vec!["tier".to_owned()];
        config.oauth2.mirror_top_level_claims = false;
        config.oauth2.preserve_ext_claims = true;
    })
    .await;
    let seen = token(&moved).await;
    assert_eq!(seen["scope"], "openid offline");
    assert!(!seen.contains_key("scp"));
    assert!(seen["ext"].get("tier").is_none());
    assert_eq!(seen["ext"]["rest"], 1);
}

#[tokio::test]
async fn a_session_cannot_make_an_access_token_look_like_something_else() {
    let forged = json!({ "events": { "http://schemas.openid.net/event/backchannel-logout": {} }, "vc": { "type": ["X"] }, "tier": "gold" });
    for mirror in [true, false] {
        let server = TestServer::with(|config| {
            config.strategies.access_token = AccessTokenStrategy::Jwt;
            config.oauth2.allowed_top_level_claims = ["events", "vc", "tier"].map(str::to_owned).to_vec();
            config.oauth2.mirror_top_level_claims = mirror;
        })
        .await;
        let client = confidential(&server).await;
        let mut flow = client.flow(&server).consent("session", json!({ "access_token": forged }));
        let seen = verified_claims(&server, text(&flow.tokens().await, "access_token")).await;
        assert!(!seen.contains_key("events") && !seen.contains_key("vc"), "{seen:?}");
        assert_eq!(seen["tier"], "gold");
    }
}

#[tokio::test]
async fn forged_and_altered_jwts_count_for_nothing() {
    let server = jwt_server().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    let (token, id_token) = (text(&tokens, "access_token"), text(&tokens, "id_token"));
    let (header, payload) = (part(token, 0), claims(token));
    let parts: Vec<&str> = token.split('.').collect();
    let kid = header["kid"].as_str().unwrap();
    let (own, own_jwk) = signing_key(Algorithm::ES256, kid);
    let encode = |value: &Value| base64url(value.to_string().as_bytes());
    let mut longer = Value::Object(payload.clone());
    longer["exp"] = json!(server.clock.now() + 1_000_000);
    let forged = [
        ("unsigned", format!("{}.{}.", encode(&json!({ "alg": "none" })), parts[1])),
        ("unsigned with a kid", format!("{}.{}.", encode(&json!({ "alg": "none", "kid": kid })), parts[1])),
        ("without a signature", format!("{}.{}.", parts[0], parts[1])),
        ("with other claims", format!("{}.{}.{}", parts[0], encode(&longer), parts[2])),
        (
            "with a symmetric algorithm",
            format!("{}.{}.{}", encode(&json!({ "alg": "HS256", "kid": kid })), parts[1], parts[2]),
        ),
        ("signed by a stranger", own.sign(Some("JWT"), &payload).unwrap()),
        (
            "with the stranger's key inside",
            format!("{}.{}.{}", encode(&json!({ "alg": "ES256", "kid": kid, "jwk": own_jwk })), parts[1], parts[2]),
        ),
        ("an ID token", id_token.to_owned()),
        ("the sealed text of its jti", payload["jti"].as_str().unwrap().to_owned() + "x"),
        (
            "with a critical header",
            format!("{}.{}.{}", encode(&json!({ "alg": "RS256", "kid": kid, "crit": ["x"] })), parts[1], parts[2]),
        ),
    ];
    for (how, forged) in forged {
        assert_eq!(server.introspect(&forged).await, json!({ "active": false }), "{how}");
        server.public(Call::get("/userinfo").bearer(&forged)).await.expect(401);
    }
    for (how, changed) in crate::fixtures::altered(token) {
        assert_eq!(server.introspect(&changed).await, json!({ "active": false }), "{how}");
    }
    assert_eq!(server.introspect(token).await["active"], true);
}

#[tokio::test]
async fn a_jwt_of_a_server_with_another_issuer_counts_for_nothing() {
    let server = jwt_server().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    let other = TestServer::with(|config| {
        config.strategies.access_token = AccessTokenStrategy::Jwt;
        config.urls.issuer = "http://127.0.0.1:4444/other".to_owned();
    })
    .await;
    confidential(&other).await;
    assert_eq!(other.introspect(text(&tokens, "access_token")).await, json!({ "active": false }));
}
