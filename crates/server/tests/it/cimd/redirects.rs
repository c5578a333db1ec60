//! Where a client with a document is answered: loopback hosts with any port, `localhost` among them (RFC 8252 §7.3), and
//! everything else as it is written.

use serde_json::json;

use super::{Described, asks_at, is_admitted};

#[tokio::test]
async fn the_port_at_this_computer_is_free_and_nothing_else() {
    let described = Described::new(&json!({
        "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/other", "http://[::1]/six",
            "https://app.example/callback", "com.example.agent:/callback"],
    }))
    .await;
    for (redirect_uri, admitted) in [
        ("http://localhost/callback", true),
        ("http://localhost:8123/callback", true),
        ("http://127.0.0.1:8123/other", true),
        ("http://[::1]:8123/six", true),
        ("https://app.example/callback", true),
        ("com.example.agent:/callback", true),
        ("http://127.0.0.1:8123/callback", false),
        ("http://localhost:8123/other", false),
        ("http://localhost:8123/callback/", false),
        ("http://localhost:8123/callback?x=1", false),
        ("http://localhost:8123@evil.example/callback", false),
        ("http://localhost.evil.example:8123/callback", false),
        ("http://x.localhost:8123/callback", false),
        ("https://localhost:8123/callback", false),
        ("https://app.example:8443/callback", false),
        ("https://evil.example/callback", false),
    ] {
        let answer = asks_at(&described.server, &described.id, redirect_uri).await;
        assert_eq!(is_admitted(&answer), admitted, "{redirect_uri}");
    }
}

#[tokio::test]
async fn the_token_request_repeats_the_port() {
    let described = Described::new(&json!({})).await;
    let mut flow = described.flow().parameter("redirect_uri", "http://localhost:8123/callback");
    let code = flow.code().await;
    let wrong = flow.redemption_with(&code, &[]);
    described.server.public(wrong).await.expect(200);
    let mut flow = described.flow().parameter("redirect_uri", "http://localhost:8123/callback");
    let code = flow.code().await;
    let other = flow.parameter("redirect_uri", "http://localhost:8124/callback").redemption(&code);
    assert_eq!(described.server.public(other).await.expect(400).error().as_deref(), Some("invalid_grant"));
}
