//! Metadata about certificates (RFC 8705 §2.1.2, §2.2, §3.4): what can be registered, and by whom.

use serde_json::{Value, json};

use super::{Authority, Certificate, params, server_behind_proxy, server_with};
use crate::fixtures::{metadata, with};
use crate::support::{Answer, Call, TestServer};

async fn create(server: &TestServer, changes: &Value) -> Answer {
    let answer = server.admin(Call::post("/admin/clients").json(&with(metadata("app"), changes))).await;
    server.admin(Call::delete("/admin/clients/app")).await;
    answer
}

#[track_caller]
fn is_refused(answer: &Answer, changes: &Value) {
    let outcome = (answer.status, answer.error());
    assert_eq!(outcome, (400, Some("invalid_client_metadata".to_owned())), "{changes}: {}", answer.text());
}

#[tokio::test]
async fn a_client_of_an_authority_has_exactly_one_name() {
    let server = server_with(&Authority::new()).await;
    let tls = |changes: Value| with(json!({ "token_endpoint_auth_method": "tls_client_auth" }), &changes);
    for good in [
        json!({ "tls_client_auth_subject_dn": "CN=app,O=Example" }),
        json!({ "tls_client_auth_san_dns": "app.example" }),
        json!({ "tls_client_auth_san_uri": "spiffe://example/app" }),
        json!({ "tls_client_auth_san_ip": "2001:db8::1" }),
        json!({ "tls_client_auth_san_email": "app@example.org" }),
        json!({ "tls_client_auth_san_dns": "app.example", "tls_client_auth_san_ip": "" }),
    ] {
        let created = create(&server, &tls(good.clone())).await.expect(201).json();
        let (name, value) = good.as_object().unwrap().iter().next().unwrap();
        assert_eq!(&created[name], value);
        assert_eq!(created["client_secret"], Value::Null);
    }
    for bad in [
        json!({}),
        json!({ "tls_client_auth_subject_dn": "" }),
        json!({ "tls_client_auth_subject_dn": "CN=app", "tls_client_auth_san_dns": "app.example" }),
        json!({ "tls_client_auth_subject_dn": "app" }),
        json!({ "tls_client_auth_san_dns": "app example" }),
        json!({ "tls_client_auth_san_uri": "app" }),
        json!({ "tls_client_auth_san_ip": "app" }),
        json!({ "tls_client_auth_san_email": "app" }),
    ] {
        is_refused(&create(&server, &tls(bad.clone())).await, &bad);
    }
    for method in ["client_secret_basic", "none"] {
        let other = json!({ "token_endpoint_auth_method": method, "tls_client_auth_san_dns": "app.example" });
        is_refused(&create(&server, &other).await, &other);
    }
}

#[tokio::test]
async fn a_client_of_its_own_certificate_has_keys() {
    let server = server_behind_proxy().await;
    let bare = json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth" });
    is_refused(&create(&server, &bare).await, &bare);
    let jwk = Certificate::self_signed(&params()).jwk();
    create(&server, &with(bare.clone(), &json!({ "jwks": { "keys": [jwk] } }))).await.expect(201);
    create(&server, &with(bare, &json!({ "jwks_uri": "https://client.example/jwks" }))).await.expect(201);
}

#[tokio::test]
async fn what_is_switched_off_cannot_be_registered() {
    let jwk = Certificate::self_signed(&params()).jwk();
    let self_signed = json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": { "keys": [jwk] } });
    let tls = json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "app.example" });
    let bound = json!({ "tls_client_certificate_bound_access_tokens": true });
    let off = TestServer::new().await;
    for changes in [&self_signed, &tls, &bound] {
        is_refused(&create(&off, changes).await, changes);
    }
    // Without anybody who vouches, certificates are seen and no more.
    let seeing = server_behind_proxy().await;
    is_refused(&create(&seeing, &tls).await, &tls);
    for changes in [&self_signed, &bound] {
        create(&seeing, changes).await.expect(201);
    }
    let both = with(bound, &json!({ "dpop_bound_access_tokens": true }));
    is_refused(&create(&seeing, &both).await, &both);
}

#[tokio::test]
async fn a_client_registers_its_own_certificate_and_no_name() {
    use symbolon_server::config::RegistrationRights;
    let authority = Authority::new();
    for policy in [RegistrationRights::Restricted, RegistrationRights::Open] {
        let server = TestServer::with(|config| {
            super::behind_proxy(config);
            config.symbolon.mtls.ca_file = Some(authority.path());
            config.symbolon.registration.policy = policy;
        })
        .await;
        let register = async |body: Value| server.public(Call::post("/oauth2/register").json(&body)).await;
        for member in ["subject_dn", "san_dns", "san_uri", "san_ip", "san_email"] {
            let name = match member {
                "subject_dn" => "CN=app",
                "san_uri" => "spiffe://example/app",
                "san_ip" => "192.0.2.1",
                "san_email" => "app@example.org",
                _ => "app.example",
            };
            for method in ["tls_client_auth", "none"] {
                let body = json!({ "token_endpoint_auth_method": method, format!("tls_client_auth_{member}"): name });
                is_refused(&register(body.clone()).await, &body);
            }
        }
        is_refused(&register(json!({ "token_endpoint_auth_method": "tls_client_auth" })).await, &json!({}));
        let jwk = Certificate::self_signed(&params()).jwk();
        let own = json!({
            "token_endpoint_auth_method": "self_signed_tls_client_auth",
            "jwks": { "keys": [jwk] },
            "tls_client_certificate_bound_access_tokens": true,
        });
        let created = register(own).await.expect(201).json();
        assert_eq!(created["client_secret"], Value::Null);
        assert_eq!(created["tls_client_certificate_bound_access_tokens"], true);
    }
}

#[tokio::test]
async fn a_client_without_a_secret_has_none_to_rotate() {
    let server = server_behind_proxy().await;
    let jwk = Certificate::self_signed(&params()).jwk();
    let changes = json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": { "keys": [jwk] } });
    server.admin(Call::post("/admin/clients").json(&with(metadata("app"), &changes))).await.expect(201);
    let answer = server.admin(Call::post("/admin/clients/app/secrets/rotate")).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    // A client that turns to a secret gets one.
    let back = with(metadata("app"), &json!({ "token_endpoint_auth_method": "client_secret_basic" }));
    let changed = server.admin(Call::put("/admin/clients/app").json(&back)).await.expect(200).json();
    assert_ne!(changed["client_secret"].as_str().unwrap_or_default(), "");
}
