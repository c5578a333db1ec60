//! The default resource: for clients that name none, as some never do.

use serde_json::{Value, json};
use symbolon_server::config::{Config, Resources};

use super::{CALENDAR, CONTACTS, changes, configure};
use crate::fixtures::{authorize, claims, outcome, register, request, text, with};
use crate::support::TestServer;

fn with_default(config: &mut Config) {
    configure(config);
    config.symbolon.resources_default = Some("https://contacts.example/".to_owned());
}

async fn audience(server: &TestServer, id: &str, client: &Value, parameters: &[(&str, &str)]) -> Value {
    let client = register(server, id, client).await;
    let flow = parameters
        .iter()
        .fold(client.flow(server).scope("openid offline"), |flow, (name, value)| flow.parameter(name, value));
    let mut flow = flow;
    let tokens = flow.tokens().await;
    let refreshed =
        server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).member("access_token");
    let by_code = server.introspect(&refreshed).await["aud"].clone();
    let form = [&[("grant_type", "client_credentials")], parameters].concat();
    let own = server.public(client.token_request(&form)).await.expect(200).member("access_token");
    assert_eq!(server.introspect(&own).await["aud"], by_code, "{id}");
    by_code
}

#[tokio::test]
async fn who_names_nothing_gets_the_default() {
    let server = TestServer::with(with_default).await;
    let own = with(changes(), &json!({ "default_resource": "https://calendar.example", "allowed_resources": null }));
    let listed = with(changes(), &json!({ "allowed_resources": [CALENDAR] }));
    let api = json!({ "audience": ["https://api.example"] });
    for (id, client, parameters, expected) in [
        ("the server's", &json!({}), &[][..], json!([CONTACTS])),
        ("its own", &own, &[], json!([CALENDAR])),
        ("not the server's, which it may not have", &listed, &[], json!([])),
        ("what it names", &own, &[("resource", CONTACTS)], json!([CONTACTS])),
        ("an audience", &api, &[("audience", "https://api.example")], json!(["https://api.example"])),
    ] {
        assert_eq!(audience(&server, &id.replace(' ', "-"), client, parameters).await, expected, "{id}");
    }
}

/// What an administrator chose for a client is not replaced by something wider when it is gone.
#[tokio::test]
async fn a_default_that_is_gone_is_an_error() {
    let server = TestServer::with(with_default).await;
    let client = register(&server, "lost", &json!({ "default_resource": "https://gone.example" })).await;
    assert_eq!(outcome(&authorize(&server, &request(&client.id)).await), "client invalid_target");
    let own = client.token_request(&[("grant_type", "client_credentials")]);
    assert_eq!(server.public(own).await.expect(400).member("error"), "invalid_target");
}

/// A grant of before there was a default: the user was asked for no audience and refused none.
#[tokio::test]
async fn an_older_grant_may_name_the_default() {
    TestServer::each_database(async |server| {
        let client = register(server, "older", &json!({})).await;
        let tokens = client.flow(server).tokens().await;
        let later = server.beside(7, with_default).await;
        let refresh = |resource: &str| {
            let refresh_token = ("refresh_token", text(&tokens, "refresh_token"));
            client.token_request(&[("grant_type", "refresh_token"), refresh_token, ("resource", resource)])
        };
        assert_eq!(later.public(refresh(CALENDAR)).await.expect(400).member("error"), "invalid_target");
        let token = later.public(refresh(CONTACTS)).await.expect(200).member("access_token");
        assert_eq!(claims(&token)["aud"], json!([CONTACTS]));
    })
    .await;
}

/// What a consent page refused is not given by default.
#[tokio::test]
async fn a_default_that_was_not_granted_cannot_be_named() {
    let server = TestServer::with(with_default).await;
    let client = register(&server, "refused", &json!({})).await;
    let mut flow = client.flow(&server).consent("grant_access_token_audience", json!([]));
    let code = flow.code().await;
    let refused = server.public(flow.redemption_with(&code, &[("resource", CONTACTS)])).await.expect(400);
    assert_eq!(refused.member("error"), "invalid_target");
    let token = server.public(flow.redemption(&code)).await.expect(200).member("access_token");
    assert_eq!(server.introspect(&token).await["aud"], json!([]));
}

#[tokio::test]
async fn scopes_are_advertised_where_the_record_says_so() {
    let server =
        TestServer::with(|config| config.symbolon.resources = Resources::read(&super::records()).unwrap()).await;
    let document =
        server.public(crate::support::Call::get("/.well-known/openid-configuration")).await.expect(200).json();
    let scopes = document["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&json!("events.read")) && !scopes.contains(&json!("people.read")), "{scopes:?}");
}
