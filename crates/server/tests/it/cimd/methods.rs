//! How a client with a document authenticates: by any of the methods that the document has and this server takes (OpenID
//! Connect Relying Party Metadata Choices §2).

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};

use super::Described;
use crate::fixtures::{signing_key, text};
use crate::rfc7523::{JWT_BEARER, Signer};
use crate::support::Answer;

const LIST: &str = "token_endpoint_auth_methods_supported";
const ONE: &str = "token_endpoint_auth_method";

/// What the token endpoint says to a code with these credentials beside it.
async fn redeem(described: &Described, more: &[(&str, &str)]) -> Answer {
    let mut flow = described.flow();
    let code = flow.code().await;
    described.server.public(flow.redemption_with(&code, more)).await
}

fn with_key(algorithm: Algorithm, changes: &Value) -> (SigningKey, Value) {
    let (key, jwk) = signing_key(algorithm, "k");
    let mut document = json!({ "jwks": { "keys": [jwk] } });
    document.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    (key, document)
}

fn good(signer: &Signer, id: &str, aud: Value) -> String {
    let mut claims = signer.claims(id);
    claims["aud"] = aud;
    signer.sign(&claims)
}

#[tokio::test]
async fn every_method_of_the_document_counts_and_no_other() {
    let documents = [
        (json!({ ONE: "none" }), true, false),
        (json!({ ONE: null }), true, false),
        (json!({ ONE: "private_key_jwt" }), false, true),
        (json!({ ONE: "private_key_jwt", LIST: ["none", "private_key_jwt"] }), true, true),
        (json!({ ONE: null, LIST: ["private_key_jwt", "client_secret_basic"] }), false, true),
        (json!({ ONE: "none", LIST: ["private_key_jwt"] }), true, true),
    ];
    for (changes, bare, asserted) in documents {
        let (key, mut document) = with_key(Algorithm::RS256, &json!({}));
        document.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let described = Described::new(&document).await;
        let signer = Signer::new(&described.server, key);
        let status = |counts: bool| if counts { 200 } else { 401 };
        assert_eq!(redeem(&described, &[]).await.status, status(bare), "bare: {changes}");
        let assertion = good(&signer, &described.id, described.server.public_url().into());
        let more = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.as_str())];
        assert_eq!(redeem(&described, &more).await.status, status(asserted), "assertion: {changes}");
        // A broken assertion is no bare request.
        let broken = [("client_assertion_type", JWT_BEARER), ("client_assertion", "x.y.z")];
        assert_eq!(redeem(&described, &broken).await.status, 401, "broken: {changes}");
        let (stranger, _) = signing_key(Algorithm::RS256, "k");
        let foreign =
            good(&Signer::new(&described.server, stranger), &described.id, described.server.public_url().into());
        let more = [("client_assertion_type", JWT_BEARER), ("client_assertion", foreign.as_str())];
        assert_eq!(redeem(&described, &more).await.status, 401, "another key: {changes}");
        let secret = [("client_secret", "a-secret-of-nobody")];
        assert_eq!(redeem(&described, &secret).await.status, 401, "a secret: {changes}");
    }
}

#[tokio::test]
async fn an_assertion_names_the_issuer_or_the_token_endpoint_and_nothing_beside() {
    let (key, document) = with_key(Algorithm::ES256, &json!({ ONE: "private_key_jwt" }));
    let described = Described::new(&document).await;
    let signer = Signer::new(&described.server, key);
    let issuer = described.server.public_url().to_owned();
    let token = format!("{issuer}/oauth2/token");
    for (aud, counts) in [
        (json!(issuer), true),
        (json!([issuer]), true),
        (json!(token), true),
        (json!([issuer, token]), false),
        (json!(format!("{issuer}/oauth2/par")), false),
        (json!("https://other.example"), false),
        (json!([]), false),
    ] {
        let assertion = good(&signer, &described.id, aud.clone());
        let more = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.as_str())];
        assert_eq!(redeem(&described, &more).await.status, if counts { 200 } else { 401 }, "{aud}");
    }
}

#[tokio::test]
async fn an_assertion_may_call_itself_a_client_authentication() {
    let (key, document) = with_key(Algorithm::ES256, &json!({ ONE: "private_key_jwt" }));
    let described = Described::new(&document).await;
    let again = key.clone();
    let signer = Signer::new(&described.server, key);
    for (typ, counts) in [
        (Some("oauth-client-auth+jwt"), true),
        (Some("client-authentication+jwt"), true),
        (None, true),
        (Some("at+jwt"), false),
    ] {
        let assertion = again.sign(typ, &signer.claims(&described.id)).unwrap();
        let more = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.as_str())];
        assert_eq!(redeem(&described, &more).await.status, if counts { 200 } else { 401 }, "{typ:?}");
    }
}

#[tokio::test]
async fn what_was_redeemed_with_a_key_is_not_refreshed_without() {
    let (key, document) = with_key(Algorithm::ES256, &json!({ LIST: ["none", "private_key_jwt"] }));
    let described = Described::new(&document).await;
    let signer = Signer::new(&described.server, key);
    let assertion = || good(&signer, &described.id, described.server.public_url().into());
    let first = assertion();
    let more = [("client_assertion_type", JWT_BEARER), ("client_assertion", first.as_str())];
    let tokens = redeem(&described, &more).await.expect(200).json();
    let flow = described.flow();
    let bare = described.server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
    assert_eq!(bare.error().as_deref(), Some("invalid_grant"));
    let second = assertion();
    let more = [("client_assertion_type", JWT_BEARER), ("client_assertion", second.as_str())];
    let call = flow.refresh_with(text(&tokens, "refresh_token"), &more);
    let tokens = described.server.public(call).await.expect(200).json();
    described.server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
    // The other way is no fall: who came without a key goes on so, or with one.
    let tokens = redeem(&described, &[]).await.expect(200).json();
    let third = assertion();
    let more = [("client_assertion_type", JWT_BEARER), ("client_assertion", third.as_str())];
    let call = flow.refresh_with(text(&tokens, "refresh_token"), &more);
    described.server.public(call).await.expect(200);
}

#[tokio::test]
async fn a_document_that_switched_to_keys_in_place_is_read_again_for_an_assertion() {
    let described = Described::new(&json!({ ONE: "none" })).await;
    let mut flow = described.flow();
    let tokens = flow.tokens().await;
    let (key, document) = with_key(Algorithm::ES256, &json!({ LIST: ["none", "private_key_jwt"] }));
    described.publish(&document);
    described.host.take();
    let signer = Signer::new(&described.server, key);
    let show = || {
        let assertion = good(&signer, &described.id, described.server.public_url().into());
        flow.refresh_with(
            text(&tokens, "refresh_token"),
            &[("client_assertion_type", JWT_BEARER), ("client_assertion", &assertion)],
        )
    };
    // Not within a minute of the last time, whoever asks and however often.
    for _ in 0..3 {
        described.server.public(show()).await.expect(401);
    }
    assert_eq!(described.host.count(), 0);
    described.server.clock.advance(60);
    described.server.public(show()).await.expect(200);
    assert_eq!(described.host.count(), 1);
}
