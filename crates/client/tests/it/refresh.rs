//! A refresh whose caller goes away, or that several ask for at once.

use std::future::Future as _;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use serde_json::json;
use symbolon_client::{Client, Error, TokenSet};

use crate::server::{Server, json};

/// A provider that takes each refresh token once, and gives `rt-2` for `rt-1` and so on. The first `failures` requests fail.
fn rotating(failures: usize) -> Server {
    let used = AtomicUsize::new(0);
    let failed = AtomicUsize::new(0);
    Server::start(move |request, url| {
        if request.line.ends_with("openid-configuration") {
            return json(200, &json!({"issuer": url, "token_endpoint": format!("{url}/token")}));
        }
        if failed.fetch_add(1, Ordering::SeqCst) < failures {
            return json(503, &json!({"error": "temporarily_unavailable"}));
        }
        let number = used.fetch_add(1, Ordering::SeqCst) + 1;
        if !request.body.contains(&format!("refresh_token=rt-{number}")) {
            return json(400, &json!({"error": "invalid_grant"}));
        }
        let next = number + 1;
        let answer = json!({
            "access_token": format!("at-{next}"), "token_type": "Bearer", "refresh_token": format!("rt-{next}"),
        });
        json(200, &answer)
    })
}

fn client(server: &Server) -> Client {
    Client::builder(&server.url, "app").without_proxy().build().unwrap()
}

/// Begins a refresh, and goes away before there is an answer.
async fn abandoned(client: &Client) {
    let refresh_token = "rt-1".into();
    let mut refreshing = pin!(client.refresh_with(&refresh_token));
    std::future::poll_fn(|context| Poll::Ready(refreshing.as_mut().poll(context).is_pending())).await;
}

#[tokio::test]
async fn a_caller_that_goes_away_loses_no_token() {
    let server = rotating(0);
    let client = client(&server);
    abandoned(&client).await;
    crate::eventually(|| server.count("POST") == 1).await;
    let tokens = client.refresh_with(&"rt-1".into()).await.unwrap();
    assert_eq!(tokens.refresh_token.unwrap().as_str(), "rt-2");
    assert_eq!(server.count("POST"), 1, "the answer that was made for the first caller");
    // It was taken, so the next call asks, and the token is used up.
    let again = client.refresh_with(&"rt-1".into()).await.unwrap_err();
    assert_eq!(again.code(), Some("invalid_grant"));
}

#[tokio::test]
async fn a_failure_that_nobody_saw_is_tried_again() {
    let server = rotating(1);
    let client = client(&server);
    abandoned(&client).await;
    crate::eventually(|| server.count("POST") == 1).await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(client.refresh_with(&"rt-1".into()).await.unwrap().access_token.as_str(), "at-2");
}

#[tokio::test]
async fn many_callers_at_once_make_one_request() {
    let server = rotating(0);
    let client = client(&server);
    client.metadata().await.unwrap();
    let mut tokens = TokenSet::new("at-1");
    tokens.refresh_token = Some("rt-1".into());
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (client, tokens) = (client.clone(), tokens.clone());
        all.spawn(async move { client.refresh(&tokens).await });
    }
    for outcome in all.join_all().await {
        assert_eq!(outcome.unwrap().access_token.as_str(), "at-2");
    }
    assert_eq!(server.count("POST"), 1);
}

#[tokio::test]
async fn without_a_refresh_token_nothing_is_sent() {
    let server = rotating(0);
    let error = client(&server).refresh(&TokenSet::new("at")).await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error}");
    assert!(server.received().is_empty());
}
