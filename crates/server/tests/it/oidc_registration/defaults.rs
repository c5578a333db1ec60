//! What the server decides for a client that leaves it open (RFC 7591 §2, OpenID Connect Dynamic Client Registration §2),
//! and that the client is told (RFC 7591 §3.2.1) in a form that the libraries of clients read.

use serde_json::{Value, json};

use super::{Managed, minimal, register, replace};
use crate::fixtures::{signing_key, with};
use crate::support::{Call, CodeFlow, REDIRECT_URI, TestServer};

/// What is sent beside the redirect URI, and what the answer says of it.
fn decisions() -> Vec<(Value, Value)> {
    let (_, es256) = signing_key(symbolon_jose::Algorithm::ES256, "k");
    vec![
        (
            json!({}),
            json!({
                "grant_types": ["authorization_code"], "response_types": ["code"], "subject_type": "public",
                "token_endpoint_auth_method": "client_secret_basic", "id_token_signed_response_alg": "RS256",
                "client_secret_expires_at": 0,
            }),
        ),
        (
            json!({ "grant_types": [], "response_types": [], "token_endpoint_auth_method": "", "subject_type": "" }),
            json!({ "grant_types": ["authorization_code"], "response_types": ["code"], "subject_type": "public" }),
        ),
        (
            json!({ "grant_types": null, "response_types": null, "id_token_signed_response_alg": null }),
            json!({ "grant_types": ["authorization_code"], "response_types": ["code"] }),
        ),
        (json!({ "grant_types": ["client_credentials"] }), json!({ "response_types": [] })),
        (
            json!({ "grant_types": ["authorization_code", "refresh_token"] }),
            json!({ "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"] }),
        ),
        (json!({ "response_types": ["code"] }), json!({ "grant_types": ["authorization_code"] })),
        (json!({ "response_types": ["id_token"] }), json!({ "grant_types": ["implicit"] })),
        (
            json!({ "response_types": ["code id_token"] }),
            json!({ "grant_types": ["authorization_code", "implicit"], "response_types": ["code id_token"] }),
        ),
        (json!({ "id_token_signed_response_alg": "ES256" }), json!({ "id_token_signed_response_alg": "ES256" })),
        (
            json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://a.example/j" }),
            json!({ "token_endpoint_auth_signing_alg": "RS256" }),
        ),
        (
            json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [es256] } }),
            json!({ "token_endpoint_auth_signing_alg": "ES256" }),
        ),
        (json!({ "redirect_uris": ["https://a.example/cb"] }), json!({ "application_type": "web" })),
        (json!({ "redirect_uris": [] }), json!({ "application_type": "web" })),
        (json!({ "redirect_uris": ["com.example:/cb", REDIRECT_URI] }), json!({ "application_type": "native" })),
    ]
}

#[track_caller]
fn assert_says(shown: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name} of {shown}");
    }
}

#[tokio::test]
async fn what_was_left_open_is_decided_stored_and_told() {
    let server = TestServer::new().await;
    for (body, mut told) in decisions() {
        let body = with(minimal(), &body);
        let client = register(&server, &body).await;
        assert_says(&client.shown, &told);
        let emptied = register(&server, &minimal()).await;
        told.as_object_mut().unwrap().remove("client_secret_expires_at");
        assert_says(&replace(&server, &emptied, &body).await.shown, &told);
        assert_says(&server.public(client.read()).await.expect(200).json(), &told);
        let stored = server.admin(Call::get(format!("/admin/clients/{}", client.id))).await.expect(200).json();
        assert_says(&stored, &told);
    }
}

#[tokio::test]
async fn what_was_decided_is_what_happens() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let mut flow = CodeFlow::new(&server, &client.id).secret(&client.secret).scope("openid offline");
    let tokens = flow.tokens().await;
    assert_eq!(tokens.get("refresh_token"), None, "the answer names no refresh_token");
    let own = [("grant_type", "client_credentials")];
    let own = server.public(Call::post("/oauth2/token").form(&own).basic(&client.id, &client.secret)).await;
    assert_eq!(own.error().as_deref(), Some("unauthorized_client"));
    let token = crate::fixtures::part(crate::fixtures::text(&tokens, "id_token"), 0);
    assert_eq!(token["alg"], client.shown["id_token_signed_response_alg"]);
}

#[tokio::test]
async fn an_administrators_client_stays_as_it_was_made_and_learns_what_holds_for_it() {
    let server = TestServer::new().await;
    let created = server.create_client(&with(minimal(), &json!({ "client_id": "c" }))).await;
    let stored = server.admin(Call::get("/admin/clients/c")).await.expect(200).json();
    for shown in [&created, &stored] {
        assert_says(
            shown,
            &json!({
                "grant_types": [], "response_types": [], "audience": [], "client_name": "", "jwks": {}, "metadata": {},
                "userinfo_signed_response_alg": "none", "refresh_token_grant_id_token_lifespan": null,
            }),
        );
        assert!(shown.get("id_token_signed_response_alg").is_none() && shown.get("client_id_issued_at").is_none());
    }
    let client = Managed::new(created);
    let read = server.public(client.read()).await.expect(200).json();
    assert_says(&read, &decisions()[1].1);
    assert_eq!(read["id_token_signed_response_alg"], "RS256");
    assert_eq!(server.admin(Call::get("/admin/clients/c")).await.expect(200).json(), stored, "a read writes nothing");
    let own = json!({ "client_id": "machine", "grant_types": ["client_credentials"] });
    let machine = Managed::new(server.create_client(&with(minimal(), &own)).await);
    let read = server.public(machine.read()).await.expect(200).json();
    assert_says(&read, &json!({ "grant_types": ["client_credentials"], "response_types": [] }));
}

#[track_caller]
fn assert_nothing_is_empty(shown: &Value) {
    for (name, value) in shown.as_object().unwrap() {
        let says_what_may_be_done = ["redirect_uris", "grant_types", "response_types"].contains(&name.as_str());
        let empty = [json!(null), json!(""), json!([]), json!({})].contains(value);
        assert!(!empty || says_what_may_be_done && value.is_array(), "{name} of {shown}");
    }
    let always = ["client_id", "client_id_issued_at", "registration_client_uri", "token_endpoint_auth_method", "scope"];
    for name in always.into_iter().chain(["redirect_uris", "grant_types", "response_types"]) {
        assert!(shown.get(name).is_some(), "{name} of {shown}");
    }
    let secret = shown.get("client_secret").is_some();
    assert_eq!(shown.get("client_secret_expires_at"), secret.then_some(&json!(0)), "{shown}");
}

#[tokio::test]
async fn no_answer_has_a_member_that_says_nothing() {
    let server = TestServer::new().await;
    let empty = json!({
        "client_name": "", "policy_uri": "", "tos_uri": "", "client_uri": "", "logo_uri": "", "owner": "", "jwks": {},
        "jwks_uri": "", "contacts": [], "audience": [], "allowed_cors_origins": [], "sector_identifier_uri": "",
        "request_uris": [], "post_logout_redirect_uris": [], "default_acr_values": [], "client_name#de": "",
        "software_id": "", "initiate_login_uri": "", "skip_logout_consent": null, "application_type": "",
        "userinfo_signed_response_alg": "none", "implicit_grant_id_token_lifespan": null,
    });
    let nothing = json!({ "redirect_uris": null });
    let public = json!({ "token_endpoint_auth_method": "none" });
    for body in [minimal(), with(minimal(), &empty), nothing, with(minimal(), &public), json!({})] {
        let client = register(&server, &body).await;
        assert_nothing_is_empty(&client.shown);
        assert_eq!(
            client.shown.get("userinfo_signed_response_alg"),
            None,
            "userinfo answers are JSON, not unsigned JWTs"
        );
        assert_nothing_is_empty(&server.public(client.read()).await.expect(200).json());
        assert_nothing_is_empty(&replace(&server, &client, &body).await.shown);
    }
}
