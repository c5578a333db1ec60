//! Logout at Symbolon: the address for the browser, and what the endpoint answers a program.

use symbolon_client::{AuthorizationRequest, LogoutOutcome, LogoutRequest};

use crate::browser::Browser;
use crate::symbolon::{BYE, Symbolon};

#[tokio::test]
async fn browser_is_logged_out_and_comes_back_with_its_state() {
    let server = Symbolon::start().await;
    let client = server.client(|_| {}).await;
    let mut browser = Browser::default();
    let tokens = browser.log_in(&server.admin, &client, "openid").await;
    let id_token = tokens.id_token.unwrap();
    let request = LogoutRequest::new().id_token(&id_token).post_logout_redirect_uri(BYE).state("s 1");

    // Asked without a browser, the provider wants to hear it from the user first.
    let outcome = client.logout(&request).await.unwrap();
    assert!(matches!(outcome, LogoutOutcome::NeedsConsent { .. }), "{outcome:?}");
    let url = client.end_session_url(&request).await.unwrap();
    let back = browser.follow(&server.admin, url).await;
    assert_eq!(back.as_str(), format!("{BYE}?state=s+1"));
    // Nobody is left to be asked.
    let outcome = client.logout(&request).await.unwrap();
    assert_eq!(outcome, LogoutOutcome::Done { return_to: back });

    let (url, _) = client.authorization_url(&AuthorizationRequest::new("openid").prompt("none")).await.unwrap();
    let back = browser.follow(&server.admin, url).await;
    assert!(back.query().unwrap().contains("login_required"), "{back}");
}

#[tokio::test]
async fn cookies_alone_name_the_session() {
    let server = Symbolon::start().await;
    let client = server.client(|_| {}).await;
    let mut browser = Browser::default();
    browser.log_in(&server.admin, &client, "openid").await;
    let bare = server.unregistered();
    let outcome = bare.logout(&LogoutRequest::new()).await.unwrap();
    assert!(matches!(outcome, LogoutOutcome::Redirect { .. }), "nobody's session: {outcome:?}");
    let outcome = bare.logout(&LogoutRequest::new().cookies(browser.cookie_header())).await.unwrap();
    assert!(matches!(outcome, LogoutOutcome::NeedsConsent { .. }), "{outcome:?}");
}

#[tokio::test]
async fn refusals_are_errors_though_they_are_redirects() {
    let server = Symbolon::start().await;
    let client = server.client(|_| {}).await;
    for request in [
        LogoutRequest::new().id_token_hint("no.id.token"),
        LogoutRequest::new().post_logout_redirect_uri("https://evil.example/"),
    ] {
        let refused = client.logout(&request).await.unwrap_err();
        assert_eq!(refused.code(), Some("invalid_request"), "{refused}");
        assert!(refused.description().is_some());
    }
}

#[tokio::test]
async fn address_names_what_is_known() {
    let server = Symbolon::start().await;
    let bare = server.unregistered().end_session_url(&LogoutRequest::new()).await.unwrap();
    assert_eq!(bare.as_str(), format!("{}/oauth2/sessions/logout", server.issuer));
    let client = server.client(|_| {}).await;
    let request = LogoutRequest::new().id_token_hint("a.b.c").logout_hint("a@b.c").ui_locales("de fr").state("s");
    let url = client.end_session_url(&request).await.unwrap();
    let names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["id_token_hint", "client_id", "state", "logout_hint", "ui_locales"]);
}
