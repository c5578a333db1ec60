//! Metadata with which a client could do nothing under its profile are refused when they are registered, and only an
//! administrator chooses the profile.

use serde_json::json;
use symbolon_server::security_profile::SecurityProfile;

use super::server_of;
use crate::fixtures::{metadata, register, with};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn metadata_that_contradict_the_profile_are_refused() {
    let key = json!({ "keys": [crate::fixtures::signing_key(symbolon_jose::Algorithm::ES256, "k1").1] });
    let fapi = json!({ "security_profile": "fapi2", "token_endpoint_auth_method": "private_key_jwt", "jwks": key });
    let mut table = vec![
        ("unknown word", json!({ "security_profile": "fapi1" })),
        ("implicit", json!({ "security_profile": "oauth21", "grant_types": ["authorization_code", "implicit"] })),
        ("token", json!({ "security_profile": "oauth21", "response_types": ["code", "token"] })),
        ("secret", json!({ "security_profile": "fapi2" })),
        ("public", json!({ "security_profile": "fapi2", "token_endpoint_auth_method": "none" })),
        ("posted", json!({ "security_profile": "fapi2", "token_endpoint_auth_method": "client_secret_post" })),
    ];
    for member in [
        "token_endpoint_auth_signing_alg",
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "request_object_signing_alg",
    ] {
        table.push((member, with(fapi.clone(), &json!({ member: "RS256" }))));
    }
    let server = TestServer::new().await;
    for (name, changes) in table {
        let body = with(metadata("app"), &changes);
        let answer = server.admin(Call::post("/admin/clients").json(&body)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_client_metadata")), "{name}");
    }
    let created = server.create_client(&with(metadata("app"), &fapi)).await;
    assert_eq!(created["security_profile"], "fapi2");
}

/// The stricter of the two counts: a client cannot be let off.
#[tokio::test]
async fn a_client_cannot_have_less_than_the_server() {
    let server = server_of(SecurityProfile::Oauth21).await;
    let lenient = with(metadata("app"), &json!({ "security_profile": "none", "response_types": ["code", "token"] }));
    server.admin(Call::post("/admin/clients").json(&lenient)).await.expect(400);
    register(&server, "app", &json!({ "security_profile": "none" })).await;
    let bare = crate::fixtures::unset(&crate::fixtures::request("app"), "code_challenge");
    let bare = crate::fixtures::unset(&bare, "code_challenge_method");
    let answer = crate::fixtures::authorize(&server, &bare).await;
    assert_eq!(answer.error().as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_client_does_not_choose_its_profile() {
    let server = TestServer::new().await;
    for profile in ["none", "oauth21"] {
        let body = json!({ "redirect_uris": ["https://app.example/cb"], "security_profile": profile });
        let answer = server.public(Call::post("/oauth2/register").json(&body)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_client_metadata")), "{profile}");
    }
    // What an administrator set stays, whether it is sent back, left out or changed.
    let changes = json!({ "security_profile": "oauth21", "token_endpoint_auth_method": "none" });
    let created = server.create_client(&with(metadata("app"), &changes)).await;
    let mut token = created["registration_access_token"].as_str().unwrap().to_owned();
    for (sent, status) in [(json!("oauth21"), 200), (json!(null), 200), (json!("none"), 400)] {
        let body = with(metadata("app"), &with(changes.clone(), &json!({ "security_profile": sent })));
        let call = Call::put("/oauth2/register/app").json(&body).bearer(&token);
        let answer = server.public(call).await.expect(status).json();
        token = answer["registration_access_token"].as_str().map_or(token, str::to_owned);
        let now = server.admin(Call::get("/admin/clients/app")).await.expect(200).json();
        assert_eq!(now["security_profile"], "oauth21", "{sent}");
    }
}
