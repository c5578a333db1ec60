//! A row about assertions may want a login that is strong or new enough; the answer says which one would do (RFC 9470 §3).

use serde_json::{Value, json};

use super::id_jag::{Wiki, client, row};
use super::{ID_JAG, REFRESH_TOKEN, exchange};
use crate::fixtures::{text, with};

const AUDIENCE: [(&str, &str); 1] = [("audience", "https://login.chat.example")];

async fn wiki(changes: &Value) -> Wiki {
    Wiki::new(&json!([with(row(), changes)])).await
}

#[tokio::test]
async fn a_login_that_is_too_old_is_told_how_old_it_may_be() {
    let wiki = wiki(&json!({ "max_age": "10m" })).await;
    wiki.server.clock.advance(600);
    wiki.ask("id_token", &AUDIENCE).await.expect(200);
    wiki.ask("refresh_token", &AUDIENCE).await.expect(200);
    wiki.server.clock.advance(1);
    for name in ["id_token", "refresh_token"] {
        let answer = wiki.ask(name, &AUDIENCE).await.expect(400).json();
        assert_eq!(answer["error"], "insufficient_user_authentication");
        assert_eq!((&answer["max_age"], answer.get("acr_values")), (&json!(600), None));
        assert!(answer["error_description"].is_string());
    }
}

#[tokio::test]
async fn a_login_that_is_too_weak_is_told_what_would_do() {
    for (values, enough) in [
        (json!(["urn:strong"]), true),
        (json!(["urn:stronger", "urn:strong"]), true),
        (json!(["urn:stronger", "urn:strongest"]), false),
        (json!(["urn:strong "]), false),
    ] {
        let wiki = wiki(&json!({ "acr_values": values })).await;
        let answer = wiki.ask("id_token", &AUDIENCE).await;
        if enough {
            answer.expect(200);
            continue;
        }
        let answer = answer.expect(400).json();
        assert_eq!(answer["error"], "insufficient_user_authentication", "{values}");
        let joined: Vec<&str> = values.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect();
        assert_eq!((&answer["acr_values"], answer.get("max_age")), (&json!(joined.join(" ")), None));
    }
}

#[tokio::test]
async fn a_login_that_says_nothing_of_itself_is_too_weak() {
    let wiki = wiki(&json!({ "acr_values": ["urn:strong"], "max_age": "1h" })).await;
    wiki.ask("id_token", &AUDIENCE).await.expect(200);
    let plain = client(&wiki.server, "plain", &json!({})).await;
    let tokens = plain.flow(&wiki.server).tokens().await;
    let rows = json!([with(row(), &json!({ "client": "plain", "acr_values": ["urn:strong"], "max_age": "1h" }))]);
    let node = wiki.server.beside(5, super::assertions(&rows)).await;
    let form = [("subject_token_type", REFRESH_TOKEN), ("requested_token_type", ID_JAG), AUDIENCE[0]];
    let answer = node.public(exchange(&plain, text(&tokens, "refresh_token"), &form)).await.expect(400).json();
    assert_eq!(
        (&answer["error"], &answer["acr_values"], &answer["max_age"]),
        (&json!("insufficient_user_authentication"), &json!("urn:strong"), &json!(3600))
    );
}
