//! Ids and secrets, and how they travel. One SDK sends Basic with form-encoding (RFC 6749 §2.3.1) and another without: with
//! letters that encoding leaves alone, both send the same.

use base64::Engine;
use http::header::AUTHORIZATION;
use serde_json::json;

use super::{Client, server};
use crate::support::Call;

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

#[tokio::test]
async fn ids_and_secrets_have_letters_that_no_encoding_changes() {
    let server = server().await;
    for _ in 0..64 {
        let client = Client::register(&server, &json!({ "redirect_uris": ["http://127.0.0.1/callback"] })).await;
        for member in ["client_id", "client_secret", "registration_access_token"] {
            let text = client.shown[member].as_str().unwrap();
            assert!(!text.is_empty() && is_plain(text), "{member}: {text}");
        }
    }
}

#[tokio::test]
async fn basic_counts_with_form_encoding_and_without() {
    let server = server().await;
    let client = Client::register(&server, &json!({ "redirect_uris": ["http://127.0.0.1/callback"] })).await;
    let (id, secret) = (client.id().to_owned(), client.shown["client_secret"].as_str().unwrap().to_owned());
    // Every letter as `%XX` is form-encoding, too.
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let form = [("grant_type", "refresh_token"), ("refresh_token", "made-up")];
    for (user, password) in [(id.clone(), secret.clone()), (encoded(&id), encoded(&secret))] {
        let credentials = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        let call = Call::post("/oauth2/token").form(&form).header(AUTHORIZATION, &format!("Basic {credentials}"));
        // The client is known, so the token is at fault.
        assert_eq!(server.public(call).await.expect(400).error().as_deref(), Some("invalid_grant"));
    }
}

#[tokio::test]
async fn a_client_id_beside_basic_is_no_second_method() {
    let server = server().await;
    let client = Client::register(&server, &json!({ "redirect_uris": ["http://127.0.0.1/callback"] })).await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", "made-up"), ("client_id", client.id())];
    let answer = server.public(client.form("/oauth2/token", &form)).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
}
