//! A login application written with the generated crate: it reads the login and the consent request of a flow and
//! accepts both. A test gets the browser that went through it, with the answer for the client.

use ory_client::apis::o_auth2_api::{
    accept_o_auth2_consent_request, accept_o_auth2_login_request, create_o_auth2_client, get_o_auth2_consent_request,
    get_o_auth2_login_request, oauth2_token_exchange,
};
use ory_client::models::{
    AcceptOAuth2ConsentRequest, AcceptOAuth2ConsentRequestSession, AcceptOAuth2LoginRequest, OAuth2Client,
    OAuth2ConsentRequest, OAuth2LoginRequest, OAuth2TokenExchange,
};
use serde_json::json;

use crate::browser::{Browser, address, parameter};
use crate::server::{admin, public, with_secret};

pub const REDIRECT_URI: &str = "http://127.0.0.1:5555/callback";
pub const POST_LOGOUT_REDIRECT_URI: &str = "http://127.0.0.1:5555/done";
pub const SCOPE: &str = "openid offline userinfo_credential_draft_00";

/// A flow that has come to its end.
pub struct Flow {
    pub browser: Browser,
    pub client_id: String,
    pub secret: String,
    pub login: OAuth2LoginRequest,
    pub consent: OAuth2ConsentRequest,
    pub code: String,
}

/// A confidential client, made by the administrator.
pub async fn client(name: &str) -> OAuth2Client {
    let metadata = OAuth2Client {
        client_name: Some(name.to_owned()),
        redirect_uris: Some(vec![REDIRECT_URI.to_owned()]),
        post_logout_redirect_uris: Some(vec![POST_LOGOUT_REDIRECT_URI.to_owned()]),
        grant_types: Some(vec!["authorization_code".to_owned(), "refresh_token".to_owned()]),
        response_types: Some(vec!["code".to_owned()]),
        scope: Some(SCOPE.to_owned()),
        audience: Some(vec!["https://api.example".to_owned()]),
        ..OAuth2Client::new()
    };
    create_o_auth2_client(&admin(), metadata).await.unwrap()
}

/// A flow of a new client and `subject`, as far as the code.
pub async fn log_in(subject: &str, extra: &[(&str, &str)]) -> Flow {
    let client = client(&format!("application of {subject}")).await;
    let (client_id, secret) = (client.client_id.unwrap(), client.client_secret.unwrap());
    let mut browser = Browser::new();
    let login_page = browser.follow(&authorization_address(&client_id, extra)).await;
    let challenge = parameter(&login_page, "login_challenge").unwrap();
    let login = get_o_auth2_login_request(&admin(), &challenge).await.unwrap();
    assert_eq!(login.challenge, challenge);
    let next = accept_o_auth2_login_request(&admin(), &challenge, Some(accepted_login(subject))).await.unwrap();
    let consent_page = browser.follow(&next.redirect_to).await;
    let challenge = parameter(&consent_page, "consent_challenge").unwrap();
    let consent = get_o_auth2_consent_request(&admin(), &challenge).await.unwrap();
    assert_eq!(consent.challenge, challenge);
    let accepted = accepted_consent(&consent, subject);
    let next = accept_o_auth2_consent_request(&admin(), &challenge, Some(accepted)).await.unwrap();
    let callback = browser.follow(&next.redirect_to).await;
    assert!(callback.starts_with(REDIRECT_URI), "{callback}");
    assert_eq!(parameter(&callback, "state").as_deref(), Some("state-of-the-client"));
    let code = parameter(&callback, "code").unwrap_or_else(|| panic!("no code in {callback}"));
    Flow { browser, client_id, secret, login, consent, code }
}

impl Flow {
    /// Redeems the code with the generated crate.
    pub async fn tokens(&self) -> OAuth2TokenExchange {
        let client = with_secret(&self.client_id, &self.secret);
        let code = Some(self.code.as_str());
        oauth2_token_exchange(&client, "authorization_code", None, code, Some(REDIRECT_URI), None, None).await.unwrap()
    }
}

/// Where the client sends the browser.
pub fn authorization_address(client_id: &str, extra: &[(&str, &str)]) -> String {
    let mut parameters = vec![
        ("client_id", client_id),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", SCOPE),
        ("state", "state-of-the-client"),
        ("nonce", "nonce-of-the-client"),
    ];
    parameters.extend(extra);
    address(&format!("{}/oauth2/auth", public().base_path), &parameters)
}

fn accepted_login(subject: &str) -> AcceptOAuth2LoginRequest {
    AcceptOAuth2LoginRequest {
        remember: Some(true),
        remember_for: Some(3600),
        acr: Some("two-factors".to_owned()),
        amr: Some(vec!["pwd".to_owned(), "otp".to_owned()]),
        context: Some(json!({"tenant": "north"})),
        ..AcceptOAuth2LoginRequest::new(subject.to_owned())
    }
}

fn accepted_consent(request: &OAuth2ConsentRequest, subject: &str) -> AcceptOAuth2ConsentRequest {
    let about_the_user = json!({
        "name": "Ada Lovelace",
        "email": format!("{subject}@example.org"),
        "email_verified": true,
        "updated_at": 1_700_000_000,
    });
    AcceptOAuth2ConsentRequest {
        grant_scope: request.requested_scope.clone(),
        grant_access_token_audience: request.requested_access_token_audience.clone(),
        remember: Some(true),
        remember_for: Some(3600),
        session: Some(Box::new(AcceptOAuth2ConsentRequestSession {
            access_token: Some(Some(json!({"role": "analyst"}))),
            id_token: Some(Some(about_the_user)),
        })),
        ..AcceptOAuth2ConsentRequest::new()
    }
}
