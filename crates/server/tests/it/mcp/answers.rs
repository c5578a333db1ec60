//! The registration's answer in general: a method is never changed, members without a value are left out, and what is not
//! for strangers is not there.

use serde_json::{Value, json};

use super::{Client, assert_json, assert_nothing_is_empty, server};
use crate::support::{Answer, Call, TestServer};

const REDIRECT_URI: &str = "http://127.0.0.1:33418/callback";

async fn register(server: &TestServer, members: &Value) -> Answer {
    let mut body = json!({ "redirect_uris": [REDIRECT_URI] });
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    server.public(Call::post("/oauth2/register").json(&body)).await
}

#[tokio::test]
async fn the_method_that_was_asked_for_is_the_one_that_is_given() {
    let server = server().await;
    for (method, secret) in [("none", false), ("client_secret_basic", true), ("client_secret_post", true)] {
        let answer = register(&server, &json!({ "token_endpoint_auth_method": method })).await.expect(201).json();
        assert_eq!(answer["token_endpoint_auth_method"], method);
        assert_eq!(answer.get("client_secret").is_some(), secret, "{method}");
        assert_eq!(answer.get("client_secret_expires_at").is_some(), secret, "{method}");
    }
    let answer = register(&server, &json!({})).await.expect(201).json();
    assert_eq!(answer["token_endpoint_auth_method"], "client_secret_basic");
    for method in ["client_secret", "private_key", "None"] {
        let answer = register(&server, &json!({ "token_endpoint_auth_method": method })).await;
        assert_eq!(answer.error().as_deref(), Some("invalid_client_metadata"), "{method}: {}", answer.text());
    }
}

#[tokio::test]
async fn the_defaults_are_code_and_refresh() {
    let server = server().await;
    let answer = register(&server, &json!({})).await.expect(201).json();
    assert_eq!(answer["response_types"], json!(["code"]));
    let types = answer["grant_types"].as_array().unwrap();
    assert!(types.contains(&json!("authorization_code")), "{types:?}");
}

#[tokio::test]
async fn a_read_and_a_change_leave_out_the_same() {
    let server = server().await;
    let client =
        Client::register(&server, &json!({ "redirect_uris": [REDIRECT_URI], "client_name": "A client" })).await;
    let token = client.shown["registration_access_token"].as_str().unwrap();
    let path = format!("/oauth2/register/{}", client.id());
    assert_nothing_is_empty(&server.public(Call::get(&path).bearer(token)).await.expect(200).json());
    let body = json!({ "client_id": client.id(), "redirect_uris": [REDIRECT_URI], "client_name": "Another name" });
    let changed = server.public(Call::put(&path).json(&body).bearer(token)).await.expect(200).json();
    assert_nothing_is_empty(&changed);
    assert_eq!(changed["client_name"], "Another name");
}

/// Whoever reads Hydra's API reads every member, so the administrator's view keeps them.
#[tokio::test]
async fn the_administrator_sees_the_client_in_hydras_form() {
    let server = server().await;
    let client = Client::register(&server, &json!({ "redirect_uris": [REDIRECT_URI] })).await;
    let seen = server.admin(Call::get(format!("/admin/clients/{}", client.id()))).await.expect(200).json();
    for member in ["client_uri", "logo_uri", "policy_uri", "tos_uri"] {
        assert_eq!(seen[member], "", "{member}");
    }
}

#[tokio::test]
async fn members_for_administrators_are_refused_or_left_out() {
    let server = server().await;
    let members = json!({
        "skip_consent": true, "skip_logout_consent": true, "allowed_resources": ["https://payroll.example"],
        "audience": ["https://payroll.example"], "metadata": { "trusted": true },
    });
    for (name, value) in members.as_object().unwrap() {
        let answer = register(&server, &json!({ name.clone(): value })).await;
        if answer.status == 201 {
            assert_ne!(&answer.json()[name], value, "{name}");
        } else {
            assert_eq!(answer.status, 400, "{name}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn what_is_no_json_object_is_told_in_json() {
    let server = server().await;
    for body in ["", "{", "[]", "\"text\"", "client_name=A"] {
        let call = Call::post("/oauth2/register").raw(body).header(http::header::CONTENT_TYPE, "application/json");
        let answer = server.public(call).await.expect(400);
        assert_json(&answer);
        assert_eq!(answer.error().as_deref(), Some("invalid_client_metadata"), "{body}");
    }
}
