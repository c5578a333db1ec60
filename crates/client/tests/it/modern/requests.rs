//! Pushed requests (RFC 9126) and signed ones (RFC 9101).

use std::collections::HashSet;

use serde_json::{Value, json};
use symbolon_client::{
    Algorithm, AuthorizationDetail, AuthorizationRequest, ClaimsRequest, ClientKey, ContentEncryption, DecryptionKey,
    DpopKey, Error, KeyManagement, RequestObjects, RequestedClaim, SigningKey, Url,
};
use symbolon_jose::jwe::Jwe;

use super::{NOW, builder, provider, provider_key, provider_with_keys, query, sent, tokens, verified};
use crate::server::{Server, json};

fn pushed() -> Vec<u8> {
    json(201, &json!({ "request_uri": "urn:ietf:params:oauth:request_uri:abc", "expires_in": 60 }))
}

fn pushing(members: Value) -> Server {
    provider(members, |request, _| if request.line == "POST /par" { pushed() } else { tokens("Bearer") })
}

fn names(url: &Url) -> HashSet<String> {
    url.query_pairs().map(|(name, _)| name.into_owned()).collect()
}

fn set(names: &[&str]) -> HashSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::ES256, "requests".into()).unwrap()
}

/// A request that has everything.
fn rich() -> AuthorizationRequest {
    AuthorizationRequest::new("openid orders")
        .max_age_seconds(60)
        .resource("https://a.example/")
        .resource("https://b.example/")
        .claims(ClaimsRequest::new().id_token("email", RequestedClaim::essential()))
        .authorization_detail(AuthorizationDetail::new("order").action("read"))
        .prompt("login")
}

#[tokio::test]
async fn a_pushed_request_leaves_a_reference_in_the_browser() {
    let server = pushing(json!({}));
    let client = builder(&server).client_secret("s").push_authorization_requests().build().unwrap();
    let (url, pending) = client.authorization_url(&rich()).await.unwrap();
    assert_eq!(names(&url), set(&["client_id", "request_uri"]));
    assert_eq!(query(&url, "request_uri").unwrap(), "urn:ietf:params:oauth:request_uri:abc");
    let request = &sent(&server, "POST /par")[0];
    assert_eq!(request.header("authorization"), Some("Basic YXBwOnM="));
    assert_eq!(request.parameter("client_id").unwrap(), "app", "it is a parameter of the request itself");
    assert_eq!(request.parameter("state").unwrap(), pending.state());
    assert_eq!(request.body.matches("resource=").count(), 2);
    assert_eq!(request.body.matches("client_id=").count(), 1);
    assert_eq!(request.parameter("claims").unwrap(), r#"{"id_token":{"email":{"essential":true}}}"#);
}

#[tokio::test]
async fn a_public_client_pushes_without_proof_and_one_with_a_key_with_an_assertion() {
    let server = pushing(json!({}));
    let key = key();
    let public = builder(&server).push_authorization_requests();
    public.clone().build().unwrap().authorization_url(&rich()).await.unwrap();
    public.private_key(key.clone()).build().unwrap().authorization_url(&rich()).await.unwrap();
    let requests = sent(&server, "POST /par");
    assert_eq!((requests[0].header("authorization"), requests[0].parameter("client_assertion")), (None, None));
    let (_, claims) = verified(&requests[1].parameter("client_assertion").unwrap(), &key.public_jwk());
    assert_eq!(claims["aud"], server.url, "the issuer and not the endpoint");
    assert!(requests.iter().all(|request| request.body.matches("client_id=").count() == 1));
}

#[tokio::test]
async fn where_the_provider_demands_it_requests_are_pushed() {
    for demanded in [json!(true), json!("true")] {
        let server = pushing(json!({ "require_pushed_authorization_requests": demanded }));
        let (url, _) = builder(&server).build().unwrap().authorization_url(&rich()).await.unwrap();
        assert_eq!(names(&url), set(&["client_id", "request_uri"]));
    }
    let server = pushing(json!({ "require_pushed_authorization_requests": false }));
    let (url, _) = builder(&server).build().unwrap().authorization_url(&rich()).await.unwrap();
    assert!(names(&url).contains("code_challenge"));
    assert_eq!(server.count("POST"), 0);
}

#[tokio::test]
async fn what_cannot_be_pushed_is_not_sent_another_way() {
    let server = pushing(json!({ "pushed_authorization_request_endpoint": null }));
    let client = builder(&server).push_authorization_requests().build().unwrap();
    let error = client.authorization_url(&rich()).await.unwrap_err();
    assert_eq!(error, Error::MissingEndpoint("pushed_authorization_request_endpoint"));
    for (status, body) in [
        (400, json!({ "error": "invalid_redirect_uri", "error_description": "unknown" })),
        (201, json!({})),
        (201, json!({ "request_uri": "" })),
        (201, json!({ "request_uri": 7 })),
        (201, json!([])),
        (500, json!({})),
    ] {
        let answer = body.clone();
        let server = provider(json!({}), move |_, _| json(status, &answer));
        let client = builder(&server).push_authorization_requests().build().unwrap();
        let error = client.authorization_url(&rich()).await.unwrap_err();
        assert_eq!(error.status(), (status != 201).then_some(status), "{body}");
    }
}

#[tokio::test]
async fn a_signed_request_has_all_parameters_inside() {
    let server = pushing(json!({}));
    let (key, dpop) = (key(), DpopKey::generate().unwrap());
    let objects = RequestObjects::signed_by(ClientKey::new(key.clone()));
    let client = builder(&server).dpop(dpop.clone()).request_objects(objects).build().unwrap();
    let (url, pending) = client.authorization_url(&rich()).await.unwrap();
    assert_eq!(names(&url), set(&["client_id", "response_type", "scope", "request"]));
    let (header, mut claims) = verified(&query(&url, "request").unwrap(), &key.public_jwk());
    assert_eq!(json!(header), json!({ "alg": "ES256", "kid": "requests", "typ": "oauth-authz-req+jwt" }));
    for random in ["jti", "nonce", "code_challenge"] {
        assert!(claims.remove(random).unwrap().as_str().unwrap().len() >= 22, "{random}");
    }
    let expected = json!({
        "iss": "app", "aud": server.url, "iat": NOW, "nbf": NOW, "exp": NOW + 300,
        "response_type": "code", "client_id": "app", "redirect_uri": "https://app.example/cb", "scope": "openid orders",
        "state": pending.state(), "code_challenge_method": "S256", "max_age": 60, "prompt": "login",
        "resource": ["https://a.example/", "https://b.example/"], "dpop_jkt": dpop.thumbprint(),
        "claims": { "id_token": { "email": { "essential": true } } },
        "authorization_details": [{ "type": "order", "actions": ["read"] }],
    });
    assert_eq!(json!(claims), expected);
}

#[tokio::test]
async fn a_signed_request_can_be_pushed() {
    let server = pushing(json!({ "request_parameter_supported": false }));
    let key = key();
    let objects = RequestObjects::signed_by(ClientKey::new(key.clone()));
    let client = builder(&server).client_secret("s").request_objects(objects.clone()).push_authorization_requests();
    let (url, pending) = client.build().unwrap().authorization_url(&rich()).await.unwrap();
    assert_eq!(names(&url), set(&["client_id", "request_uri"]));
    let request = &sent(&server, "POST /par")[0];
    assert_eq!(request.body.split('&').count(), 2, "client_id and request: {}", request.body);
    let (_, claims) = verified(&request.parameter("request").unwrap(), &key.public_jwk());
    assert_eq!(claims["state"], pending.state());

    let unpushed = builder(&server).request_objects(objects).build().unwrap();
    let error = unpushed.authorization_url(&rich()).await.unwrap_err();
    assert!(matches!(&error, Error::Configuration(reason) if reason.contains("request_parameter_supported")));
}

#[tokio::test]
async fn a_provider_that_takes_only_signed_requests_gets_no_other() {
    let server = pushing(json!({ "require_signed_request_object": true }));
    let error = builder(&server).build().unwrap().authorization_url(&rich()).await.unwrap_err();
    assert!(matches!(&error, Error::Configuration(reason) if reason.contains("require_signed_request_object")));
}

#[tokio::test]
async fn a_request_that_cannot_be_signed_is_not_made() {
    let server = pushing(json!({ "request_object_signing_alg_values_supported": ["none", "RS256"] }));
    let client = builder(&server).request_objects(RequestObjects::signed_by(ClientKey::new(key()))).build().unwrap();
    let error = client.authorization_url(&rich()).await.unwrap_err();
    assert!(matches!(&error, Error::Configuration(reason) if reason.contains("request_object_signing_alg")));
    let server = pushing(json!({}));
    let client = builder(&server).request_objects(RequestObjects::signed_by(ClientKey::new(key()))).build().unwrap();
    for (name, value) in [("sub", "app"), ("exp", "1"), ("aud", "x")] {
        let request = AuthorizationRequest::default().parameter(name, value);
        assert!(matches!(client.authorization_url(&request).await, Err(Error::Argument(_))), "{name}");
    }
}

#[tokio::test]
async fn a_request_can_be_encrypted_for_the_provider() {
    for (alg, enc) in [
        (KeyManagement::RsaOaep256, ContentEncryption::A256Gcm),
        (KeyManagement::EcdhEsA256Kw, ContentEncryption::A128CbcHs256),
    ] {
        let theirs = DecryptionKey::generate(alg, "enc-1".into()).unwrap();
        let keys = vec![provider_key().public_jwk(), theirs.public_jwk()];
        let server = provider_with_keys(json!({}), keys, |_, _| tokens("Bearer"));
        let key = key();
        let objects = RequestObjects::signed_by(ClientKey::new(key.clone())).encrypted(alg, enc);
        let client = builder(&server).request_objects(objects).build().unwrap();
        let (url, _) = client.authorization_url(&rich()).await.unwrap();
        let message = Jwe::parse(&query(&url, "request").unwrap()).unwrap();
        let header = message.header();
        assert_eq!(
            (header.alg, header.enc, header.kid.as_deref(), header.cty.as_deref()),
            (alg, enc, Some("enc-1"), Some("JWT"))
        );
        let signed = String::from_utf8(message.decrypt(&theirs).unwrap()).unwrap();
        assert_eq!(verified(&signed, &key.public_jwk()).1["iss"], "app");
    }
}

#[tokio::test]
async fn without_a_key_of_the_provider_nothing_is_sent_in_the_clear() {
    // The provider's keys for signatures are not for encryption, whatever they could do.
    let server = pushing(json!({}));
    let objects =
        RequestObjects::signed_by(ClientKey::new(key())).encrypted(KeyManagement::EcdhEs, ContentEncryption::A256Gcm);
    let client = builder(&server).request_objects(objects).push_authorization_requests().build().unwrap();
    let error = client.authorization_url(&rich()).await.unwrap_err();
    assert!(matches!(&error, Error::Configuration(reason) if reason.contains("ECDH-ES")), "{error}");
    assert_eq!(server.count("POST"), 0);
}
