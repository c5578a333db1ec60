//! A source of valid tokens.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use symbolon_client::{AccessToken, ClientCredentialsRequest, Error, JwtAssertion, JwtBearerRequest, TokenSet};

use super::{Issuer, code, key};
use crate::eventually;
use crate::server::{answer, json};

/// A provider whose tokens are numbered, and that fails while it is told to.
fn numbered() -> (Issuer, Arc<AtomicUsize>) {
    let failure = Arc::new(AtomicUsize::new(0));
    let told = Arc::clone(&failure);
    let provider = Issuer::start(move |_, count, _| match told.load(Ordering::SeqCst) {
        0 => json(200, &set(count + 1)),
        1 => Vec::new(),
        429 => answer(429, "retry-after: 120\r\n", ""),
        status => json(u16::try_from(status).unwrap(), &json!({ "error": "invalid_grant" })),
    });
    (provider, failure)
}

fn set(number: usize) -> Value {
    json!({
        "access_token": format!("at-{number}"), "token_type": "bearer", "expires_in": 3600,
        "refresh_token": format!("rt-{number}"),
    })
}

fn request() -> ClientCredentialsRequest {
    ClientCredentialsRequest::new().scope("orders.read")
}

#[tokio::test]
async fn everybody_who_asks_at_once_gets_the_token_of_one_request() {
    let (provider, _) = numbered();
    let source = provider.client().client_credentials_source(request());
    assert_eq!(provider.server.received().len(), 0, "nothing is sent before somebody asks");
    let asking: Vec<_> = (0..64)
        .map(|_| {
            let source = source.clone();
            tokio::spawn(async move { source.access_token().await.unwrap() })
        })
        .collect();
    for asked in asking {
        assert_eq!(asked.await.unwrap().as_str(), "at-1");
    }
    assert_eq!(source.tokens().await.unwrap().scope.to_string(), "orders.read");
    assert_eq!(provider.bodies("/token"), ["grant_type=client_credentials&scope=orders.read"]);
}

#[tokio::test]
async fn token_is_renewed_ahead_of_its_end_beside_those_who_ask() {
    let (provider, _) = numbered();
    let source = provider.client().client_credentials_source(request());
    source.access_token().await.unwrap();
    provider.time.advance(3299);
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-1");
    provider.time.advance(1);
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-1", "nobody waits");
    eventually(|| provider.server.count("POST /token") == 2).await;
    let mut current = source.access_token().await.unwrap();
    for _ in 0..1000 {
        tokio::task::yield_now().await;
        current = source.access_token().await.unwrap();
        if current.as_str() == "at-2" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    assert_eq!(current.as_str(), "at-2");
    assert_eq!(provider.server.count("POST /token"), 2);
}

#[tokio::test]
async fn token_that_would_end_on_its_way_is_waited_for() {
    let (provider, _) = numbered();
    let source = provider.client().client_credentials_source(request());
    source.access_token().await.unwrap();
    provider.time.advance(3596);
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-2");
    provider.time.advance(3600);
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-3");
}

#[tokio::test]
async fn outage_is_survived_as_long_as_the_token_is_valid() {
    for failing in [1, 500, 503] {
        let (provider, failure) = numbered();
        let source = provider.client().client_credentials_source(request());
        source.access_token().await.unwrap();
        failure.store(failing, Ordering::SeqCst);
        provider.time.advance(3400);
        assert_eq!(source.access_token().await.unwrap().as_str(), "at-1");
        eventually(|| provider.server.count("POST /token") == 2).await;
        provider.time.advance(197);
        assert_eq!(source.access_token().await.unwrap().as_str(), "at-1", "for a moment more");
        provider.time.advance(3);
        source.access_token().await.unwrap_err();
        failure.store(0, Ordering::SeqCst);
        provider.time.advance(5);
        assert!(source.access_token().await.unwrap().as_str().starts_with("at-"));
    }
}

#[tokio::test]
async fn after_a_failure_there_is_a_pause() {
    let (provider, failure) = numbered();
    failure.store(400, Ordering::SeqCst);
    let source = provider.client().client_credentials_source(request());
    for _ in 0..3 {
        assert_eq!(code(&source.access_token().await.unwrap_err()), "invalid_grant");
    }
    assert_eq!(provider.server.count("POST /token"), 1);
    provider.time.advance(5);
    failure.store(429, Ordering::SeqCst);
    assert_eq!(source.access_token().await.unwrap_err().status(), Some(429));
    failure.store(0, Ordering::SeqCst);
    provider.time.advance(119);
    assert_eq!(source.access_token().await.unwrap_err().status(), Some(429), "as long as the server said");
    assert_eq!(provider.server.count("POST /token"), 2);
    provider.time.advance(1);
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-3");
}

#[tokio::test]
async fn refused_token_is_replaced_and_no_other() {
    let (provider, _) = numbered();
    let source = provider.client().client_credentials_source(request());
    let first = source.access_token().await.unwrap();
    source.invalidate(&AccessToken::from("of somebody else"));
    assert_eq!(source.access_token().await.unwrap(), first);
    source.invalidate(&first);
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-2");
    source.invalidate(&first);
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-2", "it was replaced already");
    assert_eq!(provider.server.count("POST /token"), 2);
}

#[tokio::test]
async fn token_without_an_end_is_kept_until_it_is_refused() {
    let provider = Issuer::always(200, json!({ "access_token": "at", "token_type": "bearer" }));
    let source = provider.client().client_credentials_source(request());
    let token = source.access_token().await.unwrap();
    provider.time.advance(1 << 40);
    source.access_token().await.unwrap();
    assert_eq!(provider.server.count("POST /token"), 1);
    source.invalidate(&token);
    source.access_token().await.unwrap();
    assert_eq!(provider.server.count("POST /token"), 2);
}

#[tokio::test]
async fn assertion_is_signed_anew_each_time() {
    let (provider, _) = numbered();
    let assertion = JwtAssertion::new("robot", "robot");
    let source = provider.client().jwt_bearer_source(JwtBearerRequest::signed(assertion, key().clone()));
    source.access_token().await.unwrap();
    provider.time.advance(3600);
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-2");
    let bodies = provider.bodies("/token");
    assert_ne!(bodies[0], bodies[1]);
}

/// Tokens of a user that end in a moment.
fn kept(provider: &Issuer) -> TokenSet {
    let mut kept = TokenSet::new("at-0");
    kept.refresh_token = Some("rt-0".into());
    kept.expires_at = Some(provider.time.now.load(Ordering::SeqCst) + 60);
    kept
}

#[tokio::test]
async fn new_set_is_stored_before_anybody_has_it() {
    let (provider, _) = numbered();
    let stored: Arc<Mutex<Vec<String>>> = Arc::default();
    let storing = Arc::clone(&stored);
    let source = provider.client().token_source(kept(&provider)).on_renewal(move |tokens| {
        let storing = Arc::clone(&storing);
        Box::pin(async move {
            tokio::task::yield_now().await;
            storing.lock().unwrap().push(tokens.refresh_token.unwrap().as_str().to_owned());
        })
    });
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-0");
    for (number, refresh_token) in [(1, "rt-0"), (2, "rt-1")] {
        provider.time.advance(3600);
        assert_eq!(source.access_token().await.unwrap().as_str(), format!("at-{number}"));
        let body = format!("grant_type=refresh_token&refresh_token={refresh_token}");
        assert_eq!(provider.bodies("/token")[number - 1], body);
        assert_eq!(stored.lock().unwrap().last().unwrap(), &format!("rt-{number}"));
    }
}

#[tokio::test]
async fn dead_refresh_token_is_shown_once() {
    let (provider, failure) = numbered();
    failure.store(400, Ordering::SeqCst);
    let source = provider.client().token_source(kept(&provider));
    provider.time.advance(56);
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-0", "the access token lives on");
    for _ in 0..3 {
        provider.time.advance(3600);
        assert_eq!(code(&source.access_token().await.unwrap_err()), "invalid_grant");
    }
    assert_eq!(provider.server.count("POST /token"), 1);
}

#[tokio::test]
async fn without_a_refresh_token_the_end_is_the_end() {
    let provider = Issuer::always(200, set(1));
    let mut kept = kept(&provider);
    kept.refresh_token = None;
    let source = provider.client().token_source(kept);
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-0");
    provider.time.advance(60);
    assert!(matches!(source.access_token().await.unwrap_err(), Error::Configuration(_)));
    assert_eq!(provider.server.count("POST"), 0);
}

#[tokio::test]
async fn caller_that_goes_away_loses_nothing() {
    let open = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&open);
    let provider = Issuer::start(move |_, count, _| {
        while !gate.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        json(200, &set(count + 1))
    });
    let source = provider.client().token_source(kept(&provider));
    provider.time.advance(60);
    let waiting = tokio::spawn({
        let source = source.clone();
        async move { source.access_token().await }
    });
    eventually(|| provider.server.count("POST /token") == 1).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    open.store(true, Ordering::SeqCst);
    assert_eq!(source.access_token().await.unwrap().as_str(), "at-1");
    assert_eq!(provider.server.count("POST /token"), 1, "the refresh token was used once");
}

#[tokio::test]
async fn debug_shows_no_token() {
    let (provider, _) = numbered();
    let source = provider.client().client_credentials_source(request());
    source.access_token().await.unwrap();
    let shown = format!("{source:?}");
    assert!(shown.contains("TokenSource") && !shown.contains("at-1") && !shown.contains("rt-1"), "{shown}");
}
