//! Signed requests (OpenID Connect CIBA §7.1.1): everything is a claim, and nothing stands beside.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};

use super::{ALICE, ask_call, asking_client, server, waiting};
use crate::fixtures::{Registered, signing_key, with};
use crate::rfc7523::Signer;
use crate::rfc9449::Prover;
use crate::support::TestServer;

struct Signing {
    server: TestServer,
    client: Registered,
    key: SigningKey,
}

async fn signing(changes: &Value) -> Signing {
    let server = server().await;
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    let keys = json!({ "jwks": { "keys": [jwk] } });
    let client = asking_client(&server, "bank", &with(keys, changes)).await;
    Signing { server, client, key }
}

impl Signing {
    fn claims(&self) -> Value {
        let now = self.server.clock.now();
        json!({
            "iss": "bank", "aud": self.server.public_url(), "iat": now, "nbf": now, "exp": now + 300, "jti": "j-1",
            "scope": "openid", "login_hint": "alice", "binding_message": "1234", "requested_expiry": 60,
        })
    }

    fn sign(&self, changes: &Value) -> String {
        self.key.sign(None, with(self.claims(), changes).as_object().unwrap()).unwrap()
    }

    async fn status(&self, form: &[(&str, &str)]) -> (u16, Option<String>) {
        let answer = self.server.public(ask_call(&self.client, form)).await;
        (answer.status, answer.error())
    }
}

fn refused() -> (u16, Option<String>) {
    (400, Some("invalid_request".to_owned()))
}

#[tokio::test]
async fn what_was_signed_counts() {
    let signing = signing(&json!({ "backchannel_authentication_request_signing_alg": "ES256" })).await;
    let call = ask_call(&signing.client, &[("request", &signing.sign(&json!({})))]);
    let asked = signing.server.public(call).await.expect(200).json();
    assert_eq!(asked["expires_in"], 60);
    assert_eq!(waiting(&signing.server, "alice").await[0]["binding_message"], "1234");
    for (changes, expires_in) in [(json!({ "requested_expiry": "70" }), 70), (json!({ "requested_expiry": 80.0 }), 80)]
    {
        let call = ask_call(&signing.client, &[("request", &signing.sign(&changes))]);
        assert_eq!(signing.server.public(call).await.expect(200).json()["expires_in"], expires_in);
    }
    let list = signing.sign(&json!({ "scope": ["profile", "openid"], "aud": [signing.server.public_url(), "x"] }));
    assert_eq!(signing.status(&[("request", &list)]).await, (200, None));
}

#[tokio::test]
async fn a_client_that_registered_an_algorithm_signs_everything() {
    let signing = signing(&json!({ "backchannel_authentication_request_signing_alg": "PS256" })).await;
    assert_eq!(signing.status(&[("scope", "openid"), ALICE]).await, refused());
    assert_eq!(signing.status(&[("request", &signing.sign(&json!({})))]).await, refused(), "another algorithm");
    assert!(waiting(&signing.server, "alice").await.is_empty());
}

#[tokio::test]
async fn nothing_stands_beside_what_was_signed() {
    let signing = signing(&json!({})).await;
    let object = signing.sign(&json!({}));
    for beside in [("scope", "openid"), ALICE, ("binding_message", "1234"), ("unknown", "x"), ("request_uri", "x")] {
        assert_eq!(signing.status(&[("request", &object), beside]).await, refused(), "{beside:?}");
    }
    assert_eq!(signing.status(&[("request", &object), ("client_id", "bank")]).await, (200, None));
}

#[tokio::test]
async fn objects_that_are_refused() {
    let signing = signing(&json!({})).await;
    let now = signing.server.clock.now();
    let missing = ["iss", "aud", "exp", "iat", "nbf", "jti"].map(|name| json!({ name: null }));
    let wrong = [
        json!({ "iss": "other" }),
        json!({ "aud": "https://other.example" }),
        json!({ "aud": ["https://other.example"] }),
        json!({ "exp": now }),
        json!({ "exp": "soon" }),
        json!({ "nbf": now + 60 }),
        json!({ "iat": now + 60 }),
        json!({ "nbf": now - 3_601 }),
        json!({ "exp": now + 3_601 }),
        json!({ "jti": "" }),
        json!({ "jti": 7 }),
        json!({ "jti": "x".repeat(300) }),
        json!({ "sub": "bank" }),
        json!({ "client_id": "other" }),
        json!({ "request": "x" }),
        json!({ "request_uri": "https://client.example/r" }),
        json!({ "scope": null }),
        json!({ "login_hint": null }),
        json!({ "login_hint": null, "login_hint_token": "x" }),
        json!({ "id_token_hint": "x" }),
        json!({ "user_code": "1" }),
        json!({ "requested_expiry": -1 }),
        json!({ "requested_expiry": { "a": 1 } }),
    ];
    for changes in missing.into_iter().chain(wrong) {
        let (status, error) = signing.status(&[("request", &signing.sign(&changes))]).await;
        let expected = if changes == json!({ "scope": null }) { "invalid_scope" } else { "invalid_request" };
        assert_eq!((status, error.as_deref()), (400, Some(expected)), "{changes}");
    }
    for object in ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        assert_eq!(signing.status(&[("request", object)]).await, refused(), "{object}");
    }
    assert!(waiting(&signing.server, "alice").await.is_empty());
}

#[tokio::test]
async fn somebody_elses_signature_and_another_kind_of_token_are_refused() {
    let signing = signing(&json!({})).await;
    let (foreign, _) = signing_key(Algorithm::ES256, "k1");
    let claims = signing.claims();
    let object = foreign.sign(None, claims.as_object().unwrap()).unwrap();
    assert_eq!(signing.status(&[("request", &object)]).await, refused());
    for (typ, expected) in [
        (Some("oauth-authz-req+jwt"), (200, None)),
        (Some("JWT"), (200, None)),
        (Some("dpop+jwt"), refused()),
        (Some("at+jwt"), refused()),
        (Some("client-authentication+jwt"), refused()),
    ] {
        let object = signing.key.sign(typ, claims.as_object().unwrap()).unwrap();
        assert_eq!(signing.status(&[("request", &object)]).await, expected, "{typ:?}");
    }
}

#[tokio::test]
async fn a_client_of_fapi_signs_says_what_is_compared_and_holds_its_key() {
    let server = server().await;
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    let changes = json!({
        "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
        "jwks": { "keys": [jwk] }, "security_profile": "fapi2",
    });
    asking_client(&server, "bank", &changes).await;
    let now = server.clock.now();
    let claims = json!({
        "iss": "bank", "aud": server.public_url(), "iat": now, "nbf": now, "exp": now + 300, "jti": "j-1",
        "scope": "openid", "login_hint": "alice", "binding_message": "1234",
    });
    let signed = |changes: &Value| key.sign(None, with(claims.clone(), changes).as_object().unwrap()).unwrap();
    let (good, silent) = (signed(&json!({})), signed(&json!({ "binding_message": null })));
    let mut signer = Signer::new(&server, key);
    let plain = [("scope", "openid"), ALICE, ("binding_message", "1234")];
    for form in [&plain[..], &[("request", silent.as_str())]] {
        let answer = server.public(signer.call(super::ENDPOINT, "bank", form)).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{form:?}");
    }
    let asked = server.public(signer.call(super::ENDPOINT, "bank", &[("request", &good)])).await.expect(200).json();
    super::accept(&server, &asked).await;
    let id = asked["auth_req_id"].as_str().unwrap().to_owned();
    let form = [("grant_type", super::GRANT_TYPE), ("auth_req_id", id.as_str())];
    let bare = server.public(signer.call("/oauth2/token", "bank", &form)).await.expect(400);
    assert_eq!(bare.error().as_deref(), Some("invalid_dpop_proof"));
    let proved = Prover::new(&server).prove(signer.call("/oauth2/token", "bank", &form));
    assert_eq!(server.public(proved).await.expect(200).json()["token_type"], "DPoP");
}
