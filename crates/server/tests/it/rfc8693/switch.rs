//! Without rows there is no token exchange: it is unknown, and not advertised. With rows it is for the clients that they name.

use serde_json::{Value, json};
use symbolon_server::config::{Config, RegistrationRights};

use super::{GRANT_TYPE, ID_JAG, ORDERS, World, assertions, delegation, exchange, gateway, is_refused, policies};
use crate::fixtures::{register, with};
use crate::support::{Call, TestServer};

async fn documents(server: &TestServer) -> [Value; 2] {
    let get = async |path: &str| server.public(Call::get(path)).await.expect(200).json();
    [get("/.well-known/openid-configuration").await, get("/.well-known/oauth-authorization-server").await]
}

const CHAINING: &str = "identity_chaining_requested_token_types_supported";

#[tokio::test]
async fn without_rows_the_grant_type_is_unknown() {
    let server = TestServer::new().await;
    let client = gateway(&server, "gateway", &json!({})).await;
    let answer = server.public(exchange(&client, "x", &[])).await;
    is_refused(&answer, "unsupported_grant_type");
    for document in documents(&server).await {
        assert!(!document["grant_types_supported"].to_string().contains(GRANT_TYPE));
        assert_eq!(document.get(CHAINING), None);
    }
}

#[tokio::test]
async fn with_rows_it_is_advertised_and_issuers_and_clients_are_not() {
    let jag = json!([{ "client": "gateway", "audience": "https://as.example", "client_id": "x" }]);
    for (with_policies, with_assertions) in [(true, false), (false, true), (true, true)] {
        let server = TestServer::with(|config| {
            if with_policies {
                policies(&json!([delegation()]))(config);
            }
            if with_assertions {
                assertions(&jag)(config);
            }
        })
        .await;
        for document in documents(&server).await {
            assert!(document["grant_types_supported"].to_string().contains(GRANT_TYPE));
            let expected = with_assertions.then(|| json!([ID_JAG]));
            assert_eq!(document.get(CHAINING).cloned(), expected);
            assert!(!document.to_string().contains("as.example") && !document.to_string().contains("orders.example"));
        }
    }
}

#[tokio::test]
async fn a_public_client_exchanges_nothing() {
    let world = World::new(&json!([delegation(), with(delegation(), &json!({ "client": "app" }))])).await;
    let app =
        register(&world.server, "app", &json!({ "grant_types": [GRANT_TYPE], "token_endpoint_auth_method": "none" }))
            .await;
    let call = exchange(&app, &world.alice().await, &[("audience", ORDERS)]);
    is_refused(&world.server.public(call).await, "unauthorized_client");
}

#[tokio::test]
async fn a_client_that_registers_itself_cannot_have_the_grant_type() {
    let under = |policy: RegistrationRights| {
        move |config: &mut Config| {
            policies(&json!([delegation()]))(config);
            config.symbolon.registration.policy = policy;
        }
    };
    for (is_open, policy) in [(false, RegistrationRights::Restricted), (true, RegistrationRights::Open)] {
        let server = TestServer::with(under(policy)).await;
        let body =
            json!({ "grant_types": ["authorization_code", GRANT_TYPE], "redirect_uris": ["https://a.example/cb"] });
        let made = server.public(Call::post("/oauth2/register").json(&body)).await.expect(201).json();
        let kept = made["grant_types"].to_string().contains(GRANT_TYPE);
        assert_eq!(kept, is_open, "{made}");
        // Where strangers may choose what Hydra lets them choose, no row names them: their ids are not theirs to choose.
        let client = crate::fixtures::Registered {
            id: made["client_id"].as_str().unwrap().to_owned(),
            secret: made["client_secret"].as_str().unwrap().to_owned(),
        };
        assert_ne!(client.id, "gateway");
        is_refused(&server.public(exchange(&client, "x", &[])).await, "unauthorized_client");
        let alone = json!({ "grant_types": [GRANT_TYPE], "redirect_uris": [] });
        let answer = server.public(Call::post("/oauth2/register").json(&alone)).await;
        assert_eq!(answer.status, if is_open { 201 } else { 400 }, "{}", answer.text());
        let named = with(body, &json!({ "client_id": "gateway" }));
        let answer = server.public(Call::post("/oauth2/register").json(&named)).await;
        assert!(answer.status != 201 || answer.json()["client_id"] != "gateway", "{}", answer.text());
    }
}
