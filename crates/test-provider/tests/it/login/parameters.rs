//! Where a browser can be led, and parameters that are missing, doubled, empty or huge.

use symbolon_client::reqwest::Method;

use super::App;
use super::visitor::{OTHER_SITE, PAGE, SCRIPT};

#[tokio::test]
async fn a_login_leads_only_to_paths_of_the_application() {
    let app = App::start().await;
    let huge = format!("return_to=/{}", "a".repeat(2000));
    let escaped = format!("return_to=/{}", "%C3%A4".repeat(500));
    for query in [
        "return_to=https://evil.example/",
        "return_to=//evil.example/",
        "return_to=///evil.example/",
        "return_to=/%5Cevil.example",
        "return_to=%5C%5Cevil.example",
        "return_to=/%09/evil.example",
        "return_to=/%0A/evil.example",
        "return_to=/%0D%0ASet-Cookie:%20a=b",
        "return_to=/x/..//evil.example",
        "return_to=/.%2F/evil.example",
        "return_to=javascript:alert(1)",
        "return_to=evil.example",
        "return_to=@evil.example",
        "return_to=/%00",
        "return_to=",
        "",
        "return_to=/account&return_to=/account",
        // Paths of the layer itself, which would log in or out again.
        "return_to=/auth/login",
        "return_to=/auth/logout",
        "return_to=/auth/callback?code=x",
        "return_to=/x/../auth/logout?y",
        "return_to=/auth/%2e/logged-out%23z",
        &huge,
        &escaped,
    ] {
        let mut visitor = app.visitor();
        let url = visitor.begin(&format!("/auth/login?{query}")).await;
        let landing = visitor.provider.log_in(&url, "alice").await;
        assert_eq!(visitor.come_back(&landing).await.location, "/", "{query}");
    }
}

#[tokio::test]
async fn a_path_that_looks_like_a_host_leads_nowhere_else() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    for path in ["//evil.example/x", "/\\evil.example", "/%5Cevil.example"] {
        let reply = visitor.get(path).await;
        assert!(reply.location.starts_with("/auth/login?return_to=%2F"), "{path}: {}", reply.location);
        let url = visitor.begin(&reply.location).await;
        let landing = visitor.provider.log_in(&url, "alice").await;
        let location = visitor.come_back(&landing).await.location;
        assert!(!location.starts_with("//") && !location.contains('\\') && location.starts_with('/'), "{location}");
        visitor.jar.clear();
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_fill_the_browser_with_cookies() {
    let app = App::start().await;
    let mut victim = app.visitor();
    for number in 0..10 {
        let path = format!("/auth/login?return_to=/{number}{}", "a".repeat(1900));
        let reply = victim.ask(Method::GET, &path, OTHER_SITE, None).await;
        assert_eq!(reply.status, 303);
        victim.keep(&reply);
        app.advance(1);
    }
    let bytes: usize = victim.jar.iter().map(|(name, value)| name.len() + value.len() + 3).sum();
    assert!(bytes < 6500, "{bytes}");
    assert!(victim.log_in("/account", "alice").await.text.starts_with("alice"));
}

#[tokio::test]
async fn cookies_that_are_no_logins_go() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    for number in 0..8 {
        visitor.jar.insert(format!("session.login.{number}"), "rubbish".to_owned());
    }
    visitor.begin("/account").await;
    assert_eq!(visitor.names().len(), 1, "{:?}", visitor.names());
}

#[tokio::test]
async fn the_number_of_logins_is_the_visitors_own_business() {
    let app = App::start().await;
    for count in ["", "x", "-1", "99999999999", "4294967295"] {
        let mut visitor = app.visitor();
        visitor.jar.insert("session.attempts".to_owned(), count.to_owned());
        let url = visitor.begin("/account").await;
        let landing = visitor.provider.log_in(&url, "alice").await;
        let status = if count == "4294967295" { 400 } else { 303 };
        assert_eq!(visitor.come_back(&landing).await.status, status, "{count}");
    }
}

#[tokio::test]
async fn other_paths_are_the_applications() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    for path in ["/auth/login/", "/auth/", "/auth", "/AUTH/login", "/auth/%6cogin", "/auth//login", "/auth/callback/x"]
    {
        assert_eq!(visitor.get(path).await.status, 404, "{path}");
    }
    let reply = visitor.ask(Method::OPTIONS, "/auth/login", SCRIPT, None).await;
    assert_eq!(reply.status, 405);
    let reply = visitor.ask(Method::GET, "/auth/logged-out", PAGE, None).await;
    assert!(reply.text.contains("/auth/login"), "{}", reply.text);
}
