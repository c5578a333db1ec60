//! `ttl.login_consent_request`: when a flow is given up.

use serde_json::json;

use super::{at_consent, at_login};
use crate::fixtures::{confidential, outcome};
use crate::support::TestServer;

async fn short_lived() -> TestServer {
    TestServer::with(|config| config.ttl.login_consent_request = 60).await
}

#[tokio::test]
async fn a_challenge_counts_for_its_time_and_is_told_to_be_late_afterwards() {
    let server = short_lived().await;
    let client = confidential(&server).await;
    for step in ["login", "consent"] {
        let at = if step == "login" { at_login(&server, &client).await } else { at_consent(&server, &client).await };
        server.clock.advance(59);
        at.get(&server).await.expect(200);
        server.clock.advance(2);
        let answers =
            [at.get(&server).await, at.accept(&server, &at.yes()).await, at.reject(&server, &json!({})).await];
        for answer in answers {
            assert_eq!((answer.status, answer.error().as_deref()), (401, Some("request_unauthorized")), "{step}");
        }
        server.clock.advance(100_000);
        server.server.purge().await.unwrap();
        assert_eq!(at.get(&server).await.status, 401, "{step}");
    }
}

#[tokio::test]
async fn a_verifier_that_comes_back_late_leads_to_an_error_for_the_client_and_to_nothing_else() {
    let server = short_lived().await;
    let client = confidential(&server).await;
    for step in ["login", "consent"] {
        let mut at =
            if step == "login" { at_login(&server, &client).await } else { at_consent(&server, &client).await };
        let to = at.accept(&server, &at.yes()).await.expect(200).member("redirect_to");
        server.clock.advance(61);
        assert_eq!(outcome(&at.flow.browser.get(&to).await), "client request_unauthorized", "{step}");
        server.clock.advance(100_000);
        server.server.purge().await.unwrap();
        assert_eq!(outcome(&at.flow.browser.get(&to).await), "client request_unauthorized", "{step}");
    }
}

#[tokio::test]
async fn time_at_the_pages_counts_from_the_first_visit() {
    let server = short_lived().await;
    let client = confidential(&server).await;
    let mut at = at_login(&server, &client).await;
    server.clock.advance(30);
    let to = at.accept(&server, &at.yes()).await.expect(200).member("redirect_to");
    let page = at.flow.browser.get(&to).await.expect(302).location().to_owned();
    server.clock.advance(29);
    let next = at.flow.application.accept_consent(&page).await;
    assert_eq!(outcome(&at.flow.browser.get(&next).await), "code");
}
