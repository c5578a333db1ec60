//! Advertised means working (OpenID Connect CIBA §4).

use serde_json::json;

use super::{GRANT_TYPE, server};
use crate::support::{Call, TestServer};

const DOCUMENTS: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

#[tokio::test]
async fn everything_is_advertised_where_it_is_on_and_nothing_where_it_is_off() {
    let (on, off) = (server().await, TestServer::new().await);
    for document in DOCUMENTS {
        let told = on.public(Call::get(document)).await.expect(200).json();
        let endpoint = format!("{}/oauth2/backchannel-authentication", on.public_url());
        assert_eq!(told["backchannel_authentication_endpoint"], json!(endpoint));
        assert_eq!(told["backchannel_token_delivery_modes_supported"], json!(["poll", "ping"]));
        assert_eq!(told["backchannel_user_code_parameter_supported"], json!(false));
        let algorithms = told["backchannel_authentication_request_signing_alg_values_supported"].as_array().unwrap();
        assert!(algorithms.contains(&json!("ES256")) && algorithms.contains(&json!("PS256")), "{algorithms:?}");
        assert!(told["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT_TYPE)));
        let quiet = off.public(Call::get(document)).await.expect(200).json();
        assert!(!quiet["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT_TYPE)));
        assert!(quiet.as_object().unwrap().keys().all(|name| !name.starts_with("backchannel_auth")
            && !name.starts_with("backchannel_token")
            && !name.starts_with("backchannel_user")));
    }
}
