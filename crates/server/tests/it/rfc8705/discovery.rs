//! What discovery says about certificates (RFC 8705 §3.3, §5): as much as is configured.

use serde_json::{Value, json};

use super::{Authority, behind_proxy};
use crate::support::{Call, TestServer};

async fn document(server: &TestServer) -> Value {
    server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json()
}

fn methods(document: &Value) -> Vec<&str> {
    let methods = document["token_endpoint_auth_methods_supported"].as_array().unwrap();
    methods.iter().filter_map(Value::as_str).filter(|method| method.contains("tls")).collect()
}

#[tokio::test]
async fn it_advertises_what_is_configured() {
    let off = document(&TestServer::new().await).await;
    assert_eq!(methods(&off), Vec::<&str>::new());
    for member in ["tls_client_certificate_bound_access_tokens", "mtls_endpoint_aliases"] {
        assert_eq!(off[member], Value::Null, "{member}");
    }
    let seeing = document(&TestServer::with(behind_proxy).await).await;
    assert_eq!(methods(&seeing), ["self_signed_tls_client_auth"]);
    assert_eq!(seeing["tls_client_certificate_bound_access_tokens"], true);
    assert_eq!(seeing["mtls_endpoint_aliases"], Value::Null, "the endpoints themselves see certificates");
    let authority = Authority::new();
    let trusting = TestServer::with(|config| {
        behind_proxy(config);
        config.symbolon.ciba.enabled = true;
        config.symbolon.introspection.public = true;
        config.symbolon.mtls.ca_file = Some(authority.path());
        config.symbolon.mtls.url = Some("https://mtls.example".to_owned());
    })
    .await;
    let trusting = document(&trusting).await;
    assert_eq!(methods(&trusting), ["tls_client_auth", "self_signed_tls_client_auth"]);
    let alias = |path: &str| format!("https://mtls.example{path}");
    let aliases = json!({
        "token_endpoint": alias("/oauth2/token"),
        "revocation_endpoint": alias("/oauth2/revoke"),
        "device_authorization_endpoint": alias("/oauth2/device/auth"),
        "pushed_authorization_request_endpoint": alias("/oauth2/par"),
        "backchannel_authentication_endpoint": alias("/oauth2/backchannel-authentication"),
        "introspection_endpoint": alias("/oauth2/introspect"),
        "userinfo_endpoint": alias("/userinfo"),
        "registration_endpoint": alias("/oauth2/register"),
    });
    assert_eq!(trusting["mtls_endpoint_aliases"], aliases);
}

#[tokio::test]
async fn a_proof_and_an_assertion_may_name_the_alias() {
    let server = TestServer::with(|config| {
        behind_proxy(config);
        config.symbolon.mtls.url = Some("https://mtls.example".to_owned());
    })
    .await;
    let client = crate::fixtures::confidential(&server).await;
    let prover = crate::rfc9449::Prover::new(&server);
    let call = client.token_request(&[("grant_type", "client_credentials")]);
    for (htu, status) in [("https://mtls.example/oauth2/token", 200), ("https://mtls.example/oauth2/par", 400)] {
        let proven = prover.prove_with("/oauth2/token", call.clone(), &json!({ "htu": htu }));
        server.public(proven).await.expect(status);
    }
}
