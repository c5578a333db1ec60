//! Two servers of this kind: one is the identity provider and issues the assertion (by token exchange), the other one knows
//! its keys and gives a token for it.

use serde_json::json;
use symbolon_server::config::{AssertionPolicies, IdJagIssuers};

use super::{Idp, WIKI, assert_refused, call, client};
use crate::fixtures::{claims, register, text};
use crate::rfc8693::GRANT_TYPE as TOKEN_EXCHANGE;
use crate::support::{Call, TestServer};

const PROVIDER: &str = "https://provider.example";

#[tokio::test]
async fn what_one_server_issues_the_other_one_takes_once() {
    let idp = Idp::new();
    let there = TestServer::with(|config| {
        PROVIDER.clone_into(&mut config.urls.issuer);
        config.urls.public = None;
        let rows = json!([{
            "client": "wiki", "audience": "http://127.0.0.1:4444", "client_id": "app",
            "resources": [WIKI], "scopes": ["wiki.read"],
        }]);
        config.symbolon.token_exchange.assertions = AssertionPolicies::read(&rows).unwrap();
    })
    .await;
    let keys = there.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let here = TestServer::with(|config| {
        idp.on(config);
        let row = json!({
            "issuer": PROVIDER, "jwks": keys, "clients": ["app"], "resources": [WIKI], "scopes": ["wiki.read"],
        });
        config.symbolon.id_jag.issuers = IdJagIssuers::read(&json!([row])).unwrap();
    })
    .await;
    let app = client(&here, "app", &json!({})).await;
    let grants = json!({ "grant_types": ["authorization_code", "refresh_token", TOKEN_EXCHANGE] });
    let wiki = register(&there, "wiki", &grants).await;
    let tokens = wiki.flow(&there).tokens().await;
    let form = [
        ("grant_type", TOKEN_EXCHANGE),
        ("subject_token", text(&tokens, "id_token")),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        ("requested_token_type", "urn:ietf:params:oauth:token-type:id-jag"),
        ("audience", here.public_url()),
    ];
    let assertion = there.public(wiki.token_request(&form)).await.expect(200).member("access_token");
    let given = here.public(call(&app, &assertion, &[])).await.expect(200).json();
    let said = claims(text(&given, "access_token"));
    assert_eq!((&said["aud"], &given["scope"]), (&json!([WIKI]), &json!("wiki.read")));
    assert!(said["sub"].as_str().unwrap().starts_with("id_jag_"), "nobody's account");
    assert_refused(&here.public(call(&app, &assertion, &[])).await, "invalid_grant");
    // The provider itself does not take what it issued.
    let own = register(&there, "app", &json!({ "grant_types": [super::GRANT_TYPE] })).await;
    assert_refused(&there.public(call(&own, &assertion, &[])).await, "invalid_grant");
}
