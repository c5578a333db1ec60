//! Several flows in one browser at once: five tabs, each finishing, in any order.

use serde_json::json;

use crate::fixtures::{confidential, outcome, register, request, set};
use crate::support::{Browser, Call, LoginApplication, TestServer};

#[tokio::test]
async fn five_flows_of_one_browser_finish_in_another_order_than_they_began() {
    TestServer::each_database(async |server| {
        confidential(server).await;
        register(server, "other", &json!({})).await;
        let mut browser = Browser::new(server);
        let mut application = LoginApplication::new(server, "alice");
        application.login["remember"] = json!(true);
        let mut login_pages = Vec::new();
        for number in 0..5 {
            let client = if number % 2 == 0 { "confidential" } else { "other" };
            let pairs = set(&request(client), "state", &format!("state-of-tab-{number}"));
            let target = Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&pairs)).target;
            login_pages.push(browser.get(&target).await.expect(302).location().to_owned());
        }
        assert_eq!(browser.cookie_names("/").len(), 5);
        let mut consent_pages = vec![String::new(); 5];
        for number in [3, 1, 4, 0, 2] {
            let next = application.accept_login(&login_pages[number]).await;
            consent_pages[number] = browser.get(&next).await.expect(302).location().to_owned();
        }
        for number in [2, 4, 0, 1, 3] {
            let next = application.accept_consent(&consent_pages[number]).await;
            let answer = browser.get(&next).await;
            assert_eq!(outcome(&answer), "code");
            assert_eq!(answer.location_parameter("state"), Some(format!("state-of-tab-{number}")));
        }
        let left = browser.cookie_names("/");
        assert_eq!(left, ["ory_hydra_session_dev"], "the cookies of the flows are gone");
    })
    .await;
}

#[tokio::test]
async fn one_tab_says_no_and_the_others_go_on() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut browser = Browser::new(&server);
    let application = LoginApplication::new(&server, "alice");
    let target = Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&request(&client.id))).target;
    let (first, second) = (browser.get(&target).await.expect(302), browser.get(&target).await.expect(302));
    let challenge = crate::fixtures::parameter(first.location(), "login_challenge");
    let reject = Call::put("/admin/oauth2/auth/requests/login/reject").query(&[("login_challenge", &challenge)]);
    let next = server.admin(reject.json(&json!({ "error": "access_denied" }))).await.expect(200).member("redirect_to");
    assert_eq!(outcome(&browser.get(&next).await), "client access_denied");
    let next = application.accept_login(second.location()).await;
    let consent_page = browser.get(&next).await.expect(302).location().to_owned();
    let next = application.accept_consent(&consent_page).await;
    assert_eq!(outcome(&browser.get(&next).await), "code");
}

#[tokio::test]
async fn a_reload_and_a_double_click_lead_to_the_same_page() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).login("remember", json!(true));
    let login_page = flow.authorize().await.expect(302).location().to_owned();
    let next = flow.application.accept_login(&login_page).await;
    let first = flow.browser.get(&next).await.expect(302).location().to_owned();
    let again = flow.browser.get(&next).await.expect(302).location().to_owned();
    let id = async |page: &str| super::consent_request(&server, page).await["consent_request_id"].clone();
    assert_eq!(id(&first).await, id(&again).await);
    // Either page may be answered, and only the first answer that comes back counts.
    let next = flow.application.accept_consent(&first).await;
    assert_eq!(outcome(&flow.browser.get(&next).await), "code");
    assert_eq!(outcome(&flow.browser.get(&next).await), "client access_denied");
}
