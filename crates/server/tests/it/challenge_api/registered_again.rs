//! A client that is deleted and registered again under the same id while a login waits: it is another client, and what was
//! found right for the former one is compared with it.

use serde_json::{Value, json};

use super::{AtPage, at_login};
use crate::fixtures::{confidential, outcome, register};
use crate::support::{Call, REDIRECT_URI, TestServer};

/// At the login page of a client that is then replaced by another one of the same id.
async fn replaced(server: &TestServer, successor: &Value) -> AtPage {
    let client = confidential(server).await;
    let at = at_login(server, &client).await;
    let target = format!("/admin/clients/{}", client.id);
    server.admin(Call::delete(&target)).await.expect(204);
    register(server, &client.id, successor).await;
    at
}

#[tokio::test]
async fn its_successor_must_have_registered_the_redirect_uri() {
    TestServer::each_database(async |server| {
        let at = replaced(server, &json!({ "redirect_uris": ["https://successor.example/callback"] })).await;
        for answer in [at.get(server).await, at.accept(server, &at.yes()).await, at.reject(server, &json!({})).await] {
            assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{}", answer.text());
        }
    })
    .await;
}

#[tokio::test]
async fn its_successor_must_be_registered_for_what_is_asked_for() {
    TestServer::each_database(async |server| {
        for (changes, error) in [
            (json!({ "scope": "openid" }), "invalid_scope"),
            (json!({ "grant_types": ["client_credentials"] }), "unauthorized_client"),
        ] {
            let at = replaced(server, &changes).await;
            assert_eq!(at.get(server).await.expect(400).error().as_deref(), Some(error));
            server.admin(Call::delete("/admin/clients/confidential")).await.expect(204);
        }
    })
    .await;
}

#[tokio::test]
async fn a_successor_that_fits_gets_the_answer() {
    TestServer::each_database(async |server| {
        let mut at = replaced(server, &json!({})).await.on_to_consent(server).await;
        let next = at.accept(server, &at.yes()).await.expect(200).member("redirect_to");
        let answer = at.flow.browser.get(&next).await;
        assert_eq!(outcome(&answer), "code");
        assert!(answer.location().starts_with(REDIRECT_URI));
    })
    .await;
}
