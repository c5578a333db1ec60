//! A login that is not remembered: a session until the browser is closed, bounded on the server. External login pages are
//! never spared their question by it, as in Hydra, unless a switch says so; the built-in ones are.

use serde_json::json;
use symbolon_server::config::Config;

use super::{login_request, skips};
use crate::fixtures::{claims, confidential, outcome, text};
use crate::support::{CodeFlow, Cookie, TestServer};

const DAY: i64 = 24 * 3600;

fn skipping(config: &mut Config) {
    config.symbolon.sessions.skip_unremembered = true;
}

fn session_cookie(answer: &crate::support::Answer) -> Option<Cookie> {
    answer.cookies().into_iter().find(|cookie| cookie.name.starts_with("ory_hydra_session"))
}

#[tokio::test]
async fn its_cookie_has_no_age() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for remember_for in [0, 60, -1] {
        let mut flow = client.flow(&server).login("remember_for", json!(remember_for));
        let cookie = session_cookie(&flow.log_in().await).unwrap();
        assert_eq!((cookie.attribute("Max-Age"), cookie.attribute("Expires")), (None, None), "{remember_for}");
        assert_eq!(cookie.attribute("HttpOnly"), Some(""));
        assert_eq!(cookie.attribute("SameSite"), Some("Lax"));
    }
}

#[tokio::test]
async fn an_external_login_page_asks_all_the_same() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server).consent("remember", json!(true));
        let first = claims(text(&flow.tokens().await, "id_token"));
        server.clock.advance(10);
        let page = flow.authorize().await.expect(302).location().to_owned();
        let described = login_request(server, &page).await;
        assert_eq!((&described["skip"], &described["subject"]), (&json!(false), &json!("")));
        assert_eq!(described["session_id"], first["sid"], "the page may know which session it is");
        // The answer is a new login in the same session.
        let second = claims(text(&flow.tokens().await, "id_token"));
        assert_eq!(second["sid"], first["sid"]);
        assert_eq!(second["auth_time"], server.clock.now());
        let mut silent = flow.parameter("prompt", "none");
        assert_eq!(outcome(&silent.authorize().await), "client login_required");
    })
    .await;
}

#[tokio::test]
async fn a_switch_spares_external_pages_the_question_too() {
    TestServer::each_database_with(skipping, async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server).consent("remember", json!(true)).login("acr", json!("2"));
        let first = claims(text(&flow.tokens().await, "id_token"));
        server.clock.advance(10);
        assert_eq!(skips(server, &mut flow).await, (true, true));
        let mut silent = flow.parameter("prompt", "none");
        let second = claims(text(&silent.tokens().await, "id_token"));
        for claim in ["sid", "auth_time", "acr"] {
            assert_eq!(second[claim], first[claim], "{claim}");
        }
    })
    .await;
}

#[tokio::test]
async fn it_ends_in_the_database_after_its_time() {
    TestServer::each_database_with(skipping, async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        flow.tokens().await;
        let mut silent = flow.parameter("prompt", "none");
        server.clock.advance(DAY - 1);
        assert_eq!(outcome(&silent.authorize().await), "login");
        server.clock.advance(1);
        assert_eq!(outcome(&silent.authorize().await), "client login_required");
    })
    .await;
    let brief = |config: &mut Config| {
        skipping(config);
        config.symbolon.sessions.unremembered_lifespan_seconds = 60;
    };
    let server = TestServer::with(brief).await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    flow.tokens().await;
    server.clock.advance(60);
    assert_eq!(outcome(&flow.parameter("prompt", "none").authorize().await), "client login_required");
}

#[tokio::test]
async fn remembering_changes_with_each_login_of_the_same_person() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server).consent("remember", json!(true));
        let sid = claims(text(&flow.tokens().await, "id_token"))["sid"].clone();
        let again = async |flow: CodeFlow, remember: bool| {
            let mut flow = flow.parameter("prompt", "login").login("remember", json!(remember));
            let answer = flow.log_in().await;
            assert_eq!(session_cookie(&answer).unwrap().max_age().is_some(), remember);
            let tokens = flow.tokens().await;
            assert_eq!(claims(text(&tokens, "id_token"))["sid"], sid);
            let mut flow = flow.parameter("prompt", "");
            assert_eq!(skips(server, &mut flow).await.0, remember);
            flow
        };
        let flow = again(flow, true).await;
        let flow = again(flow, false).await;
        again(flow, true).await;
    })
    .await;
}

#[tokio::test]
async fn a_login_page_that_is_spared_the_question_can_have_the_login_remembered() {
    let server = TestServer::with(skipping).await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let first = claims(text(&flow.tokens().await, "id_token"));
    server.clock.advance(10);
    let mut flow = flow.login("remember", json!(true)).login("extend_session_lifespan", json!(true));
    let cookie = session_cookie(&flow.log_in().await).unwrap();
    assert!(cookie.max_age().is_some());
    let second = claims(text(&flow.tokens().await, "id_token"));
    assert_eq!((&second["sid"], &second["auth_time"]), (&first["sid"], &first["auth_time"]));
}
