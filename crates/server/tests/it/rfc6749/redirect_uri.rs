//! RFC 6749 §3.1.2, RFC 8252 §7.3: an answer goes to a registered address and to no other. The long table of mutations is
//! in `symbolon-types`; here is that the endpoint asks it.

use serde_json::json;

use crate::fixtures::{authorize, outcome, register, request, set, unset};
use crate::support::{Call, TestServer};

async fn client_with(server: &TestServer, uris: &[&str]) {
    register(server, "app", &json!({ "redirect_uris": uris })).await;
}

#[tokio::test]
async fn only_a_byte_equal_redirect_uri_passes() {
    let server = TestServer::new().await;
    client_with(&server, &["https://app.example/callback", "https://app.example/other?x=%2Fy"]).await;
    for same in ["https://app.example/callback", "https://app.example/other?x=%2Fy"] {
        assert_eq!(outcome(&authorize(&server, &set(&request("app"), "redirect_uri", same)).await), "login", "{same}");
    }
    for other in [
        "https://app.example/callback/",
        "https://app.example/Callback",
        "https://APP.example/callback",
        "HTTPS://app.example/callback",
        "http://app.example/callback",
        "https://app.example:443/callback",
        "https://app.example.evil.example/callback",
        "https://evil.example/https://app.example/callback",
        "https://app.example@evil.example/callback",
        "https://evil.example\\@app.example/callback",
        "https://app.example/callback?x=1",
        "https://app.example/callback#x",
        "https://app.example/callback%00",
        "https://app.example/callback/../../evil",
        "https://app.example/x/../callback",
        "https://app.example/x;/..;/callback",
        "https://app.example/%63allback",
        "https://app.example/%2563allback",
        "https://app.example/callback%0d%0aSet-Cookie:%20x=1",
        "https://app.example/callback\r\nSet-Cookie: x=1",
        "https://app.example./callback",
        "https://app\u{ff0e}example/callback",
        " https://app.example/callback",
        "https://app.example/callback ",
        "//app.example/callback",
        "/callback",
        "callback",
        "https://app.example/other?x=/y",
        "https://app.example/other?x=%2fy",
        "https://app.example/other",
        "javascript:alert(1)",
        "data:text/html,x",
        "*",
        "https://*/callback",
    ] {
        let answer = authorize(&server, &set(&request("app"), "redirect_uri", other)).await;
        assert_eq!(outcome(&answer), "page invalid_request", "{other:?}");
        assert!(!answer.location().contains("evil.example"), "{other:?}");
    }
}

#[tokio::test]
async fn of_a_loopback_address_only_the_port_may_vary() {
    let server = TestServer::new().await;
    client_with(
        &server,
        &["http://127.0.0.1/callback", "http://[::1]:8080/callback", "http://localhost:3000/callback"],
    )
    .await;
    for (uri, expected) in [
        ("http://127.0.0.1/callback", "login"),
        ("http://127.0.0.1:49152/callback", "login"),
        ("http://[::1]/callback", "login"),
        ("http://[::1]:1/callback", "login"),
        ("http://localhost:3000/callback", "login"),
        ("http://localhost:3001/callback", "page invalid_request"),
        ("http://127.0.0.2:49152/callback", "page invalid_request"),
        ("http://127.1:49152/callback", "page invalid_request"),
        ("http://2130706433/callback", "page invalid_request"),
        ("http://127.0.0.1:0/callback", "page invalid_request"),
        ("http://127.0.0.1:65536/callback", "page invalid_request"),
        ("http://127.0.0.1:080/callback", "page invalid_request"),
        ("http://user@127.0.0.1:1/callback", "page invalid_request"),
        ("http://127.0.0.1:1@evil.example/callback", "page invalid_request"),
        ("http://127.0.0.1:1/callback?x", "page invalid_request"),
        ("https://127.0.0.1:1/callback", "page invalid_request"),
        ("http://[0:0:0:0:0:0:0:1]/callback", "page invalid_request"),
    ] {
        assert_eq!(outcome(&authorize(&server, &set(&request("app"), "redirect_uri", uri)).await), expected, "{uri}");
    }
}

#[tokio::test]
async fn a_registered_address_is_no_pattern() {
    let server = TestServer::new().await;
    client_with(&server, &["https://*.app.example/callback*", "https://app.example/.*"]).await;
    for uri in ["https://evil.app.example/callback", "https://app.example/anything", "https://appxexample/.*"] {
        let answer = authorize(&server, &set(&request("app"), "redirect_uri", uri)).await;
        assert_eq!(outcome(&answer), "page invalid_request", "{uri}");
    }
}

#[tokio::test]
async fn dangerous_schemes_are_never_registered() {
    let server = TestServer::new().await;
    for uri in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java%09script:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox",
        "file:///etc/passwd",
        "blob:https://app.example/1",
        "about:blank",
        "https://app.example/callback#fragment",
        "/relative",
        "app.example/callback",
        "https:/app.example",
        "https:///callback",
        "https://app.example/call back",
        "https://m\u{fc}nchen.example/callback",
        "",
    ] {
        let body = json!({ "client_id": "hostile", "redirect_uris": [uri] });
        for target in ["/admin/clients", "/oauth2/register"] {
            let call = Call::post(target).json(&body);
            let answer =
                if target.starts_with("/admin") { server.admin(call).await } else { server.public(call).await };
            let answer = answer.expect(400);
            assert_eq!(answer.error().as_deref(), Some("invalid_redirect_uri"), "{uri:?} at {target}");
        }
    }
    server.admin(Call::get("/admin/clients/hostile")).await.expect(404);
}

#[tokio::test]
async fn it_may_be_left_out_only_when_one_is_registered_and_openid_is_not_asked_for() {
    let server = TestServer::new().await;
    register(&server, "one", &json!({})).await;
    register(&server, "two", &json!({ "redirect_uris": ["https://a.example/", "https://b.example/"] })).await;
    register(&server, "none", &json!({ "redirect_uris": [] })).await;
    let asking = |client: &str, scope: &str| set(&unset(&request(client), "redirect_uri"), "scope", scope);
    assert_eq!(outcome(&authorize(&server, &asking("one", "offline")).await), "login");
    assert_eq!(outcome(&authorize(&server, &asking("one", "openid")).await), "page invalid_request");
    assert_eq!(outcome(&authorize(&server, &asking("two", "offline")).await), "page invalid_request");
    assert_eq!(outcome(&authorize(&server, &asking("none", "offline")).await), "page invalid_request");
}

#[tokio::test]
async fn outside_development_plain_http_leads_only_to_the_users_own_machine() {
    let server = TestServer::with(|config| config.dev = false).await;
    let uris = ["http://app.example/callback", "http://app.localhost/callback", "com.example.app:/callback"];
    client_with(&server, &uris).await;
    for (uri, expected) in uris.iter().zip(["client invalid_request", "login", "login"]) {
        assert_eq!(outcome(&authorize(&server, &set(&request("app"), "redirect_uri", uri)).await), expected, "{uri}");
    }
}
