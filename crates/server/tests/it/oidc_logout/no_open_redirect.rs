//! Nobody is sent to an address that the client did not register, whatever it looks like.

use serde_json::json;

use super::{BYE, ask, assert_error, client, sign_in};
use crate::support::TestServer;

const REGISTERED: &str = "https://app.example/bye";

/// Addresses that are not the registered one, and that some server somewhere took for it.
fn mutations() -> Vec<String> {
    let fixed = [
        "https://app.example/bye/",
        "https://app.example/Bye",
        "https://APP.example/bye",
        "HTTPS://app.example/bye",
        "https://app.example:443/bye",
        "https://app.example./bye",
        "https://app.example/bye#x",
        "https://app.example/bye?",
        "https://app.example/bye?x=1",
        "https://app.example//bye",
        "https://app.example/./bye",
        "https://app.example/x/../bye",
        "https://app.example/%62ye",
        "https://app.example/bye%00",
        "https://app.example/bye%0d%0aSet-Cookie:x",
        "https://app.example/bye ",
        " https://app.example/bye",
        "https://app.example\\bye",
        "https://user@app.example/bye",
        "https://app.example@evil.example/bye",
        "https://app.example:pw@evil.example/bye",
        "https://evil.example/bye",
        "https://app.example.evil.example/bye",
        "https://evilapp.example/bye",
        "https://app\u{3002}example/bye",
        "https://app.ex\u{e1}mple/bye",
        "https:app.example/bye",
        "https:/app.example/bye",
        "//app.example/bye",
        "/bye",
        "bye",
        "http://app.example/bye",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://app.example/bye\r\nX: y",
        "https://app.example/bye\t",
        "https://app.example/bye;x",
        "https://app.example/..;/bye",
        "https://app.example/%2e%2e/bye",
        "https://app.example/bye%252f",
        "https://[::1]/bye",
        "https://app.example/bye&state=x",
        "null",
        "*",
    ];
    let mut all: Vec<String> = fixed.iter().map(|text| (*text).to_owned()).collect();
    for at in 0..REGISTERED.len() {
        for letter in ['%', '/', '.', '@', '\\', '\0', 'A', '\u{200b}', '*', '?'] {
            let mut replaced: Vec<char> = REGISTERED.chars().collect();
            replaced[at] = letter;
            all.push(replaced.iter().collect());
            let mut inserted: Vec<char> = REGISTERED.chars().collect();
            inserted.insert(at, letter);
            all.push(inserted.into_iter().collect());
        }
        all.push(REGISTERED[..at].to_owned());
    }
    all.retain(|uri| uri != REGISTERED && !uri.is_empty());
    all
}

#[tokio::test]
async fn the_address_after_logout_is_byte_equal_to_a_registered_one() {
    let server = TestServer::new().await;
    let settings = json!({ "redirect_uris": ["https://app.example/cb", crate::support::REDIRECT_URI], "post_logout_redirect_uris": [REGISTERED] });
    let client = client(&server, "rp", &settings).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let all = mutations();
    assert!(all.len() > 450, "{}", all.len());
    for uri in &all {
        for parameters in [
            vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", uri)],
            vec![("client_id", "rp"), ("post_logout_redirect_uri", uri), ("state", "s")],
        ] {
            assert_error(&ask(&mut person.browser, &parameters).await, "invalid_request");
        }
    }
    assert!(person.stands(&server, &client).await);
}

#[tokio::test]
async fn a_port_of_the_loopback_interface_is_not_free_here() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    for uri in
        ["http://127.0.0.1:5556/bye", "http://127.0.0.1/bye", "http://localhost:5555/bye", "http://[::1]:5555/bye"]
    {
        let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", uri)];
        assert_error(&ask(&mut person.browser, &parameters).await, "invalid_request");
    }
}

#[tokio::test]
async fn an_address_needs_to_be_somebodys_and_nobody_elses() {
    let server = TestServer::new().await;
    let one = client(&server, "one", &json!({ "post_logout_redirect_uris": [] })).await;
    client(&server, "other", &json!({})).await;
    let mut person = sign_in(&server, &one).await;
    let hint = person.id_token().to_owned();
    for parameters in [
        vec![("post_logout_redirect_uri", BYE)],
        vec![("post_logout_redirect_uri", BYE), ("state", "s")],
        vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)],
        vec![("id_token_hint", hint.as_str()), ("client_id", "other"), ("post_logout_redirect_uri", BYE)],
        vec![("client_id", "one"), ("post_logout_redirect_uri", BYE)],
        vec![("client_id", "one"), ("post_logout_redirect_uri", crate::support::REDIRECT_URI)],
        vec![
            ("client_id", "other"),
            ("post_logout_redirect_uri", BYE),
            ("post_logout_redirect_uri", "https://evil.example/"),
        ],
    ] {
        assert_error(&ask(&mut person.browser, &parameters).await, "invalid_request");
    }
}

#[tokio::test]
async fn what_the_client_took_back_since_does_not_count() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let body = json!({ "redirect_uris": [crate::support::REDIRECT_URI] });
    server.admin(crate::support::Call::put("/admin/clients/rp").json(&body)).await.expect(200);
    let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
    assert_error(&ask(&mut person.browser, &parameters).await, "invalid_request");
}

#[tokio::test]
async fn what_was_sent_is_harmless_in_the_answer() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let marker = "\"><script>alert(1)</script>%0d%0aX-Evil: 1";
    for name in ["post_logout_redirect_uri", "client_id", "id_token_hint", "logout_verifier"] {
        let answer = ask(&mut person.browser, &[(name, marker)]).await.expect(302);
        assert!(answer.header("x-evil").is_none() && !answer.text().contains("<script>"), "{name}: {}", answer.text());
    }
    let hint = person.id_token().to_owned();
    let asked =
        ask(&mut person.browser, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE), ("state", marker)])
            .await;
    let next = super::accept(&server, &super::challenge(&asked)).await;
    let ended = person.browser.get(&next).await.expect(302);
    assert_eq!(ended.location_parameter("state").as_deref(), Some(marker));
    assert!(!ended.text().contains("<script>") && ended.header("x-evil").is_none());
}
