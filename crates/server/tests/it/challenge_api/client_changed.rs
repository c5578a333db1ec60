//! A client that is changed while a flow is in progress: the request was validated once, and later steps look only at what
//! may have changed since.

use serde_json::{Value, json};

use super::{AtPage, Registered};
use crate::fixtures::{metadata, outcome, register, with};
use crate::support::{Call, TestServer};

const AUDIENCE: &str = "https://api.example";

/// Changes of a client that asked for `openid offline email` at its redirect URI, for an audience; what a page is told in
/// JSON with its status, and how the browser ends.
fn changes() -> Vec<(&'static str, Value, (u16, &'static str), &'static str)> {
    vec![
        (
            "redirect URI",
            json!({ "redirect_uris": ["https://elsewhere.example/callback"] }),
            (400, "invalid_request"),
            "page invalid_request",
        ),
        ("scope", json!({ "scope": "openid offline" }), (400, "invalid_scope"), "client invalid_scope"),
        ("audience", json!({ "audience": [] }), (400, "invalid_request"), "client invalid_request"),
        (
            "grant type",
            json!({ "grant_types": ["client_credentials"], "response_types": ["code"] }),
            (400, "unauthorized_client"),
            "client unauthorized_client",
        ),
    ]
}

/// Changes that have nothing to do with the request.
fn harmless() -> Vec<(&'static str, Value)> {
    vec![
        ("name", json!({ "client_name": "Another name" })),
        ("one more redirect URI", json!({ "redirect_uris": ["https://new.example/", crate::support::REDIRECT_URI] })),
        ("a scope that was not asked for", json!({ "scope": "openid offline email" })),
        ("a grant type that is not used here", json!({ "grant_types": ["authorization_code", "refresh_token"] })),
        ("its method at the token endpoint", json!({ "token_endpoint_auth_method": "client_secret_post" })),
    ]
}

async fn fresh(server: &TestServer, id: &str) -> Registered {
    register(server, id, &json!({ "audience": [AUDIENCE] })).await
}

async fn change(server: &TestServer, client: &Registered, change: &Value) {
    let original = with(metadata(&client.id), &json!({ "audience": [AUDIENCE] }));
    let call = Call::put(format!("/admin/clients/{}", client.id)).json(&with(original, change));
    server.admin(call).await.expect(200);
}

async fn at_login(server: &TestServer, client: &Registered) -> AtPage {
    AtPage::login_of(client.flow(server).scope("openid offline email").parameter("audience", AUDIENCE)).await
}

#[tokio::test]
async fn a_page_hears_what_its_request_can_no_longer_have() {
    TestServer::each_database(async |server| {
        for (number, (what, changed, (status, error), _)) in changes().into_iter().enumerate() {
            let client = fresh(server, &format!("client-{number}")).await;
            let login = at_login(server, &client).await;
            let consent = at_login(server, &client).await.on_to_consent(server).await;
            change(server, &client, &changed).await;
            for at in [&login, &consent] {
                for answer in
                    [at.get(server).await, at.accept(server, &at.yes()).await, at.reject(server, &json!({})).await]
                {
                    let heard = (answer.status, answer.error());
                    assert_eq!(heard, (status, Some(error.to_owned())), "{what} at the {} page", at.step);
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_verifier_leads_no_further_than_the_client_may_still_go() {
    TestServer::each_database(async |server| {
        for (number, (what, changed, _, expected)) in changes().into_iter().enumerate() {
            let client = fresh(server, &format!("client-{number}")).await;
            let mut login = at_login(server, &client).await;
            let after_login = login.accept(server, &login.yes()).await.expect(200).member("redirect_to");
            let mut consent = at_login(server, &client).await.on_to_consent(server).await;
            let after_consent = consent.accept(server, &consent.yes()).await.expect(200).member("redirect_to");
            change(server, &client, &changed).await;
            assert_eq!(outcome(&login.flow.browser.get(&after_login).await), expected, "{what}: login verifier");
            assert_eq!(outcome(&consent.flow.browser.get(&after_consent).await), expected, "{what}: consent verifier");
            // Nothing was used up: where the change is taken back the flow goes on.
            change(server, &client, &json!({})).await;
            assert_eq!(outcome(&login.flow.browser.get(&after_login).await), "consent", "{what}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_deleted_client_has_no_address() {
    TestServer::each_database(async |server| {
        let client = fresh(server, "leaving").await;
        let login = at_login(server, &client).await;
        let mut after = at_login(server, &client).await;
        let next = after.accept(server, &after.yes()).await.expect(200).member("redirect_to");
        let consent = at_login(server, &client).await.on_to_consent(server).await;
        server.admin(Call::delete("/admin/clients/leaving")).await.expect(204);
        for (at, status, error) in [(&login, 401, "invalid_client"), (&consent, 401, "invalid_client")] {
            for answer in
                [at.get(server).await, at.accept(server, &at.yes()).await, at.reject(server, &json!({})).await]
            {
                assert_eq!((answer.status, answer.error().as_deref()), (status, Some(error)), "{}", at.step);
            }
        }
        assert_eq!(outcome(&after.flow.browser.get(&next).await), "page invalid_client");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_concern_the_request_stops_no_flow() {
    TestServer::each_database(async |server| {
        for (number, (what, changed)) in harmless().into_iter().enumerate() {
            let client = fresh(server, &format!("client-{number}")).await;
            let at = at_login(server, &client).await;
            change(server, &client, &changed).await;
            at.get(server).await.expect(200);
            let mut at = at.on_to_consent(server).await;
            change(server, &client, &json!({})).await;
            let next = at.accept(server, &at.yes()).await.expect(200).member("redirect_to");
            change(server, &client, &changed).await;
            assert_eq!(outcome(&at.flow.browser.get(&next).await), "code", "{what}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_device_flow_looks_at_the_grant_type_of_devices() {
    use crate::rfc8628::{DeviceFlow, GRANT_TYPE, device_client};
    TestServer::each_database(async |server| {
        let client = device_client(server).await;
        let mut flow = DeviceFlow::new(server, &client);
        let codes = flow.ask().await;
        let page = flow.to_login(&codes).await;
        let next = flow.application.accept_login(&page).await;
        let put = async |changes: &Value| {
            let body = with(metadata("tv"), changes);
            server.admin(Call::put("/admin/clients/tv").json(&body)).await.expect(200);
        };
        put(&json!({ "grant_types": ["authorization_code", "refresh_token"] })).await;
        assert_eq!(outcome(&flow.browser.get(&next).await), "page unauthorized_client");
        put(&json!({ "grant_types": [GRANT_TYPE], "scope": "openid" })).await;
        assert_eq!(outcome(&flow.browser.get(&next).await), "page invalid_scope");
        // A device has no redirect URI that could be taken away.
        put(&json!({ "grant_types": [GRANT_TYPE], "redirect_uris": ["https://elsewhere.example/"] })).await;
        assert_eq!(outcome(&flow.browser.get(&next).await), "consent");
    })
    .await;
}
