//! The management API for an authentication device of the operator's.

use serde_json::{Value, json};

use super::{ADMIN, accept, answer_call, ask, ask_with, asking_client, deny, hears, poll, server, waiting};
use crate::support::Call;

#[tokio::test]
async fn a_subject_sees_what_waits_and_nobody_elses() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({ "client_name": "The bank" })).await;
    let asked = ask(&server, &client).await;
    server.clock.advance(1);
    ask_with(&server, &client, &[("binding_message", "second")]).await;
    let listed = waiting(&server, "alice").await;
    let messages: Vec<&Value> = listed.iter().map(|request| &request["binding_message"]).collect();
    assert_eq!(messages, ["second", "K7-Q2"]);
    let first = &listed[1];
    assert_eq!((&first["subject"], &first["client"]["client_name"]), (&json!("alice"), &json!("The bank")));
    assert_eq!(first["requested_scope"], json!(["openid", "offline"]));
    assert_eq!(first["requested_at"], "2027-01-15T08:00:00Z");
    assert_eq!(first["expires_at"], "2027-01-15T08:05:00Z");
    assert!(first["client"].get("client_secret").is_none() && first.get("auth_req_id").is_none());
    assert!(waiting(&server, "bob").await.is_empty());
    for answered in [true, false] {
        let number = waiting(&server, "alice").await[0]["request_id"].as_str().unwrap().to_owned();
        let verb = if answered { "accept" } else { "reject" };
        let call = Call::put(format!("{ADMIN}/{verb}")).query(&[("request_id", &number)]);
        server.admin(call.json(&json!({ "subject": "alice" }))).await.expect(204);
    }
    assert!(waiting(&server, "alice").await.is_empty());
    hears(&server, &client, &asked, "access_denied").await;
}

#[tokio::test]
async fn answers_that_are_refused() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let asked = ask_with(&server, &client, &[("max_age", "60")]).await;
    let now = server.clock.now();
    let ok = json!({ "subject": "alice" });
    for (body, status) in [
        (json!({}), 400),
        (json!({ "subject": "" }), 400),
        (json!({ "subject": "bob" }), 404),
        (json!({ "subject": 7 }), 400),
        (json!(["alice"]), 400),
        (json!({ "subject": "alice", "grant_scope": ["openid", "email"] }), 400),
        (json!({ "subject": "alice", "grant_scope": ["open id"] }), 400),
        (json!({ "subject": "alice", "grant_access_token_audience": ["https://api.example"] }), 400),
        (json!({ "subject": "alice", "authenticated_at": now + 1 }), 400),
        (json!({ "subject": "alice", "authenticated_at": now - 61 }), 400),
        (json!({ "subject": "alice", "amr": vec!["x"; 33] }), 400),
    ] {
        server.admin(answer_call("accept", &asked, &body)).await.expect(status);
    }
    for query in [&[][..], &[("auth_req_id", "x")], &[("request_id", "x")], &[("request_id", ""), ("auth_req_id", "")]]
    {
        for verb in ["accept", "reject"] {
            let answer = server.admin(Call::put(format!("{ADMIN}/{verb}")).query(query).json(&ok)).await;
            assert_eq!(answer.status, if query.len() == 1 { 404 } else { 400 }, "{query:?}");
        }
    }
    let both = [("request_id", "x"), ("auth_req_id", asked["auth_req_id"].as_str().unwrap())];
    server.admin(Call::put(format!("{ADMIN}/accept")).query(&both).json(&ok)).await.expect(400);
    server.admin(Call::get(ADMIN)).await.expect(400);
    server.admin(answer_call("reject", &asked, &json!({ "subject": "bob" }))).await.expect(404);
    hears(&server, &client, &asked, "authorization_pending").await;
}

#[tokio::test]
async fn a_request_is_answered_once() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let (yes, no) = (ask(&server, &client).await, ask(&server, &client).await);
    accept(&server, &yes).await;
    deny(&server, &no).await;
    for asked in [&yes, &no] {
        for verb in ["accept", "reject"] {
            server.admin(answer_call(verb, asked, &json!({ "subject": "alice" }))).await.expect(410);
        }
    }
    hears(&server, &client, &no, "access_denied").await;
    poll(&server, &client, &yes).await.expect(200);
    server.admin(answer_call("reject", &yes, &json!({ "subject": "alice" }))).await.expect(410);
}

#[tokio::test]
async fn what_was_agreed_to_is_listed_as_a_consent_and_can_be_taken_back() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let (open, used) = (ask(&server, &client).await, ask(&server, &client).await);
    accept(&server, &open).await;
    accept(&server, &used).await;
    let tokens = poll(&server, &client, &used).await.expect(200);
    let sessions = "/admin/oauth2/auth/sessions/consent";
    let listed = server.admin(Call::get(sessions).query(&[("subject", "alice")])).await.expect(200).json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(listed[0]["consent_request"]["client"]["client_id"], "bank");
    server.admin(Call::delete(sessions).query(&[("subject", "alice"), ("client", "bank")])).await.expect(204);
    assert_eq!(server.introspect(&tokens.member("access_token")).await["active"], false);
    hears(&server, &client, &open, "invalid_grant").await;
}
