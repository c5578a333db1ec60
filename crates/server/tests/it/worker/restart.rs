//! A second start on the same file: sessions, tokens, codes and flows of the first still count.

use std::path::Path;

use serde_json::json;
use symbolon_server::config::Config;

use crate::fixtures::{Registered, borrowed, confidential, outcome, parameter, request, set, text};
use crate::support::{Call, CodeFlow, LoginApplication, Profile, START, TestServer};
use symbolon_server::clock::Clock;

/// The base profile on a file in this folder.
pub(super) fn on_file(folder: &Path) -> Config {
    let mut config = Profile::Base.config();
    config.dsn = format!("sqlite://{}", folder.join("symbolon.db").display());
    config
}

/// What a server has given out before it stops.
pub(super) struct Before {
    client: Registered,
    flow: CodeFlow,
    tokens: serde_json::Value,
    machine: String,
    code: String,
    registration: String,
    cookies: Vec<(String, String)>,
    login_page: String,
    consent_page: String,
    keys: bytes::Bytes,
}

impl Before {
    pub(super) async fn collect(server: &TestServer) -> Self {
        let client = confidential(server).await;
        let mut flow = client.flow(server).login("remember", json!(true)).consent("remember", json!(true));
        let tokens = flow.tokens().await;
        let code = flow.code().await;
        let machine = server.public(client.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
        let registered = server
            .public(Call::post("/oauth2/register").json(&json!({ "client_name": "own" })))
            .await
            .expect(201)
            .json();
        let login_page = flow.authorize().await.expect(302).location().to_owned();
        let consent_page = flow.log_in().await.expect(302).location().to_owned();
        Self {
            client,
            tokens,
            machine: machine.member("access_token"),
            code,
            registration: format!(
                "{} {}",
                text(&registered, "client_id"),
                text(&registered, "registration_access_token")
            ),
            cookies: flow.browser.jar().sent("/", server.clock.now()),
            flow,
            login_page,
            consent_page,
            keys: server.public(Call::get("/.well-known/jwks.json")).await.expect(200).body,
        }
    }

    fn visit(&self, server: &TestServer, url: &str) -> Call {
        Call::get(server.public_target(url).unwrap()).navigating().cookies(&self.cookies)
    }

    /// Everything still counts on this server.
    pub(super) async fn assert_valid(&self, server: &TestServer) {
        for name in ["access_token", "refresh_token"] {
            assert_eq!(server.introspect(text(&self.tokens, name)).await["active"], true, "{name}");
        }
        assert_eq!(server.introspect(&self.machine).await["active"], true, "client's token");
        server.public(Call::get("/userinfo").bearer(text(&self.tokens, "access_token"))).await.expect(200);
        server.public(self.client.form("/oauth2/revoke", &[("token", "x")])).await.expect(200);
        let (id, token) = self.registration.split_once(' ').unwrap();
        server.public(Call::get(format!("/oauth2/register/{id}")).bearer(token)).await.expect(200);
        let pairs = set(&request(&self.client.id), "prompt", "none");
        let silent = Call::get("/oauth2/auth").query(&borrowed(&pairs)).navigating().cookies(&self.cookies);
        assert_eq!(outcome(&server.public(silent).await), "login", "the session");
        let hinted = set(&pairs, "id_token_hint", text(&self.tokens, "id_token"));
        let hinted = Call::get("/oauth2/auth").query(&borrowed(&hinted)).navigating().cookies(&self.cookies);
        assert_eq!(outcome(&server.public(hinted).await), "login", "the hint");
        let challenge = parameter(&self.login_page, "login_challenge");
        let call = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &challenge)]);
        server.admin(call).await.expect(200);
    }

    /// What can be done once: redeeming, refreshing, finishing the flow.
    pub(super) async fn finish(&self, server: &TestServer) {
        server.public(self.flow.redemption(&self.code)).await.expect(200);
        let second = server.public(self.flow.refresh(text(&self.tokens, "refresh_token"))).await.expect(200).json();
        assert_eq!(server.introspect(text(&second, "access_token")).await["active"], true);
        let next = LoginApplication::new(server, "alice").accept_consent(&self.consent_page).await;
        assert_eq!(outcome(&server.public(self.visit(server, &next)).await), "code");
    }
}

#[tokio::test]
async fn a_second_start_on_the_same_file_keeps_sessions_and_tokens_valid() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual(START);
    let first = TestServer::start_at(on_file(folder.path()), clock.clone(), 1).await;
    let before = Before::collect(&first).await;
    before.assert_valid(&first).await;
    first.server.store().close().await;
    drop(first);
    clock.advance(30);
    let second = TestServer::start_at(on_file(folder.path()), clock, 2).await;
    assert_eq!(second.public(Call::get("/.well-known/jwks.json")).await.expect(200).body, before.keys);
    before.assert_valid(&second).await;
    before.finish(&second).await;
}

#[tokio::test]
async fn what_was_used_up_before_the_restart_stays_used_up() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual(START);
    let first = TestServer::start_at(on_file(folder.path()), clock.clone(), 1).await;
    let before = Before::collect(&first).await;
    before.finish(&first).await;
    let newest = before.client.flow(&first).tokens().await;
    first.public(before.client.form("/oauth2/revoke", &[("token", text(&newest, "access_token"))])).await.expect(200);
    first.public(before.client.form("/oauth2/revoke", &[("token", &before.machine)])).await.expect(200);
    first.server.store().close().await;
    drop(first);
    let second = TestServer::start_at(on_file(folder.path()), clock, 2).await;
    assert_eq!(second.introspect(text(&newest, "access_token")).await["active"], false);
    assert_eq!(second.introspect(&before.machine).await["active"], false);
    second.public(before.flow.redemption(&before.code)).await.expect(400);
    let reused = second.public(before.flow.refresh(text(&before.tokens, "refresh_token"))).await.expect(400);
    assert_eq!(reused.error().as_deref(), Some("invalid_grant"));
}
