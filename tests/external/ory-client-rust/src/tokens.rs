//! Tokens around the eight operations: exchange, refresh, introspection, revocation. What the crate has no parameter for
//! goes over plain HTTP.

use ory_client::apis::o_auth2_api::{introspect_o_auth2_token, oauth2_token_exchange, revoke_o_auth2_token};
use ory_client::models::OAuth2TokenExchange;
use reqwest::StatusCode;

use crate::holder::read_jwt;
use crate::login_application::{REDIRECT_URI, SCOPE, log_in};
use crate::server::{admin, public, refusal, with_secret};

/// A verifier and its S256 challenge, those of RFC 7636, appendix B.
const CODE_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CODE_CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[tokio::test]
async fn login_and_consent_requests_are_decoded() {
    let audience = [("audience", "https://api.example"), ("acr_values", "two-factors"), ("ui_locales", "de en")];
    let flow = log_in("tokens-requests", &audience).await;
    let scopes: Vec<String> = SCOPE.split(' ').map(str::to_owned).collect();
    assert_eq!(flow.login.client.client_id.as_ref(), Some(&flow.client_id));
    assert_eq!((flow.login.skip, flow.login.subject.as_str()), (false, ""));
    assert!(flow.login.request_url.starts_with(&format!("{}/oauth2/auth?", public().base_path)));
    assert_eq!(flow.login.requested_scope.as_ref(), Some(&scopes));
    assert_eq!(flow.login.requested_access_token_audience.as_deref(), Some(&["https://api.example".to_owned()][..]));
    let context = flow.login.oidc_context.unwrap();
    assert_eq!(context.acr_values.unwrap(), ["two-factors"]);
    assert_eq!(context.ui_locales.unwrap(), ["de", "en"]);
    assert_eq!(flow.consent.client.unwrap().client_id.as_ref(), Some(&flow.client_id));
    assert_eq!(flow.consent.subject.as_deref(), Some("tokens-requests"));
    assert_eq!(flow.consent.skip, Some(false));
    assert_eq!(flow.consent.acr.as_deref(), Some("two-factors"));
    assert_eq!(flow.consent.amr.unwrap(), ["pwd", "otp"]);
    assert_eq!(flow.consent.context.unwrap()["tenant"], "north");
    assert_eq!(flow.consent.requested_scope.as_ref(), Some(&scopes));
    assert_eq!(flow.consent.login_session_id, flow.login.session_id);
}

#[tokio::test]
async fn code_is_exchanged_once() {
    let flow = log_in("tokens-code", &[]).await;
    let tokens = flow.tokens().await;
    assert_eq!(tokens.token_type.as_deref(), Some("bearer"));
    assert_eq!(tokens.expires_in, Some(3600));
    assert_eq!(tokens.scope.as_deref(), Some(SCOPE));
    let claims = read_jwt(&tokens.id_token.unwrap(), 1);
    assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some(&*public().base_path), Some("tokens-code")));
    assert_eq!(claims["aud"][0], flow.client_id);
    assert_eq!(claims["nonce"], "nonce-of-the-client");
    // Who the person is goes to userinfo.
    assert_eq!((claims["acr"].as_str(), claims.get("name")), (Some("two-factors"), None));
    let client = with_secret(&flow.client_id, &flow.secret);
    let (code, redirect_uri) = (Some(flow.code.as_str()), Some(REDIRECT_URI));
    let again = oauth2_token_exchange(&client, "authorization_code", None, code, redirect_uri, None, None).await;
    let (status, _) = refusal(again.unwrap_err());
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn code_with_a_challenge_needs_the_verifier() {
    let challenge = [("code_challenge", CODE_CHALLENGE), ("code_challenge_method", "S256")];
    let flow = log_in("tokens-pkce", &challenge).await;
    let client = with_secret(&flow.client_id, &flow.secret);
    let (code, redirect_uri) = (Some(flow.code.as_str()), Some(REDIRECT_URI));
    let without = oauth2_token_exchange(&client, "authorization_code", None, code, redirect_uri, None, None).await;
    let (status, _) = refusal(without.unwrap_err());
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let flow = log_in("tokens-pkce", &challenge).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", flow.code.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", CODE_VERIFIER),
    ];
    let request = reqwest::Client::new().post(format!("{}/oauth2/token", public().base_path));
    let answer = request.basic_auth(&flow.client_id, Some(&flow.secret)).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let tokens: OAuth2TokenExchange = answer.json().await.unwrap();
    assert!(tokens.access_token.is_some() && tokens.id_token.is_some());
}

#[tokio::test]
async fn refresh_token_is_rotated() {
    let flow = log_in("tokens-refresh", &[]).await;
    let tokens = flow.tokens().await;
    let client = with_secret(&flow.client_id, &flow.secret);
    let old = tokens.refresh_token.as_deref();
    let next = oauth2_token_exchange(&client, "refresh_token", None, None, None, old, None).await.unwrap();
    assert!(next.refresh_token.is_some() && next.refresh_token != tokens.refresh_token);
    assert!(next.access_token.is_some() && next.access_token != tokens.access_token);
    assert!(next.id_token.is_some());
}

#[tokio::test]
async fn introspection_tells_what_a_token_is_until_it_is_revoked() {
    let flow = log_in("tokens-introspection", &[("audience", "https://api.example")]).await;
    let token = flow.tokens().await.access_token.unwrap();
    let state = introspect_o_auth2_token(&admin(), &token, None).await.unwrap();
    assert!(state.active);
    assert_eq!(state.client_id.as_ref(), Some(&flow.client_id));
    assert_eq!(state.sub.as_deref(), Some("tokens-introspection"));
    assert_eq!(state.aud.unwrap(), ["https://api.example"]);
    assert_eq!(state.scope.as_deref(), Some(SCOPE));
    assert_eq!(state.iss, Some(public().base_path));
    assert_eq!(state.token_use.as_deref(), Some("access_token"));
    assert_eq!(state.exp.unwrap() - state.iat.unwrap(), 3600);
    assert_eq!(state.ext.unwrap()["role"], "analyst");
    let client = with_secret(&flow.client_id, &flow.secret);
    revoke_o_auth2_token(&client, &token, None, None).await.unwrap();
    let state = introspect_o_auth2_token(&admin(), &token, None).await.unwrap();
    assert!(!state.active);
    assert_eq!(state.sub, None);
}
