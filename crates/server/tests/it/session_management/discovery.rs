//! What clients learn of it (§3.3).

use super::{CHECK, server, switch_on};
use crate::support::{Call, TestServer};

const DOCUMENTS: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

#[tokio::test]
async fn both_documents_name_the_page() {
    let server = server().await;
    for document in DOCUMENTS {
        let said = server.public(Call::get(document)).await.expect(200).member("check_session_iframe");
        assert_eq!(said, format!("{}{CHECK}", server.public_url()), "{document}");
        server.public(Call::get(server.public_target(&said).unwrap())).await.expect(200);
    }
}

#[tokio::test]
async fn the_document_for_strict_clients_does_not() {
    let server = TestServer::with(|config| {
        switch_on(config);
        config.symbolon.compatibility.strict_sdk_discovery = true;
    })
    .await;
    let [openid, oauth] = DOCUMENTS;
    assert_eq!(server.public(Call::get(openid)).await.json().get("check_session_iframe"), None);
    server.public(Call::get(oauth)).await.member("check_session_iframe");
}
