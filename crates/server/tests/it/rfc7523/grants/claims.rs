//! RFC 7523 §3: what an assertion must say to be a grant.

use serde_json::{Value, json};

use super::{GRANT_TYPE, ISSUER, Trusting, distrust};
use crate::fixtures::with;
use crate::support::{Call, TestServer};

#[tokio::test]
async fn a_claim_that_is_missing_or_bad_is_refused() {
    let trusting = Trusting::new().await;
    let now = trusting.server.clock.now();
    let table = [
        json!({ "iss": null }),
        json!({ "iss": "https://other.example" }),
        json!({ "iss": "" }),
        json!({ "iss": 7 }),
        json!({ "iss": format!("{ISSUER}\0") }),
        json!({ "iss": [ISSUER] }),
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "sub": "alice" }),
        json!({ "sub": ["bob"] }),
        json!({ "sub": "bob\0" }),
        json!({ "sub": "b".repeat(3_000) }),
        json!({ "aud": null }),
        json!({ "aud": "https://elsewhere.example" }),
        json!({ "aud": [] }),
        json!({ "aud": 7 }),
        json!({ "aud": [trusting.server.public_url(), "https://elsewhere.example"] }),
        json!({ "aud": trusting.client.id }),
        json!({ "jti": null }),
        json!({ "jti": "" }),
        json!({ "jti": 7 }),
        json!({ "exp": null }),
        json!({ "exp": "soon" }),
        json!({ "exp": now }),
        json!({ "exp": now - 1 }),
        json!({ "exp": -1 }),
        json!({ "exp": 1e300 }),
        json!({ "exp": now + 30 * 86_400 + 1 }),
        json!({ "iat": now - 30 * 86_400, "exp": now + 1 }),
        json!({ "nbf": now + 16 }),
        json!({ "nbf": "now" }),
        json!({ "iat": null }),
        json!({ "iat": now + 16 }),
        json!({ "iat": "now" }),
        json!({ "iat": null, "nbf": now }),
    ];
    for changes in table {
        let answer = trusting.show(&changes, &[]).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_grant")), "{changes}");
    }
    trusting.show(&json!({}), &[]).await.expect(200);
}

#[tokio::test]
async fn times_are_judged_to_the_second() {
    let trusting = Trusting::new().await;
    let now = trusting.server.clock.now();
    for changes in [
        json!({ "exp": now + 1 }),
        json!({ "exp": now + 30 * 86_400 }),
        json!({ "iat": now - 30 * 86_400 + 1, "exp": now + 1 }),
        json!({ "iat": now + 15, "nbf": now + 15 }),
    ] {
        trusting.show(&changes, &[]).await.expect(200);
    }
}

#[tokio::test]
async fn issuer_and_token_endpoint_are_the_audience() {
    let trusting = Trusting::new().await;
    let issuer = trusting.server.public_url().to_owned();
    let endpoint = format!("{issuer}/oauth2/token");
    for audience in [json!(issuer), json!(endpoint), json!([endpoint, issuer])] {
        let answer = trusting.show(&json!({ "aud": audience }), &[]).await.expect(200);
        let token = trusting.server.introspect(&answer.member("access_token")).await;
        assert_eq!(token["aud"], json!([]), "the audience of an assertion is not that of its token");
    }
}

#[tokio::test]
async fn configuration_says_which_claims_may_be_missing_and_how_long_an_assertion_lives() {
    let server = TestServer::with(|config| {
        let options = &mut config.oauth2.jwt_bearer;
        (options.jti_optional, options.iat_optional, options.omit_assertion_audience) = (true, true, false);
        options.max_ttl_seconds = 100;
    })
    .await;
    let trusting = Trusting::on(&server).await;
    let now = server.clock.now();
    let nothing = json!({ "jti": null, "iat": null });
    for _ in 0..2 {
        let answer = trusting.show(&nothing, &[("audience", "https://api.example")]).await.expect(200);
        let token = server.introspect(&answer.member("access_token")).await;
        assert_eq!(token["aud"], json!(["https://api.example", server.public_url()]));
    }
    for (changes, status) in [
        (json!({ "exp": now + 100 }), 200),
        (json!({ "exp": now + 101 }), 400),
        (json!({ "iat": null, "exp": now + 100 }), 200),
        (json!({ "iat": null, "exp": now + 101 }), 400),
        (json!({ "jti": "" }), 400),
        (json!({ "jti": 7 }), 400),
        (json!({ "iat": "now" }), 400),
    ] {
        trusting.show(&changes, &[]).await.expect(status);
    }
}

#[tokio::test]
async fn parameters_are_checked() {
    let trusting = Trusting::new().await;
    let good = trusting.signer.sign(&trusting.claims(&json!({})));
    for (form, error) in [
        (vec![("grant_type", GRANT_TYPE)], "invalid_request"),
        (vec![("grant_type", GRANT_TYPE), ("assertion", "")], "invalid_request"),
        (vec![("grant_type", GRANT_TYPE), ("assertion", &good), ("assertion", &good)], "invalid_request"),
        (vec![("grant_type", GRANT_TYPE), ("assertion", "a.b.c")], "invalid_grant"),
        (vec![("grant_type", GRANT_TYPE), ("assertion", "nonsense")], "invalid_grant"),
        (vec![("grant_type", GRANT_TYPE), ("assertion", &good), ("scope", "a\\b")], "invalid_scope"),
        (vec![("grant_type", GRANT_TYPE), ("assertion", &good), ("audience", "https://no.example")], "invalid_request"),
    ] {
        let answer = trusting.server.public(trusting.client.token_request(&form)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some(error)), "{form:?}");
    }
    // None of these has used the assertion up.
    trusting.server.public(trusting.call(&good, &[])).await.expect(200);
}

#[tokio::test]
async fn jti_counts_once_and_for_each_issuer_by_itself() {
    TestServer::each_database(async |server| {
        let trusting = Trusting::on(server).await;
        let other = json!({ "issuer": "https://other.example" });
        super::trust(server, &super::trusted(&trusting.jwk, &other)).await;
        let once = json!({ "jti": "the-same" });
        trusting.show(&once, &[]).await.expect(200);
        let again = trusting.show(&once, &[]).await;
        assert_eq!((again.status, again.error().as_deref()), (400, Some("jti_known")));
        let elsewhere = json!({ "jti": "the-same", "iss": "https://other.example" });
        trusting.show(&elsewhere, &[]).await.expect(200);
        // Nor does ending the trust and giving it again make an assertion new.
        distrust(server, &trusting.id).await;
        super::trust(server, &super::trusted(&trusting.jwk, &json!({}))).await;
        assert_eq!(trusting.show(&once, &[]).await.error().as_deref(), Some("jti_known"));
    })
    .await;
}

#[tokio::test]
async fn a_jti_is_remembered_until_the_assertion_has_expired() {
    let trusting = Trusting::new().await;
    let claims: Value =
        with(trusting.claims(&json!({})), &json!({ "jti": "long", "exp": trusting.server.clock.now() + 600 }));
    let assertion = trusting.signer.sign(&claims);
    trusting.server.public(trusting.call(&assertion, &[])).await.expect(200);
    for (seconds, error) in [(599, "jti_known"), (1, "invalid_grant"), (3_600, "invalid_grant")] {
        trusting.server.clock.advance(seconds);
        trusting.server.server.purge().await.unwrap();
        let answer = trusting.server.public(trusting.call(&assertion, &[])).await;
        assert_eq!(answer.error().as_deref(), Some(error), "{seconds}");
    }
    trusting.server.public(Call::get("/health/ready")).await.expect(200);
}
