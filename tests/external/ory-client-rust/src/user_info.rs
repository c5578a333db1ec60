//! `get_oidc_user_info`.

use ory_client::apis::oidc_api::{GetOidcUserInfoError, get_oidc_user_info};
use reqwest::StatusCode;

use crate::login_application::log_in;
use crate::server::{public, refusal, with_access_token};

#[tokio::test]
async fn claims_of_the_consent_are_decoded() {
    let tokens = log_in("userinfo-ada", &[]).await.tokens().await;
    let user = get_oidc_user_info(&with_access_token(&tokens.access_token.unwrap())).await.unwrap();
    assert_eq!(user.sub.as_deref(), Some("userinfo-ada"));
    assert_eq!(user.name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(user.email.as_deref(), Some("userinfo-ada@example.org"));
    assert_eq!(user.email_verified, Some(true));
    assert_eq!(user.updated_at, Some(1_700_000_000));
    assert_eq!(user.phone_number, None);
}

#[tokio::test]
async fn other_tokens_are_refused() {
    let tokens = log_in("userinfo-refused", &[]).await.tokens().await;
    let refresh_token = tokens.refresh_token.unwrap();
    for configuration in [public(), with_access_token("made-up"), with_access_token(&refresh_token)] {
        let (status, error) = refusal(get_oidc_user_info(&configuration).await.unwrap_err());
        let GetOidcUserInfoError::DefaultResponse(error) = error else { panic!("{error:?}") };
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(error.error.is_some() && error.error_description.is_some());
    }
}
