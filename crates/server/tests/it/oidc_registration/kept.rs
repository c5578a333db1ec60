//! What a client that registered itself can make the server keep: nothing before somebody has logged in, nothing for
//! longer than the operator says, and so much in a minute.

use http::header::HeaderName;
use serde_json::json;
use symbolon_server::config::Config;

use super::{Managed, minimal, register};
use crate::fixtures::{authorize, outcome, request, set, with};
use crate::support::{Call, CodeFlow, TestServer};

/// A client that may refresh.
async fn refreshing(server: &TestServer) -> Managed {
    let grants = json!({ "grant_types": ["authorization_code", "refresh_token"] });
    register(server, &with(minimal(), &grants)).await
}

fn flow(server: &TestServer, client: &Managed) -> CodeFlow {
    CodeFlow::new(server, &client.id).secret(&client.secret).scope("openid offline_access")
}

#[tokio::test]
async fn a_large_authorization_request_is_carried_or_refused_and_never_kept() {
    TestServer::each_database(async |server| {
        let client = register(server, &minimal()).await;
        let before = server.server.store().statistics();
        let ask = async |count: usize| {
            let pairs = set(&request(&client.id), "scope", "openid");
            outcome(&authorize(server, &set(&pairs, "purpose", &"x y%".repeat(count))).await)
        };
        for (count, expected) in [(10, "login"), (400, "login"), (1_500, "client invalid_request")] {
            assert_eq!(ask(count).await, expected, "{count}");
        }
        assert_eq!(server.server.store().statistics(), before);
        // What was carried works to the end.
        let tokens = flow(server, &client).parameter("purpose", &"x y%".repeat(400)).tokens().await;
        assert_eq!(server.introspect(tokens["access_token"].as_str().unwrap()).await["active"], true);
    })
    .await;
}

#[tokio::test]
async fn a_large_request_of_a_device_is_refused() {
    let server = TestServer::new().await;
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let scope =
        |count: usize| (0..count).map(|number| format!("{number}{}", "s".repeat(400))).collect::<Vec<_>>().join(" ");
    let metadata = json!({ "grant_types": [grant], "scope": scope(12), "redirect_uris": [] });
    let client = register(&server, &metadata).await;
    let ask = async |count: usize| {
        let call = Call::post("/oauth2/device/auth").form(&[("scope", &scope(count))]);
        server.public(call.basic(&client.id, &client.secret)).await
    };
    ask(3).await.expect(200);
    assert_eq!(ask(12).await.expect(400).json()["error"], "invalid_request");
}

#[tokio::test]
async fn a_client_that_acts_for_itself_gets_no_row() {
    // Without the note, once a day, that the client is used.
    let keeping = |config: &mut Config| config.symbolon.registration.unused_expire_after_seconds = 0;
    TestServer::each_database_with(keeping, async |server| {
        let audience: Vec<String> =
            (0..20).map(|number| format!("https://api{number}.example/{}", "a".repeat(80))).collect();
        let metadata = json!({ "grant_types": ["client_credentials"], "audience": audience, "redirect_uris": [] });
        let client = register(server, &metadata).await;
        let before = server.server.store().statistics();
        let ask = async |count: usize| {
            let form = [("grant_type", "client_credentials"), ("audience", &audience[..count].join(" "))];
            server.public(Call::post("/oauth2/token").form(&form).basic(&client.id, &client.secret)).await
        };
        let token = ask(10).await.expect(200).member("access_token");
        assert_eq!(server.introspect(&token).await["aud"].as_array().unwrap().len(), 10);
        assert_eq!(ask(20).await.expect(400).json()["error"], "invalid_request");
        assert_eq!(server.server.store().statistics(), before);
    })
    .await;
}

fn for_an_hour(config: &mut Config) {
    config.symbolon.limits.self_registered_lifespan_seconds = 3_600;
    config.ttl.access_token = 24 * 3_600;
    config.ttl.id_token = 24 * 3_600;
    config.ttl.refresh_token = None;
}

#[tokio::test]
async fn tokens_end_within_the_operators_bound() {
    TestServer::each_database_with(for_an_hour, async |server| {
        let client = refreshing(server).await;
        let mut own = flow(server, &client);
        let tokens = own.tokens().await;
        assert_eq!(tokens["expires_in"], 3_600);
        let now = server.clock.now();
        for name in ["access_token", "refresh_token"] {
            assert_eq!(server.introspect(tokens[name].as_str().unwrap()).await["exp"], now + 3_600, "{name}");
        }
        assert_eq!(crate::fixtures::claims(tokens["id_token"].as_str().unwrap())["exp"], now + 3_600);
        server.clock.advance(3_601);
        let refused = server.public(own.refresh(tokens["refresh_token"].as_str().unwrap())).await;
        assert_eq!(refused.expect(400).json()["error"], "invalid_grant");
        // An administrator's client has what the server says.
        let trusted = crate::fixtures::confidential(server).await.flow(server).tokens().await;
        assert_eq!(trusted["expires_in"], 24 * 3_600);
    })
    .await;
}

#[tokio::test]
async fn a_consent_that_is_remembered_for_ever_is_remembered_within_the_operators_bound() {
    TestServer::each_database_with(for_an_hour, async |server| {
        let client = register(server, &minimal()).await;
        let mut first = flow(server, &client).login("remember", json!(true)).login("remember_for", json!(90_000));
        first = first.consent("remember", json!(true));
        first.tokens().await;
        let skips = async |flow: &mut CodeFlow| {
            let page = flow.log_in().await.expect(302).location().to_owned();
            let challenge = crate::fixtures::parameter(&page, "consent_challenge");
            let call = Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", &challenge)]);
            server.admin(call).await.expect(200).json()["skip"].clone()
        };
        assert_eq!(skips(&mut first).await, true);
        server.clock.advance(3_601);
        assert_eq!(skips(&mut first).await, false);
    })
    .await;
}

#[tokio::test]
async fn a_client_writes_only_so_much_in_a_minute() {
    let server = TestServer::with(|config| config.symbolon.limits.self_registered_writes_per_minute = 4).await;
    let client = refreshing(&server).await;
    let mut own = flow(&server, &client);
    let mut tokens = own.tokens().await;
    // What shows nothing genuine is not counted: a client's id is public.
    for _ in 0..10 {
        server.public(own.refresh("made-up")).await.expect(400);
        server.public(own.redemption("made-up")).await.expect(400);
        server.public(own.token_request(&[("grant_type", "nonsense")])).await.expect(400);
    }
    let refresh =
        async |tokens: &serde_json::Value| server.public(own.refresh(tokens["refresh_token"].as_str().unwrap())).await;
    for _ in 0..3 {
        tokens = refresh(&tokens).await.expect(200).json();
    }
    assert_eq!(refresh(&tokens).await.expect(503).json()["error"], "temporarily_unavailable");
    let token = tokens["access_token"].as_str().unwrap();
    let revocation = Call::post("/oauth2/revoke").form(&[("token", token)]).basic(&client.id, &client.secret);
    assert_eq!(server.public(revocation).await.expect(503).json()["error"], "temporarily_unavailable");
    let changed = server.public(client.replace(&minimal())).await;
    super::assert_error(&changed, 429, "slow_down");
    assert_eq!(changed.header("retry-after"), Some("15"));
    // Nothing was used up, others go on, and the client's share comes back.
    let other = register(&server, &minimal()).await;
    flow(&server, &other).tokens().await;
    server.clock.advance(15);
    refresh(&tokens).await.expect(200);
}

#[tokio::test]
async fn a_person_logs_in_to_a_client_only_so_often_in_a_minute() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let accept = async |subject: &str| {
        let page = flow(&server, &client).authorize().await.expect(302).location().to_owned();
        let challenge = crate::fixtures::parameter(&page, "login_challenge");
        let call = Call::put("/admin/oauth2/auth/requests/login/accept").query(&[("login_challenge", &challenge)]);
        server.admin(call.json(&json!({ "subject": subject }))).await.status
    };
    for _ in 0..60 {
        assert_eq!(accept("alice").await, 200);
    }
    assert_eq!(accept("alice").await, 503);
    assert_eq!(accept("bob").await, 200);
    server.clock.advance(1);
    assert_eq!(accept("alice").await, 200);
}

#[tokio::test]
async fn devices_of_one_self_registered_client_are_counted() {
    let server = TestServer::with(|config| config.symbolon.limits.self_registered_writes_per_minute = 2).await;
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let client = register(&server, &json!({ "grant_types": [grant], "redirect_uris": [] })).await;
    let ask = async || {
        let call = Call::post("/oauth2/device/auth").form(&[("scope", "openid")]).basic(&client.id, &client.secret);
        server.public(call.header(HeaderName::from_static("x-forwarded-for"), "192.0.2.1")).await.status
    };
    assert_eq!([ask().await, ask().await, ask().await], [200, 200, 503]);
}
