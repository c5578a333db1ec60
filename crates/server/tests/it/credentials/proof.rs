//! Proofs of possession: which keys and signatures are taken.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{Holder, assert_refused, client, encoded, issue, post, primed, tokens, with_proof};
use crate::fixtures::text;
use crate::oidc_discovery;
use crate::support::TestServer;

const INVALID: &str = "invalid_request";

#[tokio::test]
async fn every_advertised_suite_is_taken() {
    let server = TestServer::new().await;
    let document = oidc_discovery::document(&server).await;
    let supported = &document["credentials_supported_draft_00"];
    assert_eq!(supported.as_array().unwrap().len(), 1);
    assert_eq!(supported[0]["format"], "jwt_vc_json");
    assert_eq!(supported[0]["types"], json!(["VerifiableCredential", "UserInfoCredential"]));
    assert_eq!(supported[0]["cryptographic_binding_methods_supported"], json!(["jwk"]));
    let mut suites = oidc_discovery::list(&supported[0], "cryptographic_suites_supported");
    let tokens = tokens(&server, &client(&server).await).await;
    for suite in &suites {
        let answer = issue(&server, &tokens, &Holder::new(Algorithm::parse(suite).unwrap())).await;
        assert_eq!(answer.status, 200, "{suite}: {}", answer.text());
    }
    suites.sort();
    assert_eq!(suites, ["ES256", "ES384", "ES512", "EdDSA", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"]);
}

/// What the endpoint says to a proof.
struct Desk {
    server: TestServer,
    access_token: String,
    nonce: String,
}

impl Desk {
    async fn open() -> Self {
        let server = TestServer::new().await;
        let tokens = tokens(&server, &client(&server).await).await;
        let access_token = text(&tokens, "access_token").to_owned();
        let nonce = primed(&server, &access_token).await;
        Self { server, access_token, nonce }
    }

    async fn refuses(&self, jwt: &str, named: &str) {
        let answer = post(&self.server, &self.access_token, &with_proof(jwt)).await;
        assert_refused(&answer, 400, INVALID, named);
    }

    async fn accepts(&self, jwt: &str) {
        post(&self.server, &self.access_token, &with_proof(jwt)).await.expect(200);
    }

    fn claims(&self) -> Value {
        json!({ "nonce": self.nonce })
    }
}

#[tokio::test]
async fn the_header_needs_one_whole_public_key() {
    let desk = Desk::open().await;
    let holder = Holder::new(Algorithm::ES256);
    let with = |change: &Value| crate::fixtures::with(holder.jwk.clone(), change);
    let private = serde_json::to_value(holder.key.to_private_jwk()).unwrap();
    for jwk in [
        Value::Null,
        json!({}),
        json!("x"),
        json!([]),
        private,
        with(&json!({ "x": null })),
        with(&json!({ "y": "AA" })),
        with(&json!({ "crv": "P-384" })),
        with(&json!({ "kty": "RSA" })),
        with(&json!({ "kty": "oct", "k": "AAAA" })),
        with(&json!({ "d": "AA" })),
        with(&json!({ "x": holder.jwk["y"] })),
    ] {
        let answer = post(&desk.server, &desk.access_token, &with_proof(&holder.sign(&jwk, &desk.claims()))).await;
        assert_refused(&answer, 400, INVALID, "");
    }
    let without = holder.sign_parts(&json!({ "alg": "ES256", "typ": "JWT" }), &desk.claims());
    desk.refuses(&without, "jwk").await;
    let named = holder.sign_parts(&json!({ "alg": "ES256", "kid": "did:jwk:x" }), &desk.claims());
    desk.refuses(&named, "jwk").await;
    desk.accepts(&holder.prove(&desk.nonce)).await;
}

#[tokio::test]
async fn the_signature_is_the_keys_own_in_its_own_algorithm() {
    let desk = Desk::open().await;
    let (holder, other) = (Holder::new(Algorithm::ES256), Holder::new(Algorithm::ES256));
    desk.refuses(&other.sign(&holder.jwk, &desk.claims()), "").await;
    let honest = holder.prove(&desk.nonce);
    let (input, signature) = honest.rsplit_once('.').unwrap();
    desk.refuses(&format!("{input}."), "").await;
    desk.refuses(&format!("{input}.{}", &signature[..signature.len() - 4]), "").await;
    desk.refuses(&format!("{input}.{signature}AAAA"), "").await;
    let forged = format!(
        "{}.{}.{signature}",
        input.split('.').next().unwrap(),
        encoded(&json!({ "nonce": desk.nonce, "x": 1 }))
    );
    desk.refuses(&forged, "").await;
    for alg in ["none", "None", "HS256", "RS256", "ES384", "EdDSA", "", "magic"] {
        let header = json!({ "alg": alg, "typ": "JWT", "jwk": holder.jwk });
        desk.refuses(&holder.sign_parts(&header, &desk.claims()), "").await;
        desk.refuses(&format!("{}.{}.", encoded(&header), encoded(&desk.claims())), "").await;
    }
    for header in [
        json!({ "alg": "ES256", "jwk": holder.jwk, "crit": ["exp"] }),
        json!({ "alg": "ES256", "jwk": holder.jwk, "b64": false, "crit": ["b64"] }),
        json!({ "jwk": holder.jwk }),
    ] {
        desk.refuses(&holder.sign_parts(&header, &desk.claims()), "").await;
    }
    desk.accepts(&honest).await;
}

#[tokio::test]
async fn weak_keys_are_refused() {
    let desk = Desk::open().await;
    let holder = Holder::new(Algorithm::RS256);
    // 171 characters of base64url are 1024 bits.
    let short = &text(&holder.jwk, "n")[..171];
    for change in [json!({ "n": short }), json!({ "n": "AQAB" }), json!({ "e": "AQ" }), json!({ "e": "AA" })] {
        let jwk = crate::fixtures::with(holder.jwk.clone(), &change);
        desk.refuses(&holder.sign(&jwk, &desk.claims()), "").await;
    }
}

#[tokio::test]
async fn times_and_audience_count_where_they_are_given() {
    let desk = Desk::open().await;
    let holder = Holder::new(Algorithm::EdDSA);
    let now = desk.server.clock.now();
    let with = |change: &Value| holder.sign(&holder.jwk, &crate::fixtures::with(desk.claims(), change));
    let own = desk.server.public_url();
    let endpoint = format!("{own}/credentials");
    for good in [
        json!({ "exp": now + 60, "iat": now, "nbf": now }),
        json!({ "iat": now - 86_400 }),
        json!({ "iat": now as f64 }),
        json!({ "iat": now as f64 - 8.5 }),
        json!({ "iat": now as f64 + 60.5 }),
        json!({ "exp": now as f64 + 1.5, "nbf": now as f64 - 0.5 }),
        json!({ "exp": 1.9e9, "nbf": 1.8e9, "iat": 1.8e9 }),
        json!({ "aud": own }),
        json!({ "aud": [own, "https://other.example"] }),
        json!({ "aud": endpoint }),
        json!({ "iss": "anybody", "sub": "anybody", "jti": "x" }),
    ] {
        desk.accepts(&with(&good)).await;
    }
    for (bad, named) in [
        (json!({ "exp": now }), "exp"),
        (json!({ "exp": now - 1 }), "exp"),
        (json!({ "exp": now as f64 + 0.9 }), "exp"),
        (json!({ "exp": "soon" }), "exp"),
        (json!({ "exp": (now + 60).to_string() }), "exp"),
        (json!({ "exp": true }), "exp"),
        (json!({ "exp": null }), "exp"),
        (json!({ "exp": -1 }), "exp"),
        (json!({ "exp": 1e300 }), "exp"),
        (json!({ "nbf": now + 3600 }), "nbf"),
        (json!({ "nbf": now as f64 + 61.0 }), "nbf"),
        (json!({ "nbf": false }), "nbf"),
        (json!({ "iat": now + 3600 }), "iat"),
        (json!({ "iat": now as f64 + 61.5 }), "iat"),
        (json!({ "iat": "now" }), "iat"),
        (json!({ "iat": u64::MAX }), "iat"),
        (json!({ "iat": [now] }), "iat"),
    ] {
        let mut changed = desk.claims();
        changed.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        let answer = post(&desk.server, &desk.access_token, &with_proof(&holder.sign(&holder.jwk, &changed))).await;
        assert_refused(&answer, 400, INVALID, &format!("Claim '{named}'"));
    }
    for bad in
        [json!({ "aud": "https://other.example" }), json!({ "aud": [] }), json!({ "aud": [5] }), json!({ "aud": 5 })]
    {
        desk.refuses(&with(&bad), "").await;
    }
}
