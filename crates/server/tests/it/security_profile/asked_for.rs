//! What is asked for protection is never ignored: on a server where nothing is configured, whatever this server knows of
//! is either honoured or refused, as a parameter, as a header and as client metadata.

use http::HeaderName;
use serde_json::{Value, json};

use crate::fixtures::{
    authorize, borrowed, confidential, metadata, outcome, register, request, set, text, unset, with,
};
use crate::rfc8628::{GRANT_TYPE as DEVICE_CODE, device_client};
use crate::support::{Call, TestServer};

const THUMBPRINT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
const DETAILS: &str = r#"[{"type":"payment"}]"#;
const ESSENTIAL: &str = r#"{"id_token":{"acr":{"essential":true,"values":["gold"]}}}"#;

/// Parameters that nothing here can honour, with the error that says so.
const REFUSED: &[(&str, &str, &str)] = &[
    ("authorization_details", DETAILS, "invalid_authorization_details"),
    ("authorization_details", "[]", "invalid_authorization_details"),
    ("authorization_details", "x", "invalid_authorization_details"),
    ("resource", "https://api.example/", "invalid_target"),
    ("resource", "", "invalid_target"),
    ("dpop_jkt", "x", "invalid_request"),
    ("claims", "{", "invalid_request"),
    ("max_age", "x", "invalid_request"),
    ("code_challenge_method", "S512", "invalid_request"),
    ("request", "x.y.z", "invalid_request_object"),
];

#[tokio::test]
async fn parameters_of_a_request_for_a_person() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let device = device_client(&server).await;
    for (name, value, error) in REFUSED {
        let asked = set(&request(&client.id), name, value);
        assert_eq!(outcome(&authorize(&server, &asked).await), format!("client {error}"), "{name}={value}");
        let form = unset(&asked, "client_id");
        let pushed = server.public(client.form("/oauth2/par", &borrowed(&form))).await.expect(400);
        assert_eq!(pushed.error().as_deref(), Some(*error), "pushed: {name}={value}");
        let form = [("scope", "openid"), (*name, *value)];
        let asked = server.public(device.form("/oauth2/device/auth", &form)).await.expect(400);
        // Request objects are for the authorization endpoint.
        let error = if *name == "request" { "request_not_supported" } else { error };
        assert_eq!(asked.error().as_deref(), Some(error), "device: {name}={value}");
    }
}

#[tokio::test]
async fn parameters_of_a_token_request() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let device = device_client(&server).await;
    let mut flow = client.flow(&server);
    let tokens = flow.tokens().await;
    let code = flow.code().await;
    let refresh_token = text(&tokens, "refresh_token");
    for (name, value, error) in [
        ("authorization_details", DETAILS, "invalid_authorization_details"),
        ("resource", "https://api.example/", "invalid_target"),
    ] {
        let more = [(name, value)];
        let calls = [
            flow.redemption_with(&code, &more),
            client.token_request(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token), more[0]]),
            client.token_request(&[("grant_type", "client_credentials"), more[0]]),
        ];
        for call in calls {
            let answer = server.public(call).await.expect(400);
            assert_eq!(answer.error().as_deref(), Some(error), "{name}: {}", answer.text());
        }
    }
    for grant_type in [
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:openid:params:grant-type:ciba",
        "urn:ietf:params:oauth:grant-type:jwt-dpop",
    ] {
        let answer = server.public(client.token_request(&[("grant_type", grant_type)])).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("unsupported_grant_type"), "{grant_type}");
    }
    let polled =
        device.token_request(&[("grant_type", DEVICE_CODE), ("device_code", "x"), ("resource", "https://x.example")]);
    server.public(polled).await.expect(400);
}

/// A proof that cannot be read is a fault wherever proofs are taken, and never the same as none.
#[tokio::test]
async fn headers_with_a_proof() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let device = device_client(&server).await;
    let mut flow = client.flow(&server);
    let tokens = flow.tokens().await;
    let code = flow.code().await;
    let pushed = unset(&request(&client.id), "client_id");
    let access_token = text(&tokens, "access_token");
    for proof in ["", "x", "a.b.c"] {
        let with_proof = |call: Call| call.header(HeaderName::from_static("dpop"), proof);
        for call in [
            flow.redemption(&code),
            flow.refresh(text(&tokens, "refresh_token")),
            client.token_request(&[("grant_type", "client_credentials")]),
            client.form("/oauth2/par", &borrowed(&pushed)),
            device.form("/oauth2/device/auth", &[("scope", "openid")]),
        ] {
            let answer = server.public(with_proof(call)).await.expect(400);
            assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"), "{proof:?}: {}", answer.text());
        }
        let dpop = format!("DPoP {access_token}");
        for call in [Call::get("/userinfo"), Call::post("/credentials").json(&json!({}))] {
            let answer = server.public(with_proof(call.header(http::header::AUTHORIZATION, &dpop))).await.expect(401);
            assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"), "{proof:?}");
        }
    }
    server.public(flow.redemption(&code)).await.expect(200);
}

/// Metadata that asks for what is not there is refused when it is registered.
#[tokio::test]
async fn metadata_that_nothing_can_honour() {
    let server = TestServer::new().await;
    for changes in [
        json!({ "tls_client_certificate_bound_access_tokens": true }),
        json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "app.example" }),
        json!({ "token_endpoint_auth_method": "attest_jwt_client_auth" }),
        json!({ "authorization_details_types": ["payment"] }),
        json!({ "id_token_encrypted_response_alg": "RSA-OAEP-256" }),
        json!({ "userinfo_encrypted_response_alg": "ECDH-ES" }),
        json!({ "authorization_encrypted_response_alg": "ECDH-ES" }),
        json!({ "id_token_encrypted_response_enc": "A256GCM" }),
        json!({ "authorization_signed_response_alg": "none" }),
        json!({ "request_object_signing_alg": "HS999" }),
        json!({ "security_profile": "fapi3" }),
    ] {
        let body = with(metadata("app"), &changes);
        let answer = server.admin(Call::post("/admin/clients").json(&body)).await;
        assert_eq!(answer.status, 400, "{changes}: {}", answer.text());
        assert!(answer.error().is_some_and(|error| error.starts_with("invalid_")), "{changes}: {}", answer.text());
    }
}

/// A wish in a form that cannot be read is no wish that was not made.
#[tokio::test]
async fn metadata_that_cannot_be_read() {
    let server = TestServer::new().await;
    for member in ["dpop_bound_access_tokens", "require_pushed_authorization_requests", "require_signed_request_object"]
    {
        for value in [json!("yes"), json!(1), json!([true])] {
            let body = with(metadata("app"), &json!({ member: value }));
            server.admin(Call::post("/admin/clients").json(&body)).await.expect(400);
        }
    }
}

/// What a client asks for of itself binds it from then on.
#[tokio::test]
async fn metadata_that_binds_the_client() {
    let server = TestServer::new().await;
    let refused = async |changes: Value, error: &str| {
        let id = format!("client-{error}-{}", changes.as_object().unwrap().keys().next().unwrap());
        let client = register(&server, &id, &changes).await;
        let answer = authorize(&server, &request(&client.id)).await;
        assert_eq!(outcome(&answer), format!("client {error}"), "{changes}");
        client
    };
    refused(json!({ "require_pushed_authorization_requests": true }), "invalid_request").await;
    refused(
        json!({ "require_signed_request_object": true, "jwks_uri": "https://app.example/jwks" }),
        "invalid_request",
    )
    .await;
    let held = json!({
        "security_profile": "fapi2", "dpop_bound_access_tokens": true, "jwks_uri": "https://app.example/jwks",
        "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
    });
    refused(held, "invalid_request").await;
    let bound = register(&server, "bound", &json!({ "dpop_bound_access_tokens": true })).await;
    let answer = server.public(bound.token_request(&[("grant_type", "client_credentials")])).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"));
}

/// What can be honoured without configuration is: the code is bound, and the answer is signed.
#[tokio::test]
async fn parameters_that_are_honoured() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).parameter("dpop_jkt", THUMBPRINT);
    let code = flow.code().await;
    let answer = server.public(flow.redemption(&code)).await.expect(400);
    assert!(answer.error().is_some_and(|error| matches!(error.as_str(), "invalid_grant" | "invalid_dpop_proof")));
    let mut flow = client.flow(&server).parameter("response_mode", "jwt");
    let answer = flow.answer().await.expect(303);
    assert!(answer.location_parameter("response").is_some() && answer.location_parameter("code").is_none());
    let essential = client.flow(&server).parameter("claims", ESSENTIAL).login("acr", json!("silver"));
    let mut essential = essential;
    assert_eq!(outcome(&essential.log_in().await), "client unmet_authentication_requirements");
}
