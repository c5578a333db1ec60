//! Access tokens for the application, and how they become new ones.

use serde_json::json;
use symbolon_client::LoginLayerBuilder;
use symbolon_client::reqwest::Method;
use symbolon_test_provider::Answer;

use super::visitor::SCRIPT;
use super::{App, Visitor, long};

/// An application with somebody who is logged in, and their access token.
pub(super) async fn logged_in(app: &App) -> (Visitor<'_>, String) {
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    let token = visitor.get("/token").await.text;
    assert_eq!(app.token_requests(), 1);
    (visitor, token)
}

pub(super) async fn lasting() -> App {
    App::lasting(|login| login).await
}

#[tokio::test]
async fn a_token_is_used_while_it_lasts() {
    let app = lasting().await;
    let (mut visitor, token) = logged_in(&app).await;
    app.advance(3539);
    assert_eq!((visitor.get("/token").await.text, app.token_requests()), (token, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_requests_at_once_make_one_refresh() {
    for store in [false, true] {
        let settings =
            |login: LoginLayerBuilder| if store { login.store(symbolon_client::MemorySessions::new()) } else { login };
        let app = App::lasting(settings).await;
        let (visitor, token) = logged_in(&app).await;
        app.advance(3600);
        let replies = visitor.ask_at_once("/token", 64).await;
        let new = &replies[0].text;
        assert_ne!(new, &token);
        for reply in &replies {
            assert_eq!((reply.status, &reply.text), (200, new));
            assert_eq!(reply.set_cookies().len(), usize::from(!store), "in a store, the session is where it was");
        }
        assert_eq!(app.token_requests(), 2, "one for the login, one for all of them");
        assert_eq!(app.provider.introspect(new).await["active"], true);
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_made_up_for() {
    let app = lasting().await;
    let (mut visitor, token) = logged_in(&app).await;
    app.advance(3600);
    let lost = visitor.ask(Method::GET, "/token", SCRIPT, None).await.text;
    assert_ne!(lost, token);
    // The browser still has the old cookie.
    let reply = visitor.get("/token").await;
    assert_eq!((&reply.text, reply.set_cookies().len(), app.token_requests()), (&lost, 1, 2));
    let reply = visitor.get("/token").await;
    assert_eq!((&reply.text, reply.set_cookies().len()), (&lost, 0));
}

#[tokio::test]
async fn an_old_cookie_finds_the_newest_tokens_for_an_hour() {
    let app = App::setup().access_tokens_for("5m").start(long).await;
    let (mut visitor, _) = logged_in(&app).await;
    let mut tokens = Vec::new();
    for number in 2..12 {
        app.advance(300);
        tokens.push(visitor.ask(Method::GET, "/token", SCRIPT, None).await.text);
        assert_eq!(app.token_requests(), number);
    }
    let old = visitor.jar.clone();
    let reply = visitor.get("/account").await;
    assert_eq!(reply.set_cookies().len(), 1, "any answer brings the newest ones");
    assert_eq!((&visitor.get("/token").await.text, app.token_requests()), (tokens.last().unwrap(), 11));
    tokens.dedup();
    assert_eq!(tokens.len(), 10, "each was another one");
    // Later only the cookie helps that was written then.
    app.advance(1800);
    assert_eq!((visitor.get("/token").await.status, app.token_requests()), (200, 12));
    visitor.jar = old;
    assert_eq!(visitor.fetch("/token").await.status, 401);
}

#[tokio::test]
async fn each_refresh_token_is_used_once_where_they_rotate() {
    let app = lasting().await;
    let (mut visitor, _) = logged_in(&app).await;
    for number in 2..8 {
        app.advance(3600);
        let reply = visitor.get("/token").await;
        assert_eq!((reply.status, reply.set_cookies().len(), app.token_requests()), (200, 1, number));
    }
}

#[tokio::test]
async fn a_token_that_ends_soon_is_not_handed_out() {
    // Its provider ends the former token with the refresh.
    let app = lasting().await;
    let (mut visitor, token) = logged_in(&app).await;
    app.advance(3541);
    let replies = visitor.ask_at_once("/token", 8).await;
    let reply = visitor.get("/token").await;
    assert_eq!((reply.set_cookies().len(), app.token_requests()), (1, 2));
    let next = reply.text;
    assert!(replies.iter().all(|reply| reply.text == next) && next != token);
    assert_eq!(app.provider.introspect(&token).await["active"], false);
    assert_eq!(app.provider.introspect(&next).await["active"], true);
    app.advance(3000);
    assert_eq!((visitor.get("/token").await.text, app.token_requests()), (next, 2));
}

#[tokio::test]
async fn tokens_that_live_shorter_than_that_are_not_refreshed_with_every_request() {
    let app = lasting().await;
    let (mut visitor, _) = logged_in(&app).await;
    app.advance(3600);
    let short = |token: &str| {
        Answer::new(200).json(&json!({ "access_token": token, "token_type": "Bearer", "expires_in": 30 }))
    };
    app.provider.answer_next("/oauth2/token", short("one"));
    for _ in 0..5 {
        assert_eq!(visitor.get("/token").await.text, "one");
        app.advance(1);
    }
    assert_eq!(app.token_requests(), 2);
    // After a while it is, and this provider gives no other refresh token: what was used once is used again.
    app.advance(6);
    app.provider.answer_next("/oauth2/token", short("two"));
    assert_eq!((visitor.get("/token").await.text.as_str(), app.token_requests()), ("two", 3));
}

#[tokio::test]
async fn an_id_token_is_carried_over_where_a_refresh_brings_none() {
    let app = lasting().await;
    let (mut visitor, _) = logged_in(&app).await;
    let sid = visitor.get("/sid").await.text;
    app.advance(3600);
    let answer = json!({ "access_token": "next", "token_type": "Bearer", "expires_in": 3600 });
    app.provider.answer_next("/oauth2/token", Answer::new(200).json(&answer));
    assert_eq!(visitor.get("/token").await.text, "next");
    assert_eq!(visitor.get("/sid").await.text, sid);
}
