//! People with an account here: found by username, asked only while they may sign in, and asked again for it when tokens
//! are handed out.

use serde_json::json;

use super::{ALICE, accept, answer_call, ask, ask_call, asking_client, hears, poll};
use crate::fixtures::Registered;
use crate::support::{Call, TestServer};
use crate::ui::{account, built_in};

async fn server() -> (TestServer, Registered, String) {
    let server = TestServer::with(|config| {
        built_in(config);
        config.symbolon.ciba.enabled = true;
        config.symbolon.ciba.pause_seconds = 0;
    })
    .await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let subject = account(&server, "alice").await;
    (server, client, subject)
}

async fn disable(server: &TestServer, subject: &str, disabled: bool) {
    let call = Call::patch(format!("/admin/accounts/{subject}")).json(&json!({ "disabled": disabled }));
    server.admin(call).await.expect(200);
}

#[tokio::test]
async fn a_hint_is_a_username_in_any_spelling() {
    let (server, client, subject) = server().await;
    let ask = async |hint: &str| server.public(ask_call(&client, &[("scope", "openid"), ("login_hint", hint)])).await;
    ask("alice").await.expect(200);
    ask(" ALICE ").await.expect(200);
    assert_eq!(super::waiting(&server, &subject).await.len(), 2);
    for unknown in ["bob", "ali\u{200b}ce", &subject, &"x".repeat(300)] {
        let answer = ask(unknown).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("unknown_user_id"), "{unknown}");
    }
}

#[tokio::test]
async fn a_disabled_account_is_not_asked() {
    let (server, client, subject) = server().await;
    disable(&server, &subject, true).await;
    let answer = server.public(ask_call(&client, &[("scope", "openid"), ALICE])).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("unknown_user_id"));
}

#[tokio::test]
async fn whoever_is_disabled_before_the_answer_gives_none() {
    let (server, client, subject) = server().await;
    let asked = ask(&server, &client).await;
    disable(&server, &subject, true).await;
    server.admin(answer_call("accept", &asked, &json!({ "subject": subject }))).await.expect(409);
    hears(&server, &client, &asked, "authorization_pending").await;
}

#[tokio::test]
async fn whoever_is_disabled_between_answer_and_tokens_gives_nothing_away() {
    for back in [false, true] {
        let (server, client, subject) = server().await;
        let asked = ask(&server, &client).await;
        server.admin(answer_call("accept", &asked, &json!({ "subject": subject }))).await.expect(204);
        disable(&server, &subject, true).await;
        if back {
            disable(&server, &subject, false).await;
        }
        hears(&server, &client, &asked, "invalid_grant").await;
    }
}

#[tokio::test]
async fn whoever_is_signed_out_between_answer_and_tokens_gives_nothing_away() {
    let server = super::server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let asked = ask(&server, &client).await;
    accept(&server, &asked).await;
    server.admin(Call::post("/admin/subjects/alice/sign-out")).await.expect(204);
    hears(&server, &client, &asked, "invalid_grant").await;
    let again = ask(&server, &client).await;
    accept(&server, &again).await;
    poll(&server, &client, &again).await.expect(200);
}
