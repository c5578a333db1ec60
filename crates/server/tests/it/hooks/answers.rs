//! What the answer of a hook means: 200 with a session, 204, 403, and everything else, which lets nothing be issued.

use serde_json::json;

use super::{client_credentials, hooked, session};
use crate::client_side::Reply;
use crate::fixtures::text;
use crate::support::Call;

#[tokio::test]
async fn no_content_changes_nothing() {
    let (hook, server, client) = hooked().await;
    let token = server.public(client_credentials(&client)).await.expect(200).member("access_token");
    assert_eq!(server.introspect(&token).await.get("ext"), None);
    assert_eq!(hook.count(), 1);
}

#[tokio::test]
async fn forbidden_is_a_refusal_of_the_standard_form() {
    let (hook, server, client) = hooked().await;
    for body in ["", "{}", "no JSON", r#"{"error":"invalid_grant","error_description":"secret reason"}"#] {
        hook.set(Reply::Answer(403, body.to_owned()));
        let answer = server.public(client_credentials(&client)).await.expect(403);
        assert_eq!(answer.error().as_deref(), Some("access_denied"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(!answer.text().contains("secret reason"), "{}", answer.text());
    }
    assert_eq!(hook.count(), 4, "a refusal is not asked for twice");
}

#[tokio::test]
async fn any_other_status_issues_nothing() {
    let (hook, server, client) = hooked().await;
    for (status, calls) in [
        (201, 1),
        (202, 1),
        (203, 1),
        (205, 1),
        (206, 1),
        (300, 1),
        (304, 1),
        (307, 1),
        (400, 1),
        (401, 1),
        (404, 1),
        (410, 1),
        (429, 3),
        (500, 3),
        (501, 1),
        (503, 3),
    ] {
        hook.set(Reply::Answer(status, r#"{"session":{"access_token":{"hooked":true}}}"#.to_owned()));
        let answer = server.public(client_credentials(&client)).await.expect(500);
        assert_eq!(answer.error().as_deref(), Some("server_error"), "{status}");
        assert_eq!(hook.take().len(), calls, "{status}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_session_issues_nothing() {
    let (hook, server, client) = hooked().await;
    for body in [
        "",
        " ",
        "not json",
        "null",
        "true",
        "[]",
        "\"session\"",
        "{",
        "{}x",
        r#"{"session":true}"#,
        r#"{"session":[]}"#,
        r#"{"session":{"access_token":[]}}"#,
        r#"{"session":{"access_token":"tier"}}"#,
        r#"{"session":{"id_token":7}}"#,
        r#"{"session":{"access_token":{},"id_token":false}}"#,
        r#"{"session":{"access_token":{"a":1e999}}}"#,
    ] {
        hook.set(Reply::Text(body.to_owned()));
        let answer = server.public(client_credentials(&client)).await.expect(500);
        assert_eq!(answer.error().as_deref(), Some("server_error"), "{body}");
        assert_eq!(hook.take().len(), 1, "{body}: understood as little the second time");
    }
}

#[tokio::test]
async fn what_is_missing_is_empty_and_what_is_not_known_is_not_read() {
    let (hook, server, client) = hooked().await;
    let mut flow = client.flow(&server).consent("session", json!({ "access_token": { "tier": "gold" } }));
    let first = flow.tokens().await;
    let mut token = text(&first, "refresh_token").to_owned();
    for body in [
        json!({}),
        json!({ "session": null }),
        json!({ "session": {} }),
        json!({ "session": { "access_token": null } }),
        json!({ "session": { "access_token": {}, "scope": ["admin"] }, "granted_scopes": ["admin"], "subject": "root" }),
        json!({ "scope": "admin", "audience": ["https://admin.example"], "expires_in": 1, "token_type": "x" }),
    ] {
        // From what is not empty to what is.
        hook.set(session(&json!({ "tier": "silver" }), &json!({})));
        let answer = server.public(flow.refresh(&token)).await.expect(200);
        assert_eq!(server.introspect(&answer.member("access_token")).await["ext"], json!({ "tier": "silver" }));
        hook.set(Reply::Json(body.clone()));
        let answer = server.public(flow.refresh(&answer.member("refresh_token"))).await.expect(200);
        token = answer.member("refresh_token");
        let shown = server.introspect(&answer.member("access_token")).await;
        assert_eq!(shown.get("ext"), None, "{body}");
        assert_eq!((&shown["scope"], &shown["sub"]), (&json!("openid offline"), &json!("alice")), "{body}");
        assert_eq!(answer.json()["scope"], "openid offline", "{body}");
        assert_eq!(answer.json()["expires_in"], 3600, "{body}");
    }
}

/// What the operator's server says is not for the client: not what it answers and not where it is.
#[tokio::test]
async fn a_failure_tells_the_client_nothing_of_the_hook() {
    let (hook, server, client) = hooked().await;
    for reply in [
        Reply::Answer(418, "hunter2".to_owned()),
        Reply::Text("hunter2".to_owned()),
        Reply::Text(r#"{"session":"hunter2"}"#.to_owned()),
        Reply::Answer(500, "hunter2".to_owned()),
    ] {
        hook.set(reply);
        let answer = server.public(client_credentials(&client)).await.expect(500);
        let address = hook.url.trim_start_matches("http://");
        for told in ["hunter2", "418", address, "oauth2.token_hook"] {
            assert!(!answer.text().contains(told), "{told}: {}", answer.text());
        }
    }
}

/// Only the token endpoint asks.
#[tokio::test]
async fn other_endpoints_ask_no_hook() {
    let (hook, server, client) = hooked().await;
    let tokens = client.flow(&server).tokens().await;
    assert_eq!(hook.take().len(), 1);
    hook.set(Reply::Status(403));
    let token = text(&tokens, "access_token");
    server.public(Call::get("/userinfo").bearer(token)).await.expect(200);
    assert_eq!(server.introspect(token).await["active"], true);
    server.public(client.form("/oauth2/revoke", &[("token", text(&tokens, "refresh_token"))])).await.expect(200);
    assert_eq!(hook.count(), 0);
}
