//! Which keys vouch for an assertion: those of its issuer that are trusted for its subject at this moment.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, HmacKey, digest};

use super::{ISSUER, Trusting, distrust, trust, trusted};
use crate::fixtures::{claims, signing_key};
use crate::rfc7523::Signer;

async fn assert_refused(trusting: &Trusting, assertion: &str) {
    let answer = trusting.server.public(trusting.call(assertion, &[])).await;
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_grant")), "{}", answer.text());
}

#[tokio::test]
async fn only_the_key_of_the_issuer_counts() {
    let trusting = Trusting::new().await;
    let good = trusting.claims(&json!({}));
    let (other, jwk) = signing_key(Algorithm::ES256, "issuer-key");
    assert_refused(&trusting, &Signer::new(&trusting.server, other).sign(&good)).await;
    let (unknown, _) = signing_key(Algorithm::ES256, "unknown");
    assert_refused(&trusting, &Signer::new(&trusting.server, unknown).sign(&good)).await;
    // The same name of a key at another issuer is another key, and vouches for nobody here.
    let (own, _) = signing_key(Algorithm::ES256, "issuer-key");
    trust(&trusting.server, &trusted(&jwk, &json!({ "issuer": "https://other.example" }))).await;
    assert_refused(&trusting, &Signer::new(&trusting.server, own).sign(&good)).await;
    trusting.show(&json!({}), &[]).await.expect(200);
}

#[tokio::test]
async fn messages_that_no_key_signed_are_refused() {
    let trusting = Trusting::new().await;
    let good = trusting.signer.sign(&trusting.claims(&json!({})));
    let payload = good.split('.').nth(1).unwrap();
    let public = serde_json::to_vec(&trusting.jwk).unwrap();
    let mut forged = vec![format!("{}.", good.rsplit_once('.').unwrap().0)];
    for alg in ["none", "None", "HS256", "HS512", "ES384", "RS256"] {
        for kid in [json!({ "alg": alg }), json!({ "alg": alg, "kid": "issuer-key" })] {
            let input = format!("{}.{payload}", digest::base64url(kid.to_string().as_bytes()));
            forged.push(format!("{input}."));
            let tag = HmacKey::new(&digest::sha256(&public)).tag(&[input.as_bytes()]);
            forged.push(format!("{input}.{}", digest::base64url(&tag)));
        }
    }
    // Another subject under the signature for this one.
    let other = digest::base64url(trusting.claims(&json!({ "jti": "other" })).to_string().as_bytes());
    forged.push(good.replace(payload, &other));
    for assertion in forged {
        assert_refused(&trusting, &assertion).await;
    }
    assert_eq!(claims(&good)["iss"], ISSUER);
    trusting.server.public(trusting.call(&good, &[])).await.expect(200);
}

#[tokio::test]
async fn an_assertion_may_leave_the_name_of_its_key_out() {
    let trusting = Trusting::new().await;
    // Keys of other kinds and of the same kind stand beside the right one.
    for (number, algorithm) in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::ES384].into_iter().enumerate() {
        let (_, jwk) = signing_key(algorithm, &format!("key-{number}"));
        trust(&trusting.server, &trusted(&jwk, &json!({}))).await;
    }
    let (key, jwk) = signing_key(Algorithm::ES256, "the-right-one");
    trust(&trusting.server, &trusted(&jwk, &json!({}))).await;
    let sign = |header: &Value| {
        let parts = [header, &trusting.claims(&json!({}))].map(|part| digest::base64url(part.to_string().as_bytes()));
        let input = parts.join(".");
        format!("{input}.{}", digest::base64url(&key.sign_bytes(input.as_bytes()).unwrap()))
    };
    let unnamed = sign(&json!({ "alg": "ES256" }));
    trusting.server.public(trusting.call(&unnamed, &[])).await.expect(200);
    // A name is not passed over because it fits no key.
    for kid in ["", "another", "issuer-key", "the-right-one\0"] {
        assert_refused(&trusting, &sign(&json!({ "alg": "ES256", "kid": kid }))).await;
    }
    let named = sign(&json!({ "alg": "ES256", "kid": "the-right-one" }));
    trusting.server.public(trusting.call(&named, &[])).await.expect(200);
}

#[tokio::test]
async fn a_trust_that_has_ended_or_was_deleted_issues_nothing() {
    let trusting = Trusting::new().await;
    let now = trusting.server.clock.now();
    let (key, jwk) = signing_key(Algorithm::ES256, "short");
    let soon = symbolon_types::timestamp::format_seconds(now + 10);
    trust(&trusting.server, &trusted(&jwk, &json!({ "expires_at": soon }))).await;
    let signer = Signer::new(&trusting.server, key);
    let assertion = |jti: &str| signer.sign(&trusting.claims(&json!({ "jti": jti, "exp": now + 100 })));
    trusting.server.clock.advance(9);
    trusting.server.public(trusting.call(&assertion("before"), &[])).await.expect(200);
    trusting.server.clock.advance(1);
    assert_refused(&trusting, &assertion("after")).await;
    // Purging leaves what has ended to be seen.
    trusting.server.server.purge().await.unwrap();
    trusting.show(&json!({}), &[]).await.expect(200);
    distrust(&trusting.server, &trusting.id).await;
    let answer = trusting.show(&json!({}), &[]).await;
    assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
}

#[tokio::test]
async fn deleting_a_trust_leaves_others_with_the_same_key() {
    let trusting = Trusting::new().await;
    let carol = trust(&trusting.server, &trusted(&trusting.jwk, &json!({ "subject": "carol" }))).await;
    distrust(&trusting.server, &trusting.id).await;
    trusting.show(&json!({ "sub": "bob" }), &[]).await.expect(400);
    trusting.show(&json!({ "sub": "carol" }), &[]).await.expect(200);
    distrust(&trusting.server, &carol).await;
    trusting.show(&json!({ "sub": "carol" }), &[]).await.expect(400);
}

#[tokio::test]
async fn trust_in_any_subject_covers_all_and_what_is_said_of_one_decides() {
    let trusting = Trusting::new().await;
    let any = json!({ "subject": null, "allow_any_subject": true, "scope": ["photos.read", "profile"] });
    trust(&trusting.server, &trusted(&trusting.jwk, &any)).await;
    for (subject, scope, status) in [
        ("dora", "photos.read", 200),
        ("dora", "profile", 200),
        ("dora", "openid", 400),
        ("bob", "photos.read", 200),
        ("bob", "openid", 200),
        ("bob", "profile", 400),
    ] {
        let answer = trusting.show(&json!({ "sub": subject }), &[("scope", scope)]).await;
        assert_eq!(answer.status, status, "{subject} {scope}: {}", answer.text());
    }
}
