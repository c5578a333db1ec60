//! Clients that authenticate, and tokens.

use serde_json::json;

use crate::credentials::{self, Holder};
use crate::fixtures::{confidential, text};
use crate::support::{AuditFile, Call, TestServer};

#[tokio::test]
async fn a_token_is_told_with_the_client_and_nothing_that_opens_anything() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    assert_eq!(audit.one("server_started")["version"], env!("CARGO_PKG_VERSION"));
    let client = confidential(&server).await;
    let answer = server.public(client.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
    let authenticated = audit.one("client_authenticated");
    assert_eq!(authenticated["method"], "client_secret_basic");
    let issued = audit.one("tokens_issued");
    assert_eq!((&issued["client_id"], &issued["grant_type"]), (&json!(client.id), &json!("client_credentials")));
    assert_eq!((&issued["tokens"], issued.get("subject")), (&json!(["access_token"]), None));
    assert_eq!(issued["request_id"], answer.header("x-request-id").unwrap());
    assert!(!audit.text().contains(&answer.member("access_token")));
}

#[tokio::test]
async fn a_failed_authentication_says_what_the_client_is_not_told() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let client = confidential(&server).await;
    let form = [("grant_type", "client_credentials")];
    let table = [
        (Call::post("/oauth2/token").basic(&client.id, "not-the-secret"), client.id.as_str(), "wrong secret"),
        (Call::post("/oauth2/token").basic("no-such-client", "not-the-secret"), "no-such-client", "unknown client"),
    ];
    for (call, named, reason) in table {
        let answer = server.public(call.form(&form)).await.expect(401);
        let told = audit.of("client_authentication_failed").pop().unwrap();
        assert_eq!((&told["client_id"], &told["reason"]), (&json!(named), &json!(reason)));
        assert_eq!(told["request_id"], answer.header("x-request-id").unwrap());
    }
    let posted = [("client_id", client.id.as_str()), ("client_secret", "not-the-secret"), form[0]];
    server.public(Call::post("/oauth2/token").form(&posted)).await.expect(401);
    let told = audit.of("client_authentication_failed").pop().unwrap();
    assert_eq!(told["client_id"], client.id);
    assert!(!audit.text().contains("not-the-secret"));
}

#[tokio::test]
async fn what_is_used_twice_ends_its_grant() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    server.public(flow.redemption(&code)).await.expect(200);
    server.public(flow.redemption(&code)).await.expect(400);
    let grant = audit.one("grant_created")["grant"].clone();
    assert_eq!(audit.one("authorization_code_reused")["grant"], grant);
    let tokens = client.flow(&server).tokens().await;
    let first = text(&tokens, "refresh_token");
    server.public(flow.refresh(first)).await.expect(200);
    server.clock.advance(6);
    server.public(flow.refresh(first)).await.expect(400);
    let reused = audit.one("refresh_token_reused");
    assert_eq!(reused["grant"], audit.of("grant_created")[1]["grant"]);
    assert_eq!(
        audit.of("tokens_issued").last().unwrap()["tokens"],
        json!(["access_token", "refresh_token", "id_token"])
    );
    for secret in [code.as_str(), first, text(&tokens, "id_token")] {
        assert!(!audit.text().contains(secret));
    }
}

#[tokio::test]
async fn a_token_that_is_given_back_is_told_with_its_grant() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    server.public(client.form("/oauth2/revoke", &[("token", "made-up")])).await.expect(200);
    assert!(audit.of("token_revoked").is_empty(), "nothing was revoked");
    let token = text(&tokens, "refresh_token");
    server.public(client.form("/oauth2/revoke", &[("token", token)])).await.expect(200);
    assert_eq!(audit.one("token_revoked")["grant"], audit.one("grant_created")["grant"]);
    let own = server.public(client.token_request(&[("grant_type", "client_credentials")])).await.member("access_token");
    server.public(client.form("/oauth2/revoke", &[("token", &own)])).await.expect(200);
    assert!(audit.of("token_revoked")[1].get("grant").is_none());
}

#[tokio::test]
async fn a_credential_is_told_with_its_subject() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let client = credentials::client(&server).await;
    let tokens = credentials::tokens(&server, &client).await;
    credentials::issue(&server, &tokens, &Holder::new(symbolon_jose::Algorithm::ES256)).await.expect(200);
    let told = audit.one("credential_issued");
    assert_eq!((&told["client_id"], &told["subject"]), (&json!("wallet"), &json!("alice")));
}
