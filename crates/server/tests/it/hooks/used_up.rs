//! Codes and refresh tokens are used up after the hook has agreed, in one conditional write with what it changed: a refusal
//! costs nothing, and of many who ask at once one gets tokens.

use std::time::Duration;

use serde_json::json;

use super::{hooked, session, token_hook};
use crate::client_side::{ClientServer, Reply};
use crate::every_grant::{Asked, Way, access_token};
use crate::fixtures::{RACERS, confidential, count, race, register, text, verified_claims};
use crate::rfc8628::{DeviceFlow, GRANT_TYPE as DEVICE_CODE};
use crate::support::{Listener, TestServer};

/// Slow enough that all have presented what they have before the first is done.
fn late() -> Reply {
    Reply::Late(
        Duration::from_millis(400),
        json!({ "session": {
            "access_token": { "hooked": true }, "id_token": { "hooked": true },
        }}),
    )
}

#[tokio::test]
async fn a_refusal_uses_nothing_up() {
    let (hook, server, client) = hooked().await;
    let device = register(&server, "tv", &json!({ "grant_types": [DEVICE_CODE] })).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let mut of_device = DeviceFlow::new(&server, &device);
    let codes = of_device.ask().await;
    of_device.connect(&codes).await.expect(302);
    for (reply, status) in [(Reply::Status(403), 403), (Reply::Status(404), 500), (Reply::Text("no".to_owned()), 500)] {
        hook.set(reply.clone());
        server.public(flow.redemption(&code)).await.expect(status);
        server.clock.advance(10);
        of_device.poll(&codes).await.expect(status);
        hook.set(Reply::Status(204));
    }
    server.clock.advance(10);
    of_device.poll(&codes).await.expect(200);
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    for (reply, status) in [(Reply::Status(403), 403), (Reply::Status(404), 500)] {
        hook.set(reply);
        server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(status);
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
    }
    hook.set(Reply::Status(204));
    server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200);
}

/// A code that the hook refused is still bound to its verifier, and one wrong try ends it.
#[tokio::test]
async fn a_refused_code_is_as_bound_as_before() {
    let (hook, server, client) = hooked().await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    hook.set(Reply::Status(403));
    server.public(flow.redemption(&code)).await.expect(403);
    hook.set(Reply::Status(204));
    let without = flow.token_request(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "http://127.0.0.1:5555/callback"),
    ]);
    server.public(without).await.expect(400);
    let answer = server.public(flow.redemption(&code)).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
}

#[tokio::test]
async fn of_many_at_once_one_redeems_the_code() {
    let hook = ClientServer::listen(Reply::Status(204)).await;
    TestServer::each_database_with(token_hook(&hook), async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let code = flow.code().await;
        hook.set(late());
        let answers = race(server, Listener::Public, vec![flow.redemption(&code); RACERS]).await;
        assert_eq!((count(&answers, 200), count(&answers, 400)), (1, RACERS - 1));
        hook.set(Reply::Status(204));
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_one_rotates_the_refresh_token() {
    let hook = ClientServer::listen(Reply::Status(204)).await;
    TestServer::each_database_with(token_hook(&hook), async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let tokens = flow.tokens().await;
        hook.set(late());
        let calls = vec![flow.refresh(text(&tokens, "refresh_token")); RACERS];
        let answers = race(server, Listener::Public, calls).await;
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(count(&answers, 200) + count(&answers, 400), RACERS);
        assert!(!won.is_empty(), "somebody was first");
        for answer in won {
            let shown = server.introspect(&answer.member("access_token")).await;
            assert_eq!(shown["ext"], json!({ "hooked": true }));
            let id_token = verified_claims(server, &answer.member("id_token")).await;
            assert_eq!(id_token["hooked"], true);
        }
        hook.set(Reply::Status(204));
    })
    .await;
}

/// What is revoked while the hook thinks is not issued.
#[tokio::test]
async fn a_revocation_meanwhile_counts() {
    let (hook, server, client) = hooked().await;
    let mut flow = client.flow(&server);
    let tokens = flow.tokens().await;
    hook.take();
    hook.set(late());
    let refresh = flow.refresh(text(&tokens, "refresh_token"));
    let waiting = tokio::spawn({
        let server = server.clone();
        async move { server.public(refresh).await }
    });
    while hook.count() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.public(client.form("/oauth2/revoke", &[("token", text(&tokens, "refresh_token"))])).await.expect(200);
    hook.set(Reply::Status(204));
    let answer = waiting.await.unwrap().expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
}

/// The claims that a hook gave are in the database of every node.
#[tokio::test]
async fn another_node_knows_what_the_hook_said() {
    let hook = ClientServer::listen(session(&json!({ "tier": "gold" }), &json!({}))).await;
    TestServer::two_nodes_with(token_hook(&hook), async |one, other| {
        for way in [Way::Code, Way::Refresh, Way::Device, Way::JwtBearer, Way::ClientCredentials] {
            let (_, token) = access_token(one, way, &Asked::default()).await;
            assert_eq!(other.introspect(&token).await["ext"], json!({ "tier": "gold" }), "{way:?}");
        }
    })
    .await;
}
