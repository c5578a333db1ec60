//! How long sessions last, and what caches may keep.

use std::time::Duration;

use super::App;

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    app.advance(3599);
    let unused = visitor.jar.clone();
    assert_eq!(visitor.get("/account").await.status, 200);
    app.advance(3599);
    assert_eq!(visitor.get("/account").await.status, 200, "its end was put off");
    // Whoever has a copy of the cookie has one with its own end.
    let mut copy = app.visitor();
    copy.jar = unused;
    assert_eq!(copy.get("/account").await.status, 303);
    app.advance(3600);
    let reply = visitor.get("/account").await;
    assert_eq!(reply.location, "/auth/login?return_to=%2Faccount");
    assert!(visitor.names().is_empty());
}

#[tokio::test]
async fn a_session_ends_however_much_it_is_used() {
    let app = App::with(|login| login.absolute_lifetime(Duration::from_secs(7200))).await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    for _ in 0..7 {
        app.advance(1000);
        assert_eq!(visitor.get("/account").await.status, 200);
    }
    app.advance(199);
    assert_eq!(visitor.get("/account").await.status, 200);
    app.advance(1);
    assert_eq!(visitor.get("/account").await.status, 303);
    assert_eq!(visitor.fetch("/account").await.status, 401);
}

#[tokio::test]
async fn the_cookie_is_written_now_and_then_and_no_cache_keeps_it() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    for path in ["/account", "/cached"] {
        let reply = visitor.get(path).await;
        assert_eq!((reply.set_cookies().len(), reply.header("vary")), (0, "Cookie"), "{path}");
    }
    assert_eq!(visitor.get("/account").await.header("cache-control"), "private, no-cache");
    assert_eq!(visitor.get("/cached").await.header("cache-control"), "max-age=60", "the application's own word");
    app.advance(299);
    assert_eq!(visitor.get("/account").await.set_cookies().len(), 0);
    app.advance(1);
    let reply = visitor.get("/cached").await;
    assert_eq!((reply.set_cookies().len(), reply.header("cache-control")), (1, "no-store"));
    app.advance(300);
    assert_eq!(visitor.get("/open/x").await.set_cookies().len(), 1, "on a public page, too");
}
