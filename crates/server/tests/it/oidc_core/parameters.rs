//! OpenID Connect Core §3.1.2.1: parameters that only the login page can honour reach it unchanged.

use serde_json::{Value, json};

use super::{consent_request, login_request};
use crate::fixtures::{confidential, parameter};
use crate::support::{Call, TestServer, pair, pairs_of};

#[tokio::test]
async fn hints_for_the_pages_are_passed_to_both_of_them() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client
        .flow(&server)
        .parameter("login_hint", "alice@example.org \u{fc}")
        .parameter("acr_values", "urn:acr:2 urn:acr:1")
        .parameter("ui_locales", "de-AT  en")
        .parameter("display", "touch")
        .parameter("something_of_our_own", "kept");
    let login_page = flow.authorize().await.expect(302).location().to_owned();
    let login = login_request(&server, &login_page).await;
    let expected = json!({
        "acr_values": ["urn:acr:2", "urn:acr:1"],
        "ui_locales": ["de-AT", "en"],
        "display": "touch",
        "login_hint": "alice@example.org \u{fc}",
    });
    assert_eq!(login["oidc_context"], expected);
    let url = login["request_url"].as_str().unwrap();
    assert_eq!(parameter(url, "something_of_our_own"), "kept");
    let next = flow.application.accept_login(&login_page).await;
    let consent_page = flow.browser.get(&next).await.expect(302).location().to_owned();
    assert_eq!(consent_request(&server, &consent_page).await["oidc_context"], expected);
}

#[tokio::test]
async fn without_hints_the_context_is_empty_and_there() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let page = client.flow(&server).authorize().await.expect(302).location().to_owned();
    assert_eq!(login_request(&server, &page).await["oidc_context"], json!({}));
}

#[tokio::test]
async fn the_request_url_is_the_request_to_the_letter() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let query = "state=a%20b+c%2Fd12&client_id=confidential&response_type=code&scope=openid%20offline&nonce=12345678\
                 &redirect_uri=http%3A%2F%2F127.0.0.1%3A5555%2fcallback&x=&y&z=%ff";
    let answer = server.public(Call::get(format!("/oauth2/auth?{query}")).navigating()).await.expect(302);
    let described: Value = login_request(&server, answer.location()).await;
    let url = described["request_url"].as_str().unwrap();
    assert_eq!(url, format!("http://127.0.0.1:4444/oauth2/auth?{query}"));
    assert_eq!(pair(&pairs_of(query), "state"), Some("a b c/d12"));
}
