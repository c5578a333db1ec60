//! What an assertion gives: an access token for its subject, within what issuer and client may have, and nothing else.

use serde_json::json;
use symbolon_server::config::RegistrationRights;
use symbolon_types::ScopeStrategy;

use super::{GRANT_TYPE, Trusting, trust, trusted};
use crate::fixtures::{claims, metadata, public, register, text, with};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn the_token_is_the_subjects_and_comes_alone() {
    TestServer::each_database(async |server| {
        let trusting = Trusting::on(server).await;
        let answer = trusting.show(&json!({}), &[("scope", "openid offline photos.read")]).await.expect(200).json();
        assert_eq!(answer["token_type"], "bearer");
        assert_eq!(answer["scope"], "openid offline photos.read");
        assert_eq!(answer["expires_in"], 3600);
        for absent in ["refresh_token", "id_token"] {
            assert!(answer.get(absent).is_none(), "{absent}");
        }
        let token = server.introspect(text(&answer, "access_token")).await;
        assert_eq!(
            (&token["active"], &token["sub"], &token["client_id"]),
            (&json!(true), &json!("bob"), &json!("app"))
        );
        assert_eq!(token["aud"], json!([]));
        server.clock.advance(3600);
        assert_eq!(server.introspect(text(&answer, "access_token")).await["active"], false);
    })
    .await;
}

#[tokio::test]
async fn scope_is_within_the_issuers_and_the_clients() {
    let trusting = Trusting::new().await;
    for (scope, expected) in [
        ("photos.read", None),
        ("photos.read openid", None),
        // Registered for the client, and not the issuer's to give.
        ("profile", Some("invalid_scope")),
        ("photos.read profile", Some("invalid_scope")),
        // The issuer's to give, and not registered for the client.
        ("beyond.the.client", Some("invalid_scope")),
        ("nowhere", Some("invalid_scope")),
    ] {
        let answer = trusting.show(&json!({}), &[("scope", scope)]).await;
        assert_eq!(answer.error().as_deref(), expected, "{scope}");
    }
    let nothing = trusting.show(&json!({}), &[]).await.expect(200).json();
    assert_eq!(nothing["scope"], "");
}

#[tokio::test]
async fn without_a_scope_configuration_grants_what_both_have() {
    let server = TestServer::with(|config| config.oauth2.client_credentials_default_grant_allowed_scope = true).await;
    let trusting = Trusting::on(&server).await;
    assert_eq!(trusting.show(&json!({}), &[]).await.expect(200).json()["scope"], "openid offline photos.read");
}

#[tokio::test]
async fn an_issuer_may_give_a_pattern_and_nobody_is_granted_one() {
    let server = TestServer::with(|config| config.strategies.scope = ScopeStrategy::Wildcard).await;
    let trusting = Trusting::on(&server).await;
    let anything = json!({ "subject": "dora", "scope": ["photos.*"] });
    trust(&server, &trusted(&trusting.jwk, &anything)).await;
    trusting.show(&json!({ "sub": "dora" }), &[("scope", "photos.read")]).await.expect(200);
    for refused in ["photos.*", "*", "openid"] {
        let answer = trusting.show(&json!({ "sub": "dora" }), &[("scope", refused)]).await;
        assert_eq!(answer.error().as_deref(), Some("invalid_scope"), "{refused}");
    }
}

#[tokio::test]
async fn the_client_authenticates_and_is_registered_for_the_grant_type() {
    let trusting = Trusting::new().await;
    let server = &trusting.server;
    let fresh = || trusting.signer.sign(&trusting.claims(&json!({})));
    let form = |assertion: &str| [("grant_type", GRANT_TYPE.to_owned()), ("assertion", assertion.to_owned())];
    let call = |assertion: &str| {
        let form = form(assertion);
        Call::post("/oauth2/token").form(&form.each_ref().map(|(name, value)| (*name, value.as_str())))
    };
    let outcome = async |call: Call| {
        let answer = server.public(call).await;
        (answer.status, answer.error().unwrap_or_default())
    };
    assert_eq!(outcome(call(&fresh())).await, (400, "invalid_request".to_owned()));
    assert_eq!(outcome(call(&fresh()).basic("app", "wrong-secret")).await, (401, "invalid_client".to_owned()));
    let other = register(server, "other", &json!({})).await;
    let without = call(&fresh()).basic("other", &other.secret);
    assert_eq!(outcome(without).await, (400, "unauthorized_client".to_owned()));
    public(server).await;
    let anybody = json!({ "token_endpoint_auth_method": "none", "grant_types": [GRANT_TYPE] });
    server.admin(Call::put("/admin/clients/public").json(&with(metadata("public"), &anybody))).await.expect(200);
    let assertion = fresh();
    let of_public = Call::post("/oauth2/token").form(&[
        ("grant_type", GRANT_TYPE),
        ("assertion", &assertion),
        ("client_id", "public"),
    ]);
    assert_eq!(outcome(of_public).await, (400, "unauthorized_client".to_owned()));
    // The assertion was used up by none of them.
    server.public(trusting.call(&assertion, &[])).await.expect(200);
}

#[tokio::test]
async fn a_client_that_registers_itself_does_not_get_the_grant_type() {
    let server = TestServer::with(|config| config.symbolon.registration.policy = RegistrationRights::Restricted).await;
    let both =
        json!({ "grant_types": ["authorization_code", GRANT_TYPE], "redirect_uris": ["https://app.example/cb"] });
    let made = server.public(Call::post("/oauth2/register").json(&both)).await.expect(201).json();
    assert_eq!(made["grant_types"], json!(["authorization_code"]));
    let alone = json!({ "grant_types": [GRANT_TYPE] });
    server.public(Call::post("/oauth2/register").json(&alone)).await.expect(400);
}

#[tokio::test]
async fn what_ends_tokens_ends_these_too() {
    TestServer::each_database(async |server| {
        let trusting = Trusting::on(server).await;
        let token = async || trusting.show(&json!({}), &[]).await.expect(200).member("access_token");
        let active = async |token: &str| server.introspect(token).await["active"].clone();
        let (first, second) = (token().await, token().await);
        server.public(trusting.client.form("/oauth2/revoke", &[("token", &first)])).await.expect(200);
        assert_eq!((active(&first).await, active(&second).await), (json!(false), json!(true)));
        server.admin(Call::post("/admin/subjects/bob/sign-out")).await.expect(204);
        assert_eq!(active(&second).await, false);
        let third = token().await;
        assert_eq!(active(&third).await, true);
        server.admin(Call::delete("/admin/oauth2/tokens").query(&[("client_id", "app")])).await.expect(204);
        assert_eq!(active(&third).await, false);
        let fourth = token().await;
        server.admin(Call::delete("/admin/clients/app")).await.expect(204);
        assert_eq!(active(&fourth).await, false);
    })
    .await;
}

#[tokio::test]
async fn a_subject_whose_account_is_disabled_gets_nothing() {
    let server = TestServer::new().await;
    let account = json!({ "username": "dora", "password": "correct horse battery" });
    let dora = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id");
    let trusting = Trusting::on(&server).await;
    trust(&server, &trusted(&trusting.jwk, &json!({ "subject": dora }))).await;
    let token = trusting.show(&json!({ "sub": dora }), &[]).await.expect(200).member("access_token");
    let path = format!("/admin/accounts/{dora}");
    server.admin(Call::patch(&path).json(&json!({ "disabled": true }))).await.expect(200);
    assert_eq!(server.introspect(&token).await["active"], false);
    assert_eq!(trusting.show(&json!({ "sub": dora }), &[]).await.error().as_deref(), Some("invalid_grant"));
    server.admin(Call::patch(&path).json(&json!({ "disabled": false }))).await.expect(200);
    trusting.show(&json!({ "sub": dora }), &[]).await.expect(200);
}

#[tokio::test]
async fn what_an_assertion_gave_is_no_consent() {
    TestServer::each_database(async |server| {
        let trusting = Trusting::on(server).await;
        for _ in 0..2 {
            trusting.show(&json!({}), &[]).await.expect(200);
        }
        let list = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", "bob"), ("page_size", "1")]);
        let answer = server.admin(list).await.expect(200);
        assert_eq!(answer.json(), json!([]));
        assert!(!answer.header("link").unwrap().contains("next"), "{:?}", answer.header("link"));
    })
    .await;
}

#[tokio::test]
async fn the_lifespan_of_the_client_counts() {
    let trusting = Trusting::new().await;
    let changes = json!({ "grant_types": [GRANT_TYPE], "jwt_bearer_grant_access_token_lifespan": "7m" });
    trusting.server.admin(Call::put("/admin/clients/app").json(&with(metadata("app"), &changes))).await.expect(200);
    let answer = trusting.show(&json!({}), &[]).await.expect(200).json();
    assert_eq!(answer["expires_in"], 420);
}

#[tokio::test]
async fn jwt_access_tokens_name_the_subject() {
    let trusting = Trusting::new().await;
    let changes = json!({ "grant_types": [GRANT_TYPE], "access_token_strategy": "jwt" });
    trusting.server.admin(Call::put("/admin/clients/app").json(&with(metadata("app"), &changes))).await.expect(200);
    let token = trusting.show(&json!({}), &[("scope", "photos.read")]).await.expect(200).member("access_token");
    let said = claims(&token);
    assert_eq!(
        (&said["sub"], &said["client_id"], &said["scp"]),
        (&json!("bob"), &json!("app"), &json!(["photos.read"]))
    );
    assert_eq!(trusting.server.introspect(&token).await["active"], true);
}

#[tokio::test]
async fn it_is_no_consent() {
    let trusting = Trusting::new().await;
    trusting.show(&json!({}), &[("scope", "photos.read")]).await.expect(200);
    let list = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", "bob")]);
    assert_eq!(trusting.server.admin(list).await.expect(200).json(), json!([]));
}
