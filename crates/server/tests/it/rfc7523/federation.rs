//! Assertions of the platform on which a client runs (Kubernetes, SPIFFE): for one client, named by an administrator.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};

use super::{ENDPOINTS, JWT_BEARER, every_grant_type, signing_client};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{metadata, register, signing_key, with};
use crate::support::{Call, START, TestServer};

const PLATFORM: &str = "https://kubernetes.default.svc.cluster.local";
const SUBJECT: &str = "system:serviceaccount:payments:worker";

/// Metadata of a client for which the platform with this key speaks.
fn federated(jwk: &Value) -> Value {
    json!({
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "grant_types": every_grant_type(),
        "jwks": { "keys": [jwk] },
        "client_assertion_issuer": PLATFORM,
        "client_assertion_subject": SUBJECT,
    })
}

async fn server_with_client() -> (TestServer, SigningKey, Value) {
    let server = TestServer::new().await;
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    register(&server, "worker", &federated(&jwk)).await;
    (server, key, jwk)
}

/// A service account token, as Kubernetes makes it.
fn claims(server: &TestServer) -> Value {
    json!({
        "iss": PLATFORM,
        "sub": SUBJECT,
        "aud": [server.public_url()],
        "iat": START,
        "nbf": START,
        "exp": START + 3607,
        "kubernetes.io": { "namespace": "payments", "serviceaccount": { "name": "worker" } },
    })
}

fn show(client_id: &str, assertion: &str) -> Call {
    ENDPOINTS[0].call(&[
        ("client_id", client_id),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ])
}

#[tokio::test]
async fn a_token_of_the_platform_is_the_client_at_every_endpoint_again_and_again() {
    let (server, key, _) = server_with_client().await;
    let token = key.sign(None, &claims(&server)).unwrap();
    for _ in 0..2 {
        for endpoint in ENDPOINTS {
            let form = [("client_id", "worker"), ("client_assertion_type", JWT_BEARER), ("client_assertion", &token)];
            server.public(endpoint.call(&form)).await.expect(endpoint.success);
        }
    }
    server.clock.advance(3607);
    server.public(show("worker", &token)).await.expect(401);
}

#[tokio::test]
async fn only_the_named_platform_speaks_for_the_named_subject_to_this_server() {
    let (server, key, _) = server_with_client().await;
    let issuer = server.public_url().to_owned();
    for changes in [
        json!({ "iss": "https://other.example" }),
        json!({ "iss": null }),
        json!({ "iss": "worker" }),
        json!({ "sub": "system:serviceaccount:payments:other" }),
        json!({ "sub": "system:serviceaccount:payments:worker2" }),
        json!({ "sub": "worker" }),
        json!({ "iss": "worker", "sub": "worker", "jti": "1", "exp": START + 60 }),
        json!({ "sub": null }),
        json!({ "sub": [SUBJECT] }),
        json!({ "aud": null }),
        json!({ "aud": format!("{issuer}/oauth2/token") }),
        json!({ "aud": [issuer, "https://kubernetes.default.svc"] }),
        json!({ "aud": ["https://kubernetes.default.svc"] }),
        json!({ "aud": [] }),
        json!({ "exp": null }),
        json!({ "exp": START }),
        json!({ "exp": START + 24 * 3600 + 1 }),
        json!({ "nbf": START + 16 }),
        json!({ "iat": START + 16 }),
    ] {
        let token = key.sign(None, &with(claims(&server), &changes)).unwrap();
        let answer = server.public(show("worker", &token)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (401, Some("invalid_client")), "{changes}");
    }
    for (typ, status) in [(Some("JOSE"), 200), (Some("JWT"), 200), (Some("at+jwt"), 401), (Some("dpop+jwt"), 401)] {
        let token = key.sign(typ, &claims(&server)).unwrap();
        server.public(show("worker", &token)).await.expect(status);
    }
    let one = key.sign(None, &with(claims(&server), &json!({ "aud": issuer }))).unwrap();
    server.public(show("worker", &one)).await.expect(200);
    let (stranger, _) = signing_key(Algorithm::ES256, "k1");
    let forged = stranger.sign(None, &claims(&server)).unwrap();
    server.public(show("worker", &forged)).await.expect(401);
}

#[tokio::test]
async fn the_platform_speaks_for_no_other_client() {
    let (server, key, jwk) = server_with_client().await;
    // One that signs for itself, with the platform's keys even.
    signing_client(&server, "own", &jwk, json!({ "token_endpoint_auth_signing_alg": "ES256" })).await;
    let other = with(federated(&jwk), &json!({ "client_assertion_subject": "system:serviceaccount:payments:other" }));
    register(&server, "other", &other).await;
    crate::fixtures::public(&server).await;
    let token = key.sign(None, &claims(&server)).unwrap();
    for client_id in ["own", "other", "public", "nobody", SUBJECT] {
        server.public(show(client_id, &token)).await.expect(401);
    }
    // Without a name the subject would be one.
    let unnamed = ENDPOINTS[0].call(&[("client_assertion_type", JWT_BEARER), ("client_assertion", &token)]);
    server.public(unnamed).await.expect(401);
    server.public(show("worker", &token)).await.expect(200);
}

#[tokio::test]
async fn the_platforms_keys_are_fetched_and_may_rotate() {
    let server = TestServer::new().await;
    let (old, old_jwk) = signing_key(Algorithm::ES256, "old");
    let (new, new_jwk) = signing_key(Algorithm::ES256, "new");
    let platform = ClientServer::listen(Reply::Json(json!({ "keys": [old_jwk] }))).await;
    let at_address = json!({ "jwks": null, "jwks_uri": format!("{}/openid/v1/jwks", platform.url) });
    register(&server, "worker", &with(federated(&json!({})), &at_address)).await;
    server.public(show("worker", &old.sign(None, &claims(&server)).unwrap())).await.expect(200);
    platform.set(Reply::Json(json!({ "keys": [new_jwk] })));
    server.clock.advance(5);
    server.public(show("worker", &new.sign(None, &claims(&server)).unwrap())).await.expect(200);
}

#[tokio::test]
async fn an_administrator_names_platform_and_subject_together() {
    let server = TestServer::new().await;
    let (_, jwk) = signing_key(Algorithm::ES256, "k1");
    for changes in [
        json!({ "client_assertion_subject": null }),
        json!({ "client_assertion_issuer": null }),
        json!({ "client_assertion_issuer": "worker" }),
        json!({ "token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "HS256" }),
        json!({ "token_endpoint_auth_method": "none" }),
        json!({ "jwks": null }),
    ] {
        let body = with(metadata("worker"), &with(federated(&jwk), &changes));
        let answer = server.admin(Call::post("/admin/clients").json(&body)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_client_metadata")), "{changes}");
    }
    let created = server.create_client(&with(metadata("worker"), &federated(&jwk))).await;
    assert_eq!(
        (&created["client_assertion_issuer"], &created["client_assertion_subject"]),
        (&json!(PLATFORM), &json!(SUBJECT))
    );
    for policy in
        [symbolon_server::config::RegistrationRights::Open, symbolon_server::config::RegistrationRights::Restricted]
    {
        let server = TestServer::with(|config| config.symbolon.registration.policy = policy).await;
        let own = json!({
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": { "keys": [jwk] },
            "client_assertion_issuer": PLATFORM,
            "client_assertion_subject": SUBJECT,
        });
        let answer = server.public(Call::post("/oauth2/register").json(&own)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_client_metadata")));
    }
}
