//! RFC 7523 §2.2, RFC 6749 §2.3: what is wrong with an assertion is a failed authentication, at every endpoint where clients
//! authenticate, and so is half of one.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};

use super::{ENDPOINTS, Endpoint, JWT_BEARER, Signer, every_grant_type, signing_client};
use crate::fixtures::{confidential, signing_key, with};
use crate::support::{Answer, TestServer};

async fn server_with_client() -> (TestServer, Signer, SigningKey) {
    let server = TestServer::new().await;
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    let changes = json!({ "token_endpoint_auth_signing_alg": "ES256", "grant_types": every_grant_type() });
    signing_client(&server, "app", &jwk, changes).await;
    let (stranger, _) = signing_key(Algorithm::ES256, "k1");
    let signer = Signer::new(&server, key);
    (server, signer, stranger)
}

fn outcome(answer: &Answer) -> (u16, Option<String>) {
    (answer.status, answer.error())
}

fn refused(status: u16, error: &str) -> (u16, Option<String>) {
    (status, Some(error.to_owned()))
}

#[tokio::test]
async fn every_fault_of_an_assertion_is_invalid_client_at_every_endpoint() {
    let (server, signer, stranger) = server_with_client().await;
    let now = server.clock.now();
    for endpoint in ENDPOINTS {
        for changes in [
            json!({ "iss": null }),
            json!({ "iss": "another" }),
            json!({ "sub": null }),
            json!({ "sub": "another" }),
            json!({ "aud": null }),
            json!({ "jti": null }),
            json!({ "jti": "" }),
            json!({ "jti": "j".repeat(257) }),
            json!({ "exp": null }),
            json!({ "exp": now }),
            json!({ "exp": now + 3601 }),
            json!({ "nbf": now + 60 }),
            json!({ "iat": now + 60 }),
            json!({ "iat": now - 3601 }),
        ] {
            let assertion = signer.sign(&with(signer.claims("app"), &changes));
            let answer = server.public(endpoint.show(&assertion)).await;
            assert_eq!(outcome(&answer), refused(401, "invalid_client"), "{} {changes}", endpoint.path);
        }
        let forged = stranger.sign(Some("JWT"), &signer.claims("app")).unwrap();
        for assertion in [forged.as_str(), "x", "a.b.c", "e30.e30.e30", "....", &"a".repeat(30_000)] {
            let answer = server.public(endpoint.show(assertion)).await;
            assert_eq!(outcome(&answer), refused(401, "invalid_client"), "{} {assertion:.20}", endpoint.path);
        }
        let good = signer.sign(&signer.claims("app"));
        server.public(endpoint.show(&good)).await.expect(endpoint.success);
        let again = server.public(endpoint.show(&good)).await;
        assert_eq!(outcome(&again), refused(401, "invalid_client"), "{}", endpoint.path);
    }
}

#[tokio::test]
async fn an_assertion_counts_once_whatever_the_endpoint() {
    let (server, signer, _) = server_with_client().await;
    for first in ENDPOINTS {
        let good = signer.sign(&signer.claims("app"));
        server.public(first.show(&good)).await.expect(first.success);
        for second in ENDPOINTS {
            assert_eq!(outcome(&server.public(second.show(&good)).await), refused(401, "invalid_client"));
        }
    }
}

#[tokio::test]
async fn half_of_an_assertion_is_a_failed_authentication_and_no_public_client() {
    let (server, signer, _) = server_with_client().await;
    crate::fixtures::register(
        &server,
        "open",
        &json!({ "token_endpoint_auth_method": "none", "grant_types": every_grant_type() }),
    )
    .await;
    for endpoint in ENDPOINTS {
        for id in ["app", "open", "nobody"] {
            let good = signer.sign(&signer.claims("app"));
            for half in [
                vec![("client_assertion", good.as_str())],
                vec![("client_assertion_type", JWT_BEARER)],
                vec![("client_assertion_type", "urn:bogus"), ("client_assertion", &good)],
                vec![("client_assertion_type", "urn:bogus")],
                vec![("client_assertion_type", JWT_BEARER), ("client_assertion", "")],
                vec![("client_assertion_type", ""), ("client_assertion", &good)],
                vec![("client_assertion_type", &JWT_BEARER.to_uppercase()), ("client_assertion", &good)],
            ] {
                let form = [&[("client_id", id)], half.as_slice()].concat();
                let answer = server.public(endpoint.call(&form)).await;
                assert_eq!(outcome(&answer), refused(401, "invalid_client"), "{} {form:?}", endpoint.path);
            }
        }
        let good = signer.sign(&signer.claims("app"));
        let form = [("client_assertion_type", JWT_BEARER), ("client_assertion", &good), ("client_assertion", &good)];
        assert_eq!(outcome(&server.public(endpoint.call(&form)).await), refused(400, "invalid_request"));
        server.public(endpoint.show(&good)).await.expect(endpoint.success);
    }
}

#[tokio::test]
async fn two_methods_in_one_request_are_refused_and_the_assertion_stays_unused() {
    let (server, signer, _) = server_with_client().await;
    let other = confidential(&server).await;
    for endpoint in ENDPOINTS {
        let good = signer.sign(&signer.claims("app"));
        let calls = [
            endpoint.show(&good).basic(&other.id, &other.secret),
            endpoint.show(&good).basic("app", ""),
            endpoint.call(&[("client_assertion", &good)]).basic(&other.id, &other.secret),
            endpoint.call(&[
                ("client_assertion_type", JWT_BEARER),
                ("client_assertion", &good),
                ("client_id", "app"),
                ("client_secret", &other.secret),
            ]),
            endpoint
                .call(&[("client_id", &other.id), ("client_secret", &other.secret)])
                .basic(&other.id, &other.secret),
        ];
        for call in calls {
            assert_eq!(outcome(&server.public(call).await), refused(400, "invalid_request"), "{}", endpoint.path);
        }
        server.public(endpoint.show(&good)).await.expect(endpoint.success);
    }
}

#[tokio::test]
async fn the_client_id_beside_basic_is_no_second_method_when_it_is_the_same() {
    let server = TestServer::new().await;
    let client = crate::fixtures::register(&server, "basic", &json!({ "grant_types": every_grant_type() })).await;
    for endpoint in ENDPOINTS {
        let with_id = |id| endpoint.call(&[("client_id", id)]).basic(&client.id, &client.secret);
        server.public(with_id("basic")).await.expect(endpoint.success);
        assert_eq!(outcome(&server.public(with_id("other")).await), refused(400, "invalid_request"));
    }
}

#[tokio::test]
async fn an_assertion_calls_itself_one_or_nothing() {
    let (server, signer, _) = server_with_client().await;
    let token: Endpoint = ENDPOINTS[0];
    for (typ, accepted) in [
        (None, true),
        (Some("JWT"), true),
        (Some("jwt"), true),
        (Some("client-authentication+jwt"), true),
        (Some("dpop+jwt"), false),
        (Some("at+jwt"), false),
        (Some("oauth-authz-req+jwt"), false),
        (Some("logout+jwt"), false),
        (Some("oauth-id-jag+jwt"), false),
        (Some(""), false),
    ] {
        let claims: Value = signer.claims("app");
        let answer = server.public(token.show(&signer.key.sign(typ, &claims).unwrap())).await;
        assert_eq!(answer.status, if accepted { 200 } else { 401 }, "{typ:?}");
    }
}

#[tokio::test]
async fn the_longest_lifetime_can_be_set() {
    let day = TestServer::with(|config| config.symbolon.client_assertions.longest_lifetime_seconds = 86_400).await;
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    signing_client(&day, "app", &jwk, json!({ "token_endpoint_auth_signing_alg": "ES256" })).await;
    let signer = Signer::new(&day, key);
    let now = day.clock.now();
    for (changes, expected) in [
        (json!({ "exp": now + 86_400 }), 200),
        (json!({ "exp": now + 86_401 }), 401),
        (json!({ "iat": now - 86_400, "exp": now + 1 }), 200),
        (json!({ "iat": now - 86_401, "exp": now + 1 }), 401),
    ] {
        let claims = with(signer.claims("app"), &changes);
        assert_eq!(day.public(ENDPOINTS[0].show(&signer.sign(&claims))).await.status, expected, "{changes}");
    }
}
