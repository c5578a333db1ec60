//! The provider ends sessions without the browser (`OpenID` Connect Back-Channel Logout 1.0).

use std::sync::Arc;

use serde_json::{Value, json};
use symbolon_client::reqwest::Method;
use symbolon_client::{LoginLayerBuilder, MemoryRevocations, MemorySessions};

use super::visitor::{FORM, Reply};
use super::{App, SECRET, Visitor};

const PATH: &str = "/auth/backchannel-logout";

async fn logged_in<'a>(app: &'a App, user: &str) -> Visitor<'a> {
    let mut visitor = app.visitor();
    visitor.log_in("/account", user).await;
    visitor
}

/// What the provider sends.
async fn send(app: &App, token: &str) -> Reply {
    app.visitor().ask(Method::POST, PATH, &[], Some(&format!("logout_token={token}"))).await
}

async fn token(app: &App, claims: Value) -> String {
    let mut all = json!({ "aud": app.client.id });
    all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
    app.provider.logout_token(all).await
}

async fn is_there(visitor: &mut Visitor<'_>) -> bool {
    visitor.get("/account").await.status == 200
}

fn kept(in_store: bool) -> impl FnOnce(LoginLayerBuilder) -> LoginLayerBuilder {
    move |login| if in_store { login.store(MemorySessions::new()) } else { login }
}

/// `sid` of the session, which the provider alone knows.
async fn sid(visitor: &mut Visitor<'_>) -> String {
    visitor.get("/sid").await.text
}

#[tokio::test]
async fn a_user_is_logged_out_everywhere() {
    for in_store in [false, true] {
        let app = App::with(kept(in_store)).await;
        let (mut one, mut two) = (logged_in(&app, "alice").await, logged_in(&app, "alice").await);
        let mut other = logged_in(&app, "bob").await;
        let reply = send(&app, &token(&app, json!({ "sub": "alice" })).await).await;
        assert_eq!((reply.status, &*reply.text, reply.header("cache-control")), (200, "", "no-store"));
        assert_eq!(
            (is_there(&mut one).await, is_there(&mut two).await, is_there(&mut other).await),
            (false, false, true)
        );
        app.advance(1);
        one.log_in("/account", "alice").await;
        assert!(is_there(&mut one).await, "a session that began later");
    }
}

#[tokio::test]
async fn one_session_ends_alone() {
    for in_store in [false, true] {
        for with_sub in [false, true] {
            let app = App::with(kept(in_store)).await;
            let (mut one, mut two) = (logged_in(&app, "alice").await, logged_in(&app, "alice").await);
            let sid = sid(&mut one).await;
            let claims = if with_sub { json!({ "sid": sid, "sub": "alice" }) } else { json!({ "sid": sid }) };
            assert_eq!(send(&app, &token(&app, claims).await).await.status, 200);
            assert_eq!((is_there(&mut one).await, is_there(&mut two).await), (false, true), "{in_store} {with_sub}");
        }
    }
}

#[tokio::test]
async fn a_logout_token_counts_once() {
    for in_store in [false, true] {
        let app = App::with(kept(in_store)).await;
        let mut visitor = logged_in(&app, "alice").await;
        let now = app.provider.now();
        // Also one from a clock that is ahead.
        for ahead in [0, 30] {
            let claims = json!({ "sub": "alice", "iat": now + ahead, "exp": now + 300 });
            let token = token(&app, claims).await;
            assert_eq!(send(&app, &token).await.status, 200);
            assert!(!is_there(&mut visitor).await);
            app.advance(1);
            visitor.log_in("/account", "alice").await;
            let again = send(&app, &token).await;
            assert_eq!(again.status, 400);
            assert!(again.text.contains("used before"), "{}", again.text);
            assert!(is_there(&mut visitor).await, "the session after it lives: {ahead}");
        }
    }
}

#[tokio::test]
async fn only_logout_tokens_of_the_provider_for_this_client_count() {
    let app = App::start().await;
    let mut visitor = logged_in(&app, "alice").await;
    let good = || app.provider.logout_token(json!({ "aud": app.client.id, "sub": "alice" }));
    let bad = [
        good().signed_by_a_stranger().await,
        good().unsigned().await,
        good().expired().await,
        good().issuer("https://evil.example").await,
        good().audience("another-app").await,
        good().claim("events", Value::Null).await,
        good().claim("events", json!({ "other": {} })).await,
        good().claim("nonce", "n").await,
        good().claim("sub", Value::Null).await,
        good().claim("jti", Value::Null).await,
        good().claim("iat", Value::Null).await,
        app.provider.id_token(json!({ "aud": app.client.id, "sub": "alice" })).await,
        "x".to_owned(),
        String::new(),
        "x".repeat(60_000),
    ];
    for token in bad {
        let reply = send(&app, &token).await;
        assert_eq!(reply.status, 400, "{token}");
        assert!(reply.text.contains("invalid_request"), "{}", reply.text);
    }
    assert!(is_there(&mut visitor).await);
    assert_eq!(send(&app, &good().await).await.status, 200);
    assert!(!is_there(&mut visitor).await);
}

#[tokio::test]
async fn the_token_is_in_a_form_and_there_once() {
    let app = App::start().await;
    let mut visitor = logged_in(&app, "alice").await;
    let token = token(&app, json!({ "sub": "alice" })).await;
    let post = |path: String, headers, body: Option<String>| {
        let visitor = app.visitor();
        async move { visitor.ask(Method::POST, &path, headers, body.as_deref()).await.status }
    };
    let once = format!("logout_token={token}");
    for body in
        [None, Some(String::new()), Some(format!("{once}&{once}")), Some(format!("{once}&x={}", "x".repeat(65_536)))]
    {
        assert_eq!(post(PATH.to_owned(), FORM, body).await, 400);
    }
    assert_eq!(post(format!("{PATH}?{once}"), FORM, Some(String::new())).await, 400);
    assert_eq!(app.visitor().ask(Method::GET, &format!("{PATH}?{once}"), &[], None).await.status, 405);
    assert!(is_there(&mut visitor).await);
    assert_eq!(post(PATH.to_owned(), &[], Some(once)).await, 200);
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_no_reason_to_believe() {
    let app = App::start().await;
    let mut visitor = logged_in(&app, "alice").await;
    let token = token(&app, json!({ "sub": "alice" })).await;
    let process = app.process(app.layer(SECRET)).await;
    let mut provider = app.visitor();
    provider.base = process;
    for _ in 0..3 {
        app.provider.fail_next("/.well-known/jwks.json", 503);
    }
    let reply = provider.ask(Method::POST, PATH, &[], Some(&format!("logout_token={token}"))).await;
    assert_eq!(reply.status, 400);
    assert!(is_there(&mut visitor).await);
}

#[tokio::test]
async fn processes_with_one_list_know_of_each_others_logouts() {
    let list = Arc::new(MemoryRevocations::new());
    let app = App::with(|login| login.revocations(Arc::clone(&list))).await;
    let mut visitor = logged_in(&app, "alice").await;
    let shared = app.process(app.layer(SECRET).revocations(list)).await;
    let alone = app.process(app.layer(SECRET)).await;
    let token = token(&app, json!({ "sub": "alice" })).await;
    assert_eq!(send(&app, &token).await.status, 200);
    let before = visitor.jar.clone();
    for (base, there) in [(&app.base, false), (&shared, false), (&alone, true)] {
        visitor.base.clone_from(base);
        visitor.jar.clone_from(&before);
        assert_eq!(is_there(&mut visitor).await, there);
    }
    // And a token that was used at one is used up at the other.
    let mut provider = app.visitor();
    provider.base = shared;
    assert_eq!(provider.ask(Method::POST, PATH, &[], Some(&format!("logout_token={token}"))).await.status, 400);
}

#[tokio::test]
async fn symbolon_tells_of_a_logout_by_itself() {
    let members = json!({ "backchannel_logout_uri": "BASE/auth/backchannel-logout" });
    let app = App::setup().members(members).start(|login| login).await;
    let mut visitor = logged_in(&app, "alice").await;
    let mut other = logged_in(&app, "alice").await;
    // The user logs out at the provider, for example because another application asked.
    let url = app.provider.url("/oauth2/sessions/logout");
    visitor.provider.log_out(&url).await;
    for _ in 0..200 {
        if !is_there(&mut visitor).await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(!is_there(&mut visitor).await);
    assert!(is_there(&mut other).await, "another browser is another session");
}
