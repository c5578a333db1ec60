//! RFC 7009 §2: either token of a grant ends all of it; foreign and unknown tokens are left alone and answered alike.

use serde_json::json;

use crate::fixtures::{RACERS, altered, confidential, public, race, register, text};
use crate::support::{Call, Listener, TestServer};

#[tokio::test]
async fn either_token_ends_the_whole_grant_at_once() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for given_back in ["access_token", "refresh_token"] {
            let mut flow = client.flow(server);
            let tokens = flow.tokens().await;
            let answer =
                server.public(client.form("/oauth2/revoke", &[("token", text(&tokens, given_back))])).await.expect(200);
            assert!(answer.body.is_empty());
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            for name in ["access_token", "refresh_token"] {
                assert_eq!(server.introspect(text(&tokens, name)).await, json!({ "active": false }), "{name}");
            }
            server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(401);
            let refused = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
            assert_eq!(refused.error().as_deref(), Some("invalid_grant"));
        }
    })
    .await;
}

#[tokio::test]
async fn tokens_of_others_and_unknown_ones_are_answered_alike_and_left_alone() {
    TestServer::each_database(async |server| {
        let owner = confidential(server).await;
        let others = [register(server, "other", &json!({})).await, public(server).await];
        let tokens = owner.flow(server).tokens().await;
        let machine = server.public(owner.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
        let machine = machine.member("access_token");
        let all = [text(&tokens, "access_token"), text(&tokens, "refresh_token"), machine.as_str()];
        for other in &others {
            for token in all.into_iter().chain(["nonsense", "ory_at_x"]) {
                let answer = server.public(other.form("/oauth2/revoke", &[("token", token)])).await.expect(200);
                assert!(answer.body.is_empty());
            }
        }
        for token in all {
            assert_eq!(server.introspect(token).await["active"], true);
        }
    })
    .await;
}

#[tokio::test]
async fn other_grants_of_the_same_user_and_client_go_on() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let (first, second) = (client.flow(&server).tokens().await, client.flow(&server).tokens().await);
    server.public(client.form("/oauth2/revoke", &[("token", text(&first, "refresh_token"))])).await.expect(200);
    assert_eq!(server.introspect(text(&second, "access_token")).await["active"], true);
}

#[tokio::test]
async fn a_token_of_an_earlier_generation_still_ends_the_grant() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let first = flow.tokens().await;
    let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
    server.public(client.form("/oauth2/revoke", &[("token", text(&first, "access_token"))])).await.expect(200);
    assert_eq!(server.introspect(text(&second, "access_token")).await["active"], false);
}

#[tokio::test]
async fn the_request_must_authenticate_and_name_a_token() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let token = client.flow(&server).tokens().await["access_token"].as_str().unwrap().to_owned();
    let table = [
        (client.form("/oauth2/revoke", &[("token", &token)]).basic(&client.id, "wrong"), 401, "invalid_client"),
        (Call::post("/oauth2/revoke").form(&[("token", &token)]), 400, "invalid_request"),
        (Call::post("/oauth2/revoke").form(&[("token", &token), ("client_id", &client.id)]), 401, "invalid_client"),
        (client.form("/oauth2/revoke", &[("token", "")]), 400, "invalid_request"),
        (client.form("/oauth2/revoke", &[("other", "x")]), 400, "invalid_request"),
        (client.form("/oauth2/revoke", &[]), 400, "invalid_request"),
        (client.form("/oauth2/revoke", &[("token", &token), ("token", &token)]), 400, "invalid_request"),
        (client.form("/oauth2/revoke", &[("token", &"x".repeat(40_000))]), 400, "invalid_request"),
        (
            Call::post("/oauth2/revoke").json(&json!({ "token": token })).basic(&client.id, &client.secret),
            400,
            "invalid_request",
        ),
    ];
    for (call, status, error) in table {
        let answer = server.public(call.clone()).await;
        assert_eq!((answer.status, answer.error().as_deref()), (status, Some(error)), "{call:?}");
    }
    assert_eq!(server.introspect(&token).await["active"], true);
    server.public(Call::get("/oauth2/revoke").query(&[("token", &token)])).await.expect(405);
}

#[tokio::test]
async fn a_wrong_hint_and_an_unknown_one_do_no_harm() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for hint in ["access_token", "refresh_token", "bogus"] {
        let tokens = client.flow(&server).tokens().await;
        let form = [("token", text(&tokens, "refresh_token")), ("token_type_hint", hint)];
        server.public(client.form("/oauth2/revoke", &form)).await.expect(200);
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], false, "{hint}");
    }
}

#[tokio::test]
async fn an_altered_token_revokes_nothing() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    for (how, changed) in altered(text(&tokens, "refresh_token")) {
        server.public(client.form("/oauth2/revoke", &[("token", &changed)])).await.expect(200);
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true, "{how}");
    }
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_never_a_success() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    server.server.store().close().await;
    let revoke = client.form("/oauth2/revoke", &[("token", text(&tokens, "access_token"))]);
    let answer = server.public(revoke).await.expect(503);
    assert_eq!(answer.error().as_deref(), Some("temporarily_unavailable"));
    server
        .admin(Call::post("/admin/oauth2/introspect").form(&[("token", text(&tokens, "access_token"))]))
        .await
        .expect(503);
    server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(503);
    server.public(Call::get("/health/ready")).await.expect(503);
    server.public(Call::get("/health/alive")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn revocations_at_once_all_succeed_and_win_over_refreshing() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let tokens = flow.tokens().await;
        let refresh_token = text(&tokens, "refresh_token");
        let calls = (0..RACERS).map(|number| {
            if number % 8 == 0 {
                flow.refresh(refresh_token)
            } else {
                client.form("/oauth2/revoke", &[("token", refresh_token)])
            }
        });
        let answers = race(server, Listener::Public, calls.collect()).await;
        let revoked = answers.iter().filter(|answer| answer.status == 200 && answer.body.is_empty());
        assert_eq!(revoked.count(), RACERS - RACERS / 8);
        for answer in answers.iter().filter(|answer| answer.status == 200 && !answer.body.is_empty()) {
            assert_eq!(server.introspect(&answer.member("access_token")).await["active"], false);
        }
    })
    .await;
}
