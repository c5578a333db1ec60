//! What the provider does wrong on request, and what it counts.

use std::time::Duration;

use symbolon_client::{Callback, Error};
use symbolon_test_provider::{Answer, TestProvider};

use super::{log_in, relying_party, started, with_credentials};

#[tokio::test]
async fn endpoint_fails_as_often_as_it_is_told() {
    let provider = TestProvider::start().await;
    let (client, _) = relying_party(&provider).await;
    provider.fail_next("/oauth2/token", 503);
    provider.fail_next("/oauth2/token", 400);
    for status in [503, 400] {
        let (url, pending) = started(&client, "openid").await;
        let back = provider.log_in(&url, "alice").await;
        let refused = client.redeem(&pending, &Callback::parse(&back.parameters())).await.unwrap_err();
        assert_eq!(refused.status(), Some(status));
    }
    log_in(&provider, &client, "openid").await;
    assert_eq!(provider.requests("/oauth2/token"), 3);
}

#[tokio::test]
async fn answers_are_replaced_whole() {
    let provider = TestProvider::start().await;
    let (client, _) = relying_party(&provider).await;
    let tokens = log_in(&provider, &client, "openid").await;
    provider.answer_next("/userinfo", Answer::new(200).body("text/html", "<h1>A proxy is in the way</h1>"));
    assert!(matches!(client.user_info(&tokens).await, Err(Error::UnexpectedAnswer(_))));
    provider.answer_next("/userinfo", Answer::new(429).header("retry-after", "3600"));
    let refused = client.user_info(&tokens).await.unwrap_err();
    assert_eq!((refused.status(), refused.retry_after_seconds()), (Some(429), Some(3600)));
    assert_eq!(client.user_info(&tokens).await.unwrap().subject, "alice");
}

#[tokio::test]
async fn endpoint_hangs_until_the_client_gives_up() {
    let provider = TestProvider::start().await;
    let app = provider.client(super::CALLBACK).await;
    let patient = with_credentials(&provider, &app);
    provider.hang_next("/.well-known/openid-configuration");
    let client = symbolon_client::Client::unregistered(provider.issuer())
        .without_proxy()
        .timeout(Duration::from_millis(200))
        .retries(0)
        .build()
        .unwrap();
    assert_eq!(client.metadata().await.unwrap_err(), Error::Timeout);
    patient.metadata().await.unwrap();
}

#[tokio::test]
async fn requests_are_counted_and_kept_by_path() {
    let provider = TestProvider::start().await;
    let (client, _) = relying_party(&provider).await;
    log_in(&provider, &client, "openid").await;
    assert_eq!(provider.requests("/.well-known/openid-configuration"), 1);
    assert_eq!(provider.requests("/oauth2/auth"), 3, "the request, and back from login and consent");
    assert_eq!(provider.requests("/userinfo"), 0);
    let heads = provider.heads("/oauth2/token");
    assert_eq!((heads.len(), heads[0].method.as_str()), (1, "POST"));
    assert!(heads[0].headers["authorization"].to_str().unwrap().starts_with("Basic "));
}

#[tokio::test]
#[should_panic(expected = "'oauth2/token' is no path")]
async fn path_that_no_request_has_is_refused() {
    TestProvider::start().await.fail_next("oauth2/token", 503);
}
