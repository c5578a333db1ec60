//! What discovery says: that such assertions are taken, and not whose.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use super::{GRANT_TYPE, ISSUER, Idp, JWT_DPOP};
use crate::support::{Call, TestServer};

const MEMBER: &str = "authorization_grant_profiles_supported";

async fn documents(change: impl FnOnce(&mut Config)) -> [Value; 2] {
    let server = TestServer::with(change).await;
    let get = async |path| server.public(Call::get(path)).await.expect(200).json();
    [get("/.well-known/openid-configuration").await, get("/.well-known/oauth-authorization-server").await]
}

fn grants(document: &Value, grant_type: &str) -> bool {
    document["grant_types_supported"].as_array().unwrap().iter().any(|listed| listed == grant_type)
}

#[tokio::test]
async fn with_a_row_the_profile_and_both_grant_types_are_there() {
    let idp = Idp::new();
    for document in documents(|config| idp.on(config)).await {
        assert_eq!(document[MEMBER], json!(["urn:ietf:params:oauth:grant-profile:id-jag"]));
        assert!(grants(&document, GRANT_TYPE) && grants(&document, JWT_DPOP));
        assert!(!document.to_string().contains(ISSUER), "whom the operator trusts is nobody's business");
    }
}

#[tokio::test]
async fn without_a_row_nothing_is_said() {
    for document in documents(|_| {}).await {
        assert!(document.get(MEMBER).is_none() && grants(&document, GRANT_TYPE) && !grants(&document, JWT_DPOP));
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
    assert!(openid.get(MEMBER).is_none() && oauth.get(MEMBER).is_some());
}
