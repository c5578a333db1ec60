//! What a person answered who was asked without a browser.

use serde_json::json;

use super::{accept, ask, asking_client, deny, on};
use crate::support::{AuditFile, TestServer};

#[tokio::test]
async fn both_answers_are_told() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| {
        on(config);
        audit.on(config);
    })
    .await;
    let client = asking_client(&server, "bank", &json!({})).await;
    accept(&server, &ask(&server, &client).await).await;
    deny(&server, &ask(&server, &client).await).await;
    for event in ["backchannel_request_accepted", "backchannel_request_denied"] {
        let told = audit.one(event);
        assert_eq!((&told["client_id"], &told["subject"]), (&json!("bank"), &json!("alice")));
    }
}
