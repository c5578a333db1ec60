//! Client authentication by assertion (RFC 7523 §2.2, OpenID Connect Core §9).

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};
use symbolon_client::{
    Algorithm, AssertionRules, Authentication, AuthorizationRequest, Error, Jwk, MacAlgorithm, Secret, SignatureFuture,
    Signer, SignerError, SigningKey,
};
use symbolon_jose::MacMessage;

use super::{NOW, builder, provider, redeem, sent, tokens, verified};
use crate::server::answer;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::ES256, "client-key".into()).unwrap()
}

fn plain() -> AuthorizationRequest {
    AuthorizationRequest::new("orders")
}

#[tokio::test]
async fn every_request_has_an_assertion_of_its_own_for_the_issuer() {
    let server = provider(json!({}), |request, _| match request.line.as_str() {
        "POST /token" => tokens("Bearer"),
        _ => answer(200, "", ""),
    });
    let key = key();
    let client = builder(&server).private_key(key.clone()).build().unwrap();
    let set = redeem(&client, &plain()).await.unwrap();
    client.refresh(&set).await.unwrap();
    client.revoke("at-1").await.unwrap();
    let requests: Vec<_> = server.received().into_iter().filter(|request| request.line.starts_with("POST")).collect();
    assert_eq!(requests.len(), 3);
    let mut ids = HashSet::new();
    for request in requests {
        assert_eq!((request.header("authorization"), request.parameter("client_secret")), (None, None));
        assert_eq!(request.parameter("client_assertion_type").unwrap(), TYPE);
        assert_eq!(request.parameter("client_id").unwrap(), "app");
        let (header, mut claims) = verified(&request.parameter("client_assertion").unwrap(), &key.public_jwk());
        assert_eq!(json!(header), json!({ "alg": "ES256", "kid": "client-key" }));
        assert!(ids.insert(claims.remove("jti").unwrap().as_str().unwrap().to_owned()), "each may be used once");
        let expected = json!({ "iss": "app", "sub": "app", "aud": server.url, "iat": NOW, "exp": NOW + 60 });
        assert_eq!(json!(claims), expected, "one text and no list as audience");
    }
    assert!(ids.iter().all(|id| id.len() >= 22), "128 bits");
}

#[tokio::test]
async fn audience_type_and_lifetime_are_settings() {
    let server = provider(json!({}), |_, _| tokens("Bearer"));
    let key = key();
    let rules = AssertionRules::default().token_endpoint_audience().explicit_type().lifetime(Duration::from_secs(7));
    let client = builder(&server).private_key(key.clone()).assertions(rules).build().unwrap();
    redeem(&client, &plain()).await.unwrap();
    let assertion = sent(&server, "POST /token")[0].parameter("client_assertion").unwrap();
    let (header, claims) = verified(&assertion, &key.public_jwk());
    assert_eq!(header["typ"], "client-authentication+jwt");
    assert_eq!((&claims["aud"], &claims["exp"]), (&json!(format!("{}/token", server.url)), &json!(NOW + 7)));
}

#[tokio::test]
async fn an_algorithm_that_the_provider_does_not_take_is_told_and_nothing_is_sent() {
    for (members, named) in [
        (json!({ "token_endpoint_auth_signing_alg_values_supported": ["PS256", "RS256"] }), "PS256, RS256"),
        (json!({ "token_endpoint_auth_signing_alg_values_supported": "RS256" }), "RS256"),
    ] {
        let server = provider(members, |_, _| tokens("Bearer"));
        let client = builder(&server).private_key(key()).build().unwrap();
        let Err(Error::Configuration(reason)) = redeem(&client, &plain()).await else { panic!("it was sent") };
        assert!(reason.contains("ES256") && reason.contains(named), "{reason}");
        assert_eq!(server.count("POST"), 0);
    }
}

#[tokio::test]
async fn an_algorithm_is_written_as_the_provider_spells_it() {
    let members = json!({ "token_endpoint_auth_signing_alg_values_supported": ["Ed25519"] });
    let server = provider(members, |_, _| tokens("Bearer"));
    let key = SigningKey::generate(Algorithm::EdDSA, "k".into()).unwrap();
    redeem(&builder(&server).private_key(key.clone()).build().unwrap(), &plain()).await.unwrap();
    let assertion = sent(&server, "POST /token")[0].parameter("client_assertion").unwrap();
    assert_eq!(verified(&assertion, &key.public_jwk()).0["alg"], "Ed25519");
}

/// A key that is elsewhere, and may be locked.
struct Module(SigningKey, Option<&'static str>);

impl Signer for Module {
    fn public_jwk(&self) -> Jwk {
        self.0.to_private_jwk()
    }

    fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> SignatureFuture<'a> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            match self.1 {
                Some(reason) => Err(SignerError::new(reason)),
                None => self.0.sign_bytes(message).map_err(|error| SignerError::new(error.to_string())),
            }
        })
    }
}

#[tokio::test]
async fn the_key_may_be_elsewhere() {
    let server = provider(json!({}), |_, _| tokens("Bearer"));
    let key = key();
    redeem(&builder(&server).private_key(Module(key.clone(), None)).build().unwrap(), &plain()).await.unwrap();
    let assertion = sent(&server, "POST /token")[0].parameter("client_assertion").unwrap();
    verified(&assertion, &key.public_jwk());

    let locked = builder(&server).private_key(Module(key, Some("the module is locked"))).build().unwrap();
    let error = redeem(&locked, &plain()).await.unwrap_err();
    assert_eq!(error, Error::Signer("the module is locked".into()));
    assert_eq!(server.count("POST"), 1, "the second was not sent");
}

#[tokio::test]
async fn a_secret_signs_where_that_is_all_the_provider_takes() {
    let secret = "a secret with at least thirty-two bytes";
    let members = json!({
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "HS256"],
    });
    let server = provider(members, |_, _| tokens("Bearer"));
    for authentication in
        [Authentication::Secret(secret.to_owned().into()), Authentication::SecretJwt(Secret::new(secret.into()))]
    {
        redeem(&builder(&server).authentication(authentication).build().unwrap(), &plain()).await.unwrap();
    }
    for request in sent(&server, "POST /token") {
        assert_eq!((request.header("authorization"), request.body.contains("secret%20with")), (None, false));
        let assertion = MacMessage::parse(&request.parameter("client_assertion").unwrap()).unwrap();
        let claims = assertion.verify(secret.as_bytes()).unwrap();
        assert_eq!((&claims["aud"], &claims["sub"]), (&json!(server.url), &json!("app")));
    }
    assert_eq!(server.count("POST /token"), 2);
}

/// What a client with this authentication sends as its assertion, where the provider names these algorithms.
async fn secret_assertion(authentication: Authentication, algorithms: Value) -> Result<MacMessage, Error> {
    let members = json!({ "token_endpoint_auth_signing_alg_values_supported": algorithms });
    let server = provider(members, |_, _| tokens("Bearer"));
    let redeemed = redeem(&builder(&server).authentication(authentication).build().unwrap(), &plain()).await;
    if redeemed.is_err() {
        assert_eq!(server.count("POST"), 0);
    }
    redeemed?;
    Ok(MacMessage::parse(&sent(&server, "POST /token")[0].parameter("client_assertion").unwrap()).unwrap())
}

#[tokio::test]
async fn the_algorithm_of_a_mac_is_the_registered_one_or_the_first_that_the_provider_takes() {
    use MacAlgorithm::{HS256, HS384, HS512};
    let secret = || Secret::new("s".repeat(64));
    for (registered, offered, used) in [
        (None, json!([]), HS256),
        (None, json!(["HS512", "HS256"]), HS256),
        (None, json!(["RS256", "HS512", "HS384"]), HS384),
        (None, json!(["HS512"]), HS512),
        (Some(HS384), json!([]), HS384),
        (Some(HS512), json!(["HS256", "HS512"]), HS512),
    ] {
        let authentication = match registered {
            Some(algorithm) => Authentication::SecretJwtWith(secret(), algorithm),
            None => Authentication::SecretJwt(secret()),
        };
        let assertion = secret_assertion(authentication, offered.clone()).await.unwrap();
        assert_eq!(assertion.alg(), used, "{registered:?} of {offered}");
        assertion.verify(secret().expose().as_bytes()).unwrap();
    }
}

#[tokio::test]
async fn a_secret_that_is_too_short_or_an_algorithm_that_is_not_taken_sends_nothing() {
    let short = |bytes: usize| Secret::new("s".repeat(bytes));
    let with = |bytes: usize, algorithm| Authentication::SecretJwtWith(short(bytes), algorithm);
    for (authentication, offered) in [
        (Authentication::SecretJwt(short(31)), json!([])),
        (Authentication::SecretJwt(short(47)), json!(["HS384", "HS512"])),
        (Authentication::SecretJwt(short(63)), json!(["HS512"])),
        (Authentication::SecretJwt(short(64)), json!(["RS256", "hs256"])),
        (with(47, MacAlgorithm::HS384), json!([])),
        (with(63, MacAlgorithm::HS512), json!([])),
        (with(64, MacAlgorithm::HS512), json!(["HS256", "HS384"])),
    ] {
        let error = secret_assertion(authentication.clone(), offered.clone()).await.unwrap_err();
        assert!(matches!(error, Error::Configuration(_)), "{authentication:?} {offered}: {error}");
        assert!(!error.to_string().contains("ssss"), "{error}");
    }
}

#[test]
fn debug_shows_no_key() {
    let key = key();
    let private = key.to_private_jwk().d.unwrap();
    let client = symbolon_client::Client::builder("https://as.example", "app").private_key(key).build().unwrap();
    assert!(!format!("{client:?}").contains(private.expose()));
}
