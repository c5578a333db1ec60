//! What ends tokens all at once: a watermark of the subject or of the client, a disabled account, a client that is gone. At
//! that moment introspection, userinfo, refreshing, redeeming and remembered sessions all say no (immunity 13 and 15).

use serde_json::{Value, json};

use crate::fixtures::{CONFIDENTIAL, Registered, confidential, outcome, register, text};
use crate::support::{Call, CodeFlow, TestServer};

/// A remembered session, its tokens, and a code that waits to be redeemed.
struct Everything {
    client: Registered,
    flow: CodeFlow,
    tokens: Value,
    code: String,
    machine: String,
}

async fn everything(server: &TestServer, client: Registered, subject: &str) -> Everything {
    let mut flow = client.flow(server).subject(subject).login("remember", json!(true)).consent("remember", json!(true));
    let tokens = flow.tokens().await;
    let code = flow.code().await;
    let machine = server.public(client.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
    Everything { client, flow, tokens, code, machine: machine.member("access_token") }
}

impl Everything {
    /// Everything of the user is dead.
    async fn assert_user_is_out(&mut self, server: &TestServer) {
        for name in ["access_token", "refresh_token"] {
            assert_eq!(server.introspect(text(&self.tokens, name)).await, json!({ "active": false }), "{name}");
        }
        server.public(Call::get("/userinfo").bearer(text(&self.tokens, "access_token"))).await.expect(401);
        let refresh = server.public(self.flow.refresh(text(&self.tokens, "refresh_token"))).await;
        assert!(matches!(refresh.error().as_deref(), Some("invalid_grant" | "invalid_client")), "{}", refresh.text());
        let redeem = server.public(self.flow.redemption(&self.code)).await;
        assert!(matches!(redeem.error().as_deref(), Some("invalid_grant" | "invalid_client")), "{}", redeem.text());
    }

    async fn assert_user_is_in(&self, server: &TestServer) {
        for name in ["access_token", "refresh_token"] {
            assert_eq!(server.introspect(text(&self.tokens, name)).await["active"], true, "{name}");
        }
        server.public(Call::get("/userinfo").bearer(text(&self.tokens, "access_token"))).await.expect(200);
    }

    /// Where a request of the remembered session leads that may ask nothing.
    async fn silent_visit(&self, server: &TestServer) -> String {
        let mut browser = self.flow.browser.clone();
        let pairs = crate::fixtures::set(&crate::fixtures::request(&self.client.id), "prompt", "none");
        let target = Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&pairs)).target;
        let _ = server;
        outcome(&browser.get(&target).await)
    }
}

#[tokio::test]
async fn immunity_15_a_watermark_of_the_subject_ends_everything_of_that_subject() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut alice = everything(server, client.clone(), "alice").await;
        let bob = everything(server, client.clone(), "bob").await;
        assert_eq!(alice.silent_visit(server).await, "login");
        server.clock.advance(1);
        server.server.store().set_subject_not_before("alice", server.clock.now()).await.unwrap();
        alice.assert_user_is_out(server).await;
        assert_eq!(alice.silent_visit(server).await, "client login_required");
        bob.assert_user_is_in(server).await;
        assert_eq!(server.introspect(&alice.machine).await["active"], true, "a client is no user");
        // Logging in again works.
        let again = everything(server, client, "alice").await;
        again.assert_user_is_in(server).await;
    })
    .await;
}

#[tokio::test]
async fn immunity_15_a_watermark_of_the_client_ends_everything_of_that_client() {
    TestServer::each_database(async |server| {
        let mut own = everything(server, confidential(server).await, "alice").await;
        let other = everything(server, register(server, "other", &json!({})).await, "alice").await;
        server.clock.advance(1);
        server.server.store().set_client_not_before(CONFIDENTIAL, server.clock.now()).await.unwrap();
        own.assert_user_is_out(server).await;
        assert_eq!(server.introspect(&own.machine).await, json!({ "active": false }));
        other.assert_user_is_in(server).await;
        assert_eq!(server.introspect(&other.machine).await["active"], true);
        let again = everything(server, own.client, "alice").await;
        again.assert_user_is_in(server).await;
    })
    .await;
}

#[tokio::test]
async fn immunity_13_a_deleted_client_takes_everything_with_it() {
    TestServer::each_database(async |server| {
        let mut own = everything(server, confidential(server).await, "alice").await;
        let other = everything(server, register(server, "other", &json!({})).await, "alice").await;
        server.admin(Call::delete(format!("/admin/clients/{CONFIDENTIAL}"))).await.expect(204);
        own.assert_user_is_out(server).await;
        assert_eq!(server.introspect(&own.machine).await, json!({ "active": false }));
        assert_eq!(own.silent_visit(server).await, "page invalid_client");
        other.assert_user_is_in(server).await;
        // One of the same name is another client, even within the same second.
        confidential(server).await;
        for name in ["access_token", "refresh_token"] {
            assert_eq!(server.introspect(text(&own.tokens, name)).await, json!({ "active": false }), "{name}");
        }
        server.clock.advance(1);
        server.admin(Call::delete(format!("/admin/clients/{CONFIDENTIAL}"))).await.expect(204);
        confidential(server).await;
        assert_eq!(server.introspect(&own.machine).await, json!({ "active": false }));
    })
    .await;
}

#[tokio::test]
async fn immunity_13_a_disabled_account_stops_every_grant() {
    TestServer::each_database(async |server| {
        let account = json!({ "username": "carol", "password": "correct horse battery" });
        let created = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201);
        let subject = created.member("id");
        let client = confidential(server).await;
        let mut carol = everything(server, client.clone(), &subject).await;
        let alice = everything(server, client, "alice").await;
        let store = server.server.store();
        assert!(store.set_account_disabled(&subject, Some(server.clock.now())).await.unwrap());
        carol.assert_user_is_out(server).await;
        assert_eq!(carol.silent_visit(server).await, "client login_required");
        alice.assert_user_is_in(server).await;
    })
    .await;
}

#[tokio::test]
async fn immunity_33_a_flow_under_way_does_not_outlive_the_end_of_its_login() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for stage in ["at the login verifier", "at the consent page", "at the consent verifier"] {
            let mut flow = client.flow(server);
            let login_page = flow.authorize().await.expect(302).location().to_owned();
            let mut next = flow.application.accept_login(&login_page).await;
            let mut consent_page = String::new();
            if stage != "at the login verifier" {
                consent_page = flow.browser.get(&next).await.expect(302).location().to_owned();
            }
            if stage == "at the consent verifier" {
                next = flow.application.accept_consent(&consent_page).await;
            }
            server.clock.advance(1);
            server.server.store().set_subject_not_before("alice", server.clock.now()).await.unwrap();
            if stage == "at the consent page" {
                next = flow.application.accept_consent(&consent_page).await;
            }
            assert_eq!(outcome(&flow.browser.get(&next).await), "client login_required", "{stage}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_watermark_never_moves_back() {
    let server = TestServer::new().await;
    let mut alice = everything(&server, confidential(&server).await, "alice").await;
    let store = server.server.store();
    let later = server.clock.now() + 10;
    store.set_subject_not_before("alice", later).await.unwrap();
    store.set_subject_not_before("alice", later - 1_000).await.unwrap();
    alice.assert_user_is_out(&server).await;
}

#[tokio::test]
async fn immunity_26_changing_a_client_does_not_bring_its_old_tokens_back() {
    let server = TestServer::new().await;
    let mut own = everything(&server, confidential(&server).await, "alice").await;
    server.clock.advance(1);
    server.server.store().set_client_not_before(CONFIDENTIAL, server.clock.now()).await.unwrap();
    let target = format!("/admin/clients/{CONFIDENTIAL}");
    let current = server.admin(Call::get(&target)).await.expect(200).json();
    server.admin(Call::put(&target).json(&current)).await.expect(200);
    own.assert_user_is_out(&server).await;
}
