//! The page for frames (§3.2, §3.3): who may embed it, and what it may do.

use http::Method;

use super::{CHECK, server, switch_on};
use crate::oidc_logout::sign_in;
use crate::support::{Answer, Call, TestServer};

#[track_caller]
fn script_of(page: &Answer) -> String {
    let text = page.text();
    let mut sources = text.split("<script src=\"").skip(1);
    let source = sources.next().and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    assert_eq!((sources.count(), text.matches("<script").count()), (0, 1), "{text}");
    source
}

#[tokio::test]
async fn every_page_may_embed_it_and_it_loads_its_script_alone() {
    let server = server().await;
    let page = server.public(Call::get(CHECK)).await.expect(200);
    let policy = "default-src 'none'; script-src 'self'; form-action 'none'; frame-ancestors *; base-uri 'none'";
    for (name, value) in [
        ("content-type", Some("text/html; charset=utf-8")),
        ("content-security-policy", Some(policy)),
        ("x-frame-options", None),
        ("x-content-type-options", Some("nosniff")),
        ("referrer-policy", Some("no-referrer")),
        ("cache-control", Some("no-store")),
        ("access-control-allow-origin", None),
        ("set-cookie", None),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    let script = server.public(Call::get(script_of(&page))).await.expect(200);
    assert_eq!(script.content_type(), Some("text/javascript; charset=utf-8"));
    assert_eq!(script.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn it_is_the_same_for_everybody() {
    let server = server().await;
    let client = crate::fixtures::confidential(&server).await;
    let person = sign_in(&server, &client).await;
    let cookies = person.browser.jar().sent(CHECK, server.clock.now());
    assert!(cookies.len() >= 2, "{cookies:?}");
    let plain = server.public(Call::get(CHECK)).await.expect(200);
    for call in [
        Call::get(CHECK).cookies(&cookies),
        Call::get(CHECK).query(&[("client_id", &client.id), ("x", "\"><script>")]),
        Call::get(CHECK).header(http::header::ORIGIN, "https://evil.example"),
    ] {
        let answer = server.public(call).await.expect(200);
        assert_eq!(answer.text(), plain.text());
        assert!(answer.cookies().is_empty());
    }
    let head = server.public(Call::new(Method::HEAD, CHECK)).await.expect(200);
    assert_eq!(head.header("content-security-policy"), plain.header("content-security-policy"));
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        server.public(Call::new(method, CHECK)).await.expect(405);
    }
}

#[tokio::test]
async fn no_other_page_may_be_embedded() {
    let server = TestServer::with(|config| {
        switch_on(config);
        config.symbolon.ui.enabled = true;
        config.urls.login = None;
        config.urls.consent = None;
        config.urls.error = None;
        config.urls.logout = None;
    })
    .await;
    let client = crate::fixtures::confidential(&server).await;
    let login = client.flow(&server).authorize().await.expect(302).location().to_owned();
    let login = server.public_target(&login).unwrap();
    for target in
        ["/", "/oauth2/fallbacks/error?error=x", "/oauth2/fallbacks/logout", "/oauth2/fallbacks/device", &login]
    {
        let page = server.public(Call::get(target).navigating()).await;
        assert_eq!(page.header("x-frame-options"), Some("DENY"), "{target}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{target}: {policy}");
    }
}

#[tokio::test]
async fn below_a_path_the_script_is_there_too() {
    let server = TestServer::with(|config| {
        switch_on(config);
        config.urls.issuer = "https://op.example/id".to_owned();
        config.urls.public = None;
        config.serve.cookies.secure = true;
    })
    .await;
    let page = server.public(Call::get(CHECK)).await.expect(200);
    assert!(script_of(&page).starts_with("/id/assets/"), "{}", page.text());
    assert!(page.text().contains("data-cookie=\"__Host-symbolon_browser_state_dev\" data-everywhere=\"yes\""));
}
