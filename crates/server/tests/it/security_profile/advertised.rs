//! Discovery says what the server's profile leaves; the four names that are no standard are off under every profile.

use serde_json::{Value, json};
use symbolon_server::config::{Config, Overrides, load};

use crate::support::{Call, TestServer};

fn configured(settings: &[(&str, &str)]) -> Result<Config, String> {
    let mut flags = Overrides::default()
        .set("dev", "true")
        .set("dsn", "memory")
        .set("urls.self.issuer", "http://127.0.0.1:4444")
        .set("secrets.system", "a secret that is long enough");
    for (key, value) in settings {
        flags = flags.set(*key, *value);
    }
    load(&[], std::iter::empty(), &flags).map_err(|fault| fault.to_string())
}

async fn document(profile: &str) -> Value {
    let server = TestServer::start(configured(&[("symbolon.security_profile", profile)]).unwrap()).await;
    let [openid, oauth] =
        ["openid-configuration", "oauth-authorization-server"].map(|name| format!("/.well-known/{name}"));
    let document: Value = server.public(Call::get(&openid)).await.expect(200).json();
    assert_eq!(document, server.public(Call::get(&oauth)).await.expect(200).json());
    document
}

#[tokio::test]
async fn discovery_names_what_a_profile_leaves() {
    const EXTRA: [&str; 4] = [
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "credentials_endpoint_draft_00",
        "credentials_supported_draft_00",
    ];
    let has_extra = |document: &Value| EXTRA.map(|name| document.get(name).is_some());
    let none = document("none").await;
    assert_eq!(has_extra(&none), [true; 4]);
    assert_eq!(none["require_pushed_authorization_requests"], false);

    let oauth21 = document("oauth21").await;
    assert_eq!(has_extra(&oauth21), [false; 4]);
    assert_eq!(oauth21["response_types_supported"], json!(["code"]));
    assert_eq!(
        oauth21["request_object_signing_alg_values_supported"],
        json!(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"])
    );
    assert!(!oauth21["grant_types_supported"].as_array().unwrap().contains(&json!("implicit")));

    let fapi = document("fapi2").await;
    assert_eq!(has_extra(&fapi), [false; 4]);
    assert_eq!(fapi["require_pushed_authorization_requests"], true);
    assert_eq!(fapi["token_endpoint_auth_methods_supported"], json!(["private_key_jwt"]));
    let strong = |member: &str| {
        let mut names: Vec<_> = fapi[member].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        names.sort_unstable();
        names
    };
    for member in [
        "id_token_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
    ] {
        assert_eq!(strong(member), ["ES256", "EdDSA", "PS256"], "{member}");
    }
}

/// What is set to the contrary is named at start and not overruled in silence.
#[test]
fn settings_that_contradict_the_profile_stop_the_start() {
    for (profile, key, value) in [
        ("oauth21", "symbolon.oauth2.response_types", "code,token"),
        ("oauth21", "symbolon.compatibility.access_token_in_query", "true"),
        ("oauth21", "symbolon.compatibility.unsigned_request_objects", "true"),
        ("oauth21", "symbolon.compatibility.authorization_response_iss", "false"),
        ("oauth21", "symbolon.compatibility.grant_beyond_request", "true"),
        ("fapi2", "ttl.auth_code", "61s"),
        ("fapi2", "symbolon.keys.signing_algorithm", "RS256"),
        ("fapi2", "symbolon.keys.offered_algorithms", "ES256,RS256"),
    ] {
        let fault = configured(&[("symbolon.security_profile", profile), (key, value)]).unwrap_err();
        assert!(fault.contains(key) && fault.contains(profile), "{fault}");
        configured(&[(key, value)]).unwrap();
    }
    configured(&[("symbolon.security_profile", "fapi2"), ("ttl.auth_code", "30s")]).unwrap();
    configured(&[("symbolon.security_profile", "fapi2"), ("symbolon.keys.signing_algorithm", "EdDSA")]).unwrap();
    let fault = configured(&[("symbolon.security_profile", "fapi")]).unwrap_err();
    assert!(fault.contains("symbolon.security_profile"), "{fault}");
}
