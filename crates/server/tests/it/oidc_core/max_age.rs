//! OpenID Connect Core §3.1.2.1: `max_age`, and the client's `default_max_age`. The age of a login is what it was when the
//! request came; the time that pages take does not count.

use serde_json::json;

use super::{login_request, remembered, skips};
use crate::fixtures::{claims, confidential, outcome, register, text};
use crate::support::TestServer;

#[tokio::test]
async fn a_session_is_good_enough_up_to_the_exact_second() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for (age, max_age, skip) in
        [(100, "100", true), (101, "100", false), (1, "0", false), (0, "1", true), (5, "", true)]
    {
        let mut flow = remembered(&server, &client).await;
        server.clock.advance(age);
        flow = flow.parameter("max_age", max_age);
        assert_eq!(skips(&server, &mut flow).await, (skip, true), "a login {age} seconds old, max_age={max_age}");
    }
}

#[tokio::test]
async fn a_login_made_for_the_request_is_young_enough_however_long_the_pages_take() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for max_age in ["0", "1"] {
        let mut flow = remembered(&server, &client).await.parameter("max_age", max_age);
        server.clock.advance(60);
        let page = flow.authorize().await.expect(302).location().to_owned();
        assert_eq!(login_request(&server, &page).await["skip"], false);
        server.clock.advance(30);
        let login_at = server.clock.now();
        let next = flow.application.accept_login(&page).await;
        server.clock.advance(30);
        let page = flow.browser.get(&next).await.expect(302).location().to_owned();
        server.clock.advance(30);
        let next = flow.application.accept_consent(&page).await;
        let code = flow.browser.get(&next).await.expect(303).location_parameter("code").unwrap();
        let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
        assert_eq!(claims(text(&tokens, "id_token"))["auth_time"], login_at);
    }
}

#[tokio::test]
async fn a_session_that_was_young_enough_stays_so_while_the_pages_are_open() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = remembered(&server, &client).await.parameter("max_age", "10");
    server.clock.advance(9);
    let page = flow.authorize().await.expect(302).location().to_owned();
    assert_eq!(login_request(&server, &page).await["skip"], true);
    server.clock.advance(9);
    let next = flow.application.accept_login(&page).await;
    assert_eq!(outcome(&flow.browser.get(&next).await), "consent");
}

#[tokio::test]
async fn prompt_none_with_an_old_login_is_login_required() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = remembered(&server, &client).await.parameter("max_age", "10").parameter("prompt", "none");
    server.clock.advance(10);
    assert_eq!(outcome(&flow.authorize().await), "login");
    server.clock.advance(1);
    assert_eq!(outcome(&flow.authorize().await), "client login_required");
}

#[tokio::test]
async fn the_clients_default_counts_where_the_request_says_nothing() {
    let server = TestServer::new().await;
    let client = register(&server, "strict", &json!({ "default_max_age": 10 })).await;
    let mut flow = remembered(&server, &client).await;
    server.clock.advance(11);
    assert!(!skips(&server, &mut flow).await.0);
    let mut flow = remembered(&server, &client).await.parameter("max_age", "3600");
    server.clock.advance(11);
    assert!(skips(&server, &mut flow).await.0, "the request goes before the default");
}
