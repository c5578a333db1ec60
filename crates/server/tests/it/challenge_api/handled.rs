//! A challenge that was answered and used: 410, with the address where the user can start again.

use serde_json::json;

use super::{AtPage, at_consent, at_login};
use crate::fixtures::{confidential, outcome};
use crate::support::TestServer;

/// All three operations say that it is done, and where to start again.
async fn assert_gone(server: &TestServer, at: &AtPage, why: &str) {
    let answers = [at.get(server).await, at.accept(server, &at.yes()).await, at.reject(server, &json!({})).await];
    for answer in answers {
        assert_eq!(answer.status, 410, "{why}: {}", answer.text());
        let body = answer.json();
        assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
        let to = body["redirect_to"].as_str().unwrap();
        assert!(to.starts_with("http://127.0.0.1:4444/oauth2/auth?client_id=confidential&"), "{to}");
        assert!(!to.contains("verifier"), "{to}");
    }
}

#[tokio::test]
async fn a_login_challenge_is_gone_once_the_browser_came_back() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut login = at_login(server, &client).await;
        let to = login.accept(server, &login.yes()).await.expect(200).member("redirect_to");
        login.get(server).await.expect(200);
        let consent_page = login.flow.browser.get(&to).await.expect(302).location().to_owned();
        assert_gone(server, &login, "at the consent page").await;
        let next = login.flow.application.accept_consent(&consent_page).await;
        assert_gone(server, &login, "after the consent").await;
        assert_eq!(outcome(&login.flow.browser.get(&next).await), "code");
        assert_gone(server, &login, "after the code was issued").await;
        server.clock.advance(700);
        server.server.purge().await.unwrap();
        assert_gone(server, &login, "after the code has expired and was purged").await;
    })
    .await;
}

#[tokio::test]
async fn a_consent_challenge_is_gone_once_the_code_was_issued() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut consent = at_consent(server, &client).await;
        let to = consent.accept(server, &consent.yes()).await.expect(200).member("redirect_to");
        consent.get(server).await.expect(200);
        assert_eq!(outcome(&consent.flow.browser.get(&to).await), "code");
        assert_gone(server, &consent, "after the code was issued").await;
        server.clock.advance(700);
        server.server.purge().await.unwrap();
        assert_gone(server, &consent, "after the code has expired and was purged").await;
    })
    .await;
}

#[tokio::test]
async fn a_rejected_step_is_gone_too() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for mut at in [at_login(server, &client).await, at_consent(server, &client).await] {
            let to = at.reject(server, &json!({ "error": "access_denied" })).await.expect(200).member("redirect_to");
            assert_eq!(outcome(&at.flow.browser.get(&to).await), "client access_denied");
            assert_gone(server, &at, at.step).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_address_starts_the_same_request_again() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut at = at_login(&server, &client).await;
    let to = at.accept(&server, &at.yes()).await.expect(200).member("redirect_to");
    at.flow.browser.get(&to).await.expect(302);
    let again = at.get(&server).await.expect(410).member("redirect_to");
    let page = at.flow.browser.get(&again).await.expect(302).location().to_owned();
    assert_ne!(page, at.page);
    let fresh = AtPage { flow: at.flow, page, step: "login" };
    fresh.get(&server).await.expect(200);
}
