//! What users of the provider do: log in, refuse, and come back.

use serde_json::json;
use symbolon_client::{AuthorizationRequest, Callback, LogoutRequest};
use symbolon_test_provider::TestProvider;

use super::{CALLBACK, log_in, relying_party, started};

#[tokio::test]
async fn login_leads_to_the_redirect_uri_with_code_and_state() {
    let provider = TestProvider::start().await;
    let (client, _) = relying_party(&provider).await;
    let (url, pending) = started(&client, "openid email").await;
    let back = provider.log_in(&url, "alice").await;
    assert!(back.url().as_str().starts_with(CALLBACK), "{back:?}");
    assert_eq!(back.parameter("state").unwrap(), pending.state());
    assert_eq!(back.parameter("iss").unwrap(), provider.issuer());
    assert_eq!((back.form(), back.status(), back.page()), (None, 0, ""));
    assert!(!back.code().is_empty());
    let tokens = client.redeem(&pending, &Callback::parse(&back.parameters())).await.unwrap();
    assert_eq!(tokens.id_token.unwrap().claims.subject, "alice");
}

#[tokio::test]
async fn claims_follow_the_scope() {
    let provider = TestProvider::start().await;
    provider.add_user("alice", json!({ "email": "a@b.c", "name": "Alice", "department": "sales" }));
    let (client, _) = relying_party(&provider).await;
    for (scope, email, name) in [
        ("openid", None, None),
        ("openid email", Some("a@b.c"), None),
        ("openid email profile", Some("a@b.c"), Some("Alice")),
    ] {
        let tokens = log_in(&provider, &client, scope).await;
        let user = client.user_info(&tokens).await.unwrap();
        assert_eq!((user.standard.email.as_deref(), user.standard.name.as_deref()), (email, name), "{scope}");
        assert_eq!(user.all["department"], "sales", "of no scope");
    }
}

#[tokio::test]
async fn refusals_tell_the_client() {
    let provider = TestProvider::start().await;
    let (client, _) = relying_party(&provider).await;
    let (url, pending) = started(&client, "openid").await;
    for back in [provider.refuse_consent(&url, "alice").await, provider.browser().refuse_login(&url).await] {
        assert_eq!(back.error().unwrap(), "access_denied");
        let refused = client.redeem(&pending, &Callback::parse(&back.parameters())).await.unwrap_err();
        assert_eq!(refused.code(), Some("access_denied"));
    }
    // A consent that is remembered can be refused later, too.
    provider.log_in(&url, "alice").await.code();
    assert_eq!(provider.refuse_consent(&url, "alice").await.error().unwrap(), "access_denied");
}

#[tokio::test]
async fn form_post_is_a_body_for_the_redirect_uri() {
    let provider = TestProvider::start().await;
    let (client, _) = relying_party(&provider).await;
    let request = AuthorizationRequest::new("openid").parameter("response_mode", "form_post");
    let (url, pending) = client.authorization_url(&request).await.unwrap();
    let back = provider.log_in(&url, "alice").await;
    assert_eq!(back.url().as_str(), CALLBACK);
    let body = back.form().unwrap();
    assert!(body.contains("code=") && body.contains(&format!("state={}", pending.state())), "{body}");
    client.redeem(&pending, &Callback::parse(&body)).await.unwrap();
}

#[tokio::test]
async fn request_that_must_not_be_answered_ends_on_a_page() {
    let provider = TestProvider::start().await;
    let (client, _) = relying_party(&provider).await;
    let (url, _) = started(&client, "openid").await;
    let evil = url.as_str().replace("app.example", "evil.example");
    let back = provider.log_in(&evil, "alice").await;
    assert!(back.url().as_str().starts_with(provider.issuer()), "{back:?}");
    assert!((400..500).contains(&back.status()) && back.page().contains("<main"), "{}", back.page());
}

#[tokio::test]
async fn browser_stays_logged_in_until_it_logs_out() {
    let provider = TestProvider::start().await;
    let (client, _) = relying_party(&provider).await;
    let (silent, _) = client.authorization_url(&AuthorizationRequest::new("openid").prompt("none")).await.unwrap();
    let mut browser = provider.browser();
    assert_eq!(browser.open(&silent).await.error().unwrap(), "login_required");
    let (url, pending) = started(&client, "openid").await;
    let back = browser.log_in(&url, "alice").await;
    let tokens = client.redeem(&pending, &Callback::parse(&back.parameters())).await.unwrap();
    assert!(!browser.cookie_header().is_empty());
    browser.open(&silent).await.code();
    let request =
        LogoutRequest::new().id_token(&tokens.id_token.unwrap()).post_logout_redirect_uri(CALLBACK).state("s");
    let bye = browser.log_out(client.end_session_url(&request).await.unwrap()).await;
    assert_eq!(bye.url().as_str(), format!("{CALLBACK}?state=s"));
    assert_eq!(browser.open(&silent).await.error().unwrap(), "login_required");
}

#[tokio::test]
async fn requested_authentication_class_is_fulfilled() {
    let provider = TestProvider::start().await;
    let (client, _) = relying_party(&provider).await;
    let request = AuthorizationRequest::new("openid").parameter("acr_values", "phr loa2");
    let (url, pending) = client.authorization_url(&request).await.unwrap();
    let back = provider.log_in(&url, "alice").await;
    let tokens = client.redeem(&pending, &Callback::parse(&back.parameters())).await.unwrap();
    assert_eq!(tokens.id_token.unwrap().claims.all["acr"], "phr");
}
