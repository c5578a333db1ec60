//! The request: JSON, small, with one subject identifier that is whole.

use http::Method;
use http::header::{CONTENT_TYPE, ORIGIN};
use serde_json::json;

use super::{Idp, PATH, assert_refused, call, opaque};
use crate::fixtures::confidential;
use crate::support::{Call, TestServer};

async fn server(idp: &Idp) -> TestServer {
    let server = idp.server().await;
    confidential(&server).await.flow(&server).tokens().await;
    server
}

#[tokio::test]
async fn every_format_has_exactly_its_members() {
    let idp = Idp::new();
    let server = server(&idp).await;
    let url = server.public_url();
    let long = "x".repeat(2_049);
    let table = [
        json!(null),
        json!("alice"),
        json!(["alice"]),
        json!({}),
        json!({ "format": null }),
        json!({ "format": "" }),
        json!({ "format": "OPAQUE", "id": "alice" }),
        json!({ "format": "account", "uri": "acct:alice@id.example" }),
        json!({ "format": "aliases", "identifiers": [opaque("alice")] }),
        json!({ "format": "phone_number", "phone_number": "+12065550100" }),
        json!({ "id": "alice" }),
        json!({ "format": "opaque" }),
        json!({ "format": "opaque", "id": "" }),
        json!({ "format": "opaque", "id": null }),
        json!({ "format": "opaque", "id": 7 }),
        json!({ "format": "opaque", "id": ["alice"] }),
        json!({ "format": "opaque", "id": long }),
        json!({ "format": "opaque", "id": "a\nb" }),
        json!({ "format": "opaque", "id": "alice", "sub": "alice" }),
        json!({ "format": "opaque", "id": "alice", "x": 1 }),
        json!({ "format": "iss_sub", "iss": url }),
        json!({ "format": "iss_sub", "sub": "alice" }),
        json!({ "format": "iss_sub", "iss": url, "sub": "" }),
        json!({ "format": "iss_sub", "iss": url, "sub": "alice", "id": "alice" }),
        json!({ "format": "email", "id": "alice" }),
        json!({ "format": "email", "email": "" }),
        json!({ "format": "email", "email": long }),
    ];
    for identifier in table {
        assert_refused(&idp.revoke(&server, &identifier).await, 400, "invalid_request");
    }
}

#[tokio::test]
async fn the_body_is_one_object_with_the_member_once() {
    let idp = Idp::new();
    let server = server(&idp).await;
    let good = opaque("alice").to_string();
    let bodies = [
        String::new(),
        "{".to_owned(),
        "null".to_owned(),
        "7".to_owned(),
        "[]".to_owned(),
        format!("[{good}]"),
        "{}".to_owned(),
        good.clone(),
        format!(r#"{{"subject":{good}}}"#),
        format!(r#"{{"sub_id":{good},"sub_id":{good}}}"#),
        r#"{"sub_id":{"format":"opaque","id":"alice","id":"alice"}"#.to_owned(),
        format!(r#"{{"sub_id":{good}}} x"#),
    ];
    let post = |body: &str| {
        let jwt = idp.jwt(&server, &json!({}));
        Call::post(PATH).bearer(&jwt).raw(body).header(CONTENT_TYPE, "application/json")
    };
    for body in bodies {
        let answer = server.public(post(&body)).await;
        assert_refused(&answer, 400, "invalid_request");
        assert!(!answer.text().contains("alice"), "what was sent is not repeated");
    }
    server.public(post(&format!(r#"{{"sub_id":{good},"reason":"incident"}}"#))).await.expect(204);
    let large = format!(r#"{{"sub_id":{good},"x":"{}"}}"#, "x".repeat(16 * 1024));
    let answer = server.public(post(&large)).await.expect(413);
    assert_eq!(answer.error().as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn only_json_is_read() {
    let idp = Idp::new();
    let server = server(&idp).await;
    let body = json!({ "sub_id": opaque("alice") }).to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json-patch+json"]
    {
        let sent = Call::post(PATH).bearer(&idp.jwt(&server, &json!({}))).raw(body.clone()).header(CONTENT_TYPE, kind);
        assert_refused(&server.public(sent).await, 415, "invalid_request");
    }
    let unnamed = Call::post(PATH).bearer(&idp.jwt(&server, &json!({}))).raw(body.clone());
    assert_refused(&server.public(unnamed).await, 415, "invalid_request");
    for kind in ["application/json", "Application/JSON; charset=utf-8"] {
        let sent = Call::post(PATH).bearer(&idp.jwt(&server, &json!({}))).raw(body.clone()).header(CONTENT_TYPE, kind);
        server.public(sent).await.expect(204);
    }
}

#[tokio::test]
async fn other_methods_are_not_there() {
    let idp = Idp::new();
    let server = server(&idp).await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = server.public(Call::new(method, PATH)).await.expect(405);
        assert_eq!(answer.header("allow"), Some("POST, OPTIONS"));
    }
}

#[tokio::test]
async fn no_page_of_another_origin_reads_the_answer() {
    let idp = Idp::new();
    let server = server(&idp).await;
    let answer = server.public(idp.call(&server, &opaque("alice")).header(ORIGIN, "https://app.example")).await;
    assert_eq!(answer.expect(204).header("access-control-allow-origin"), None);
    let stranger = server.public(call("x", &opaque("alice")).header(ORIGIN, "https://app.example")).await;
    assert_eq!(stranger.expect(401).header("access-control-allow-origin"), None);
}
