//! Logout that no client asked for: somebody visits the end-session endpoint.

use serde_json::{Value, json};

use super::{BYE, DONE, accept, ask, assert_error, challenge, client, log_out, request, sign_in, sign_in_with};
use crate::support::{Browser, Call, TestServer};

#[tokio::test]
async fn without_a_session_there_is_nothing_to_ask() {
    let server = TestServer::new().await;
    client(&server, "rp", &json!({})).await;
    let mut browser = Browser::new(&server);
    for parameters in [vec![], vec![("state", "alone")], vec![("ui_locales", "de"), ("logout_hint", "alice")]] {
        let answer = ask(&mut browser, &parameters).await.expect(302);
        assert_eq!(answer.location(), DONE);
        assert!(answer.cookies().is_empty());
    }
    let parameters = [("client_id", "rp"), ("post_logout_redirect_uri", BYE)];
    assert_eq!(ask(&mut browser, &parameters).await.expect(302).location(), BYE);
    let head = server.public(Call::new(http::Method::HEAD, "/oauth2/sessions/logout")).await;
    assert!(head.status < 400 && head.cookies().is_empty());
}

#[tokio::test]
async fn the_page_asks_and_the_session_ends() {
    TestServer::each_database(async |server| {
        let client = client(server, "rp", &json!({})).await;
        let mut person = sign_in(server, &client).await;
        let asked = ask(&mut person.browser, &[("state", "alone")]).await;
        let sealed = challenge(&asked);
        let described = server.admin(request("", &sealed)).await.expect(200).json();
        assert_eq!((&described["rp_initiated"], &described["client"]), (&json!(false), &Value::Null));
        assert_eq!((&described["subject"], &described["sid"]), (&json!("alice"), &json!(person.sid())));
        let next = accept(server, &sealed).await;
        let ended = person.browser.get(&next).await.expect(302);
        assert_eq!(ended.location(), DONE);
        assert!(ended.cookies()[0].is_deletion());
        assert!(!person.stands(server, &client).await);
        // A replay leads to the same place and touches nothing.
        assert_eq!(person.browser.get(&next).await.expect(302).location(), DONE);
    })
    .await;
}

#[tokio::test]
async fn another_browser_cannot_end_it() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let (mut person, mut other) = (sign_in(&server, &client).await, sign_in(&server, &client).await);
    let asked = ask(&mut person.browser, &[]).await;
    let next = accept(&server, &challenge(&asked)).await;
    for browser in [&mut Browser::new(&server), &mut other.browser] {
        let answer = browser.get(&next).await.expect(302);
        assert_eq!(answer.location(), DONE);
        assert!(answer.cookies().is_empty());
    }
    assert!(person.stands(&server, &client).await && other.stands(&server, &client).await);
    person.browser.get(&next).await.expect(302);
    assert!(!person.stands(&server, &client).await);
    assert!(other.stands(&server, &client).await, "each browser has a session of its own");
}

#[tokio::test]
async fn a_login_that_came_in_between_is_not_ended_by_an_old_verifier() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let asked = ask(&mut person.browser, &[]).await;
    let next = accept(&server, &challenge(&asked)).await;
    log_out(&server, &mut person.browser, &[]).await.expect(302);
    let mut again = sign_in_with(&server, &client, person.browser.clone()).await;
    assert_ne!(again.sid(), person.sid());
    assert_eq!(again.browser.get(&next).await.expect(302).location(), DONE);
    assert!(again.stands(&server, &client).await);
}

#[tokio::test]
async fn an_address_needs_a_client_and_each_parameter_may_come_once() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    assert_error(&ask(&mut person.browser, &[("post_logout_redirect_uri", BYE)]).await, "invalid_request");
    assert_error(&ask(&mut person.browser, &[("state", "a"), ("state", "b")]).await, "invalid_request");
    let long = "x".repeat(40_000);
    assert_error(&ask(&mut person.browser, &[("state", &long)]).await, "invalid_request");
    assert!(person.stands(&server, &client).await);
}

#[tokio::test]
async fn a_session_that_time_ended_is_none() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut flow = client.flow(&server).login("remember", json!(true)).login("remember_for", json!(60));
    flow.tokens().await;
    challenge(&ask(&mut flow.browser, &[]).await);
    server.clock.advance(61);
    assert_eq!(ask(&mut flow.browser, &[]).await.expect(302).location(), DONE);
}

#[tokio::test]
async fn an_altered_session_cookie_is_no_session() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let person = sign_in(&server, &client).await;
    let (name, value) = person
        .browser
        .jar()
        .sent("/", server.clock.now())
        .into_iter()
        .find(|(name, _)| name.contains("session"))
        .unwrap();
    let visit = async |value: &str| {
        let cookies = [(name.clone(), value.to_owned())];
        server
            .public(Call::get("/oauth2/sessions/logout").cookies(&cookies).navigating())
            .await
            .expect(302)
            .location()
            .to_owned()
    };
    assert_ne!(visit(&value).await, DONE);
    for (how, altered) in crate::fixtures::altered(&value) {
        assert_eq!(visit(&altered).await, DONE, "{how}");
    }
}
