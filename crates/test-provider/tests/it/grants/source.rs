//! A token source: renewed by the clock, after a refusal, and with the rotated refresh tokens of a user.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::json;
use symbolon_client::{AccessToken, ClientCredentialsRequest, TokenSource};

use super::Setting;

const TOKEN_ENDPOINT: &str = "/oauth2/token";

async fn machine(setting: &Setting) -> TokenSource {
    let client = setting.client(&json!({})).await;
    client.client_credentials_source(ClientCredentialsRequest::new().scope("jobs"))
}

async fn is_active(setting: &Setting, token: &AccessToken) -> bool {
    setting.provider.introspect(token.as_str()).await["active"] == true
}

/// The first token that is another one; the renewal beside takes a moment.
async fn another(source: &TokenSource, first: &AccessToken) -> AccessToken {
    for _ in 0..1000 {
        let token = source.access_token().await.unwrap();
        if token != *first {
            return token;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("no other token")
}

#[tokio::test]
async fn sixty_four_callers_make_one_request() {
    let setting = Setting::start().await;
    let source = machine(&setting).await;
    let callers: Vec<_> = (0..64)
        .map(|_| {
            let source = source.clone();
            tokio::spawn(async move { source.access_token().await.unwrap() })
        })
        .collect();
    let mut tokens = HashSet::new();
    for caller in callers {
        tokens.insert(caller.await.unwrap().as_str().to_owned());
    }
    assert_eq!((tokens.len(), setting.provider.requests(TOKEN_ENDPOINT)), (1, 1));
}

#[tokio::test]
async fn the_next_token_is_there_before_the_end_of_the_one_before() {
    let setting = Setting::start().await;
    let source = machine(&setting).await;
    let first = source.access_token().await.unwrap();
    setting.advance(3299);
    assert_eq!(source.access_token().await.unwrap(), first);
    assert_eq!(setting.provider.requests(TOKEN_ENDPOINT), 1);
    setting.advance(1);
    assert_eq!(source.access_token().await.unwrap(), first, "it is good still, and nobody waits");
    let second = another(&source, &first).await;
    assert!(is_active(&setting, &first).await && is_active(&setting, &second).await);
    assert_eq!(setting.provider.requests(TOKEN_ENDPOINT), 2);
    // Long after the end of all: never one that is dead.
    setting.advance(100_000);
    assert!(!is_active(&setting, &second).await);
    let third = source.access_token().await.unwrap();
    assert!(is_active(&setting, &third).await);
    assert_eq!(setting.provider.requests(TOKEN_ENDPOINT), 3);
}

#[tokio::test]
async fn a_revoked_token_is_replaced_when_an_api_refused_it() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    let source = client.client_credentials_source(ClientCredentialsRequest::new().scope("jobs"));
    let first = source.access_token().await.unwrap();
    client.revoke(first.as_str()).await.unwrap();
    assert!(!is_active(&setting, &first).await);
    assert_eq!(source.access_token().await.unwrap(), first, "nobody has told the source");
    source.invalidate(&first);
    let second = source.access_token().await.unwrap();
    assert!(is_active(&setting, &second).await);
    source.invalidate(&first);
    assert_eq!(source.access_token().await.unwrap(), second, "that one is gone already");
    assert_eq!(setting.provider.requests(TOKEN_ENDPOINT), 2);
}

#[tokio::test]
async fn an_outage_is_survived_with_the_token_in_hand() {
    let setting = Setting::start().await;
    let source = machine(&setting).await;
    let first = source.access_token().await.unwrap();
    setting.advance(3598);
    setting.provider.fail_next(TOKEN_ENDPOINT, 503);
    assert_eq!(source.access_token().await.unwrap(), first);
    setting.advance(10);
    setting.provider.fail_next(TOKEN_ENDPOINT, 503);
    assert_eq!(source.access_token().await.unwrap_err().status(), Some(503));
    let asked = setting.provider.requests(TOKEN_ENDPOINT);
    assert_eq!(source.access_token().await.unwrap_err().status(), Some(503), "told again without a request");
    assert_eq!(setting.provider.requests(TOKEN_ENDPOINT), asked);
    setting.advance(6);
    assert!(is_active(&setting, &source.access_token().await.unwrap()).await);
}

#[tokio::test]
async fn the_tokens_of_a_user_are_refreshed_stored_and_end_for_good() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    let tokens = setting.log_in(&client, "openid offline_access").await.unwrap();
    let stored = Arc::new(Mutex::new(vec![tokens.refresh_token.clone().unwrap()]));
    let store = Arc::clone(&stored);
    let source = client.token_source(tokens).on_renewal(move |tokens| {
        let store = Arc::clone(&store);
        Box::pin(async move { store.lock().push(tokens.refresh_token.unwrap()) })
    });
    for _ in 0..3 {
        setting.advance(4000);
        let tokens = source.tokens().await.unwrap();
        assert_eq!(client.user_info(&tokens).await.unwrap().subject, "alice");
        assert_eq!(stored.lock().last(), tokens.refresh_token.as_ref());
    }
    let mut different: Vec<_> = stored.lock().iter().map(|token| token.as_str().to_owned()).collect();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 4, "each refresh token is another one");

    let newest = stored.lock().last().unwrap().as_str().to_owned();
    client.revoke(&newest).await.unwrap();
    setting.advance(4000);
    for _ in 0..2 {
        assert_eq!(source.access_token().await.unwrap_err().code(), Some("invalid_grant"));
        setting.advance(4000);
    }
    // Four grants of codes and refreshes, and one refusal: a dead token is not shown again.
    assert_eq!(setting.provider.requests(TOKEN_ENDPOINT), 5);
}
