//! Accounts, logins at the built-in pages, sessions and consents.

use serde_json::json;

use crate::fixtures::confidential;
use crate::oidc_logout::{client as logout_client, log_out, sign_in};
use crate::support::{AuditFile, Call, TestServer};
use crate::ui::{self, Form, PASSWORD, account, built_in, log_in, visit};

#[tokio::test]
async fn the_life_of_an_account() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let id = account(&server, "alice").await;
    let path = format!("/admin/accounts/{id}");
    for change in [json!({ "name": "A" }), json!({ "disabled": true }), json!({ "disabled": false })] {
        server.admin(Call::patch(&path).json(&change)).await.expect(200);
    }
    server.admin(Call::put(format!("{path}/password")).json(&json!({ "password": PASSWORD }))).await.expect(204);
    server.admin(Call::delete(&path)).await.expect(204);
    for event in [
        "account_created",
        "account_changed",
        "account_disabled",
        "account_enabled",
        "password_changed",
        "account_deleted",
    ] {
        assert_eq!(audit.one(event)["subject"], id.as_str(), "{event}");
    }
    assert!(!audit.text().contains(PASSWORD));
}

#[tokio::test]
async fn logins_at_the_built_in_page() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| {
        built_in(config);
        audit.on(config);
    })
    .await;
    let client = confidential(&server).await;
    let id = account(&server, "alice").await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    log_in(&mut flow, &page, "nobody", "wrong-password").await.expect(400);
    assert!(audit.one("login_failed").get("subject").is_none());
    for _ in 0..5 {
        log_in(&mut flow, &page, "alice", "wrong-password").await.expect(400);
    }
    assert_eq!(audit.of("login_failed")[1]["subject"], id.as_str());
    log_in(&mut flow, &page, "alice", PASSWORD).await.expect(429);
    assert_eq!(audit.one("login_throttled")["subject"], id.as_str());
    server.clock.advance(1);
    let consent = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
    assert_eq!(audit.one("login_succeeded")["subject"], id.as_str());
    assert_eq!(audit.one("login_accepted")["subject"], id.as_str());
    ui::submit(&mut flow, &Form::of(&consent, "consent-form").press("accept")).await.expect(303);
    let agreed = audit.one("consent_accepted");
    assert_eq!((&agreed["client_id"], &agreed["subject"]), (&json!(client.id), &json!(id)));
    assert_eq!(audit.one("grant_created")["scope"], agreed["scope"]);
    let text = audit.text();
    assert!(!text.contains(PASSWORD) && !text.contains("wrong-password") && !text.contains("nobody"));
}

#[tokio::test]
async fn sessions_and_consents_that_end() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let client = logout_client(&server, "app", &json!({})).await;
    let mut one = sign_in(&server, &client).await;
    log_out(&server, &mut one.browser, &[]).await;
    assert_eq!(audit.one("logout")["subject"], "alice");
    let other = sign_in(&server, &client).await;
    let sessions = "/admin/oauth2/auth/sessions/login";
    for _ in 0..2 {
        server.admin(Call::delete(sessions).query(&[("sid", &other.sid())])).await.expect(204);
    }
    assert_eq!(audit.one("login_session_ended")["sid"], other.sid(), "what has ended does not end again");
    server.admin(Call::delete(sessions).query(&[("subject", "alice")])).await.expect(204);
    assert_eq!(audit.one("login_sessions_ended")["subject"], "alice");
    server.admin(Call::post("/admin/subjects/alice/sign-out")).await.expect(204);
    assert_eq!(audit.one("subject_signed_out")["subject"], "alice");
    let consents = "/admin/oauth2/auth/sessions/consent";
    let of_all = [("subject", "alice"), ("all", "true")];
    let of_one = [("subject", "alice"), ("client", "app")];
    server.admin(Call::delete(consents).query(&of_all)).await.expect(204);
    server.admin(Call::delete(consents).query(&of_one)).await.expect(204);
    let told = audit.of("consents_revoked");
    assert_eq!(told.len(), 2);
    assert_eq!((&told[0]["subject"], told[0].get("client_id")), (&json!("alice"), None));
    assert_eq!(told[1]["client_id"], "app");
}
