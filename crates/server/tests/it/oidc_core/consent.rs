//! Remembered consents: when the user need not be asked again (OpenID Connect Core §3.1.2.4, RFC 8252 §8.6).

use serde_json::json;

use super::{consent_request, remembered, skips};
use crate::fixtures::{confidential, register};
use crate::support::{Call, CodeFlow, TestServer};

#[tokio::test]
async fn it_covers_what_was_granted_and_nothing_more() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client
            .flow(server)
            .scope("openid offline email")
            .parameter("audience", "https://api.example")
            .login("remember", json!(true))
            .consent("remember", json!(true))
            .consent("grant_scope", json!(["openid", "offline"]));
        flow.tokens().await;
        for (scope, audience, skip) in [
            ("openid offline", "https://api.example", true),
            ("openid", "", true),
            ("openid offline email", "", false),
            ("email", "", false),
            ("openid", "https://api.example/more", false),
        ] {
            let mut flow: CodeFlow =
                client.flow(server).scope(scope).parameter("audience", audience).login("remember", json!(true));
            assert_eq!(skips(server, &mut flow).await.1, skip, "{scope} {audience}");
        }
        let other = register(server, "other", &json!({})).await;
        assert!(!skips(server, &mut other.flow(server)).await.1, "of another client");
        assert!(!skips(server, &mut client.flow(server).subject("bob")).await.1, "of another user");
    })
    .await;
}

#[tokio::test]
async fn consents_to_one_client_add_up() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for scope in ["openid email", "openid profile"] {
        client.flow(&server).scope(scope).consent("remember", json!(true)).tokens().await;
    }
    for scope in ["openid email", "openid profile", "openid email profile"] {
        assert!(skips(&server, &mut client.flow(&server).scope(scope)).await.1, "{scope}");
    }
}

#[tokio::test]
async fn it_lasts_as_long_as_the_user_said() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).consent("remember", json!(true)).consent("remember_for", json!(1000));
    flow.tokens().await;
    server.clock.advance(999);
    server.server.purge().await.unwrap();
    assert!(skips(&server, &mut client.flow(&server)).await.1);
    server.clock.advance(1);
    assert!(!skips(&server, &mut client.flow(&server)).await.1);
    let mut for_ever = client.flow(&server).consent("remember", json!(true)).consent("remember_for", json!(0));
    for_ever.tokens().await;
    server.clock.advance(20 * 365 * 24 * 3600);
    server.server.purge().await.unwrap();
    assert!(skips(&server, &mut client.flow(&server)).await.1, "0 is for ever");
}

#[tokio::test]
async fn without_remember_the_user_is_asked_each_time() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    client.flow(&server).tokens().await;
    assert!(!skips(&server, &mut client.flow(&server)).await.1);
}

#[tokio::test]
async fn a_public_client_behind_a_scheme_that_anybody_may_claim_never_skips() {
    let server = TestServer::new().await;
    let none = json!({ "token_endpoint_auth_method": "none" });
    for (id, uri, skip) in [
        ("web", "https://app.example/cb", true),
        ("loopback", "http://127.0.0.1/cb", true),
        ("scheme", "com.example.app:/cb", false),
    ] {
        let mut metadata = none.clone();
        metadata["redirect_uris"] = json!([uri]);
        let client = register(&server, id, &metadata).await;
        let flow = || client.flow(&server).parameter("redirect_uri", uri).consent("remember", json!(true));
        flow().tokens().await;
        assert_eq!(skips(&server, &mut flow()).await.1, skip, "{uri}");
    }
    let confidential = register(&server, "app", &json!({ "redirect_uris": ["com.example.app:/cb"] })).await;
    let flow =
        || confidential.flow(&server).parameter("redirect_uri", "com.example.app:/cb").consent("remember", json!(true));
    flow().tokens().await;
    assert!(skips(&server, &mut flow()).await.1, "a client that proves who it is");
}

#[tokio::test]
async fn another_port_of_the_loopback_address_never_skips() {
    let server = TestServer::new().await;
    let own = "http://127.0.0.1:5000/cb";
    for (id, method) in [("public", "none"), ("confidential", "client_secret_basic")] {
        let metadata = json!({ "token_endpoint_auth_method": method, "redirect_uris": [own, "http://127.0.0.1/cb"] });
        let client = register(&server, id, &metadata).await;
        let flow = |uri: &str| client.flow(&server).parameter("redirect_uri", uri).consent("remember", json!(true));
        let mut first = flow(own);
        first.tokens().await;
        for (uri, skip) in [
            (own, true),
            ("http://127.0.0.1/cb", true),
            ("http://127.0.0.1:6666/cb", false),
            ("http://127.0.0.1:5001/cb", false),
        ] {
            // Agreeing on one port spares the question on none, the same one included.
            for _ in 0..2 {
                assert_eq!(skips(&server, &mut flow(uri)).await.1, skip, "{id} {uri}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_is_told_to_ask_on_another_port_of_the_loopback_address() {
    TestServer::each_database(async |server| {
        let metadata =
            json!({ "redirect_uris": ["http://127.0.0.1:5000/cb", "http://[::1]/cb"], "skip_consent": true });
        let client = register(server, "trusted", &metadata).await;
        for (uri, spared) in [
            ("http://127.0.0.1:5000/cb", true),
            ("http://[::1]/cb", true),
            ("http://127.0.0.1:6666/cb", false),
            ("http://127.0.0.1/cb", false),
            ("http://[::1]:6666/cb", false),
        ] {
            let mut flow = client.flow(server).parameter("redirect_uri", uri).consent("remember", json!(true));
            if spared {
                flow.tokens().await;
            }
            let page = flow.log_in().await.expect(302).location().to_owned();
            let told = consent_request(server, &page).await;
            // Pages spare the question for either of the two.
            assert_eq!((&told["skip"], &told["client"]["skip_consent"]), (&json!(spared), &json!(spared)), "{uri}");
        }
        let stored = server.admin(Call::get("/admin/clients/trusted")).await.expect(200).json();
        assert_eq!(stored["skip_consent"], true);
    })
    .await;
}

#[tokio::test]
async fn revoking_tokens_leaves_the_consent_and_tokens_of_a_skipped_consent_are_of_their_own_grant() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = remembered(&server, &client).await;
    let first = flow.tokens().await;
    let second = flow.tokens().await;
    let token = first["refresh_token"].as_str().unwrap();
    server.public(client.form("/oauth2/revoke", &[("token", token)])).await.expect(200);
    assert_eq!(server.introspect(second["access_token"].as_str().unwrap()).await["active"], true);
    assert!(skips(&server, &mut flow).await.1);
}
