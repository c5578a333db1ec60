//! Register, read, send back what was read, read again: nothing is lost or changed but what must.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

use super::{Managed, minimal, post, register};
use crate::fixtures::with;
use crate::support::{Answer, Call, REDIRECT_URI, TestServer};

/// What a replacement changes whatever is sent.
const MUST_CHANGE: [&str; 2] = ["updated_at", "registration_access_token"];

fn without(object: &Value, names: &[&str]) -> Value {
    let changes: Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    with(object.clone(), &Value::Object(changes))
}

/// Every member that a client may set, each with a value that is not its default.
fn everything() -> Value {
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "alg": "EdDSA", "use": "sig", "kid": "k", "ext": true });
    let members = json!({
        "client_name": "N\u{e4}me <&>\" \u{1f511}", "redirect_uris": [REDIRECT_URI, "com.example.app:/cb", "https://a.example/cb?x=1%2F2"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "response_types": ["code"],
        "scope": "openid offline photos.read", "audience": ["https://api.example"], "owner": "someone",
        "policy_uri": "https://a.example/p", "tos_uri": "https://a.example/t", "client_uri": "https://a.example/", "logo_uri": "https://a.example/l",
        "allowed_cors_origins": ["https://a.example"], "contacts": ["a@a.example", "b@a.example"], "jwks": { "keys": [key] },
        "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
        "request_uris": ["https://a.example/r#x"], "request_object_signing_alg": "RS256", "userinfo_signed_response_alg": "ES256",
        "frontchannel_logout_uri": "http://127.0.0.1:5555/f", "frontchannel_logout_session_required": true,
        "post_logout_redirect_uris": ["http://127.0.0.1:5555/bye"], "backchannel_logout_uri": "https://a.example/b",
        "backchannel_logout_session_required": true, "skip_logout_consent": false,
    });
    let further = json!({
        "authorization_code_grant_access_token_lifespan": "1h30m0s", "authorization_code_grant_id_token_lifespan": "10m0s",
        "authorization_code_grant_refresh_token_lifespan": "720h0m0s", "client_credentials_grant_access_token_lifespan": "5m0s",
        "implicit_grant_access_token_lifespan": "5m0s", "implicit_grant_id_token_lifespan": "5m0s",
        "jwt_bearer_grant_access_token_lifespan": "5m0s", "refresh_token_grant_id_token_lifespan": "5m0s",
        "refresh_token_grant_access_token_lifespan": "5m0s", "refresh_token_grant_refresh_token_lifespan": "5m0s",
        "device_authorization_grant_id_token_lifespan": "5m0s", "device_authorization_grant_access_token_lifespan": "5m0s",
        "device_authorization_grant_refresh_token_lifespan": "5m0s", "application_type": "native",
        "id_token_signed_response_alg": "EdDSA", "default_max_age": 3600, "require_auth_time": true,
        "default_acr_values": ["urn:a", "urn:b"], "initiate_login_uri": "https://a.example/start", "software_id": "4NRB1",
        "software_version": "2.1", "client_name#de": "Name", "client_name#ja-Hani-JP": "\u{540d}", "tos_uri#fr": "https://a.example/fr/t",
        "logo_uri#de": "https://a.example/de.png", "policy_uri#de": "https://a.example/de", "client_uri#de-CH": "https://a.example/ch",
    });
    with(members, &further)
}

#[tokio::test]
async fn every_member_that_is_registered_is_echoed_stored_and_read() {
    let server = TestServer::new().await;
    let client = register(&server, &everything()).await;
    let read = server.public(client.read()).await.expect(200).json();
    for (name, value) in everything().as_object().unwrap() {
        assert_eq!(&client.shown[name], value, "{name} as answered");
        assert_eq!(&read[name], value, "{name} as read");
    }
    let by_admin = server.admin(Call::get(format!("/admin/clients/{}", client.id))).await.expect(200).json();
    let of_the_endpoint = ["registration_client_uri", "client_id_issued_at"];
    for (name, value) in read.as_object().unwrap().iter().filter(|(name, _)| !of_the_endpoint.contains(&name.as_str()))
    {
        assert_eq!(&by_admin[name], value, "{name} as the administrator sees it");
    }
}

#[tokio::test]
async fn the_answer_of_a_registration_may_be_sent_back_as_it_is() {
    let server = TestServer::new().await;
    for method in ["client_secret_basic", "client_secret_post", "none"] {
        let body = with(minimal(), &json!({ "token_endpoint_auth_method": method }));
        let client = register(&server, &body).await;
        server.clock.advance(5);
        let answered = server.public(client.replace(&client.shown)).await.expect(200).json();
        assert_eq!(without(&answered, &MUST_CHANGE), without(&client.shown, &MUST_CHANGE), "{method}");
        // And the answer of the replacement once more.
        let client = Managed::new(answered.clone());
        let again = server.public(client.replace(&answered)).await.expect(200).json();
        assert_eq!(without(&again, &MUST_CHANGE), without(&answered, &MUST_CHANGE), "{method}");
    }
}

#[tokio::test]
async fn the_answer_of_a_read_may_be_sent_back_as_it_is() {
    let server = TestServer::new().await;
    for body in [minimal(), everything()] {
        let client = register(&server, &body).await;
        let read = server.public(client.read()).await.expect(200).json();
        let changed = super::replace(&server, &client, &read).await;
        assert_eq!(server.public(changed.read()).await.expect(200).json(), read);
    }
}

#[tokio::test]
async fn the_answer_of_the_administrators_creation_may_be_sent_back_by_the_client() {
    let server = TestServer::new().await;
    let settings = json!({ "client_id": "c", "metadata": { "tier": "gold" }, "skip_consent": true, "access_token_strategy": "jwt" });
    let client = Managed::new(server.create_client(&with(minimal(), &settings)).await);
    let read = server.public(client.read()).await.expect(200).json();
    server.public(client.replace(&read)).await.expect(200);
    let stored = server.admin(Call::get("/admin/clients/c")).await.expect(200).json();
    assert_eq!(stored["metadata"], json!({ "tier": "gold" }));
    assert_eq!(stored["skip_consent"], true);
    assert_eq!(stored["access_token_strategy"], "jwt");
}

/// Some members of [`everything`], each as it is, `null` or absent, with texts of any kind.
fn registrations() -> impl Strategy<Value = Value> {
    let names: Vec<String> = everything().as_object().unwrap().keys().cloned().collect();
    let texts = ["client_name", "owner", "software_id", "client_name#de"];
    let states = proptest::collection::vec(0_u8..3, names.len());
    (states, proptest::array::uniform4("[^\\p{Cc}]{0,40}")).prop_map(move |(states, free)| {
        let all = everything();
        let mut body = Map::new();
        for (name, state) in names.iter().zip(states) {
            match state {
                0 => {}
                1 => drop(body.insert(name.clone(), Value::Null)),
                _ => drop(body.insert(name.clone(), all[name].clone())),
            }
        }
        for (name, text) in texts.iter().zip(free) {
            body.entry((*name).to_owned()).and_modify(|value| *value = json!(text));
        }
        Value::Object(body)
    })
}

async fn survives(server: &TestServer, body: &Value) -> Result<(), TestCaseError> {
    let answer: Answer = post(server, body).await;
    if answer.status == 400 {
        // Members that need each other; the table of refusals has those.
        return Err(TestCaseError::reject("refused"));
    }
    prop_assert_eq!(answer.status, 201, "{}", answer.text());
    let client = Managed::new(answer.json());
    let read = server.public(client.read()).await.json();
    for (name, value) in body.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
        let empty = value == "" && read.get(name).is_none();
        prop_assert!(empty || &read[name] == value, "{} was {} and is {}", name, value, &read[name]);
    }
    let answered = server.public(client.replace(&read)).await;
    prop_assert_eq!(answered.status, 200, "{}", answered.text());
    let client = Managed::new(answered.json());
    let again = server.public(client.read()).await.json();
    prop_assert_eq!(without(&again, &MUST_CHANGE), without(&read, &MUST_CHANGE));
    Ok(())
}

#[test]
fn whatever_is_registered_survives_a_round_trip() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(TestServer::new());
    let config = Config { cases: 128, max_global_rejects: 4096, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&registrations(), |body| runtime.block_on(survives(&server, &body)));
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
