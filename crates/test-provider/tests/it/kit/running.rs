//! Start, settings, clock, keys and end of a provider.

use std::time::{Duration, Instant};

use serde_json::json;
use symbolon_client::Client;
use symbolon_test_provider::TestProvider;

use super::{log_in, relying_party};

#[tokio::test]
async fn start_takes_far_less_than_a_second() {
    let first = TestProvider::start().await;
    let begun = Instant::now();
    let second = TestProvider::start().await;
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(500), "{took:?}");
    assert_ne!(first.issuer(), second.issuer());
}

#[tokio::test]
async fn published_keys_are_those_of_the_configured_algorithms() {
    let usual = TestProvider::start().await;
    let es256 = TestProvider::builder()
        .set("symbolon.keys.signing_algorithm", "ES256")
        .set("symbolon.keys.offered_algorithms", "ES256")
        .start()
        .await;
    assert_eq!(published(&usual).await.len(), 5, "four for ID tokens, one for access tokens");
    assert_eq!(published(&es256).await.len(), 2, "one for each");
    let token = es256.id_token(json!({ "sub": "alice" })).await;
    assert!(published(&es256).await.contains(&key_of(&token)) && published(&usual).await.contains(&key_of(&token)));
}

#[tokio::test]
async fn many_run_at_once_and_know_nothing_of_each_other() {
    let mut providers = Vec::new();
    for _ in 0..10 {
        providers.push(TestProvider::start().await);
    }
    let app = providers[0].client("https://app.example/callback").await;
    let token = providers[0].access_token(&app.id, "alice", "read").await;
    for (number, provider) in providers.iter().enumerate() {
        assert_eq!(provider.introspect(&token).await["active"], number == 0, "{number}");
        let client = Client::unregistered(provider.issuer()).without_proxy().build().unwrap();
        assert_eq!(client.metadata().await.unwrap().issuer, provider.issuer());
    }
}

#[tokio::test]
async fn provider_ends_with_its_value() {
    let provider = TestProvider::start().await;
    let issuer = provider.issuer().to_owned();
    let client = Client::unregistered(&issuer).without_proxy().retries(0).build().unwrap();
    client.metadata().await.unwrap();
    drop(provider);
    let address = issuer.strip_prefix("http://").unwrap();
    for _ in 0..1000 {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("somebody still listens at {address}");
}

#[tokio::test]
async fn every_configuration_key_can_be_set() {
    let provider = TestProvider::builder()
        .set("ttl.access_token", "5m")
        .set("strategies.access_token", "rfc9068")
        .set("symbolon.keys.signing_algorithm", "ES256")
        .start()
        .await;
    let (client, _) = relying_party(&provider).await;
    let tokens = log_in(&provider, &client, "openid").await;
    assert_eq!(tokens.expires_at, Some(provider.now() + 300));
    assert!(tokens.access_token.as_str().starts_with("eyJ"));
    assert_eq!(tokens.id_token.unwrap().claims.subject, "alice");
}

#[tokio::test]
#[should_panic(expected = "ttl.acess_token")]
async fn misspelt_key_ends_the_start() {
    TestProvider::builder().set("ttl.acess_token", "5m").start().await;
}

#[tokio::test]
async fn clock_goes_with_the_machines_until_it_is_moved() {
    let provider = TestProvider::start().await;
    let (begin, clock) = (provider.now(), provider.clock());
    let (client, _) = relying_party(&provider).await;
    let tokens = log_in(&provider, &client, "openid").await;
    let token = tokens.access_token.as_str();
    assert_eq!(provider.introspect(token).await["active"], true);
    provider.advance(Duration::from_secs(3700));
    assert!(provider.now() >= begin + 3700 && clock() >= begin + 3700);
    assert_eq!(provider.introspect(token).await["active"], false);
    assert_eq!(client.user_info(&tokens).await.unwrap_err().status(), Some(401));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let mut ids = Vec::new();
    for seed in [7, 7, 8] {
        let provider = TestProvider::builder().clock_at(1_800_000_000).seed(seed).start().await;
        let app = provider.register(json!({ "redirect_uris": ["https://app.example/callback"] })).await;
        ids.push((app.id, app.secret));
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
}

#[tokio::test]
async fn rotated_keys_are_followed_and_withdrawn_ones_are_gone() {
    let provider = TestProvider::start().await;
    let (client, app) = relying_party(&provider).await;
    let claims = json!({ "aud": app.id, "sub": "alice" });
    let before = provider.id_token(claims.clone()).await;
    log_in(&provider, &client, "openid").await;
    provider.rotate_keys().await;
    let after = provider.id_token(claims.clone()).await;
    assert_ne!(key_of(&before), key_of(&after));
    assert!(published(&provider).await.contains(&key_of(&before)), "what it signed still counts");
    assert!(published(&provider).await.contains(&key_of(&after)));
    provider.advance(Duration::from_secs(60));
    log_in(&provider, &client, "openid").await;
    provider.withdraw_keys().await;
    let last = key_of(&provider.id_token(claims).await);
    let published = published(&provider).await;
    assert!(!published.contains(&key_of(&before)) && !published.contains(&key_of(&after)));
    assert!(published.contains(&last));
    provider.advance(Duration::from_secs(60));
    log_in(&provider, &client, "openid").await;
}

fn key_of(token: &str) -> String {
    symbolon_jose::Jws::parse(token).unwrap().header().kid.clone().unwrap()
}

async fn published(provider: &TestProvider) -> Vec<String> {
    let keys: serde_json::Value =
        reqwest::get(provider.url("/.well-known/jwks.json")).await.unwrap().json().await.unwrap();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}
