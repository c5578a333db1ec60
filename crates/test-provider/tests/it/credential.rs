//! Credentials of Symbolon, for every kind of key, and each refusal.

use std::time::Duration;

use symbolon_client::{
    AccessToken, Algorithm, AuthorizationRequest, Callback, Client, Clock, DpopKey, Error, Jwk, SignatureFuture,
    Signer, SignerError, SigningKey,
};
use symbolon_test_provider::TestProvider;

use crate::symbolon::{CALLBACK, START, Symbolon};

const SCOPE: &str = "openid email userinfo_credential_draft_00";

#[tokio::test]
async fn every_kind_of_key_gets_its_credential() {
    let server = Symbolon::start().await;
    let client = server.client(|_| {}).await;
    let tokens = server.log_in(&client, SCOPE).await;
    for algorithm in [Algorithm::ES256, Algorithm::ES384, Algorithm::ES512, Algorithm::EdDSA, Algorithm::RS256] {
        let key = SigningKey::generate(algorithm, "holder".into()).unwrap();
        let credential = client.issue_credential(&tokens.access_token, &key).await.unwrap();
        assert!(credential.holder.starts_with("did:jwk:"), "{credential:?}");
        assert_eq!((&credential.subject["sub"], credential.expires_at), (&"alice".into(), Some(START + 3600)));
        assert_eq!(credential.raw.split('.').count(), 3);
    }
}

#[tokio::test]
async fn a_bound_token_is_shown_with_a_proof_of_its_key() {
    let provider = TestProvider::builder().clock_at(START).set("symbolon.dpop.nonce", "true").start().await;
    let metadata = serde_json::json!({
        "redirect_uris": [CALLBACK], "grant_types": ["authorization_code"], "token_endpoint_auth_method": "none",
        "scope": SCOPE, "dpop_bound_access_tokens": true,
    });
    let app = provider.register(metadata).await;
    let builder = || {
        let builder = Client::builder(provider.issuer(), &app.id).redirect_uri(CALLBACK).without_proxy();
        builder.clock(Clock::custom(provider.clock()))
    };
    let client = builder().dpop(DpopKey::generate().unwrap()).build().unwrap();
    let (url, pending) = client.authorization_url(&AuthorizationRequest::new(SCOPE)).await.unwrap();
    let back = provider.log_in(&url, "alice").await;
    let tokens = client.redeem(&pending, &Callback::parse(&back.parameters())).await.unwrap();
    let holder = SigningKey::generate(Algorithm::ES256, "holder".into()).unwrap();
    let credential = client.issue_credential(&tokens.access_token, &holder).await.unwrap();
    assert_eq!(credential.subject["sub"], "alice");
    let asked = provider.heads("/credentials");
    let is_dpop = |head: &symbolon_test_provider::RequestHead| {
        let authorization = head.headers["authorization"].to_str().unwrap();
        authorization.starts_with("DPoP ") && head.headers.contains_key("dpop")
    };
    assert!(asked.len() >= 2 && asked.iter().all(is_dpop), "{asked:?}");

    // Neither alone nor with another key does the token count.
    for thief in [builder(), builder().dpop(DpopKey::generate().unwrap())] {
        let error = thief.build().unwrap().issue_credential(&tokens.access_token, &holder).await.unwrap_err();
        assert_eq!((error.status(), error.code()), (Some(401), Some("invalid_token")), "{error}");
    }
}

#[tokio::test]
async fn nonce_counts_for_its_token_and_its_time() {
    let server = Symbolon::start().await;
    let client = server.client(|_| {}).await;
    let (tokens, others) = (server.log_in(&client, SCOPE).await, server.log_in(&client, SCOPE).await);
    let key = SigningKey::generate(Algorithm::ES256, "holder".into()).unwrap();
    let nonce = client.credential_nonce(&tokens.access_token).await.unwrap();
    let lifetime = nonce.lifetime_seconds.unwrap();
    let foreign = client.issue_credential_with(&others.access_token, &nonce, &key).await.unwrap_err();
    assert_eq!(foreign.status(), Some(400), "{foreign}");
    client.issue_credential_with(&tokens.access_token, &nonce, &key).await.unwrap();
    server.provider.advance(Duration::from_secs(u64::try_from(lifetime).unwrap()));
    let expired = client.issue_credential_with(&tokens.access_token, &nonce, &key).await.unwrap_err();
    assert!(matches!(expired.status(), Some(400 | 401)), "{expired}");
}

#[tokio::test]
async fn dead_tokens_get_nothing() {
    let server = Symbolon::start().await;
    let key = SigningKey::generate(Algorithm::ES256, "holder".into()).unwrap();
    let refused = server.unregistered().issue_credential(&AccessToken::from("x"), &key).await.unwrap_err();
    assert_eq!(refused.status(), Some(401), "{refused}");
}

/// A signer that shows one key and signs with another, or does not sign at all.
struct Liar {
    shown: SigningKey,
    signs: Option<SigningKey>,
}

impl Signer for Liar {
    fn public_jwk(&self) -> Jwk {
        // Also the private members: they must not be sent.
        self.shown.to_private_jwk()
    }

    fn algorithm(&self) -> Algorithm {
        self.shown.algorithm()
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> SignatureFuture<'a> {
        Box::pin(async move {
            let key = self.signs.as_ref().ok_or_else(|| SignerError::new("the module is locked"))?;
            key.sign_bytes(message).map_err(|error| SignerError::new(error.to_string()))
        })
    }
}

#[tokio::test]
async fn signer_must_hold_the_key_it_shows() {
    let server = Symbolon::start().await;
    let client = server.client(|_| {}).await;
    let tokens = server.log_in(&client, SCOPE).await;
    let key = || SigningKey::generate(Algorithm::ES256, "holder".into()).unwrap();
    let liar = Liar { shown: key(), signs: Some(key()) };
    let refused = client.issue_credential(&tokens.access_token, &liar).await.unwrap_err();
    assert_eq!(refused.status(), Some(400), "{refused}");
    let locked = Liar { shown: key(), signs: None };
    let refused = client.issue_credential(&tokens.access_token, &locked).await.unwrap_err();
    assert_eq!(refused, Error::Signer("the module is locked".into()));
}
