//! Who acts as somebody else leaves a trace in the audit log.

use serde_json::json;

use super::id_jag::{Wiki, row};
use super::{World, assertions, delegation, impersonation, policies};
use crate::support::{AuditFile, TestServer};

#[tokio::test]
async fn whoever_acts_for_a_person_is_named() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| {
        policies(&json!([delegation()]))(config);
        audit.on(config);
    })
    .await;
    let world = World::on(&server).await;
    let token = world.alice().await;
    world.delegated(&token, &[]).await.expect(200);
    let told = audit.one("token_exchanged");
    assert_eq!(
        (&told["client_id"], &told["subject"], &told["actor"]),
        (&json!("gateway"), &json!("alice"), &json!("gateway"))
    );
    assert_eq!(told["audience"], super::ORDERS);
    assert!(!audit.text().contains(&token), "no token is written");
}

#[tokio::test]
async fn whoever_acts_as_a_person_is_named() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| {
        policies(&json!([impersonation()]))(config);
        audit.on(config);
    })
    .await;
    let world = World::on(&server).await;
    world.exchange(&world.alice().await, &[]).await.expect(200);
    let told = audit.one("subject_impersonated");
    assert_eq!((&told["client_id"], &told["subject"]), (&json!("gateway"), &json!("alice")));
}

#[tokio::test]
async fn an_assertion_for_another_server_is_told() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| {
        assertions(&json!([row()]))(config);
        audit.on(config);
    })
    .await;
    let wiki = Wiki::on(&server).await;
    wiki.ask("id_token", &[("audience", "https://login.chat.example")]).await.expect(200);
    let told = audit.one("identity_asserted");
    assert_eq!((&told["client_id"], &told["subject"]), (&json!("wiki"), &json!("alice")));
    assert_eq!(told["audience"], "https://login.chat.example");
}
