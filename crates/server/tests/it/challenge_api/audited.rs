//! What login and consent pages say is told, whoever runs them.

use serde_json::json;

use super::{at_consent, at_login};
use crate::fixtures::confidential;
use crate::support::{AuditFile, TestServer};

#[tokio::test]
async fn what_pages_refuse_is_told() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let client = confidential(&server).await;
    let login = at_login(&server, &client).await;
    login.reject(&server, &json!({ "error": "not_today" })).await.expect(200);
    let told = audit.one("login_rejected");
    assert_eq!((&told["client_id"], &told["error"]), (&json!(client.id), &json!("not_today")));
    let consent = at_consent(&server, &client).await;
    assert_eq!(audit.one("login_accepted")["subject"], "alice");
    consent.reject(&server, &json!({})).await.expect(200);
    let told = audit.one("consent_rejected");
    assert_eq!((&told["subject"], &told["error"]), (&json!("alice"), &json!("access_denied")));
    assert!(audit.of("consent_accepted").is_empty() && audit.of("grant_created").is_empty());
}
