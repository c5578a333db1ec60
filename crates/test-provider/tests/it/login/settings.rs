//! What is asked for seldom.

use bytes::Bytes;
use symbolon_client::reqwest::Method;
use symbolon_client::{LoginFailure, LoginFailureKind, LoginLayerBuilder};

use super::App;
use super::visitor::{FORM, OTHER_SITE};

fn page(failure: &LoginFailure) -> http::Response<Bytes> {
    let text = format!("{:?} {} {:?}", failure.kind, failure.try_again, failure.error);
    let builder = http::Response::builder().status(418).header("cache-control", "max-age=600");
    builder.body(text.into()).unwrap()
}

#[tokio::test]
async fn an_application_has_its_own_page_for_what_failed() {
    let app = App::with(|login| login.error_page(page)).await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.refuse_consent(&url, "alice").await;
    let reply = visitor.come_back(&landing).await;
    assert_eq!((reply.status, reply.header("cache-control")), (418, "no-store"), "no cache keeps it");
    assert!(reply.text.starts_with("Refused /auth/login?return_to=%2Faccount Some"), "{}", reply.text);
    assert!(visitor.names().is_empty(), "the cookie of the login is taken away");

    let reply = visitor.get("/auth/callback?code=x&state=y").await;
    assert_eq!(reply.text, "NotStarted /auth/login None");
    let reply = visitor.ask(Method::POST, "/auth/logout", OTHER_SITE, None).await;
    assert_eq!(reply.text, format!("{:?} /auth/login None", LoginFailureKind::CrossSite));
}

#[tokio::test]
async fn after_login_and_logout_there_are_pages_of_the_application() {
    let app = App::with(|login| login.after_login("/open/in?x=y").after_logout("/open/out")).await;
    let mut visitor = app.visitor();
    assert_eq!(visitor.log_in("/auth/login", "alice").await.text, "alice");
    assert_eq!(visitor.get("/auth/callback?code=x&state=y").await.location, "/open/in?x=y");
    let reply = visitor.post("/auth/logout", FORM, "").await;
    let landing = visitor.provider.log_out(&reply.location).await;
    let reply = visitor.get(&super::visitor::target(&landing)).await;
    assert_eq!((reply.status, &*reply.location), (303, "/open/out"));
}

#[tokio::test]
async fn the_paths_can_be_elsewhere_than_the_callback() {
    let app = App::with(|login| login.path_prefix("/session/")).await;
    let mut visitor = app.visitor();
    assert_eq!(visitor.get("/account").await.location, "/session/login?return_to=%2Faccount");
    let url = visitor.get("/session/login").await.location;
    let landing = visitor.provider.log_in(&url, "alice").await;
    assert!(landing.url().path() == "/auth/callback");
    assert_eq!(visitor.come_back(&landing).await.location, "/");
    assert_eq!(visitor.get("/auth/login").await.status, 404);
    assert_eq!(visitor.post("/session/logout", FORM, "").await.status, 303);
}

#[tokio::test]
async fn userinfo_that_cannot_be_had_is_no_login() {
    let app = App::with(LoginLayerBuilder::with_user_info).await;
    for (status, told) in [(503, 503), (401, 502)] {
        let mut visitor = app.visitor();
        let url = visitor.begin("/account").await;
        let landing = visitor.provider.log_in(&url, "alice").await;
        app.provider.fail_next("/userinfo", status);
        assert_eq!(visitor.come_back(&landing).await.status, told);
        assert!(visitor.names().is_empty());
    }
}
