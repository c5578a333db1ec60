//! A client with a document from its first request on.

use serde_json::json;

use super::{Described, LOOPBACK, clients_kept};
use crate::fixtures::{claims, outcome, text};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn a_client_with_a_document_needs_no_registration() {
    let described = Described::new(&json!({})).await;
    let mut flow = described.flow();
    let tokens = flow.tokens().await;
    assert_eq!(claims(text(&tokens, "id_token"))["aud"], json!([described.id]));
    let introspected = described.server.introspect(text(&tokens, "access_token")).await;
    assert_eq!((&introspected["active"], &introspected["client_id"]), (&json!(true), &json!(described.id)));
    let refreshed = described.server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
    assert!(refreshed["refresh_token"].is_string());
    let calls = described.host.take();
    assert_eq!(calls.len(), 1, "one document serves a whole flow");
    assert_eq!((calls[0].method.as_str(), calls[0].target.as_str()), ("GET", "/client.json"));
    for name in ["authorization", "cookie", "accept-encoding", "referer"] {
        assert!(calls[0].header(name).is_none(), "{name}");
    }
}

#[tokio::test]
async fn both_documents_of_metadata_say_so_where_it_is_on_and_only_there() {
    const MEMBER: &str = "client_id_metadata_document_supported";
    let on = Described::new(&json!({})).await;
    for (server, expected) in [(on.server, json!(true)), (TestServer::new().await, json!(null))] {
        for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
            let document = server.public(Call::get(path)).await.expect(200).json();
            assert_eq!(document[MEMBER], expected, "{path}");
            assert!(document["token_endpoint_auth_methods_supported"].as_array().unwrap().contains(&json!("none")));
        }
    }
}

#[tokio::test]
async fn an_address_is_an_unknown_client_where_it_is_off() {
    let described = Described::with(&json!({}), |config| {
        config.symbolon.cimd.mode = symbolon_server::config::CimdMode::Off;
    })
    .await;
    let answer = described.asks().await;
    assert_eq!(outcome(&answer), "page invalid_client");
    assert_eq!(described.host.count(), 0);
}

#[tokio::test]
async fn a_request_can_be_pushed_in_the_name_of_a_document() {
    let described = Described::new(&json!({ "require_pushed_authorization_requests": true })).await;
    let refused = described.asks().await.expect(303);
    assert_eq!(refused.location_parameter("error").as_deref(), Some("invalid_request"));
    let mut flow = described.flow();
    let form = [
        ("client_id", described.id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", LOOPBACK),
        ("scope", "openid offline"),
        ("state", crate::support::STATE),
        ("code_challenge", crate::support::CODE_CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let pushed = described.server.public(Call::post("/oauth2/par").form(&form)).await.expect(201).json();
    assert_eq!(clients_kept(&described.server).await, 0);
    flow = flow.request_uri(text(&pushed, "request_uri"));
    assert!(flow.tokens().await["access_token"].is_string());
    described.host.set(crate::client_side::Reply::Status(404));
    let other = format!("{}/other.json", described.host.url);
    let refused = described.server.public(Call::post("/oauth2/par").form(&[("client_id", &other)])).await;
    assert_eq!((refused.status, refused.error().as_deref()), (400, Some("unauthorized_client")));
}

#[tokio::test]
async fn an_error_sends_no_browser_to_a_web_site_that_nobody_approved() {
    let site = "https://phishing.example/callback";
    let described = Described::new(&json!({ "redirect_uris": [site, "http://127.0.0.1/callback"] })).await;
    let wrong = [("scope", "openid never"), ("max_age", "x"), ("prompt", "nothing"), ("login_verifier", "x")];
    for (name, value) in wrong {
        let mut flow = described.flow().parameter("redirect_uri", site).parameter(name, value);
        assert!(outcome(&flow.authorize().await).starts_with("page "), "{name}");
        // Nobody is deceived by an address at their own computer.
        let mut flow = described.flow().parameter(name, value);
        assert!(outcome(&flow.authorize().await).starts_with("client "), "{name}");
    }
    let mut flow = described.flow().parameter("redirect_uri", site).parameter("prompt", "none");
    assert_eq!(outcome(&flow.authorize().await), "client login_required");
    // Who says no on a page knows who asked.
    let mut flow = described.flow().parameter("redirect_uri", site);
    let page = flow.log_in().await.expect(302).location().to_owned();
    let challenge = page.split_once("consent_challenge=").unwrap().1;
    let path = format!("/admin/oauth2/auth/requests/consent/reject?consent_challenge={challenge}");
    let rejected = described.server.admin(Call::put(path).json(&json!({ "error": "access_denied" }))).await;
    let back = rejected.expect(200).member("redirect_to");
    assert_eq!(outcome(&flow.browser.get(&back).await), "client access_denied");
    // And whoever has approved the client is sent there.
    let mut flow = described.flow().parameter("redirect_uri", site).login("remember", json!(true));
    flow.code().await;
    let mut flow = flow.scope("openid never");
    assert_eq!(outcome(&flow.authorize().await), "client invalid_scope");
}

#[tokio::test]
async fn pkce_and_the_code_flow_are_demanded() {
    let described = Described::new(&json!({})).await;
    let without = described.flow().without_pkce().authorize().await.expect(303);
    assert_eq!(without.location_parameter("error").as_deref(), Some("invalid_request"));
    let implicit = described.flow().parameter("response_type", "id_token").authorize().await.expect(303);
    assert_eq!(implicit.location_query().len() + implicit.location_fragment().len(), 4, "{}", implicit.location());
    let foreign = described.flow().parameter("redirect_uri", "http://127.0.0.1/other").authorize().await;
    assert_eq!(outcome(&foreign), "page invalid_request");
}

#[tokio::test]
async fn a_client_may_ask_for_every_scope_of_the_resources_for_all_however_many_there_are() {
    const MCP: &str = "https://mcp.example/mcp";
    let scopes: Vec<String> = (0..40).map(|number| format!("tool.{number}")).collect();
    let described = Described::with(&json!({ "scope": "openid" }), |config| {
        let records = json!([{ "identifier": MCP, "scopes": scopes, "self_service": true }]);
        config.symbolon.resources = symbolon_server::config::Resources::read(&records).unwrap();
        config.symbolon.limits.self_registered_list_entries = 20;
    })
    .await;
    let mut flow = described.flow().scope("openid tool.39").parameter("resource", MCP);
    let tokens = flow.tokens().await;
    assert_eq!(tokens["scope"], "openid tool.39");
    assert_eq!(claims(text(&tokens, "access_token"))["aud"], json!([MCP]));
}
