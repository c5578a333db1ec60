//! `revoke_oidc_session` as the crate offers it, and a logout that really ends a session, with the logout requests of the
//! admin port.

use ory_client::apis::o_auth2_api::{
    accept_o_auth2_logout_request, get_o_auth2_login_request, get_o_auth2_logout_request,
    reject_o_auth2_logout_request, revoke_o_auth2_login_sessions,
};
use ory_client::apis::oidc_api::revoke_oidc_session;
use reqwest::StatusCode;

use crate::browser::{address, parameter};
use crate::login_application::{Flow, POST_LOGOUT_REDIRECT_URI, authorization_address, log_in};
use crate::server::{admin, public, refusal};

/// Whether the browser is still logged in.
async fn is_remembered(flow: &mut Flow) -> bool {
    let page = flow.browser.follow(&authorization_address(&flow.client_id, &[])).await;
    match parameter(&page, "login_challenge") {
        Some(challenge) => get_o_auth2_login_request(&admin(), &challenge).await.unwrap().skip,
        None => true,
    }
}

/// Asks for a logout as the client; the challenge for the logout page.
async fn ask(flow: &mut Flow) -> String {
    let hint = flow.tokens().await.id_token.unwrap();
    let end_session = format!("{}/oauth2/sessions/logout", public().base_path);
    let parameters = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", POST_LOGOUT_REDIRECT_URI),
        ("state", "after-logout"),
    ];
    let page = flow.browser.follow(&address(&end_session, &parameters)).await;
    parameter(&page, "logout_challenge").unwrap_or_else(|| panic!("no challenge in {page}"))
}

#[tokio::test]
async fn request_without_a_session_ends_well() {
    revoke_oidc_session(&public()).await.unwrap();
}

#[tokio::test]
async fn accepted_logout_ends_the_session() {
    let mut flow = log_in("logout-accepted", &[]).await;
    let session_id = flow.login.session_id.clone();
    let challenge = ask(&mut flow).await;
    let request = get_o_auth2_logout_request(&admin(), &challenge).await.unwrap();
    assert_eq!(request.challenge.as_deref(), Some(challenge.as_str()));
    assert_eq!(request.subject.as_deref(), Some("logout-accepted"));
    assert_eq!(request.sid, session_id);
    assert_eq!(request.rp_initiated, Some(true));
    assert_eq!(request.client.unwrap().client_id.as_ref(), Some(&flow.client_id));
    assert!(request.request_url.unwrap().contains("/oauth2/sessions/logout?"));
    assert!(is_remembered(&mut flow).await);
    let next = accept_o_auth2_logout_request(&admin(), &challenge).await.unwrap();
    let done = flow.browser.follow(&next.redirect_to).await;
    assert_eq!(done, address(POST_LOGOUT_REDIRECT_URI, &[("state", "after-logout")]));
    assert!(!is_remembered(&mut flow).await);
}

#[tokio::test]
async fn rejected_logout_keeps_the_session() {
    let mut flow = log_in("logout-rejected", &[]).await;
    let challenge = ask(&mut flow).await;
    reject_o_auth2_logout_request(&admin(), &challenge).await.unwrap();
    assert!(is_remembered(&mut flow).await);
    let (status, _) = refusal(get_o_auth2_logout_request(&admin(), "made-up").await.unwrap_err());
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn administrator_ends_a_session() {
    let mut flow = log_in("logout-administrator", &[]).await;
    assert!(is_remembered(&mut flow).await);
    revoke_o_auth2_login_sessions(&admin(), None, flow.login.session_id.as_deref()).await.unwrap();
    assert!(!is_remembered(&mut flow).await);
}
