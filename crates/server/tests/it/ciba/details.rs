//! A payment in detail (RFC 9396) over the back channel: it is checked like elsewhere, a person sees it in words, and what
//! was granted of it is in the tokens.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use super::{ALICE, answer_call, ask_call, ask_with, asking_client, poll, waiting};
use crate::fixtures::{Registered, text};
use crate::support::TestServer;

const DETAILS: &str = r#"[{"type":"payment","to":"Bob","amount":{"value":"12.00","currency":"EUR"}},{"type":"payment","to":"Eve","amount":{"value":"7.00","currency":"CHF"}}]"#;

fn on(config: &mut Config) {
    super::on(config);
    crate::rfc9396::configure(config);
}

async fn bank(server: &TestServer) -> Registered {
    asking_client(server, "bank", &json!({ "authorization_details_types": ["payment"] })).await
}

#[tokio::test]
async fn what_an_authentication_device_grants_of_it_is_in_the_tokens() {
    let server = TestServer::with(on).await;
    let client = bank(&server).await;
    let all: Value = serde_json::from_str(DETAILS).unwrap();
    for granted in [json!([]), json!([all[1]]), all.clone()] {
        let asked = ask_with(&server, &client, &[("authorization_details", DETAILS)]).await;
        assert_eq!(waiting(&server, "alice").await[0]["requested_authorization_details"], all);
        let body = json!({ "subject": "alice", "grant_authorization_details": granted });
        server.admin(answer_call("accept", &asked, &body)).await.expect(204);
        let tokens = poll(&server, &client, &asked).await.expect(200).json();
        let shown = server.introspect(text(&tokens, "access_token")).await;
        let expected = granted.as_array().is_some_and(|granted| !granted.is_empty()).then_some(&granted);
        assert_eq!((tokens.get("authorization_details"), shown.get("authorization_details")), (expected, expected));
    }
}

/// A device that does not know of details has not shown them.
#[tokio::test]
async fn nothing_of_it_is_granted_that_was_not_named() {
    let server = TestServer::with(on).await;
    let client = bank(&server).await;
    let asked = ask_with(&server, &client, &[("authorization_details", DETAILS)]).await;
    let mut other: Value = serde_json::from_str(DETAILS).unwrap();
    other[0]["amount"]["value"] = json!("12000.00");
    let body = json!({ "subject": "alice", "grant_authorization_details": [other[0]] });
    server.admin(answer_call("accept", &asked, &body)).await.expect(400);
    super::accept(&server, &asked).await;
    let tokens = poll(&server, &client, &asked).await.expect(200).json();
    assert!(tokens.get("authorization_details").is_none(), "{tokens}");
}

#[tokio::test]
async fn what_is_no_such_element_or_not_the_clients_is_refused() {
    let server = TestServer::with(on).await;
    let client = bank(&server).await;
    let other = asking_client(&server, "other", &json!({})).await;
    for (client, details) in [
        (&client, "x"),
        (&client, "[]"),
        (&client, "{}"),
        (&client, r#"[{"type":"dance"}]"#),
        (&client, r#"[{"type":"payment","to":"Bob"}]"#),
        (&other, DETAILS),
    ] {
        let form = [("scope", "openid"), ALICE, ("authorization_details", details)];
        let answer = server.public(ask_call(client, &form)).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_authorization_details"), "{details}");
    }
}
