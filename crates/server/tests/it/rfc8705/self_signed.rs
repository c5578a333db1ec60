//! `self_signed_tls_client_auth` (RFC 8705 §2.2): the certificate is one that the client registered.

use rcgen::date_time_ymd;
use serde_json::{Value, json};

use super::{Authority, Certificate, params, server_behind_proxy, server_with, token_request};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{register, with};
use crate::support::{Answer, Call, TestServer};

async fn client(server: &TestServer, changes: &Value) {
    let metadata = with(json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth" }), changes);
    assert_eq!(register(server, "app", &metadata).await.secret, "");
}

async fn show(server: &TestServer, certificate: &Certificate) -> Answer {
    server.public(certificate.shown_with(token_request())).await
}

#[tokio::test]
async fn the_registered_certificate_counts_whatever_its_dates_and_no_other_does() {
    let server = server_behind_proxy().await;
    let mut expired = params();
    expired.not_after = date_time_ymd(2026, 6, 1);
    let own = Certificate::self_signed(&expired);
    client(&server, &json!({ "jwks": { "keys": [own.jwk()] } })).await;
    show(&server, &own).await.expect(200);
    // The same key and names in another certificate are another certificate.
    let again = Certificate { der: params().self_signed(&own.key).unwrap().der().to_vec(), key: own.key };
    for (name, certificate) in [("same key", again), ("other", Certificate::self_signed(&params()))] {
        let answer = show(&server, &certificate).await;
        assert_eq!((answer.status, answer.error().as_deref()), (401, Some("invalid_client")), "{name}");
    }
    server.public(token_request()).await.expect(401);
}

#[tokio::test]
async fn only_the_first_of_a_chain_is_the_clients_own() {
    let authority = Authority::new();
    let server = server_with(&authority).await;
    let (own, other) = (authority.issue(&params()), authority.issue(&params()));
    let jwk = with(own.jwk(), &json!({ "x5c": [own.base64(), other.base64()] }));
    client(&server, &json!({ "jwks": { "keys": [jwk] } })).await;
    show(&server, &own).await.expect(200);
    show(&server, &other).await.expect(401);
}

#[tokio::test]
async fn a_key_without_a_certificate_is_none() {
    let server = server_behind_proxy().await;
    let own = Certificate::self_signed(&params());
    for x5c in [json!(null), json!([]), json!(["x"]), json!([""])] {
        let jwk = with(own.jwk(), &json!({ "x5c": x5c }));
        client(&server, &json!({ "jwks": { "keys": [jwk] } })).await;
        show(&server, &own).await.expect(401);
        server.admin(Call::delete("/admin/clients/app")).await.expect(204);
    }
}

#[tokio::test]
async fn a_certificate_at_an_address_may_be_renewed_at_any_time() {
    let server = server_behind_proxy().await;
    let (old, new) = (Certificate::self_signed(&params()), Certificate::self_signed(&params()));
    let keys = ClientServer::listen(Reply::Json(json!({ "keys": [old.jwk()] }))).await;
    client(&server, &json!({ "jwks_uri": format!("{}/jwks", keys.url) })).await;
    show(&server, &old).await.expect(200);
    keys.set(Reply::Json(json!({ "keys": [new.jwk()] })));
    // Strangers' certificates do not make it ask again and again.
    for _ in 0..3 {
        show(&server, &Certificate::self_signed(&params())).await.expect(401);
    }
    assert_eq!(keys.count(), 1);
    server.clock.advance(5);
    show(&server, &new).await.expect(200);
    show(&server, &old).await.expect(401);
    assert_eq!(keys.count(), 2);
}
