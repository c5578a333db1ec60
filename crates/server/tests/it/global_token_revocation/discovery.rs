//! What discovery says (draft 05 §4): where the endpoint is and who may call, where it is switched on.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use super::{Idp, PATH, TYPE, for_operator, for_people};
use crate::support::{Call, TestServer};

const MEMBERS: [&str; 2] =
    ["global_token_revocation_endpoint", "global_token_revocation_endpoint_auth_methods_supported"];

async fn documents(change: impl FnOnce(&mut Config)) -> [Value; 2] {
    let server = TestServer::with(change).await;
    let get = async |path| server.public(Call::get(path)).await.expect(200).json();
    [get("/.well-known/openid-configuration").await, get("/.well-known/oauth-authorization-server").await]
}

#[tokio::test]
async fn callers_are_told_apart() {
    let idp = Idp::new();
    let table: [(&dyn Fn(&mut Config), Value); 4] = [
        (&|config| idp.on(config), json!([TYPE])),
        (&for_operator, json!(["Bearer"])),
        (&for_people, json!(["Bearer", "DPoP"])),
        (
            &|config| {
                for_people(config);
                idp.on(config);
            },
            json!([TYPE, "Bearer", "DPoP"]),
        ),
    ];
    for (change, methods) in table {
        for document in documents(change).await {
            assert_eq!(document[MEMBERS[0]], format!("http://127.0.0.1:4444{PATH}"));
            assert_eq!(document[MEMBERS[1]], methods);
        }
    }
}

#[tokio::test]
async fn switched_off_nothing_is_said() {
    for document in documents(|_| {}).await {
        assert!(MEMBERS.iter().all(|name| document.get(name).is_none()));
    }
}

#[tokio::test]
async fn a_strict_sdk_is_spared_in_its_own_document() {
    let idp = Idp::new();
    let [openid, oauth] = documents(|config| {
        idp.on(config);
        config.symbolon.compatibility.strict_sdk_discovery = true;
    })
    .await;
    assert!(MEMBERS.iter().all(|name| openid.get(name).is_none()));
    assert!(MEMBERS.iter().all(|name| oauth.get(name).is_some()));
}
