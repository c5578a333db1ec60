//! A hook that is down, slow or talks too much: nothing is issued, nothing is lost, and nobody else waits.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{FOR_EVER, at, client_credentials, hooked, session};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{confidential, text};
use crate::support::TestServer;

#[tokio::test]
async fn a_fault_that_passes_is_tried_three_times_in_all() {
    let (hook, server, client) = hooked().await;
    let found = session(&json!({ "hooked": true }), &json!({}));
    hook.set_next([Reply::Status(500), Reply::HangUp, found.clone()]);
    let token = server.public(client_credentials(&client)).await.expect(200).member("access_token");
    assert_eq!(server.introspect(&token).await["ext"], json!({ "hooked": true }));
    assert_eq!(hook.take().len(), 3);
    hook.set_next([Reply::Status(502), Reply::Status(429), Reply::Status(503), found]);
    server.public(client_credentials(&client)).await.expect(500);
    assert_eq!(hook.take().len(), 3);
}

#[tokio::test]
async fn nobody_gets_a_token_while_the_hook_is_down() {
    let hook = ClientServer::listen(Reply::Status(204)).await;
    let configured = at(&hook, "/token");
    drop(hook);
    let server = TestServer::with(|config| config.oauth2.token_hook = Some(configured)).await;
    let client = confidential(&server).await;
    let answer = server.public(client_credentials(&client)).await.expect(500);
    assert_eq!(answer.error().as_deref(), Some("server_error"));
}

/// With all tries; and the code or refresh token may be used when the hook is well again.
#[tokio::test]
async fn a_hook_has_a_time_limit() {
    let hook = ClientServer::listen(Reply::Status(204)).await;
    let server = TestServer::with(|config| {
        config.oauth2.token_hook = Some(at(&hook, "/token"));
        config.symbolon.hooks.timeout_seconds = 1;
    })
    .await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    for reply in [Reply::Slow(FOR_EVER), Reply::Drip, Reply::Answer(500, String::new())] {
        hook.set(reply.clone());
        let begun = Instant::now();
        let answer = server.public(flow.redemption(&code)).await.expect(500);
        assert_eq!(answer.error().as_deref(), Some("server_error"), "{reply:?}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{reply:?} took {:?}", begun.elapsed());
    }
    hook.set(Reply::Status(204));
    server.public(flow.redemption(&code)).await.expect(200);
}

#[tokio::test]
async fn an_answer_has_a_largest_size() {
    let (hook, server, client) = hooked().await;
    hook.set(Reply::Endless);
    server.public(client_credentials(&client)).await.expect(500);
    let claim = |bytes: usize| session(&json!({}), &json!({ "long": "x".repeat(bytes) }));
    hook.set(claim(1024 * 1024));
    server.public(client_credentials(&client)).await.expect(500);
    hook.set(claim(1024 * 1024 - 100));
    server.public(client_credentials(&client)).await.expect(200);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (hook, server, client) = hooked().await;
    let elsewhere = ClientServer::listen(Reply::Status(204)).await;
    hook.set(Reply::Redirect(elsewhere.url.clone()));
    server.public(client_credentials(&client)).await.expect(500);
    assert_eq!(elsewhere.count(), 0);
}

/// What needs no hook does not wait for one, and neither does the database.
#[tokio::test]
async fn a_hook_that_hangs_holds_nothing_up() {
    const WAITING: usize = 200;
    let hook = ClientServer::listen(Reply::Slow(FOR_EVER)).await;
    let server = TestServer::with(|config| {
        config.oauth2.refresh_token_hook = Some(at(&hook, "/refresh"));
        config.symbolon.hooks.timeout_seconds = 60;
    })
    .await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let tokens = flow.tokens().await;
    let refresh = flow.refresh(text(&tokens, "refresh_token"));
    let waiting: Vec<_> = (0..WAITING)
        .map(|_| {
            let (server, call) = (server.clone(), refresh.clone());
            tokio::spawn(async move { server.public(call).await })
        })
        .collect();
    while hook.count() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..3 {
        server.public(client_credentials(&client)).await.expect(200);
        client.flow(&server).tokens().await;
    }
    assert!(hook.count() <= 64, "{} calls at once", hook.count());
    assert!(waiting.iter().all(|task| !task.is_finished()));
    for task in &waiting {
        task.abort();
    }
    // Those who went away left their places.
    for task in waiting {
        assert!(task.await.unwrap_err().is_cancelled());
    }
    hook.set(Reply::Status(204));
    server.public(refresh).await.expect(200);
}
