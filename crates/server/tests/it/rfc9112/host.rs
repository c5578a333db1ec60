//! A request says which host it is for, once and clearly (RFC 9112 §3.2, RFC 9113 §8.3.1).

use axum::body::Body;
use http::{HeaderValue, Request, Version};

use crate::support::{Answer, Listener, TestServer};

const TARGETS: [(Listener, &str); 5] = [
    (Listener::Public, "/health/alive"),
    (Listener::Public, "/.well-known/openid-configuration"),
    (Listener::Public, "/oauth2/auth"),
    (Listener::Public, "/no/such/path"),
    (Listener::Admin, "/admin/clients"),
];

fn get(version: Version, target: &str, hosts: &[&str]) -> Request<Body> {
    let mut request = Request::get(target).version(version).body(Body::empty()).unwrap();
    for host in hosts {
        request.headers_mut().append("host", HeaderValue::from_str(host).unwrap());
    }
    request
}

#[track_caller]
fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{what}");
    assert!(answer.member("error_description").contains("host") && answer.header("x-request-id").is_some(), "{what}");
}

#[tokio::test]
async fn http_1_1_without_host_is_refused() {
    let server = TestServer::new().await;
    for (listener, target) in TARGETS {
        assert_refused(&server.send(listener, get(Version::HTTP_11, target, &[])).await, target);
        let absolute = format!("http://127.0.0.1{target}");
        assert_refused(&server.send(listener, get(Version::HTTP_11, &absolute, &[])).await, &absolute);
        let with = server.send(listener, get(Version::HTTP_11, target, &["127.0.0.1"])).await;
        assert_ne!(with.status, 400, "{target}: {}", with.text());
    }
}

#[tokio::test]
async fn older_and_newer_versions_need_none() {
    let server = TestServer::new().await;
    server.send(Listener::Public, get(Version::HTTP_10, "/health/alive", &[])).await.expect(200);
    for target in ["/health/alive", "http://127.0.0.1:4444/health/alive"] {
        server.send(Listener::Public, get(Version::HTTP_2, target, &[])).await.expect(200);
    }
}

#[tokio::test]
async fn more_than_one_host_is_refused_in_every_version() {
    let server = TestServer::new().await;
    for (listener, target) in TARGETS {
        for version in [Version::HTTP_10, Version::HTTP_11, Version::HTTP_2] {
            for hosts in [["127.0.0.1", "127.0.0.1"], ["127.0.0.1", "evil.example"], ["", "127.0.0.1"]] {
                assert_refused(&server.send(listener, get(version, target, &hosts)).await, target);
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_host_is_refused() {
    let server = TestServer::new().await;
    for host in [
        "127.0.0.1, evil.example",
        "127.0.0.1,evil.example",
        "http://127.0.0.1",
        "user@127.0.0.1",
        "127.0.0.1:port",
        "127.0.0.1/x",
        "a b",
    ] {
        assert_refused(&server.send(Listener::Public, get(Version::HTTP_11, "/health/alive", &[host])).await, host);
    }
    for host in ["", "127.0.0.1", "127.0.0.1:4444", "[::1]:4444", "login.example", "login.example:"] {
        server.send(Listener::Public, get(Version::HTTP_11, "/health/alive", &[host])).await.expect(200);
    }
}

#[tokio::test]
async fn http_2_does_not_name_two_hosts() {
    let server = TestServer::new().await;
    let target = "http://login.example:4444/health/alive";
    for host in ["login.example", "evil.example:4444", ""] {
        assert_refused(&server.send(Listener::Public, get(Version::HTTP_2, target, &[host])).await, host);
    }
    for host in ["login.example:4444", "LOGIN.example:4444"] {
        server.send(Listener::Public, get(Version::HTTP_2, target, &[host])).await.expect(200);
    }
}

#[tokio::test]
async fn a_web_page_that_calls_loopback_by_another_name_is_refused_in_every_version() {
    let server = TestServer::with(|config| config.serve.admin.host = "127.0.0.1".to_owned()).await;
    for (version, target, hosts) in [
        (Version::HTTP_11, "/admin/clients", &["rebound.example:4445"][..]),
        (Version::HTTP_11, "http://rebound.example:4445/admin/clients", &["localhost:4445"]),
        (Version::HTTP_2, "http://rebound.example:4445/admin/clients", &[]),
    ] {
        server.send(Listener::Admin, get(version, target, hosts)).await.expect(403);
    }
    server.send(Listener::Admin, get(Version::HTTP_2, "http://localhost:4445/admin/clients", &[])).await.expect(200);
}
