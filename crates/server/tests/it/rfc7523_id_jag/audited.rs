//! Nobody logs in where an assertion is accepted, so the audit log says who vouched.

use serde_json::json;

use super::{ISSUER, Idp, client};
use crate::support::{AuditFile, TestServer};

#[tokio::test]
async fn whoever_vouched_is_named() {
    let (audit, idp) = (AuditFile::new(), Idp::new());
    let server = TestServer::with(|config| {
        idp.on(config);
        audit.on(config);
    })
    .await;
    let client = client(&server, "app", &json!({})).await;
    idp.show(&server, &client, &json!({}), &[]).await.expect(200);
    let told = audit.one("id_jag_accepted");
    assert_eq!((&told["issuer"], &told["client_id"]), (&json!(ISSUER), &json!("app")));
    let issued = audit.one("tokens_issued");
    assert_eq!((&issued["subject"], &issued["request_id"]), (&told["subject"], &told["request_id"]));
}
