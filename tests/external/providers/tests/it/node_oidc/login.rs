//! The code flow and what follows from it.

use serde_json::json;
use symbolon_client::{AuthorizationRequest, Callback, LogoutRequest, ResponseMode};

use super::register;
use crate::browser::Browser;
use crate::setting::{BYE, authorize, log_in, openid};

#[tokio::test]
async fn everybody_logs_in_whatever_signs_the_id_token() {
    for algorithm in ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"] {
        let client = register(json!({ "id_token_signed_response_alg": algorithm })).await.client();
        let tokens = log_in(&client, &openid("openid email offline_access")).await.expect(algorithm);
        let claims = &tokens.id_token.as_ref().expect("an ID token").claims;
        assert_eq!((claims.subject.as_str(), claims.issuer.as_str()), ("ada", client.issuer()), "{algorithm}");
        let user = client.user_info(&tokens).await.expect("userinfo");
        assert_eq!((user.subject.as_str(), user.standard.email.as_deref()), ("ada", Some("ada@example.com")));
    }
}

#[tokio::test]
async fn a_refresh_token_rotates_and_its_predecessor_ends_the_family() {
    let client = register(json!({})).await.client();
    let first = log_in(&client, &openid("openid offline_access")).await.expect("tokens");
    let second = client.refresh(&first).await.expect("a refresh");
    assert_ne!(first.refresh_token, second.refresh_token);
    assert_ne!(first.access_token, second.access_token);
    let subject =
        |tokens: &symbolon_client::TokenSet| tokens.id_token.as_ref().map(|token| token.claims.subject.clone());
    assert_eq!(subject(&first), subject(&second));
    let again = client.refresh(&first).await.expect_err("it was used");
    assert_eq!(again.code(), Some("invalid_grant"));
    let late = client.refresh(&second).await.expect_err("the family is gone");
    assert_eq!(late.code(), Some("invalid_grant"));
}

#[tokio::test]
async fn a_revoked_token_is_dead() {
    let client = register(json!({})).await.client();
    let tokens = log_in(&client, &openid("openid offline_access")).await.expect("tokens");
    client.revoke(tokens.access_token.as_str()).await.expect("revoked");
    let refused = client.user_info(&tokens).await.expect_err("a dead token");
    assert_eq!((refused.status(), refused.code()), (Some(401), Some("invalid_token")));
    client.revoke("no such token").await.expect("unknown tokens are no error (RFC 7009 §2.2)");
}

#[tokio::test]
async fn each_method_of_authentication_with_a_secret_is_understood() {
    use symbolon_client::{Authentication, Secret};
    type Make = fn(Secret<String>) -> Authentication;
    let methods: [(&str, Make); 2] =
        [("client_secret_basic", Authentication::SecretBasic), ("client_secret_post", Authentication::SecretPost)];
    for (method, make) in methods {
        let registered = register(json!({ "token_endpoint_auth_method": method })).await;
        let authentication = make(Secret::new(registered.secret.clone()));
        let client = registered.builder().authentication(authentication).build().expect("a client");
        log_in(&client, &openid("openid")).await.expect(method);
        let authentication = make(Secret::new("wrong".to_owned()));
        let client = registered.builder().authentication(authentication).build().expect("a client");
        let refused = log_in(&client, &openid("openid")).await.expect_err(method);
        assert_eq!(refused.code(), Some("invalid_client"), "{method}");
    }
    let public = register(json!({ "token_endpoint_auth_method": "none" })).await.client();
    log_in(&public, &openid("openid")).await.expect("a public client");
}

#[tokio::test]
async fn a_refusal_comes_back_with_its_reason_and_the_issuer() {
    let client = register(json!({})).await.client();
    let mut browser = Browser::refusing();
    let (pending, arrival) = authorize(&client, &openid("openid"), &mut browser).await;
    let refused = client.redeem(&pending, &Callback::parse(&arrival.parameters())).await.expect_err("a refusal");
    assert_eq!(refused.code(), Some("access_denied"));
    assert!(arrival.parameters().contains("iss="), "RFC 9207");
}

#[tokio::test]
async fn a_form_is_a_callback_too() {
    let client = register(json!({})).await.client();
    let request = openid("openid").response_mode(ResponseMode::FormPost);
    let (pending, arrival) = authorize(&client, &request, &mut Browser::default()).await;
    assert!(arrival.url.query().is_none(), "{}", arrival.url);
    client.redeem(&pending, &Callback::parse(&arrival.parameters())).await.expect("tokens");
}

#[tokio::test]
async fn a_person_logs_out_and_comes_back() {
    let client = register(json!({})).await.client();
    let mut browser = Browser::default();
    let (pending, arrival) = authorize(&client, &openid("openid"), &mut browser).await;
    let tokens = client.redeem(&pending, &Callback::parse(&arrival.parameters())).await.expect("tokens");
    let request = LogoutRequest::new()
        .id_token(tokens.id_token.as_ref().expect("an ID token"))
        .post_logout_redirect_uri(BYE)
        .state("see you");
    let url = client.end_session_url(&request).await.expect("an address");
    let arrival = browser.visit(url).await.expect("the way back");
    assert_eq!(arrival.url.as_str(), format!("{BYE}?state=see+you").as_str());
    // Nobody is logged in any more.
    let silent = AuthorizationRequest::new("openid").prompt("none");
    let (pending, arrival) = authorize(&client, &silent, &mut browser).await;
    let refused = client.redeem(&pending, &Callback::parse(&arrival.parameters())).await.expect_err("nobody");
    assert_eq!(refused.code(), Some("login_required"));
}

#[tokio::test]
async fn signed_userinfo_is_verified() {
    for algorithm in ["RS256", "ES256", "Ed25519"] {
        let client = register(json!({ "userinfo_signed_response_alg": algorithm })).await.client();
        let tokens = log_in(&client, &openid("openid email")).await.expect("tokens");
        let user = client.user_info(&tokens).await.expect(algorithm);
        assert_eq!(user.standard.email.as_deref(), Some("ada@example.com"), "{algorithm}");
    }
}

#[tokio::test]
async fn an_age_that_is_asked_for_is_told() {
    let client = register(json!({})).await.client();
    let request = openid("openid").max_age_seconds(300);
    let tokens = log_in(&client, &request).await.expect("tokens");
    let claims = tokens.id_token.expect("an ID token").claims;
    assert!(claims.authenticated_at.is_some_and(|at| (at - claims.issued_at).abs() < 60), "{claims:?}");
}
