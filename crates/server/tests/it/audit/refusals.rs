//! What was refused, where, and by which check: once for each request.

use serde_json::json;

use crate::fixtures::{authorize, confidential, request, set, unset};
use crate::support::{AuditFile, Call, TestServer};

#[tokio::test]
async fn a_check_of_the_authorization_request_is_named_with_what_it_rests_on() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let client = confidential(&server).await;
    let good = request(&client.id);
    for (pairs, error, check, section) in [
        (set(&good, "scope", "no.such"), "invalid_scope", "scope", "RFC 6749 §3.3"),
        (set(&good, "state", "short"), "invalid_state", "state", "RFC 6749 §10.12"),
        (set(&good, "code_challenge_method", "plain"), "invalid_request", "code_challenge", "RFC 7636 §4.3"),
    ] {
        let answer = authorize(&server, &pairs).await;
        let told = audit.of("request_refused").pop().unwrap();
        assert_eq!((&told["error"], &told["check"], &told["section"]), (&json!(error), &json!(check), &json!(section)));
        assert_eq!((&told["path"], &told["client_id"]), (&json!("/oauth2/auth"), &json!(client.id)));
        assert_eq!((&told["status"], &told["method"]), (&json!(answer.status), &json!("GET")));
        assert_eq!(told["request_id"], answer.header("x-request-id").unwrap());
    }
    authorize(&server, &unset(&good, "client_id")).await;
    let told = audit.of("request_refused").pop().unwrap();
    assert_eq!((&told["error"], told.get("check"), told.get("client_id")), (&json!("invalid_client"), None, None));
    authorize(&server, &good).await;
    assert_eq!(audit.of("request_refused").len(), 4, "what is good is not refused");
}

#[tokio::test]
async fn refusals_of_the_token_endpoint_and_of_the_administration_are_told() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let client = confidential(&server).await;
    let query = [("token", "in-the-query")];
    let call = client.token_request(&[("grant_type", "authorization_code"), ("code", "made-up-code")]).query(&query);
    server.public(call).await.expect(400);
    let told = audit.one("request_refused");
    assert_eq!((&told["error"], &told["client_id"]), (&json!("invalid_grant"), &json!(client.id)));
    server.admin(Call::get("/admin/clients/no-such")).await.expect(404);
    assert_eq!(audit.of("request_refused")[1]["path"], "/admin/clients/no-such");
    let text = audit.text();
    assert!(!text.contains("made-up-code") && !text.contains("in-the-query"), "{text}");
}

#[tokio::test]
async fn a_fault_of_the_server_is_no_refusal() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let client = confidential(&server).await;
    server.server.store().close().await;
    server.public(client.token_request(&[("grant_type", "refresh_token"), ("refresh_token", "x")])).await;
    let call = Call::get("/admin/clients/another");
    let status = server.admin(call).await.status;
    assert!(status >= 500, "{status}");
    let told = audit.of("request_failed").pop().unwrap();
    assert_eq!((&told["status"], &told["path"]), (&json!(status), &json!("/admin/clients/another")));
    assert!(told["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
}
