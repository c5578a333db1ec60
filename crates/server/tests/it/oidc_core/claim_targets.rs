//! Which claims go to the ID token and which to userinfo (OpenID Connect Core §5.4, §5.5).

use serde_json::{Map, Value, json};

use crate::fixtures::{Registered, claims, confidential, text};
use crate::support::{Call, TestServer};

const PERSON: [&str; 3] = ["name", "email", "name#de"];

fn about_alice() -> Value {
    json!({ "name": "Alice", "email": "alice@a.example", "name#de": "Alis", "tier": "gold" })
}

/// ID token and userinfo of a login whose consent page said `session`, with the parameter `claims` if there is one.
async fn told(
    server: &TestServer,
    client: &Registered,
    session: Value,
    requested: Option<&str>,
) -> (Map<String, Value>, Value) {
    let mut flow = client.flow(server).consent("session", session);
    if let Some(requested) = requested {
        flow = flow.parameter("claims", requested);
    }
    let tokens = flow.tokens().await;
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).json();
    (claims(text(&tokens, "id_token")), info)
}

#[tokio::test]
async fn claims_about_a_person_go_to_userinfo_only() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let (id_token, info) = told(&server, &client, json!({ "id_token": about_alice() }), None).await;
    assert_eq!(id_token["tier"], "gold");
    for name in PERSON {
        assert!(!id_token.contains_key(name), "{name}");
        assert_eq!(info[name], about_alice()[name], "{name}");
    }
}

#[tokio::test]
async fn a_claim_that_was_asked_for_by_name_goes_to_the_id_token_too() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let requested = r#"{"id_token":{"email":{"essential":true},"nickname":null},"userinfo":{"name":null}}"#;
    let (id_token, info) = told(&server, &client, json!({ "id_token": about_alice() }), Some(requested)).await;
    assert_eq!((&id_token["email"], &info["email"]), (&json!("alice@a.example"), &json!("alice@a.example")));
    for name in ["name", "name#de", "nickname"] {
        assert!(!id_token.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn a_page_that_names_both_targets_decides_itself() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let session =
        json!({ "id_token": { "email": "for@token.example" }, "userinfo": { "name": "Alice", "sub": "mallory" } });
    let (id_token, info) = told(&server, &client, session, None).await;
    assert_eq!((&id_token["email"], id_token.contains_key("name")), (&json!("for@token.example"), false));
    assert_eq!((&info["name"], info.get("email"), &info["sub"]), (&json!("Alice"), None, &json!("alice")));
    let (id_token, info) = told(&server, &client, json!({ "id_token": about_alice(), "userinfo": {} }), None).await;
    assert_eq!(id_token["name"], "Alice");
    assert!(PERSON.iter().all(|name| info.get(name).is_none()), "{info}");
}

#[tokio::test]
async fn a_switch_gives_id_tokens_what_hydra_gives_them() {
    let server = TestServer::with(|config| config.symbolon.compatibility.id_token_claims = true).await;
    let client = confidential(&server).await;
    let (id_token, info) = told(&server, &client, json!({ "id_token": about_alice() }), None).await;
    for name in PERSON {
        assert_eq!((&id_token[name], &info[name]), (&about_alice()[name], &about_alice()[name]), "{name}");
    }
}

#[tokio::test]
async fn claims_of_the_id_token_outlive_a_refresh() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).consent("session", json!({ "id_token": about_alice() }));
    flow = flow.parameter("claims", r#"{"id_token":{"email":null}}"#);
    let first = flow.tokens().await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&first, "refresh_token"))];
    let second = server.public(client.token_request(&form)).await.expect(200).json();
    for tokens in [&first, &second] {
        let id_token = claims(text(tokens, "id_token"));
        assert_eq!((&id_token["email"], id_token.contains_key("name")), (&json!("alice@a.example"), false));
    }
}
