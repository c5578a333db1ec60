//! A second click on "Allow" brings a second verifier of the same consent, and the browser drops the answer to the first.
//! Each verifier is used once, and all of one consent lead to the one grant that came of it, until its code is redeemed.

use serde_json::json;

use super::{AtPage, at_consent};
use crate::fixtures::{RACERS, confidential, outcome, race, text};
use crate::support::{Browser, Call, Listener, TestServer};

/// Says yes once more; the address with a verifier of its own.
async fn click(server: &TestServer, at: &AtPage) -> String {
    at.accept(server, &at.yes()).await.expect(200).member("redirect_to")
}

#[tokio::test]
async fn another_verifier_of_the_same_consent_leads_to_the_same_grant() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut at = at_consent(server, &client).await;
        let (first, second, third) = (click(server, &at).await, click(server, &at).await, click(server, &at).await);
        // The answer to the first one never reached the browser, and with it its cookies.
        let mut lost = at.flow.browser.clone();
        let dropped = lost.get(&first).await.expect(303).location_parameter("code").unwrap();
        let answer = at.flow.browser.clone().get(&second).await.expect(303);
        assert_eq!(answer.location_parameter("state").as_deref(), Some(crate::support::STATE));
        assert_eq!(answer.location_parameter("scope").as_deref(), Some("openid offline"));
        let code = answer.location_parameter("code").unwrap();
        // One consent, one grant.
        assert_eq!(crate::endings::consents(server, "alice").await.len(), 1);
        let tokens = server.public(at.flow.redemption(&code)).await.expect(200).json();
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
        // Its code was redeemed: no verifier leads there any more.
        assert_eq!(outcome(&at.flow.browser.get(&third).await), "client access_denied");
        // The dropped code is of the same grant, so that its use is a second use.
        let reused = server.public(at.flow.redemption(&dropped)).await.expect(400);
        assert_eq!(reused.error().as_deref(), Some("invalid_grant"));
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], false);
    })
    .await;
}

#[tokio::test]
async fn each_verifier_is_used_once() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let at = at_consent(server, &client).await;
        let first = click(server, &at).await;
        assert_eq!(outcome(&at.flow.browser.clone().get(&first).await), "code");
        assert_eq!(outcome(&at.flow.browser.clone().get(&first).await), "client access_denied");
    })
    .await;
}

#[tokio::test]
async fn only_the_browser_of_the_flow_is_led_there() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let at = at_consent(server, &client).await;
        let (first, second) = (click(server, &at).await, click(server, &at).await);
        assert_eq!(outcome(&at.flow.browser.clone().get(&first).await), "code");
        assert_eq!(outcome(&Browser::new(server).get(&second).await), "client access_denied");
        let mut stranger = at_consent(server, &client).await;
        assert_eq!(outcome(&stranger.flow.browser.get(&second).await), "client access_denied");
        // The attempts of others use nothing up.
        assert_eq!(outcome(&at.flow.browser.clone().get(&second).await), "code");
    })
    .await;
}

#[tokio::test]
async fn once_the_code_has_expired_there_is_nothing_to_lead_to() {
    TestServer::each_database_with(
        |config| config.ttl.auth_code = 60,
        async |server| {
            let client = confidential(server).await;
            let at = at_consent(server, &client).await;
            let verifiers = [click(server, &at).await, click(server, &at).await, click(server, &at).await];
            assert_eq!(outcome(&at.flow.browser.clone().get(&verifiers[0]).await), "code");
            server.clock.advance(59);
            let answer = at.flow.browser.clone().get(&verifiers[1]).await;
            assert_eq!(outcome(&answer), "code");
            server.clock.advance(1);
            assert_eq!(outcome(&at.flow.browser.clone().get(&verifiers[2]).await), "client access_denied");
            // A later code lives no longer than the first one.
            let late = answer.location_parameter("code").unwrap();
            server.public(at.flow.redemption(&late)).await.expect(400);
        },
    )
    .await;
}

#[tokio::test]
async fn a_grant_that_was_revoked_is_not_led_to() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let at = at_consent(server, &client).await;
        let (first, second) = (click(server, &at).await, click(server, &at).await);
        assert_eq!(outcome(&at.flow.browser.clone().get(&first).await), "code");
        let query = [("subject", "alice"), ("all", "true")];
        server.admin(Call::delete("/admin/oauth2/auth/sessions/consent").query(&query)).await.expect(204);
        assert_eq!(outcome(&at.flow.browser.clone().get(&second).await), "client access_denied");
    })
    .await;
}

#[tokio::test]
async fn a_second_no_says_no_once_more() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let at = at_consent(&server, &client).await;
    let no = async || at.reject(&server, &json!({})).await.expect(200).member("redirect_to");
    let (first, second) = (no().await, no().await);
    for verifier in [&first, &second, &first] {
        let answer = at.flow.browser.clone().get(verifier).await;
        assert_eq!(outcome(&answer), "client access_denied");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_verifiers_at_once_all_lead_to_one_grant() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let at = at_consent(server, &client).await;
        let cookies = at.flow.browser.jar().sent("/", server.clock.now());
        let mut calls = Vec::new();
        for _ in 0..RACERS {
            let target = server.public_target(&click(server, &at).await).unwrap();
            calls.push(Call::get(target).navigating().cookies(&cookies));
        }
        let answers = race(server, Listener::Public, calls).await;
        let codes: Vec<_> = answers.iter().filter_map(|answer| answer.location_parameter("code")).collect();
        assert_eq!(codes.len(), RACERS);
        assert_eq!(crate::endings::consents(server, "alice").await.len(), 1);
        let tokens = server.public(at.flow.redemption(&codes[RACERS / 2])).await.expect(200).json();
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
        // All the others are codes of the same grant: it gives tokens once.
        server.public(at.flow.redemption(&codes[0])).await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn a_device_is_connected_once_and_its_person_sees_so_twice() {
    use crate::rfc8628::{DeviceFlow, device_client};
    TestServer::each_database(async |server| {
        let mut flow = DeviceFlow::new(server, &device_client(server).await);
        let codes = flow.ask().await;
        let page = flow.to_consent(&codes).await;
        let (first, second) =
            (flow.application.accept_consent(&page).await, flow.application.accept_consent(&page).await);
        for verifier in [&first, &second] {
            let answer = flow.browser.clone().get(verifier).await.expect(302);
            assert_eq!(answer.location(), "http://127.0.0.1:3000/device/done?client_id=tv");
        }
        flow.poll(&codes).await.expect(200);
    })
    .await;
}
