//! Which clients may come with an ID-JAG: confidential ones that the row names and that registered the grant type.

use serde_json::json;
use symbolon_jose::Algorithm;
use symbolon_types::SecurityProfile;

use super::{GRANT_TYPE, Idp, assert_refused, call, client};
use crate::fixtures::{Registered, signing_key};
use crate::rfc7523::{Signer, signing_client};
use crate::rfc9449::Prover;
use crate::support::TestServer;

#[tokio::test]
async fn a_client_that_the_row_does_not_name_gets_nothing() {
    let idp = Idp::new();
    let (server, _) = idp.server().await;
    let stranger = client(&server, "stranger", &json!({})).await;
    assert_refused(&idp.show(&server, &stranger, &json!({ "client_id": "stranger" }), &[]).await, "invalid_grant");
    let other = client(&server, "other", &json!({})).await;
    assert_refused(&idp.show(&server, &other, &json!({}), &[]).await, "invalid_grant");
    idp.show(&server, &other, &json!({ "client_id": "other" }), &[]).await.expect(200);
}

#[tokio::test]
async fn public_clients_and_clients_without_the_grant_type_are_unauthorized() {
    let idp = Idp::new();
    let server = TestServer::with(|config| idp.on(config)).await;
    let public = client(&server, "app", &json!({ "token_endpoint_auth_method": "none" })).await;
    assert_refused(&idp.show(&server, &public, &json!({}), &[]).await, "unauthorized_client");
    let other = client(&server, "other", &json!({ "grant_types": ["client_credentials"] })).await;
    let answer = idp.show(&server, &other, &json!({ "client_id": "other" }), &[]).await;
    assert_refused(&answer, "unauthorized_client");
}

#[tokio::test]
async fn the_client_authenticates_whatever_the_assertion_says() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    let forged = Registered { secret: "wrong-secret".to_owned(), ..client };
    let answer = idp.show(&server, &forged, &json!({}), &[]).await;
    assert_eq!((answer.status, answer.error().as_deref()), (401, Some("invalid_client")));
}

#[tokio::test]
async fn a_client_with_a_key_authenticates_beside_it() {
    let idp = Idp::new();
    let server = TestServer::with(|config| idp.on(config)).await;
    let (key, jwk) = signing_key(Algorithm::ES256, "client");
    let changes = json!({
        "grant_types": [GRANT_TYPE], "scope": super::SCOPE, "token_endpoint_auth_signing_alg": "ES256",
    });
    signing_client(&server, "app", &jwk, changes).await;
    let mut signer = Signer::new(&server, key);
    let assertion = idp.assertion(&server, &json!({}));
    let form = [("grant_type", GRANT_TYPE), ("assertion", assertion.as_str())];
    server.public(signer.call("/oauth2/token", "app", &form)).await.expect(200);
}

/// FAPI 2.0 holds for this grant as for others: a client with a key, bound tokens, strong signatures.
#[tokio::test]
async fn a_security_profile_holds() {
    let (weak, strong) = (Idp::of(Algorithm::RS256), Idp::new());
    let fapi = |idp: &Idp| {
        let jwk = idp.jwk.clone();
        let row = json!({ "jwks": { "keys": [jwk] } });
        move |idp: &Idp, config: &mut symbolon_server::config::Config| {
            idp.on_with(config, &row);
            config.symbolon.security_profile = SecurityProfile::Fapi2;
        }
    };
    for (idp, allowed) in [(&weak, false), (&strong, true)] {
        let configure = fapi(idp);
        let server = TestServer::with(|config| configure(idp, config)).await;
        let (key, jwk) = signing_key(Algorithm::ES256, "client");
        let changes = json!({
            "grant_types": [GRANT_TYPE], "scope": super::SCOPE, "token_endpoint_auth_signing_alg": "ES256",
            "redirect_uris": ["https://app.example/cb"],
        });
        signing_client(&server, "app", &jwk, changes).await;
        let mut signer = Signer::new(&server, key);
        let prover = Prover::new(&server);
        let mut request = || {
            let assertion = idp.assertion(&server, &json!({}));
            signer.call("/oauth2/token", "app", &[("grant_type", GRANT_TYPE), ("assertion", &assertion)])
        };
        assert_refused(&server.public(request()).await, "invalid_dpop_proof");
        let answer = server.public(prover.prove(request())).await;
        if allowed {
            assert_eq!(answer.expect(200).json()["token_type"], "DPoP");
        } else {
            assert_refused(&answer, "invalid_grant");
        }
    }
}

#[tokio::test]
async fn no_refresh_token_and_no_id_token_whatever_is_asked_for() {
    let idp = Idp::new();
    let row = json!({ "scopes": ["wiki.read", "offline_access", "openid"] });
    let (server, _) = idp.server_with(&row).await;
    let changes = json!({
        "grant_types": [GRANT_TYPE, "refresh_token"], "scope": "wiki.read offline_access openid",
    });
    let client = client(&server, "other", &changes).await;
    let claims = json!({ "client_id": "other", "scope": "wiki.read offline_access openid" });
    let tokens = idp.show(&server, &client, &claims, &[("scope", "wiki.read offline_access openid")]).await;
    let tokens = tokens.expect(200).json();
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none(), "{tokens}");
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    let call = call(&client, &token, &[]);
    assert_eq!(server.public(call).await.error().as_deref(), Some("invalid_grant"), "its token is no assertion");
}
