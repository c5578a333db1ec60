//! RFC 6749 §4.1.3: redeeming an authorization code. It counts once, for the client it was given to.

use serde_json::json;

use crate::fixtures::{altered, confidential, count, part, public, race, register, text};
use crate::support::{CODE_VERIFIER, Call, Listener, REDIRECT_URI, TestServer};

#[tokio::test]
async fn code_is_single_use_and_its_second_use_revokes_what_came_from_it() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let code = flow.code().await;
        let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
        let again = server.public(flow.redemption(&code)).await.expect(400);
        assert_eq!(again.error().as_deref(), Some("invalid_grant"));
        for name in ["access_token", "refresh_token"] {
            assert_eq!(server.introspect(text(&tokens, name)).await, json!({ "active": false }), "{name}");
        }
        server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
        server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn a_second_use_of_a_code_ends_rotated_tokens_too() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let first = server.public(flow.redemption(&code)).await.expect(200).json();
    let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
    server.public(flow.redemption(&code)).await.expect(400);
    assert_eq!(server.introspect(text(&second, "access_token")).await["active"], false);
    server.public(flow.refresh(text(&second, "refresh_token"))).await.expect(400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_redemptions_at_once_exactly_one_succeeds() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let code = flow.code().await;
        let calls = (0..crate::fixtures::RACERS).map(|_| flow.redemption(&code)).collect();
        let answers = race(server, Listener::Public, calls).await;
        assert_eq!(count(&answers, 200), 1);
        let refused = answers.iter().filter(|answer| answer.status == 400);
        assert!(refused.clone().all(|answer| answer.error().as_deref() == Some("invalid_grant")));
        assert_eq!(refused.count(), crate::fixtures::RACERS - 1);
    })
    .await;
}

#[tokio::test]
async fn code_is_bound_to_its_client() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let other = register(server, "other", &json!({})).await;
        let public = public(server).await;
        for stranger in [&other, &public] {
            let mut flow = client.flow(server);
            let code = flow.code().await;
            let form = [
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", REDIRECT_URI),
                ("code_verifier", CODE_VERIFIER),
            ];
            let answer = server.public(stranger.token_request(&form)).await.expect(400);
            assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
            // A code that a stranger has seen is worth nothing to its owner either.
            server.public(flow.redemption(&code)).await.expect(400);
        }
    })
    .await;
}

#[tokio::test]
async fn code_is_bound_to_its_redirect_uri() {
    let server = TestServer::new().await;
    let uris = ["https://app.example/one", "https://app.example/two", "http://127.0.0.1/callback"];
    let client = register(&server, "app", &json!({ "redirect_uris": uris })).await;
    let redeem = async |requested: &str, repeated: Option<&str>| {
        let mut flow = client.flow(&server).parameter("redirect_uri", requested);
        let code = flow.code().await;
        let mut form =
            vec![("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", CODE_VERIFIER)];
        form.extend(repeated.map(|uri| ("redirect_uri", uri)));
        server.public(client.token_request(&form)).await
    };
    assert_eq!(redeem(uris[0], Some(uris[0])).await.status, 200);
    for (requested, repeated) in [
        (uris[0], Some(uris[1])),
        (uris[0], Some("https://app.example/one/")),
        (uris[0], Some("https://app.example/ONE")),
        (uris[0], None),
        // Even where any port is allowed, the token request names the one that was used.
        ("http://127.0.0.1:5000/callback", Some("http://127.0.0.1:5001/callback")),
        ("http://127.0.0.1:5000/callback", Some("http://127.0.0.1/callback")),
    ] {
        let answer = redeem(requested, repeated).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{requested} then {repeated:?}");
    }
    assert_eq!(redeem("http://127.0.0.1:5000/callback", Some("http://127.0.0.1:5000/callback")).await.status, 200);
}

#[tokio::test]
async fn a_failed_redemption_burns_the_code() {
    TestServer::each_database(async |server| {
        let client = public(server).await;
        let other_verifier = "another-verifier-0123456789-0123456789-0123456789";
        let faults: [&[(&str, &str)]; 4] = [
            &[("redirect_uri", REDIRECT_URI), ("code_verifier", other_verifier)],
            &[("redirect_uri", REDIRECT_URI)],
            &[("redirect_uri", "https://elsewhere.example/"), ("code_verifier", CODE_VERIFIER)],
            &[("code_verifier", CODE_VERIFIER)],
        ];
        for fault in faults {
            let mut flow = client.flow(server);
            let code = flow.code().await;
            let mut form = vec![("grant_type", "authorization_code"), ("code", code.as_str())];
            form.extend(fault);
            let answer = server.public(client.token_request(&form)).await.expect(400);
            assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{fault:?}");
            let answer = server.public(flow.redemption(&code)).await.expect(400);
            assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{fault:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_that_does_not_authenticate_does_not_touch_the_code() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let wrong = flow.redemption(&code).basic(&client.id, "wrong-secret");
    server.public(wrong).await.expect(401);
    server.public(flow.redemption(&code)).await.expect(200);
}

#[tokio::test]
async fn an_altered_code_is_refused_and_changes_nothing() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    for (how, changed) in altered(&code) {
        let answer = server.public(flow.redemption(&changed)).await.expect(400);
        assert!(matches!(answer.error().as_deref(), Some("invalid_grant")), "{how}: {}", answer.text());
    }
    server.public(flow.redemption(&code)).await.expect(200);
}

#[tokio::test]
async fn the_prefix_of_a_code_is_optional() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    server.public(flow.redemption(code.strip_prefix("ory_ac_").unwrap())).await.expect(200);
}

#[tokio::test]
async fn a_code_says_what_is_issued_and_the_token_request_cannot_widen_it() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).scope("openid");
    let code = flow.code().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", CODE_VERIFIER),
        ("scope", "openid offline email"),
        ("audience", "https://api.example"),
    ];
    let tokens = server.public(client.token_request(&form)).await.expect(200).json();
    assert_eq!(tokens["scope"], "openid");
    assert!(tokens.get("refresh_token").is_none());
    let described = server.introspect(text(&tokens, "access_token")).await;
    assert_eq!(described["scope"], "openid");
    assert_eq!(described["aud"], json!([]));
}

#[tokio::test]
async fn a_refresh_token_comes_with_an_offline_scope_to_clients_that_may_refresh() {
    let server = TestServer::new().await;
    let all = confidential(&server).await;
    let no_refresh = register(&server, "no-refresh", &json!({ "grant_types": ["authorization_code"] })).await;
    for (client, scope, refresh, id_token) in [
        (&all, "openid", false, true),
        (&all, "openid offline", true, true),
        (&all, "offline_access", true, false),
        (&all, "photos.read", false, false),
        (&no_refresh, "openid offline", false, true),
    ] {
        let tokens = client.flow(&server).scope(scope).tokens().await;
        assert_eq!(tokens.get("refresh_token").is_some(), refresh, "{} {scope}", client.id);
        assert_eq!(tokens.get("id_token").is_some(), id_token, "{} {scope}", client.id);
        if id_token {
            assert_eq!(part(text(&tokens, "id_token"), 0)["alg"], "RS256");
        }
    }
}
