//! Logging out by a form or a script of the application (`OpenID` Connect RP-Initiated Logout 1.0).

use symbolon_client::LoginLayerBuilder;
use symbolon_client::reqwest::{Method, Url};

use super::visitor::{FORM, OTHER_SITE, PAGE, SCRIPT};
use super::{App, Visitor};

async fn logged_in(app: &App) -> Visitor<'_> {
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    visitor
}

fn pair<'a>(url: &'a Url, name: &str) -> Option<std::borrow::Cow<'a, str>> {
    url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value)
}

#[tokio::test]
async fn a_form_logs_out_here_and_at_the_provider_and_comes_back() {
    let app = App::start().await;
    let mut visitor = logged_in(&app).await;
    let copy = visitor.jar.clone();
    let reply = visitor.post("/auth/logout", FORM, "").await;
    assert_eq!((reply.status, reply.header("cache-control")), (303, "no-store"));
    assert!(visitor.names().is_empty());
    let url = Url::parse(&reply.location).unwrap();
    assert!(reply.location.starts_with(app.provider.issuer()), "{url}");
    assert!(pair(&url, "id_token_hint").is_some());
    assert_eq!(pair(&url, "post_logout_redirect_uri").unwrap(), format!("{}/auth/logged-out", app.base));

    let landing = visitor.provider.log_out(&url).await;
    assert_eq!(landing.url().as_str(), format!("{}/auth/logged-out", app.base));
    let reply = visitor.get("/auth/logged-out").await;
    assert_eq!(reply.status, 200);
    assert!(reply.text.contains("href=\"/auth/login\""), "{}", reply.text);
    // Nobody is known there any more.
    let url = visitor.begin("/account").await;
    assert_eq!(visitor.provider.open(format!("{url}&prompt=none")).await.error().unwrap(), "login_required");

    visitor.jar = copy;
    assert_eq!(visitor.get("/account").await.status, 303, "no copy of the cookie works");
}

#[tokio::test]
async fn a_script_is_told_where_to_go() {
    let app = App::start().await;
    let mut visitor = logged_in(&app).await;
    let reply = visitor.post("/auth/logout", SCRIPT, "").await;
    assert_eq!((reply.status, &*reply.location), (200, ""));
    let body: serde_json::Value = serde_json::from_str(&reply.text).unwrap();
    assert!(body["location"].as_str().unwrap().starts_with(app.provider.issuer()), "{body}");
    assert!(visitor.names().is_empty());
    // Whoever is not logged in goes to the page that says so.
    let reply = visitor.post("/auth/logout", SCRIPT, "").await;
    assert_eq!(reply.text, r#"{"location":"/auth/logged-out"}"#);
    assert_eq!(visitor.post("/auth/logout", FORM, "").await.location, "/auth/logged-out");
}

#[tokio::test]
async fn pages_of_others_log_nobody_out() {
    let app = App::start().await;
    let mut visitor = logged_in(&app).await;
    let same_site: &[(&str, &str)] = &[("sec-fetch-mode", "navigate"), ("sec-fetch-site", "same-site")];
    let other_origin: &[(&str, &str)] = &[("origin", "https://evil.example"), ("accept", "text/html")];
    let no_origin: &[(&str, &str)] = &[("origin", "null"), ("accept", "text/html")];
    for headers in [OTHER_SITE, same_site, other_origin, no_origin, &[("sec-fetch-site", "")]] {
        let reply = visitor.post("/auth/logout", headers, "").await;
        assert_eq!((reply.status, &*reply.location, reply.set_cookies().len()), (403, "", 0), "{headers:?}");
        assert_eq!(visitor.get("/account").await.status, 200, "{headers:?}");
    }
    assert_eq!(visitor.get("/auth/logout").await.status, 405);
    let own = app.base.clone();
    let reply = visitor.ask(Method::POST, "/auth/logout", &[("origin", &own), ("accept", "text/html")], None).await;
    assert_eq!(reply.status, 303, "an old browser's own form");
}

#[tokio::test]
async fn a_link_logs_out_where_that_is_wanted() {
    let app = App::with(LoginLayerBuilder::logout_by_get).await;
    let mut visitor = logged_in(&app).await;
    let picture: &[(&str, &str)] = &[("sec-fetch-mode", "no-cors"), ("sec-fetch-site", "same-origin")];
    let script: &[(&str, &str)] = &[("sec-fetch-mode", "cors"), ("sec-fetch-site", "same-origin")];
    let old_browser: &[(&str, &str)] = &[("referer", "https://evil.example/"), ("accept", "text/html")];
    for headers in [OTHER_SITE, PAGE, picture, script, old_browser, &[("accept", "text/html")]] {
        let reply = visitor.ask(Method::GET, "/auth/logout", headers, None).await;
        assert_eq!((reply.status, reply.set_cookies().len()), (403, 0), "{headers:?}");
    }
    assert_eq!(visitor.get("/account").await.status, 200);
    let reply = visitor.ask(Method::GET, "/auth/logout", FORM, None).await;
    assert!(reply.status == 303 && reply.location.starts_with(app.provider.issuer()), "{}", reply.location);
    assert_eq!(visitor.get("/account").await.status, 303);
    visitor.log_in("/account", "alice").await;
    let page = format!("{}/account", app.base);
    let reply = visitor.ask(Method::GET, "/auth/logout", &[("referer", &page), ("accept", "text/html")], None).await;
    assert_eq!(reply.status, 303);
    assert_eq!(visitor.ask(Method::PUT, "/auth/logout", FORM, None).await.header("allow"), "GET, POST");
}

#[tokio::test]
async fn a_local_logout_leaves_the_provider_alone() {
    let app = App::with(|login| login.local_logout().after_logout("/open/bye")).await;
    let mut visitor = logged_in(&app).await;
    let reply = visitor.post("/auth/logout", FORM, "").await;
    assert_eq!(reply.location, "/auth/logged-out");
    assert_eq!(visitor.get("/auth/logged-out").await.location, "/open/bye");
    assert_eq!(visitor.get("/open/bye").await.text, "nobody");
    let url = visitor.begin("/account").await;
    visitor.provider.open(format!("{url}&prompt=none")).await.code();
}

#[tokio::test]
async fn the_refresh_token_is_given_back() {
    let app = App::start().await;
    let mut visitor = logged_in(&app).await;
    let token = visitor.get("/token").await.text;
    visitor.post("/auth/logout", FORM, "").await;
    // It happens beside the answer.
    for _ in 0..1000 {
        if app.provider.introspect(&token).await["active"] == false {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(app.provider.requests("/oauth2/revoke"), 1);
    assert_eq!(app.provider.introspect(&token).await["active"], false);
}

#[tokio::test]
async fn a_provider_that_is_away_keeps_nobody_logged_in() {
    let app = App::start().await;
    let mut visitor = logged_in(&app).await;
    let old = visitor.jar.clone();
    // Another process, which does not know the provider yet.
    visitor.base = app.process(app.layer(super::SECRET)).await;
    app.provider.fail_next("/.well-known/openid-configuration", 503);
    app.provider.fail_next("/.well-known/openid-configuration", 503);
    let reply = visitor.post("/auth/logout", FORM, "").await;
    assert_eq!((reply.status, &*reply.location), (303, "/auth/logged-out"));
    assert!(visitor.names().is_empty());
    visitor.jar = old;
    assert_eq!(visitor.get("/account").await.status, 303);
}

#[tokio::test]
async fn the_application_can_end_a_session() {
    let app = App::start().await;
    let mut visitor = logged_in(&app).await;
    let copy = visitor.jar.clone();
    assert_eq!(visitor.get("/leave").await.text, "bye");
    assert!(visitor.names().is_empty());
    visitor.jar = copy;
    assert_eq!(visitor.get("/account").await.status, 303);
    let url = visitor.begin("/account").await;
    visitor.provider.open(format!("{url}&prompt=none")).await.code();
}

#[tokio::test]
async fn an_answer_that_comes_late_brings_no_session_back() {
    let app = App::start().await;
    let mut visitor = logged_in(&app).await;
    app.advance(600);
    let late = visitor.ask(Method::GET, "/account", PAGE, None).await;
    assert_eq!(late.set_cookies().len(), 1, "the session, written anew");
    visitor.post("/auth/logout", FORM, "").await;
    visitor.keep(&late);
    assert_eq!(visitor.get("/account").await.status, 303);
}
