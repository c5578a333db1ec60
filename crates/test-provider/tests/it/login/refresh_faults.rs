//! Refreshes that fail, and sessions without them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use symbolon_client::reqwest::Method;
use symbolon_client::{AuthorizationRequest, BackgroundFuture, DefaultRuntime, Runtime, SleepFuture};
use symbolon_test_provider::Answer;

use super::refresh::{lasting, logged_in};
use super::visitor::PAGE;
use super::{App, long};

#[tokio::test]
async fn a_grant_that_the_provider_ended_ends_the_session() {
    for path in ["/token", "/token-or-401"] {
        let app = lasting().await;
        let (mut visitor, _) = logged_in(&app).await;
        let copy = visitor.jar.clone();
        app.advance(3600);
        app.provider.answer_next("/oauth2/token", Answer::new(400).json(&json!({ "error": "invalid_grant" })));
        let reply = visitor.get(path).await;
        assert_eq!(reply.location, format!("/auth/login?return_to=%2F{}", &path[1..]));
        assert!(visitor.names().is_empty(), "the cookie is taken away: {path}");
        visitor.jar = copy;
        assert_eq!(visitor.fetch("/account").await.status, 401, "no copy of it works");
        assert_eq!(app.token_requests(), 2);
        assert!(visitor.log_in("/account", "alice").await.text.starts_with("alice"));
    }
}

#[tokio::test]
async fn scripts_get_a_status_where_the_provider_ended_the_grant() {
    let app = lasting().await;
    let (mut visitor, _) = logged_in(&app).await;
    app.advance(3600);
    app.provider.answer_next("/oauth2/token", Answer::new(400).json(&json!({ "error": "invalid_grant" })));
    let reply = visitor.fetch("/token").await;
    assert_eq!(reply.status, 401);
    assert!(reply.text.contains("login_required") && visitor.names().is_empty(), "{}", reply.text);
}

#[tokio::test]
async fn an_id_token_about_somebody_else_ends_the_session() {
    let app = lasting().await;
    let (mut visitor, _) = logged_in(&app).await;
    app.advance(3600);
    // OpenID Connect Core §12.2.
    let id_token = app.provider.id_token(json!({ "aud": app.client.id, "sub": "mallory" })).await;
    let answer = json!({ "access_token": "x", "token_type": "Bearer", "expires_in": 3600, "id_token": id_token });
    app.provider.answer_next("/oauth2/token", Answer::new(200).json(&answer));
    assert_eq!(visitor.get("/token").await.status, 303);
    assert!(visitor.names().is_empty());
}

#[tokio::test]
async fn a_provider_that_fails_is_asked_again_after_a_pause() {
    let app = lasting().await;
    let (mut visitor, token) = logged_in(&app).await;
    app.advance(3550);
    app.provider.fail_next("/oauth2/token", 503);
    for _ in 0..3 {
        assert_eq!(visitor.get("/token").await.text, token, "it lasts still");
    }
    assert_eq!(app.token_requests(), 2);
    app.advance(50);
    app.provider.fail_next("/oauth2/token", 503);
    for _ in 0..3 {
        assert_eq!(visitor.get("/token").await.status, 503);
    }
    assert_eq!(app.token_requests(), 3);
    assert_eq!(visitor.get("/account").await.status, 200, "the session lives");
    app.advance(5);
    assert_eq!((visitor.get("/token").await.status, app.token_requests()), (200, 4));
}

#[tokio::test]
async fn without_a_refresh_token_an_expired_one_needs_a_login() {
    let app = App::with(|login| long(login).request(AuthorizationRequest::new("openid"))).await;
    let (mut visitor, token) = logged_in(&app).await;
    app.advance(3590);
    assert_eq!(visitor.get("/token").await.text, token);
    app.advance(10);
    for path in ["/token", "/token-or-401"] {
        assert_eq!(visitor.get(path).await.location, format!("/auth/login?return_to=%2F{}", &path[1..]));
        assert_eq!(visitor.fetch(path).await.status, 401);
        assert_eq!(visitor.get("/account").await.status, 200, "the session itself goes on");
    }
    let again = visitor.log_in("/token", "alice").await.text;
    assert_ne!(again, token);
    assert_eq!(visitor.get("/token").await.text, again);
}

#[tokio::test]
async fn an_application_that_never_has_enough_does_not_go_round_in_circles() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let mut statuses = Vec::new();
    for _ in 0..10 {
        let url = visitor.begin("/once-more").await;
        let landing = visitor.provider.log_in(&url, "alice").await;
        let reply = visitor.come_back(&landing).await;
        statuses.push(reply.status);
        visitor.ask(Method::GET, "/once-more", PAGE, None).await;
    }
    assert_eq!(statuses, [303, 303, 303, 303, 303, 303, 303, 303, 400, 400]);
}

/// Whose pauses are over at once, from a certain moment on.
#[derive(Clone, Default)]
struct Hurried {
    now: Arc<AtomicBool>,
    pauses: Arc<Mutex<Vec<Duration>>>,
}

impl Runtime for Hurried {
    fn spawn(&self, work: BackgroundFuture) {
        DefaultRuntime.spawn(work);
    }

    fn sleep(&self, pause: Duration) -> SleepFuture {
        if !self.now.load(Ordering::SeqCst) {
            return DefaultRuntime.sleep(pause);
        }
        self.pauses.lock().unwrap().push(pause);
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn a_provider_that_hangs_holds_up_answers_for_five_seconds() {
    let runtime = Hurried::default();
    let hurried = runtime.clone();
    let app = App::setup().client(move |client| client.runtime(hurried.clone())).start(long).await;
    let (mut visitor, token) = logged_in(&app).await;
    app.advance(3550);
    app.provider.hang_next("/oauth2/token");
    runtime.now.store(true, Ordering::SeqCst);
    assert_eq!(visitor.get("/token").await.text, token);
    assert_eq!(*runtime.pauses.lock().unwrap(), [Duration::from_secs(5)]);
    app.advance(5);
    assert_eq!(visitor.get("/token").await.text, token);
    assert_eq!(*runtime.pauses.lock().unwrap(), [Duration::from_secs(5), Duration::ZERO], "nobody waits longer");
    assert_eq!(app.token_requests(), 2);
}
