//! Headers of the pages, and that nothing a proxy or an attacker says about the host reaches any output.

use http::header::{FORWARDED, HOST, HeaderName};

use super::{CONSENT, Form, LOGIN, PASSWORD, log_in, server, visit};
use crate::support::{Answer, Call};

#[track_caller]
fn assert_secure(page: &Answer, what: &str) {
    assert!(page.content_type().unwrap().starts_with("text/html"), "{what}");
    let policy = page.header("content-security-policy").unwrap_or_else(|| panic!("{what} has no policy"));
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{what}: {policy}");
    for directive in ["form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(directive), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{what}: {policy}");
    assert_eq!(page.header("x-frame-options"), Some("DENY"), "{what}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{what}");
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"), "{what}");
    let cache = page.header("cache-control").unwrap_or_default();
    assert!(cache.contains("no-store"), "{what}: {cache}");
    let html = page.text();
    assert!(!html.contains("<script") && !html.contains(" style=") && !html.contains("<style"), "{what}: {html}");
    for handler in [" onclick=", " onload=", " onerror=", "javascript:"] {
        assert!(!html.contains(handler), "{what}: {handler}");
    }
}

#[tokio::test]
async fn every_page_is_locked_down() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await.expect(200);
    assert_secure(&page, "login");
    assert_secure(&log_in(&mut flow, &page, "alice", "wrong-password").await, "wrong password");
    let consent = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
    assert_secure(&consent, "consent");
    assert_secure(&log_in(&mut flow, &page, "alice", PASSWORD).await, "already done");
    let form = Form::of(&consent, "consent-form").press("maybe");
    assert_secure(&flow.browser.post(&form.action, &form.fields).await, "malformed form");
    for target in ["/", LOGIN, CONSENT, "/oauth2/fallbacks/error?error=x", "/oauth2/fallbacks/login?login_challenge=x"]
    {
        assert_secure(&server.public(Call::get(target).navigating()).await, target);
    }
    assert_secure(&server.public(Call::post(LOGIN).form(&[("x", "y")]).navigating()).await, "post");
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_other_files_do_not_exist() {
    let (server, client) = server().await;
    let html = visit(&mut client.flow(&server)).await.text();
    let assets: Vec<&str> = html.split('"').filter(|piece| piece.starts_with("/assets/")).collect();
    assert!(assets.len() >= 3, "{assets:?}");
    for asset in assets {
        let answer = server.public(Call::get(asset)).await.expect(200);
        assert!(answer.header("cache-control").unwrap().contains("immutable"), "{asset}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(!answer.content_type().unwrap().contains("html"));
    }
    for target in
        ["/assets/x/style.css", "/assets/../Cargo.toml", "/assets/x/..%2f..%2fetc%2fpasswd", "/assets/", "/favicon.ico"]
    {
        server.public(Call::get(target)).await.expect(404);
    }
}

/// What an attacker may put into a request to make a server believe that it is somebody else.
fn hostile(call: Call, host: bool) -> Call {
    let evil = "evil.example";
    let mut call = call;
    for name in ["x-forwarded-host", "x-forwarded-server", "x-host", "x-original-host", "x-http-host-override"] {
        call = call.header(HeaderName::from_static(name), evil);
    }
    call = call
        .header(FORWARDED, &format!("for=1.2.3.4;host={evil};proto=http"))
        .header(HeaderName::from_static("x-forwarded-proto"), "gopher")
        .header(HeaderName::from_static("x-forwarded-prefix"), &format!("//{evil}"))
        .header(HeaderName::from_static("x-original-url"), &format!("https://{evil}/"))
        .header(HeaderName::from_static("x-rewrite-url"), &format!("https://{evil}/"));
    if host { call.header(HOST, evil) } else { call }
}

#[tokio::test]
async fn a_hostile_host_reaches_no_output() {
    let (server, client) = server().await;
    let request =
        crate::fixtures::borrowed(&crate::fixtures::request(&client.id)).iter().fold(Vec::new(), |mut all, pair| {
            all.push((pair.0.to_owned(), pair.1.to_owned()));
            all
        });
    let login = client.flow(&server).authorize().await.expect(302).location().to_owned();
    let public = vec![
        Call::get("/"),
        Call::get("/.well-known/openid-configuration"),
        Call::get("/.well-known/oauth-authorization-server"),
        Call::get("/.well-known/jwks.json"),
        Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&request)),
        Call::get("/oauth2/auth").query(&[("client_id", "nobody")]),
        Call::post("/oauth2/auth").form_of(&request),
        Call::get(server.public_target(&login).unwrap()),
        Call::get("/oauth2/fallbacks/error?error=x"),
        client.token_request(&[("grant_type", "client_credentials")]),
        client.token_request(&[("grant_type", "nothing")]),
        Call::get("/userinfo"),
        Call::post("/oauth2/register").json(&serde_json::json!({})),
        Call::get("/oauth2/sessions/logout"),
        Call::get("/health/ready"),
        Call::get("/nothing"),
    ];
    for call in public {
        for host in [false, true] {
            let answer = server.public(hostile(call.clone().navigating(), host)).await;
            assert!(!format!("{:?} {}", answer.headers, answer.text()).contains("evil.example"), "{call:?}");
        }
    }
    for call in [
        Call::get("/admin/clients").query(&[("page_size", "1")]),
        Call::post("/admin/clients").json(&serde_json::json!({})),
        Call::post("/admin/accounts").json(&serde_json::json!({ "username": "x", "password": "correct horse" })),
        Call::post("/admin/oauth2/introspect").form(&[("token", "x")]),
    ] {
        let answer = server.admin(hostile(call.clone(), false)).await;
        assert!(answer.status < 300, "{call:?}: {}", answer.status);
        assert!(!format!("{:?} {}", answer.headers, answer.text()).contains("evil.example"), "{call:?}");
    }
}
