//! Several logins in one browser at once: a cookie for each flow.

use crate::fixtures::{confidential, parameter};
use crate::support::TestServer;

#[tokio::test]
async fn five_tabs_log_in_side_by_side_in_any_order() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).scope("openid");
    let mut pages = Vec::new();
    for _ in 0..5 {
        pages.push(flow.authorize().await.location().to_owned());
    }
    let mut consents = Vec::new();
    for page in pages.iter().rev() {
        let next = flow.application.accept_login(page).await;
        consents.push(flow.browser.get(&next).await.expect(302).location().to_owned());
    }
    for page in [3, 0, 4, 1, 2].map(|index: usize| consents[index].clone()) {
        let next = flow.application.accept_consent(&page).await;
        let answer = flow.browser.follow(&next).await;
        let code = parameter(answer.location(), "code");
        server.public(flow.redemption(&code)).await.expect(200);
    }
    let left: Vec<String> = flow.browser.cookie_names("/").into_iter().filter(|name| name.contains("csrf")).collect();
    assert_eq!(left, [""; 0], "what is done leaves no cookie");
}

#[tokio::test]
async fn a_browser_keeps_a_dozen_flows_and_the_oldest_makes_room() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).scope("openid");
    let mut pages = Vec::new();
    for _ in 0..15 {
        pages.push(flow.authorize().await.location().to_owned());
        server.clock.advance(1);
    }
    let open = flow.browser.cookie_names("/").into_iter().filter(|name| name.contains("login_csrf")).count();
    assert_eq!(open, 12);
    let newest = flow.application.accept_login(&pages[14]).await;
    assert!(flow.browser.get(&newest).await.expect(302).location().contains("consent_challenge="));
    let oldest = flow.application.accept_login(&pages[0]).await;
    assert_eq!(flow.browser.get(&oldest).await.error().as_deref(), Some("request_forbidden"));
}
