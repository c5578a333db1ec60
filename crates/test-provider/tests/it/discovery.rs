//! Symbolon's discovery document.

use crate::symbolon::Symbolon;

#[tokio::test]
async fn own_document_has_every_endpoint_of_the_eight_operations() {
    let server = Symbolon::start().await;
    let metadata = server.unregistered().metadata().await.unwrap();
    assert_eq!(metadata.issuer, server.issuer);
    for endpoint in [
        &metadata.registration_endpoint,
        &metadata.userinfo_endpoint,
        &metadata.end_session_endpoint,
        &metadata.credentials_endpoint_draft_00,
    ] {
        assert!(endpoint.as_ref().is_some_and(|url| url.starts_with(&server.issuer)), "{endpoint:?}");
    }
}
