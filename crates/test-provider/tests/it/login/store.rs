//! Sessions in a store that two processes share.

use std::sync::Arc;

use serde_json::json;
use symbolon_client::reqwest::Method;
use symbolon_client::{LoginLayerBuilder, MemorySessions};
use symbolon_test_provider::Answer;

use super::visitor::{FORM, SCRIPT};
use super::{App, SECRET, long};

/// Two processes, the second at this address.
async fn two(settings: fn(LoginLayerBuilder) -> LoginLayerBuilder) -> (App, String, Arc<MemorySessions>) {
    let store = Arc::new(MemorySessions::new());
    let app = App::with(|login| settings(login).store(Arc::clone(&store))).await;
    let second = app.process(settings(app.layer(SECRET)).store(Arc::clone(&store))).await;
    (app, second, store)
}

#[tokio::test]
async fn a_session_is_known_to_both_and_ends_for_both() {
    let (app, second, store) = two(|login| login).await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    assert_eq!(store.count(), 1);
    let copy = visitor.jar.clone();
    visitor.base.clone_from(&second);
    assert_eq!(visitor.get("/account").await.text, "alice - ");
    visitor.post("/auth/logout", FORM, "").await;
    assert_eq!(store.count(), 0);
    visitor.jar = copy;
    for base in [&app.base, &second] {
        visitor.base.clone_from(base);
        assert_eq!(visitor.fetch("/account").await.status, 401);
    }
}

#[tokio::test]
async fn a_login_that_began_at_one_ends_at_the_other() {
    let (app, second, _) = two(|login| login).await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/deep/page").await;
    let landing = visitor.provider.log_in(&url, "alice").await;
    visitor.base = second;
    assert_eq!(visitor.come_back(&landing).await.location, "/deep/page");
    visitor.base.clone_from(&app.base);
    assert_eq!(visitor.get("/account").await.status, 200);
}

#[tokio::test]
async fn a_refresh_of_one_is_the_others_too() {
    let (app, second, _) = two(long).await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    for number in 2..6 {
        app.advance(3600);
        visitor.base.clone_from(if number % 2 == 0 { &second } else { &app.base });
        let first = visitor.get("/token").await;
        visitor.base.clone_from(if number % 2 == 0 { &app.base } else { &second });
        assert_eq!(visitor.get("/token").await.text, first.text);
        assert_eq!((first.status, app.token_requests()), (200, number));
    }
}

#[tokio::test]
async fn a_session_in_use_goes_on_and_an_unused_one_ends() {
    let (app, second, _) = two(|login| login).await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    let copy = visitor.jar.clone();
    for base in [&second, &app.base, &second] {
        app.advance(3000);
        visitor.base.clone_from(base);
        assert_eq!(visitor.get("/account").await.status, 200);
    }
    visitor.jar = copy;
    assert_eq!(visitor.get("/account").await.status, 200, "the cookie has only an id");
    app.advance(3600);
    assert_eq!(visitor.get("/account").await.status, 303);
}

#[tokio::test]
async fn a_grant_that_ended_ends_the_session_in_the_store() {
    let (app, second, store) = two(long).await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    app.advance(3600);
    app.provider.answer_next("/oauth2/token", Answer::new(400).json(&json!({ "error": "invalid_grant" })));
    let copy = visitor.jar.clone();
    assert_eq!(visitor.get("/token").await.status, 303);
    assert_eq!((visitor.names().len(), store.count()), (0, 0));
    visitor.jar = copy;
    visitor.base = second;
    assert_eq!(visitor.fetch("/account").await.status, 401);
}

#[tokio::test]
async fn a_logout_during_a_refresh_is_not_undone() {
    let (app, second, store) = two(long).await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    app.advance(3590);
    // The refresh goes on beside the logout at the other process.
    let mut other = app.visitor();
    other.base.clone_from(&second);
    other.jar.clone_from(&visitor.jar);
    let refreshing = async { visitor.ask(Method::GET, "/token", SCRIPT, None).await };
    tokio::join!(refreshing, async { other.post("/auth/logout", FORM, "").await });
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(store.count(), 0);
    assert_eq!(visitor.get("/account").await.status, 303);
}
