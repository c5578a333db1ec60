//! Every path has its methods and says which (RFC 9110 §9.1, §15.5.6).

use http::Method;
use http::header::ACCEPT;
use serde_json::json;

use crate::support::{Answer, Call, Listener, TestServer};

/// Paths of the public listener with what their `Allow` says.
const PUBLIC: [(&str, &str); 26] = [
    ("/", "GET, HEAD, POST, OPTIONS"),
    ("/assets/0/symbolon.css", "GET, HEAD, OPTIONS"),
    ("/oauth2/auth", "GET, HEAD, POST, OPTIONS"),
    ("/oauth2/auth/", "GET, HEAD, POST, OPTIONS"),
    ("/oauth2/sessions/logout", "GET, HEAD, POST, OPTIONS"),
    ("/oauth2/sessions/check", "GET, HEAD, OPTIONS"),
    ("/oauth2/device/auth", "POST, OPTIONS"),
    ("/oauth2/device/verify", "GET, HEAD, OPTIONS"),
    ("/oauth2/backchannel-authentication", "POST, OPTIONS"),
    ("/oauth2/token", "POST, OPTIONS"),
    ("/oauth2/revoke", "POST, OPTIONS"),
    ("/userinfo", "GET, HEAD, POST, OPTIONS"),
    ("/credentials", "POST, OPTIONS"),
    ("/.well-known/openid-configuration", "GET, HEAD, OPTIONS"),
    ("/.well-known/oauth-authorization-server", "GET, HEAD, OPTIONS"),
    ("/.well-known/jwks.json", "GET, HEAD, OPTIONS"),
    ("/oauth2/register", "POST, OPTIONS"),
    ("/oauth2/register/some-client", "GET, HEAD, PUT, DELETE, OPTIONS"),
    ("/oauth2/fallbacks/login", "GET, HEAD, POST, OPTIONS"),
    ("/oauth2/fallbacks/consent", "GET, HEAD, POST, OPTIONS"),
    ("/oauth2/fallbacks/error", "GET, HEAD, OPTIONS"),
    ("/oauth2/fallbacks/logout", "GET, HEAD, POST, OPTIONS"),
    ("/oauth2/fallbacks/logout/callback", "GET, HEAD, OPTIONS"),
    ("/oauth2/fallbacks/device", "GET, HEAD, POST, OPTIONS"),
    ("/oauth2/fallbacks/device/done", "GET, HEAD, OPTIONS"),
    ("/health/ready", "GET, HEAD, OPTIONS"),
];

/// The same for the admin listener, with and without its prefix.
const ADMIN: [(&str, &str); 9] = [
    ("/admin/clients", "GET, HEAD, POST, OPTIONS"),
    ("/clients", "GET, HEAD, POST, OPTIONS"),
    ("/admin/clients/some-client", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
    ("/admin/accounts", "GET, HEAD, POST, OPTIONS"),
    ("/admin/oauth2/auth/requests/login/accept", "PUT, OPTIONS"),
    ("/admin/oauth2/auth/sessions/login", "GET, HEAD, DELETE, OPTIONS"),
    ("/admin/oauth2/auth/sessions/consent", "GET, HEAD, DELETE, OPTIONS"),
    ("/admin/oauth2/introspect", "POST, OPTIONS"),
    ("/health/alive", "GET, HEAD, OPTIONS"),
];

fn paths() -> impl Iterator<Item = (Listener, &'static str, &'static str)> {
    let public = PUBLIC.into_iter().map(|(path, allow)| (Listener::Public, path, allow));
    public.chain(ADMIN.into_iter().map(|(path, allow)| (Listener::Admin, path, allow)))
}

async fn send(server: &TestServer, listener: Listener, method: &str, path: &str) -> Answer {
    server.call(listener, Call::new(method.parse().unwrap(), path)).await
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_405_and_the_others_are_listed() {
    let server = TestServer::new().await;
    for (listener, path, allow) in paths() {
        let had: Vec<_> = allow.split(", ").collect();
        let others = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"];
        for method in others.into_iter().filter(|method| !had.contains(method)) {
            let answer = send(&server, listener, method, path).await.expect(405);
            assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
            assert!(answer.header("x-request-id").is_some(), "{method} {path}");
            let error = &answer.json()["error"];
            assert_eq!((&error["code"], &error["message"]), (&json!(405), &json!("Method Not Allowed")));
        }
    }
}

#[tokio::test]
async fn a_method_that_a_path_has_is_never_405() {
    let server = TestServer::new().await;
    for (listener, path, allow) in paths() {
        for method in allow.split(", ") {
            let answer = send(&server, listener, method, path).await;
            assert_ne!(answer.status, 405, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_answer_comes_in_the_form_that_the_caller_reads() {
    let server = TestServer::new().await;
    for (accept, content_type, start) in [
        ("application/json", "application/json; charset=utf-8", "{\n"),
        ("text/plain", "text/plain; charset=utf-8", "Error 405 - "),
        ("text/html,application/xhtml+xml", "text/html; charset=utf-8", "<!doctype html>"),
        ("*/*", "text/html; charset=utf-8", "<!doctype html>"),
        ("image/png, text/plain;q=0.5", "text/plain; charset=utf-8", "Error 405 - "),
    ] {
        let answer = server.public(Call::get("/oauth2/token").header(ACCEPT, accept)).await.expect(405);
        assert_eq!(answer.content_type(), Some(content_type), "{accept}");
        assert!(answer.text().starts_with(start), "{accept}: {}", answer.text());
    }
}

#[tokio::test]
async fn head_says_what_get_says_without_the_body() {
    let server = TestServer::new().await;
    for (listener, path, allow) in paths() {
        let head = send(&server, listener, "HEAD", path).await;
        assert!(head.body.is_empty(), "{path}");
        if !allow.contains("GET") {
            assert_eq!((head.status, head.header("allow")), (405, Some(allow)), "{path}");
        }
    }
    let changing = ["date", "x-request-id"];
    for target in ["/.well-known/openid-configuration", "/.well-known/jwks.json", "/", "/no/such/path"] {
        let (get, head) =
            tokio::join!(server.public(Call::get(target)), server.public(Call::new(Method::HEAD, target)));
        let fields = |answer: &Answer| {
            let mut headers = answer.headers.clone();
            for name in changing {
                headers.remove(name);
            }
            headers
        };
        assert_eq!((get.status, fields(&get)), (head.status, fields(&head)), "{target}");
        assert!(head.header("cache-control").is_some() && head.body.is_empty(), "{target}");
    }
}

#[tokio::test]
async fn options_is_answered_with_the_methods_of_the_path() {
    let server = TestServer::new().await;
    for (listener, path, allow) in paths() {
        let answer = send(&server, listener, "OPTIONS", path).await.expect(200);
        assert_eq!(answer.header("allow"), Some(allow), "{path}");
        assert!(answer.body.is_empty() && answer.header("x-request-id").is_some(), "{path}");
    }
    let unknown = send(&server, Listener::Public, "OPTIONS", "/no/such/path").await.expect(404);
    assert_eq!(unknown.header("allow"), None);
    for listener in [Listener::Public, Listener::Admin] {
        let whole_server = send(&server, listener, "OPTIONS", "*").await.expect(200);
        assert!(whole_server.body.is_empty() && whole_server.header("x-request-id").is_some());
    }
}

#[tokio::test]
async fn an_operator_can_have_404_instead() {
    let server = TestServer::with(|config| config.symbolon.compatibility.not_found_for_wrong_method = true).await;
    for (listener, path, allow) in paths() {
        let had: Vec<_> = allow.split(", ").collect();
        for method in ["GET", "POST", "PATCH", "DELETE"].into_iter().filter(|method| !had.contains(method)) {
            let answer = send(&server, listener, method, path).await.expect(404);
            assert_eq!(
                (answer.header("allow"), &answer.json()["error"]["code"]),
                (None, &json!(404)),
                "{method} {path}"
            );
        }
        send(&server, listener, "OPTIONS", path).await.expect(200);
    }
}
