//! What the security profiles demand of request objects (FAPI 2.0 Message Signing §5.3.1).

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};

use super::{INSIDE, TYPED, unsigned};
use crate::fixtures::{authorize, borrowed, outcome, register, request, set, signing_key, with};
use crate::rfc7523::{Signer, signing_client};
use crate::support::{Answer, CODE_CHALLENGE, Call, REDIRECT_URI, TestServer};

/// A client of a profile that pushes its requests, with a key for each of two algorithms.
struct Pushing {
    server: TestServer,
    signer: Signer,
    key: SigningKey,
    weak: SigningKey,
}

impl Pushing {
    async fn of(profile: &str) -> Self {
        let server = TestServer::new().await;
        let (key, jwk) = signing_key(Algorithm::ES256, "k1");
        let (weak, weak_jwk) = signing_key(Algorithm::RS256, "k2");
        let metadata = json!({
            "token_endpoint_auth_signing_alg": "ES256", "security_profile": profile,
            "jwks": { "keys": [jwk, weak_jwk] },
        });
        signing_client(&server, "app", &jwk, metadata).await;
        let signer = Signer::new(&server, key.clone());
        Self { server, signer, key, weak }
    }

    fn claims(&self, changes: &Value) -> Value {
        let now = self.server.clock.now();
        let good = json!({
            "iss": "app", "aud": self.server.public_url(), "client_id": "app", "response_type": "code",
            "redirect_uri": REDIRECT_URI, "scope": "openid", "state": INSIDE, "nonce": "nonce-of-the-object",
            "code_challenge": CODE_CHALLENGE, "code_challenge_method": "S256", "exp": now + 300, "nbf": now,
        });
        with(good, changes)
    }

    fn object(&self, changes: &Value) -> String {
        self.key.sign(Some(TYPED), &self.claims(changes)).unwrap()
    }

    async fn push(&mut self, form: &[(&str, &str)]) -> Answer {
        let call = self.signer.call("/oauth2/par", "app", form);
        self.server.public(call).await
    }

    async fn refusal(&mut self, object: &str) -> String {
        self.push(&[("request", object)]).await.error().unwrap_or_default()
    }
}

#[tokio::test]
async fn message_signing_takes_signed_requests_and_no_others() {
    let mut pushing = Pushing::of("fapi2_message_signing").await;
    let plain = request("app");
    assert_eq!(pushing.push(&borrowed(&plain)).await.expect(400).error().as_deref(), Some("invalid_request"));
    let none = unsigned(&pushing.claims(&json!({})));
    assert_eq!(pushing.refusal(&none).await, "invalid_request_object");
    let good = pushing.object(&json!({}));
    pushing.push(&[("request", &good)]).await.expect(201);
    let mut milder = Pushing::of("fapi2").await;
    milder.push(&borrowed(&plain)).await.expect(201);
}

#[tokio::test]
async fn objects_say_when_they_are_valid_and_that_is_an_hour_at_most() {
    for profile in ["fapi2", "fapi2_message_signing"] {
        let mut pushing = Pushing::of(profile).await;
        let now = pushing.server.clock.now();
        for (changes, refused) in [
            (json!({ "exp": null }), true),
            (json!({ "nbf": null }), true),
            (json!({ "exp": now + 3_601 }), true),
            (json!({ "exp": now + 3_600 }), false),
            (json!({ "nbf": now - 3_601 }), true),
            (json!({ "nbf": now - 3_500, "exp": now + 100 }), false),
            (json!({ "nbf": now - 3_500, "exp": now + 101 }), true),
            (json!({ "nbf": now + 10, "exp": now + 300 }), false),
            (json!({ "nbf": now + 61, "exp": now + 300 }), true),
        ] {
            let object = pushing.object(&changes);
            let expected = if refused { "invalid_request_object" } else { "" };
            assert_eq!(pushing.refusal(&object).await, expected, "{profile} {changes}");
        }
    }
}

#[tokio::test]
async fn objects_are_signed_with_strong_algorithms() {
    let mut pushing = Pushing::of("fapi2").await;
    let claims = pushing.claims(&json!({}));
    let weak = pushing.weak.sign(Some(TYPED), &claims).unwrap();
    assert_eq!(pushing.refusal(&weak).await, "invalid_request_object");
    let strong = pushing.object(&json!({}));
    assert_eq!(pushing.refusal(&strong).await, "");
}

#[tokio::test]
async fn oauth21_has_the_object_alone_and_signed() {
    let server = TestServer::new().await;
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    let settings = json!({ "security_profile": "oauth21", "jwks": { "keys": [jwk] } });
    let client = register(&server, "app", &settings).await;
    let claims = json!({
        "client_id": client.id, "aud": server.public_url(), "response_type": "code", "redirect_uri": REDIRECT_URI,
        "scope": "openid", "state": INSIDE, "code_challenge": CODE_CHALLENGE, "code_challenge_method": "S256",
    });
    let ask = async |object: &str| outcome(&authorize(&server, &set(&request(&client.id), "request", object)).await);
    let sign = |claims: &Value| key.sign(None, claims).unwrap();
    assert_eq!(ask(&sign(&claims)).await, "login");
    assert_eq!(ask(&sign(&with(claims.clone(), &json!({ "aud": null })))).await, "client invalid_request_object");
    // PKCE stands outside only, and so does not count.
    let bare = with(claims.clone(), &json!({ "code_challenge": null, "code_challenge_method": null }));
    assert_eq!(ask(&sign(&bare)).await, "client invalid_request");
    // A request without an object is one as well.
    assert_eq!(outcome(&authorize(&server, &request(&client.id)).await), "login");
    let none = json!({ "security_profile": "oauth21", "request_object_signing_alg": "none" });
    let unsigned_client = register(&server, "other", &none).await;
    let object = unsigned(&with(claims, &json!({ "client_id": "other" })));
    let answer = authorize(&server, &set(&request(&unsigned_client.id), "request", &object)).await;
    assert_eq!(outcome(&answer), "client invalid_request_object");
    let document = server.public(Call::get("/.well-known/openid-configuration")).await.json();
    assert_eq!(document.get("require_signed_request_object"), None);
}
