//! A browser that comes with a `request_uri` (RFC 9126 §4).

use serde_json::json;

use super::{brought, flow, push, pushed, uri, visit};
use crate::fixtures::{altered, authorize, claims, confidential, outcome, parameter, register, set, text};
use crate::rfc9449::Prover;
use crate::support::{Call, NONCE, STATE, TestServer};

#[tokio::test]
async fn the_pushed_parameters_are_those_of_the_flow() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let pairs =
            set(&set(&pushed(&client), "scope", "openid offline photos.read"), "audience", "https://api.example");
        let uri = uri(server, &client, &set(&pairs, "login_hint", "alice@example")).await;
        let mut flow = flow(server, &client, &uri);
        let login = flow.authorize().await.expect(302).location().to_owned();
        let challenge = parameter(&login, "login_challenge");
        let asked = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &challenge)]);
        let asked = server.admin(asked).await.expect(200).json();
        assert_eq!(asked["requested_scope"], json!(["openid", "offline", "photos.read"]));
        assert_eq!(asked["requested_access_token_audience"], json!(["https://api.example"]));
        assert_eq!(asked["oidc_context"]["login_hint"], "alice@example");
        assert!(!text(&asked, "request_url").contains("photos"), "nobody sees what was pushed");
        let answer = flow.answer().await.expect(303);
        assert_eq!(answer.location_parameter("state").as_deref(), Some(STATE));
        let code = answer.location_parameter("code").unwrap();
        let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
        assert_eq!(claims(text(&tokens, "id_token"))["nonce"], NONCE);
    })
    .await;
}

/// RFC 9126 §4: what stands beside it does not count.
#[tokio::test]
async fn nothing_beside_it_counts() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let uri = uri(&server, &client, &pushed(&client)).await;
    for (name, value) in [
        ("scope", "openid admin"),
        ("redirect_uri", "https://evil.example/cb"),
        ("response_type", "token"),
        ("state", "x"),
        ("prompt", "none"),
        ("request", "a.b.c"),
        ("claims", "x"),
    ] {
        let answer = authorize(&server, &set(&brought(&client.id, &uri), name, value)).await;
        assert_eq!(outcome(&answer), "login", "{name}");
    }
}

#[tokio::test]
async fn it_is_the_clients_own_and_unaltered() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let other = register(&server, "other", &json!({})).await;
    let uri = uri(&server, &client, &pushed(&client)).await;
    for client_id in [&other.id, "nobody", ""] {
        assert_eq!(outcome(&visit(&server, client_id, &uri).await), "page invalid_request_uri", "{client_id}");
    }
    for (name, changed) in altered(&uri) {
        let answer = visit(&server, &client.id, &changed).await;
        let expected = if changed.starts_with("urn:ietf:params:oauth:request_uri:") { "page" } else { "" };
        assert!(outcome(&answer).starts_with(expected), "{name}");
        assert_ne!(outcome(&answer), "login", "{name}");
    }
    assert_eq!(outcome(&visit(&server, &client.id, &uri).await), "login");
}

/// The lifetime bounds the first visit, and not how long somebody takes to sign in.
#[tokio::test]
async fn it_expires_before_the_visit_and_not_during_the_login() {
    let server = TestServer::with(|config| config.symbolon.par.lifetime_seconds = 30).await;
    let client = confidential(&server).await;
    let late = uri(&server, &client, &pushed(&client)).await;
    let mut in_time = flow(&server, &client, &late);
    let page = in_time.authorize().await.expect(302).location().to_owned();
    server.clock.advance(29);
    assert_eq!(outcome(&visit(&server, &client.id, &late).await), "login");
    server.clock.advance(1);
    assert_eq!(outcome(&visit(&server, &client.id, &late).await), "page invalid_request_uri");
    server.clock.advance(600);
    let next = in_time.application.accept_login(&page).await;
    let consent = in_time.browser.get(&next).await.expect(302).location().to_owned();
    let next = in_time.application.accept_consent(&consent).await;
    let answer = in_time.browser.get(&next).await.expect(303);
    assert!(answer.location_parameter("code").is_some(), "{}", answer.location());
}

/// What may have changed since it was pushed is looked at again.
#[tokio::test]
async fn a_client_that_changed_meanwhile_is_asked_again() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let uri = uri(&server, &client, &pushed(&client)).await;
    let mut changed = server.admin(Call::get("/admin/clients/confidential")).await.expect(200).json();
    changed["scope"] = json!("openid");
    server.admin(Call::put("/admin/clients/confidential").json(&changed)).await.expect(200);
    assert_eq!(outcome(&visit(&server, &client.id, &uri).await), "client invalid_scope");
    server.admin(Call::delete("/admin/clients/confidential")).await.expect(204);
    assert_eq!(outcome(&visit(&server, &client.id, &uri).await), "page invalid_client");
}

/// Another client has the id by now, at the same revision: what the former one pushed leads nowhere.
#[tokio::test]
async fn a_request_of_the_former_owner_of_an_id_leads_nowhere() {
    let server = TestServer::new().await;
    let client = register(&server, "again", &json!({})).await;
    let uri = uri(&server, &client, &pushed(&client)).await;
    server.admin(Call::delete("/admin/clients/again")).await.expect(204);
    register(&server, "again", &json!({ "redirect_uris": ["https://other.example/cb"] })).await;
    assert_eq!(outcome(&visit(&server, &client.id, &uri).await), "page invalid_request");
}

/// Somebody else than the browser's session signs in: the flow starts again, with a real login.
#[tokio::test]
async fn a_flow_that_starts_again_asks_for_a_login() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut first = client.flow(&server).login("remember", json!(true));
    first.tokens().await;
    let uri = uri(&server, &client, &pushed(&client)).await;
    let mut again = flow(&server, &client, &uri);
    again.browser = first.browser.clone();
    let page = again.authorize().await.expect(302).location().to_owned();
    again.application.login["subject"] = "bob".into();
    server.clock.advance(120);
    let next = again.application.accept_login(&page).await;
    let page = again.browser.get(&next).await.expect(302).location().to_owned();
    let next = again.application.accept_login(&page).await;
    let consent = again.browser.get(&next).await.expect(302).location().to_owned();
    let next = again.application.accept_consent(&consent).await;
    let answer = again.browser.get(&next).await.expect(303);
    let code = answer.location_parameter("code").unwrap_or_else(|| panic!("{}", answer.location()));
    let tokens = server.public(again.redemption(&code)).await.expect(200).json();
    assert_eq!(claims(text(&tokens, "id_token"))["sub"], "bob");
}

/// RFC 9449 §10.1: a proof at this endpoint binds the code.
#[tokio::test]
async fn a_proof_binds_the_code() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let prover = Prover::new(&server);
    let call = prover.prove_at("/oauth2/par", push(&client, &pushed(&client)));
    let answer = server.public(call.clone()).await.expect(201).json();
    server.public(call).await.expect(400);
    let mut flow = flow(&server, &client, text(&answer, "request_uri"));
    let code = flow.code().await;
    let refused = server.public(flow.redemption(&code)).await.expect(400);
    assert_eq!(refused.error().as_deref(), Some("invalid_dpop_proof"));
    assert_eq!(server.public(prover.prove(flow.redemption(&code))).await.expect(200).json()["token_type"], "DPoP");
    let other = set(&pushed(&client), "dpop_jkt", &Prover::new(&server).thumbprint());
    let refused = server.public(prover.prove_at("/oauth2/par", push(&client, &other))).await.expect(400);
    assert_eq!(refused.error().as_deref(), Some("invalid_dpop_proof"));
}
