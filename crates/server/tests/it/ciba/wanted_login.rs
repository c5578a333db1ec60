//! Which login, and whose, a request of the back channel needs (OpenID Connect Core §5.5.1): an answer of another class is
//! none, and a request about two people is refused.

use serde_json::json;

use super::{ALICE, answer_call, ask_call, ask_with, asking_client, hears, poll, server};
use crate::fixtures::{claims, text};

#[tokio::test]
async fn an_essential_acr_is_met_or_the_answer_is_refused() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let essential = json!({ "id_token": { "acr": { "essential": true, "values": ["gold"] } } }).to_string();
    let asked = ask_with(&server, &client, &[("claims", &essential)]).await;
    for acr in ["", "silver"] {
        let body = json!({ "subject": "alice", "acr": acr });
        let refused = server.admin(answer_call("accept", &asked, &body)).await.expect(400);
        assert!(refused.text().contains("acr"), "{}", refused.text());
    }
    hears(&server, &client, &asked, "authorization_pending").await;
    server.clock.advance(5);
    server.admin(answer_call("accept", &asked, &json!({ "subject": "alice", "acr": "gold" }))).await.expect(204);
    let tokens = poll(&server, &client, &asked).await.expect(200).json();
    assert_eq!(claims(text(&tokens, "id_token"))["acr"], "gold");
}

#[tokio::test]
async fn the_claim_sub_names_whom_the_hint_names() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    for (place, sub, status) in
        [("id_token", "alice", 200), ("userinfo", "alice", 200), ("id_token", "bob", 400), ("userinfo", "bob", 400)]
    {
        let wanted = json!({ place: { "sub": { "value": sub } } }).to_string();
        let form = [("scope", "openid"), ALICE, ("claims", wanted.as_str())];
        server.public(ask_call(&client, &form)).await.expect(status);
    }
}
