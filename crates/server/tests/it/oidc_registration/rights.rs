//! What a client may choose for itself under the default policy, and what an administrator's change does to its token
//! (RFC 7591 §5, RFC 7592 §2.2, §3).

use serde_json::{Value, json};
use symbolon_server::config::{Config, RegistrationRights};

use super::{Managed, assert_error, minimal, post, register};
use crate::fixtures::with;
use crate::support::{Call, CodeFlow, TestServer};

const METADATA: &str = "invalid_client_metadata";

fn defaults(config: &mut Config) {
    config.symbolon.registration.policy = RegistrationRights::Restricted;
    config.symbolon.registration.keep_token_at_administrators_change = false;
}

fn administrators() -> Value {
    with(
        minimal(),
        &json!({
            "client_id": "reporting", "scope": "openid reports:read", "audience": ["https://reports.internal"],
            "grant_types": ["authorization_code"], "skip_consent": true,
        }),
    )
}

#[tokio::test]
async fn an_administrators_client_cannot_widen_itself() {
    let server = TestServer::with(defaults).await;
    let created = server.create_client(&administrators()).await;
    let (secret, token) = (created["client_secret"].as_str().unwrap(), created["registration_access_token"].as_str());
    let path = "/oauth2/register/reporting";
    let read = server.public(Call::get(path).basic("reporting", secret)).await.expect(200).json();
    let changes = [
        (json!({ "scope": "*" }), METADATA),
        (json!({ "scope": "openid reports:read payments:refund" }), METADATA),
        (json!({ "audience": ["https://payments.internal"] }), METADATA),
        (json!({ "grant_types": ["authorization_code", "client_credentials"] }), METADATA),
        (json!({ "response_types": ["code", "token"] }), METADATA),
        (json!({ "redirect_uris": ["https://evil.example/cb"] }), "invalid_redirect_uri"),
        (json!({ "subject_type": "pairwise" }), METADATA),
        (json!({ "owner": "me" }), METADATA),
        (json!({ "token_endpoint_auth_method": "none" }), METADATA),
        (json!({ "client_credentials_grant_access_token_lifespan": "1h" }), METADATA),
        (json!({ "request_uris": ["https://evil.example/r"] }), METADATA),
        (json!({ "allowed_cors_origins": ["https://evil.example"] }), METADATA),
        (json!({ "backchannel_logout_uri": "https://evil.example/b" }), METADATA),
        (json!({ "frontchannel_logout_uri": "https://evil.example/f" }), METADATA),
    ];
    for (change, error) in changes {
        let body = with(read.clone(), &change);
        let own = Call::put(path).json(&body).basic("reporting", secret);
        for call in [own, Call::put(path).json(&body).bearer(token.unwrap())] {
            let answer = server.public(call).await;
            assert_error(&answer, 400, error);
            let name = change.as_object().unwrap().keys().next().unwrap();
            assert!(answer.member("error_description").contains(name.as_str()), "{}", answer.text());
        }
    }
    let body = with(read, &json!({ "client_name": "Reports", "backchannel_logout_uri": "http://127.0.0.1:5555/b" }));
    let shown = server.public(Call::put(path).json(&body).basic("reporting", secret)).await.expect(200).json();
    assert_eq!((&shown["client_name"], &shown["skip_consent"]), (&json!("Reports"), &json!(true)));
    assert_eq!(shown["scope"], "openid reports:read");
    // What is left out stays the administrator's.
    let again = Call::put(path).json(&json!({ "client_name": "R" })).basic("reporting", secret);
    let shown = server.public(again).await.expect(200).json();
    assert_eq!(shown["audience"], json!(["https://reports.internal"]));
    assert_eq!(shown["redirect_uris"], minimal()["redirect_uris"]);
}

#[tokio::test]
async fn an_administrators_change_ends_the_registration_token() {
    for (keeps, status) in [(false, 401), (true, 200)] {
        let server = TestServer::with(|config| {
            defaults(config);
            config.symbolon.registration.keep_token_at_administrators_change = keeps;
        })
        .await;
        let client = Managed::new(server.create_client(&administrators()).await);
        server.public(client.read()).await.expect(200);
        server.admin(Call::put("/admin/clients/reporting").json(&administrators())).await.expect(200);
        server.public(client.read()).await.expect(status);
    }
}

#[tokio::test]
async fn an_administrators_client_need_not_have_a_registration_token() {
    let server = TestServer::with(|config| {
        defaults(config);
        config.symbolon.registration.token_for_administrators_clients = false;
    })
    .await;
    let created = server.create_client(&administrators()).await;
    assert_eq!(created.get("registration_access_token"), None);
    assert!(!register(&server, &minimal()).await.token.is_empty());
}

#[tokio::test]
async fn a_stranger_gets_the_scopes_of_the_list_and_grants_with_a_user() {
    let server = TestServer::with(defaults).await;
    let wide = with(
        minimal(),
        &json!({
            "scope": "openid * mcp:tools email", "token_endpoint_auth_method": "client_secret_post",
            "grant_types": ["authorization_code", "client_credentials", "refresh_token"],
        }),
    );
    let client = register(&server, &wide).await;
    let narrowed = |shown: &Value| {
        assert_eq!(shown["grant_types"], json!(["authorization_code", "refresh_token"]));
        assert_eq!(shown["scope"], "openid email");
    };
    narrowed(&client.shown);
    narrowed(&server.public(client.replace(&wide)).await.expect(200).json());
    let form = [("grant_type", "client_credentials"), ("client_id", &client.id), ("client_secret", &client.secret)];
    let refused = server.public(Call::post("/oauth2/token").form(&form)).await;
    assert_eq!(refused.error().as_deref(), Some("unauthorized_client"));
    let nothing = register(&server, &with(minimal(), &json!({ "scope": "* api" }))).await;
    assert_eq!(nothing.shown["scope"], "openid", "not all that is allowed, of which it asked for nothing");
}

#[tokio::test]
async fn a_stranger_who_names_no_scope_gets_what_is_allowed_of_the_default() {
    let words = |text: &str| symbolon_types::Scope::parse(text).unwrap();
    for (default, allowed, expected) in [
        ("openid email payments", "openid email phone", Some("openid email")),
        ("payments", "openid phone", Some("openid")),
        ("payments", "phone", None),
    ] {
        let server = TestServer::with(|config| {
            defaults(config);
            config.oidc.dynamic_client_registration.default_scope = words(default);
            config.symbolon.registration.scopes = words(allowed);
        })
        .await;
        let answer = post(&server, &minimal()).await;
        match expected {
            Some(scope) => assert_eq!(answer.expect(201).json()["scope"], scope),
            None => assert_error(&answer, 400, METADATA),
        }
    }
}

#[tokio::test]
async fn a_stranger_chooses_no_audience_lifespan_or_owner() {
    let server = TestServer::with(defaults).await;
    let client = register(&server, &minimal()).await;
    for (name, value) in [
        ("audience", json!(["https://payments.internal"])),
        ("owner", json!("platform-team")),
        ("refresh_token_grant_refresh_token_lifespan", json!("1h")),
        ("client_credentials_grant_access_token_lifespan", json!("876000h")),
    ] {
        let body = with(minimal(), &json!({ name: value }));
        for call in [Call::post("/oauth2/register").json(&body), client.replace(&body)] {
            let answer = server.public(call).await;
            assert_error(&answer, 400, METADATA);
            assert!(answer.member("error_description").contains(name), "{}", answer.text());
        }
    }
    let machine = with(minimal(), &json!({ "grant_types": ["client_credentials"] }));
    assert_error(&post(&server, &machine).await, 400, METADATA);
}

#[tokio::test]
async fn a_strangers_public_client_needs_pkce() {
    let server = TestServer::with(defaults).await;
    let body = with(minimal(), &json!({ "token_endpoint_auth_method": "none" }));
    let client = register(&server, &body).await;
    let query = [("client_id", client.id.as_str()), ("response_type", "code"), ("state", "12345678")];
    let answer = server.public(Call::get("/oauth2/auth").query(&query)).await;
    assert_eq!(answer.error().as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn lifespans_have_a_ceiling_for_administrators_too() {
    let server = TestServer::new().await;
    for (lifespan, status) in [("87600h", 201), ("87600h1s", 400)] {
        let body = json!({ "refresh_token_grant_refresh_token_lifespan": lifespan });
        server.admin(Call::post("/admin/clients").json(&with(minimal(), &body))).await.expect(status);
    }
}

#[tokio::test]
async fn what_spares_a_question_falls_when_the_client_asks_for_other_things() {
    let server = TestServer::new().await;
    let change = json!({ "client_id": "c", "skip_consent": true, "skip_logout_consent": true });
    let client = Managed::new(server.create_client(&with(minimal(), &change)).await);
    let read = server.public(client.read()).await.expect(200).json();
    let same = server.public(client.replace(&with(read.clone(), &json!({ "client_name": "x" })))).await.expect(200);
    assert_eq!(same.json()["skip_consent"], true);
    let client = Managed::new(same.json());
    let other = with(read, &json!({ "scope": "openid photos.read" }));
    let shown = server.public(client.replace(&other)).await.expect(200).json();
    assert_eq!(shown["skip_consent"], false);
    assert_ne!(shown["skip_logout_consent"], true);
}

#[tokio::test]
async fn a_remembered_consent_falls_when_the_client_asks_for_other_things() {
    TestServer::each_database(async |server| {
        let client = register(server, &with(minimal(), &json!({ "scope": "openid a" }))).await;
        let mut flow = CodeFlow::new(server, &client.id).secret(&client.secret).scope("openid");
        flow = flow.login("remember", json!(true)).consent("remember", json!(true));
        flow.tokens().await;
        // The tokens have ended; what is listed is the remembered consent.
        server.clock.advance(7200);
        let consents = async || {
            let list = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice")]);
            server.admin(list).await.expect(200).json().as_array().unwrap().len()
        };
        assert_eq!(consents().await, 1);
        let uris = json!([crate::support::REDIRECT_URI, "https://a.example/"]);
        let wider = with(minimal(), &json!({ "scope": "openid a", "redirect_uris": uris }));
        server.public(client.replace(&wider)).await.expect(200);
        assert_eq!(consents().await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_initial_access_token_may_carry_more_rights() {
    use RegistrationRights::{Open, Restricted};
    let wide = with(minimal(), &json!({ "audience": ["https://payments.internal"], "scope": "openid payments" }));
    for (policy, with_token, status) in
        [(Restricted, Restricted, 400), (Restricted, Open, 201), (Open, Restricted, 201), (Open, Open, 201)]
    {
        let token = "an-initial-access-token";
        let server = TestServer::with(|config| {
            let registration = &mut config.symbolon.registration;
            registration.policy = policy;
            registration.initial_access_token_policy = with_token;
            registration.initial_access_tokens = vec![symbolon_jose::Secret::new(token.to_owned())];
        })
        .await;
        let answer = server.public(Call::post("/oauth2/register").json(&wide).bearer(token)).await.expect(status);
        server.public(Call::post("/oauth2/register").json(&wide)).await.expect(401);
        if (policy, status) == (Restricted, 201) {
            // What it may have is decided once: its own changes keep it and add nothing.
            let client = Managed::new(answer.json());
            server.public(client.replace(&wide)).await.expect(200);
            let client = Managed { shown: Value::Null, ..client };
            let more = with(wide.clone(), &json!({ "audience": ["https://other.internal"] }));
            let answer = server.public(client.replace(&more)).await;
            assert!([400, 401].contains(&answer.status), "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn a_remembered_consent_of_a_strangers_client_is_for_the_address_that_the_page_showed() {
    let server = TestServer::new().await;
    let other = "https://evil.example/cb";
    let uris = json!([crate::support::REDIRECT_URI, other]);
    let body = json!({ "redirect_uris": uris, "scope": "openid", "client_id": "administrators" });
    let administrators = Managed::new(server.create_client(&body).await);
    let strangers = register(&server, &json!({ "redirect_uris": uris, "scope": "openid" })).await;
    for (client, spared_elsewhere) in [(strangers, false), (administrators, true)] {
        let mut flow = CodeFlow::new(&server, &client.id).secret(&client.secret).scope("openid");
        flow = flow.login("remember", json!(true)).consent("remember", json!(true));
        flow.tokens().await;
        for (address, spared) in [(crate::support::REDIRECT_URI, true), (other, spared_elsewhere)] {
            flow = flow.parameter("redirect_uri", address);
            let page = flow.log_in().await;
            let challenge = page.location_parameter("consent_challenge").unwrap();
            let asked = Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", &challenge)]);
            assert_eq!(server.admin(asked).await.expect(200).json()["skip"], spared, "{} {address}", client.id);
        }
    }
}

#[tokio::test]
async fn what_was_agreed_to_before_a_client_changed_is_not_remembered_for_what_it_became() {
    let server = TestServer::new().await;
    let client =
        register(&server, &json!({ "redirect_uris": [crate::support::REDIRECT_URI], "scope": "openid" })).await;
    let mut flow = CodeFlow::new(&server, &client.id).secret(&client.secret).scope("openid");
    flow = flow.login("remember", json!(true)).consent("remember", json!(true));
    let page = flow.log_in().await;
    let uris = json!([crate::support::REDIRECT_URI, "https://later.example/cb"]);
    let body = json!({ "redirect_uris": uris, "scope": "openid" });
    server.public(client.replace(&body)).await.expect(200);
    let back = flow.application.accept_consent(page.location()).await;
    let answer = flow.browser.get(&back).await;
    assert!(answer.location_parameter("code").is_some(), "{}", answer.location());
    let challenge = flow.log_in().await.location_parameter("consent_challenge").unwrap();
    let asked = Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", &challenge)]);
    assert_eq!(server.admin(asked).await.expect(200).json()["skip"], false);
}
