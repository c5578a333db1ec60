//! Tokens out of nothing: right ones count, and each wrong one is refused for what is wrong with it.

use serde_json::json;
use symbolon_client::{AccessTokenFault, Client, Error, IdTokenFault};
use symbolon_jose::Jws;
use symbolon_test_provider::{AccessToken, TestProvider};

use super::relying_party;

/// Whether it is the expected fault.
type Check<F> = fn(&F) -> bool;

const API: &str = "https://api.example";

fn resource_server(provider: &TestProvider) -> Client {
    Client::unregistered(provider.issuer())
        .without_proxy()
        .clock(symbolon_client::Clock::custom(provider.clock()))
        .build()
        .unwrap()
}

#[tokio::test]
async fn access_tokens_of_both_forms_are_known_to_introspection() {
    let provider = TestProvider::start().await;
    let (_, app) = relying_party(&provider).await;
    let order = || provider.access_token(&app.id, "alice", "read write").audience(API).logged_in(60, "phr");
    let (opaque, jwt) = (order().opaque().await, order().jwt().await);
    assert!(!opaque.contains('.') || opaque.matches('.').count() != 2, "{opaque}");
    let resource_server = resource_server(&provider);
    let claims =
        resource_server.verify_access_token(&symbolon_client::AccessToken::from(jwt.as_str()), API).await.unwrap();
    assert_eq!((claims.subject.as_deref(), claims.client_id.as_deref()), (Some("alice"), Some(app.id.as_str())));
    for token in [&opaque, &jwt] {
        let told = provider.introspect(token).await;
        assert_eq!(
            (&told["active"], &told["sub"], &told["scope"]),
            (&json!(true), &json!("alice"), &json!("read write"))
        );
        assert_eq!((&told["client_id"], &told["aud"], &told["acr"]), (&json!(app.id), &json!([API]), &json!("phr")));
        assert_eq!(told["auth_time"], provider.now() - 60);
    }
}

#[tokio::test]
async fn own_token_of_a_client_has_the_client_as_subject() {
    let provider = TestProvider::start().await;
    let (_, app) = relying_party(&provider).await;
    for token in [
        provider.access_token(&app.id, &app.id, "read").await,
        provider.access_token(&app.id, &app.id, "read").jwt().await,
    ] {
        let told = provider.introspect(&token).await;
        assert_eq!((&told["active"], &told["sub"]), (&json!(true), &json!(app.id)));
    }
    let late = provider.access_token(&app.id, &app.id, "read").expired().await;
    assert_eq!(provider.introspect(&late).await["active"], false);
}

#[tokio::test]
async fn userinfo_takes_a_token_that_nobody_logged_in_for() {
    let provider = TestProvider::start().await;
    let (client, app) = relying_party(&provider).await;
    let token = provider.access_token(&app.id, "alice", "openid").await;
    let user = client.user_info_for(&symbolon_client::AccessToken::from(token), Some("alice")).await.unwrap();
    assert_eq!(user.subject, "alice");
}

#[tokio::test]
async fn bound_tokens_name_their_holder() {
    let provider = TestProvider::start().await;
    let (_, app) = relying_party(&provider).await;
    let hash = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    let token = provider.access_token(&app.id, "alice", "read").jwt().bound_to_key(hash).await;
    assert_eq!(Jws::parse(&token).unwrap().unverified_claims().unwrap()["cnf"], json!({ "jkt": hash }));
    let told = provider.introspect(&token).await;
    assert_eq!((&told["cnf"]["jkt"], &told["token_type"]), (&json!(hash), &json!("DPoP")));
    let token = provider.access_token(&app.id, "alice", "read").bound_to_certificate(hash).await;
    assert_eq!(provider.introspect(&token).await["cnf"], json!({ "x5t#S256": hash }));
}

#[tokio::test]
async fn wrong_access_tokens_are_refused() {
    let provider = TestProvider::start().await;
    let (_, app) = relying_party(&provider).await;
    let resource_server = resource_server(&provider);
    let order = || provider.access_token(&app.id, "alice", "read").jwt();
    let wrong: [(AccessToken<'_>, Check<AccessTokenFault>); 7] = [
        (order().audience(API).expired(), |fault| matches!(fault, AccessTokenFault::Expired)),
        (order().audience("https://other.example"), |fault| matches!(fault, AccessTokenFault::Audience)),
        (order().audience(API).issuer("https://evil.example"), |fault| matches!(fault, AccessTokenFault::Issuer)),
        (order().audience(API).signed_by_a_stranger(), |fault| matches!(fault, AccessTokenFault::Signature(_))),
        (order().audience(API).unsigned(), |_| true),
        (order().audience(API).key_id("unknown"), |_| true),
        (order().audience(API).typ("JWT"), |fault| matches!(fault, AccessTokenFault::Type)),
    ];
    for (number, (token, is_it)) in wrong.into_iter().enumerate() {
        let token = symbolon_client::AccessToken::from(token.await);
        let error = resource_server.verify_access_token(&token, API).await.unwrap_err();
        assert!(matches!(&error, Error::AccessToken(fault) if is_it(fault)), "{number}: {error:?}");
    }
    let late = provider.access_token(&app.id, "alice", "read").opaque().expired().await;
    assert_eq!(provider.introspect(&late).await["active"], false);
}

#[tokio::test]
#[should_panic(expected = "no claims and no signature")]
async fn opaque_token_has_no_signature_that_could_be_wrong() {
    let provider = TestProvider::start().await;
    let (_, app) = relying_party(&provider).await;
    provider.access_token(&app.id, "alice", "read").opaque().unsigned().await;
}

#[tokio::test]
#[should_panic(expected = "no client 'nobody'")]
async fn client_of_a_token_must_exist() {
    let provider = TestProvider::start().await;
    provider.access_token("nobody", "alice", "read").await;
}

#[tokio::test]
async fn id_and_logout_tokens_say_what_the_test_wants() {
    let provider = TestProvider::start().await;
    let token = provider.id_token(json!({ "aud": "app", "sub": "alice", "nonce": "n" })).claim("azp", "app").await;
    let claims = Jws::parse(&token).unwrap().unverified_claims().unwrap();
    assert_eq!(
        (&claims["iss"], &claims["nonce"], &claims["azp"]),
        (&json!(provider.issuer()), &json!("n"), &json!("app"))
    );
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    let es256 = provider.id_token(json!({})).algorithm("ES256").claim("iat", json!(null)).await;
    let jws = Jws::parse(&es256).unwrap();
    assert_eq!(jws.header().alg, symbolon_jose::Algorithm::ES256);
    assert!(!jws.unverified_claims().unwrap().contains_key("iat"));
    let logout = provider.logout_token(json!({ "aud": "app", "sid": "s" })).await;
    let jws = Jws::parse(&logout).unwrap();
    assert_eq!(jws.header().typ.as_deref(), Some("logout+jwt"));
    let claims = jws.unverified_claims().unwrap();
    assert_eq!(claims["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    assert!(claims["jti"].is_string());
}

/// A wrong ID token reaches the relying party in the provider's own answer.
#[tokio::test]
async fn wrong_id_tokens_are_refused() {
    let provider = TestProvider::start().await;
    let (client, app) = relying_party(&provider).await;
    let cases: [(&str, Check<IdTokenFault>); 7] = [
        ("expired", |fault| matches!(fault, IdTokenFault::Expired)),
        ("issuer", |fault| matches!(fault, IdTokenFault::Issuer(_))),
        ("audience", |fault| matches!(fault, IdTokenFault::Audience)),
        ("nonce", |fault| matches!(fault, IdTokenFault::Nonce)),
        ("stranger", |fault| matches!(fault, IdTokenFault::Signature(_))),
        ("unsigned", |_| true),
        ("none of it", |_| false),
    ];
    for (name, is_it) in cases {
        let (url, pending) = super::started(&client, "openid").await;
        let nonce = url.query_pairs().find(|(name, _)| name == "nonce").unwrap().1.into_owned();
        let token = provider.id_token(json!({ "aud": app.id, "sub": "alice", "nonce": nonce }));
        let token = match name {
            "expired" => token.expired(),
            "issuer" => token.issuer("https://evil.example"),
            "audience" => token.audience("other"),
            "nonce" => token.claim("nonce", "other"),
            "stranger" => token.signed_by_a_stranger(),
            "unsigned" => token.unsigned(),
            _ => token,
        };
        let answer = json!({ "access_token": "at", "token_type": "bearer", "expires_in": 60, "id_token": token.await });
        provider.answer_next("/oauth2/token", symbolon_test_provider::Answer::new(200).json(&answer));
        let back = provider.log_in(&url, "alice").await;
        let outcome = client.redeem(&pending, &symbolon_client::Callback::parse(&back.parameters())).await;
        match outcome {
            Ok(tokens) => assert_eq!((name, tokens.id_token.unwrap().claims.subject.as_str()), ("none of it", "alice")),
            Err(Error::IdToken(fault)) => assert!(is_it(&fault), "{name}: {fault:?}"),
            Err(other) => panic!("{name}: {other:?}"),
        }
    }
}
