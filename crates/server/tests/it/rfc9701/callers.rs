//! Who may ask (RFC 7662 §2.1, §4).

use serde_json::json;

use super::{API, Api, PATH, bare, inactive};
use crate::fixtures::{public, register};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn nobody_asks_where_it_is_not_switched_on() {
    let server = TestServer::new().await;
    let api = register(&server, "api", &json!({ "resource_server": true, "audience": [API] })).await;
    server.public(api.form(PATH, &[("token", "x")])).await.expect(404);
    let document = server.public(Call::get("/.well-known/openid-configuration")).await.json();
    assert_eq!(document.get("introspection_endpoint"), None);
}

#[tokio::test]
async fn only_resource_servers_that_authenticate_ask() {
    let api = Api::new().await;
    let token = api.token().await;
    for (how, call) in [
        ("nobody", bare(&token)),
        ("a wrong secret", bare(&token).basic("api", "wrong")),
        ("an unknown client", bare(&token).basic("unknown", "secret")),
        ("an id alone", Call::post(PATH).form(&[("token", &token), ("client_id", "api")])),
        ("the token itself", bare(&token).bearer(&token)),
    ] {
        let answer = api.server.public(call).await;
        assert!(answer.status == 401 || answer.status == 400, "{how}: {}", answer.status);
        assert!(["invalid_client", "invalid_request"].contains(&answer.error().unwrap().as_str()), "{how}");
        assert!(answer.json().get("active").is_none(), "{how}");
    }
    let stranger = public(&api.server).await;
    for client in [&api.app, &stranger] {
        let answer = api.server.public(client.form(PATH, &[("token", &token)])).await;
        assert_eq!(answer.error().as_deref(), Some("unauthorized_client"), "{}", client.id);
    }
    assert_eq!(api.told(&api.asker, &token).await["active"], true);
}

#[tokio::test]
async fn one_that_is_none_any_more_asks_no_more() {
    let api = Api::new().await;
    let token = api.token().await;
    let change = json!([{ "op": "replace", "path": "/resource_server", "value": false }]);
    api.server.admin(Call::patch("/admin/clients/api").json(&change)).await.expect(200);
    let answer = api.server.public(api.asker.form(PATH, &[("token", &token)])).await;
    assert_eq!(answer.error().as_deref(), Some("unauthorized_client"));
}

#[tokio::test]
async fn the_token_comes_once_and_in_the_body() {
    let api = Api::new().await;
    let token = api.token().await;
    for (how, form) in [
        ("missing", vec![("scope", "openid")]),
        ("empty", vec![("token", "")]),
        ("doubled", vec![("token", token.as_str()), ("token", token.as_str())]),
    ] {
        let answer = api.server.public(api.asker.form(PATH, &form)).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{how}");
    }
    let in_query = Call::post(format!("{PATH}?token={token}")).form(&[("scope", "openid")]);
    api.server.public(in_query.basic(&api.asker.id, &api.asker.secret)).await.expect(400);
    api.server.public(Call::get(PATH).basic(&api.asker.id, &api.asker.secret)).await.expect(405);
    assert_eq!(api.told(&api.asker, &"x".repeat(20_000)).await, inactive());
}
