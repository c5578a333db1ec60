//! A login application written with the older crate: it accepts the login and the consent of one flow, and gives the
//! tokens that come of it.

use ory_client::apis::o_auth2_api::{
    accept_o_auth2_consent_request, accept_o_auth2_login_request, create_o_auth2_client, get_o_auth2_consent_request,
    get_o_auth2_login_request, oauth2_token_exchange,
};
use ory_client::models::{
    AcceptOAuth2ConsentRequest, AcceptOAuth2ConsentRequestSession, AcceptOAuth2LoginRequest, OAuth2Client,
    OAuth2TokenExchange,
};
use serde_json::json;

use crate::browser::{Browser, address, parameter};
use crate::server::{admin, public, with_secret};

const REDIRECT_URI: &str = "http://127.0.0.1:5555/callback";
const SCOPE: &str = "openid offline";

/// A whole flow of a new client and `subject`.
pub async fn tokens(subject: &str) -> OAuth2TokenExchange {
    let client = client().await;
    let (id, secret) = (client.client_id.unwrap(), client.client_secret.unwrap());
    let parameters = [
        ("client_id", id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", SCOPE),
        ("state", "state-of-the-client"),
    ];
    let mut browser = Browser::new();
    let login_page = browser.follow(&address(&format!("{}/oauth2/auth", public().base_path), &parameters)).await;
    let challenge = parameter(&login_page, "login_challenge").unwrap();
    let login = get_o_auth2_login_request(&admin(), &challenge).await.unwrap();
    assert_eq!((login.client.client_id.as_ref(), login.skip), (Some(&id), false));
    let accepted = AcceptOAuth2LoginRequest::new(subject.to_owned());
    let next = accept_o_auth2_login_request(&admin(), &challenge, Some(&accepted)).await.unwrap();
    let consent_page = browser.follow(&next.redirect_to).await;
    let challenge = parameter(&consent_page, "consent_challenge").unwrap();
    let consent = get_o_auth2_consent_request(&admin(), &challenge).await.unwrap();
    assert_eq!(consent.subject.as_deref(), Some(subject));
    let accepted = AcceptOAuth2ConsentRequest {
        grant_scope: consent.requested_scope,
        session: Some(Box::new(AcceptOAuth2ConsentRequestSession {
            access_token: None,
            id_token: Some(json!({"name": "Ada Lovelace", "email_verified": true})),
        })),
        ..AcceptOAuth2ConsentRequest::new()
    };
    let next = accept_o_auth2_consent_request(&admin(), &challenge, Some(&accepted)).await.unwrap();
    let callback = browser.follow(&next.redirect_to).await;
    let code = parameter(&callback, "code").unwrap_or_else(|| panic!("no code in {callback}"));
    let configuration = with_secret(&id, &secret);
    oauth2_token_exchange(&configuration, "authorization_code", None, Some(&code), Some(REDIRECT_URI), None)
        .await
        .unwrap()
}

async fn client() -> OAuth2Client {
    let metadata = OAuth2Client {
        redirect_uris: Some(vec![REDIRECT_URI.to_owned()]),
        grant_types: Some(vec!["authorization_code".to_owned(), "refresh_token".to_owned()]),
        scope: Some(SCOPE.to_owned()),
        ..OAuth2Client::new()
    };
    create_o_auth2_client(&admin(), &metadata).await.unwrap()
}
