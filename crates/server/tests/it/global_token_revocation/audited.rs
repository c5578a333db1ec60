//! Who ended everything of whom.

use serde_json::json;

use super::{ISSUER, Idp, call, opaque};
use crate::support::{AuditFile, TestServer};

#[tokio::test]
async fn the_caller_is_named_and_a_call_without_a_right_is_told() {
    let (audit, idp) = (AuditFile::new(), Idp::new());
    let server = TestServer::with(|config| {
        idp.on(config);
        audit.on(config);
    })
    .await;
    idp.revoke(&server, &opaque("alice")).await;
    let told = audit.one("subject_revoked");
    assert_eq!((&told["subject"], &told["by"]), (&json!("alice"), &json!(ISSUER)));
    assert!(audit.of("global_revocation_refused").is_empty());
    let refused = server.public(call("made-up", &opaque("alice"))).await.expect(401);
    let told = audit.one("global_revocation_refused");
    assert_eq!(told["request_id"], refused.header("x-request-id").unwrap());
}
