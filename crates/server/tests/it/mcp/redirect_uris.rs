//! Redirect URIs of applications on people's machines (RFC 8252 §7) and of hosted ones.

use serde_json::json;

use super::{Client, NOTES, answered, assert_json, server};
use crate::support::{Answer, Call, TestServer};

async fn client(server: &TestServer, redirect_uri: &str) -> Client {
    Client::register(server, &json!({ "redirect_uris": [redirect_uri], "token_endpoint_auth_method": "none" })).await
}

async fn asked(server: &TestServer, registered: &str, asked: &str) -> Answer {
    let client = client(server, registered).await;
    server.public(client.request(asked, &[("scope", "notes.read"), ("resource", NOTES)]).navigating()).await
}

#[tokio::test]
async fn the_port_of_the_own_machine_is_free_and_nothing_else() {
    let server = server().await;
    let accepted = [
        ("http://127.0.0.1:1234/callback", "http://127.0.0.1:50000/callback"),
        ("http://127.0.0.1/callback", "http://127.0.0.1:50000/callback"),
        ("http://localhost:1234/callback", "http://localhost:50000/callback"),
        ("http://localhost/callback", "http://localhost:50000/callback"),
        ("http://[::1]:1234/callback", "http://[::1]:50000/callback"),
        ("http://127.0.0.1", "http://127.0.0.1/"),
        ("http://127.0.0.1/", "http://127.0.0.1:33418/"),
        ("cursor://anysphere.cursor-mcp/oauth/callback", "cursor://anysphere.cursor-mcp/oauth/callback"),
    ];
    for (registered, requested) in accepted {
        let answer = asked(&server, registered, requested).await;
        assert!(answer.location().starts_with("http://127.0.0.1:3000/login?"), "{requested}: {}", answer.location());
    }
    let refused = [
        ("http://127.0.0.1:1234/callback", "http://127.0.0.1:1234/callback/"),
        ("http://127.0.0.1:1234/callback", "http://127.0.0.1:1234/callback?a=b"),
        ("http://127.0.0.1:1234/callback", "https://127.0.0.1:1234/callback"),
        ("http://localhost:1234/callback", "http://localhost.example:1234/callback"),
        ("http://127.0.0.1:1234/callback", "http://localhost:1234/callback"),
        ("http://localhost:1234/callback", "http://127.0.0.1:1234/callback"),
        ("https://app.example/callback", "https://app.example:8443/callback"),
        ("https://app.example/callback", "https://app.example/Callback"),
        ("cursor://anysphere.cursor-mcp/oauth/callback", "cursor://anysphere.cursor-mcp/oauth/other"),
    ];
    for (registered, requested) in refused {
        let answer = asked(&server, registered, requested).await;
        assert!(answer.location().starts_with("http://127.0.0.1:3000/error?"), "{requested}: {}", answer.location());
        let description = answer.location_parameter("error_description").unwrap();
        assert!(description.contains("redirect_uri"), "{requested}: {description}");
    }
}

#[tokio::test]
async fn one_bad_redirect_uri_fails_the_registration_and_is_named() {
    let server = server().await;
    let bad = [
        "javascript:alert(1)",
        "data:text/html,hello",
        "http://app.example/callback",
        "https://app.example/callback#fragment",
        "http://localhost:*/callback",
        "https://*.example.com/callback",
        "not an address",
        "",
    ];
    for uri in bad {
        let body =
            json!({ "redirect_uris": ["https://app.example/callback", uri], "token_endpoint_auth_method": "none" });
        let answer = server.public(Call::post("/oauth2/register").json(&body)).await;
        assert_eq!(answer.status, 400, "{uri}: {}", answer.text());
        assert_json(&answer);
        let error = answer.error().unwrap();
        assert!(error == "invalid_redirect_uri" || error == "invalid_client_metadata", "{uri}: {error}");
        assert!(answer.json()["error_description"].as_str().unwrap().contains("redirect"), "{uri}: {}", answer.text());
    }
}

#[tokio::test]
async fn an_answer_goes_to_the_asked_port() {
    let server = server().await;
    let mut client = client(&server, "http://localhost:7777/oauth/callback").await;
    let redirect_uri = "http://localhost:41999/oauth/callback";
    let answer = client.answer(redirect_uri, &[("scope", "notes.read"), ("resource", NOTES)]).await;
    assert!(answer.location().starts_with(&format!("{redirect_uri}?")), "{}", answer.location());
    assert!(answered(&answer, "code").is_some());
}
