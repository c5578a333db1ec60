//! Access tokens that are bound to a key (RFC 9449), at the provider.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value, json};
use symbolon_client::{AuthorizationRequest, Callback, Client, DpopKey, Error, PendingAuthorization, SigningKey, Url};
use symbolon_jose::{Jwk, digest};

use super::{NOW, builder, plain_callback, provider, query, redeem, sent, tokens, verified};
use crate::server::{Received, Server, answer, json};

fn plain() -> AuthorizationRequest {
    AuthorizationRequest::new("orders")
}

/// The claims of a request's proof, after everything about the proof was checked that is the same for each (§4.3).
fn proof(request: &Received, key: &DpopKey) -> Map<String, Value> {
    assert_eq!(request.headers.iter().filter(|(name, _)| name == "dpop").count(), 1);
    let proof = request.header("dpop").unwrap();
    let header = symbolon_jose::Jws::parse(proof).unwrap().header().raw.clone();
    let shown: Jwk = serde_json::from_value(header["jwk"].clone()).unwrap();
    assert!(!shown.is_private());
    assert_eq!(shown.thumbprint(), key.thumbprint());
    let (header, claims) = verified(proof, &shown);
    assert_eq!((&header["typ"], header.len()), (&json!("dpop+jwt"), 3));
    assert_eq!((&claims["iat"], claims["jti"].as_str().unwrap().len()), (&json!(NOW), 22), "128 bits");
    claims
}

fn bound(server: &Server) -> (Client, DpopKey) {
    let key = DpopKey::generate().unwrap();
    (builder(server).dpop(key.clone()).client_secret("s").build().unwrap(), key)
}

fn with_nonce(status: u16, nonce: &str, body: &Value) -> Vec<u8> {
    let headers = format!("content-type: application/json\r\ndpop-nonce: {nonce}\r\n");
    answer(status, &headers, &body.to_string())
}

fn bound_tokens() -> Value {
    json!({ "access_token": "at-1", "token_type": "DPoP", "expires_in": 60, "refresh_token": "rt-1" })
}

#[tokio::test]
async fn every_request_for_tokens_and_with_one_has_a_proof_of_its_own() {
    let server = provider(json!({}), |request, _| match request.line.as_str() {
        "POST /token" => tokens("dpop"),
        _ => json(200, &json!({ "sub": "alice" })),
    });
    let (client, key) = bound(&server);
    let set = redeem(&client, &plain()).await.unwrap();
    let set = client.refresh(&set).await.unwrap();
    client.user_info(&set).await.unwrap();
    client.user_info_for(&set.access_token, None).await.unwrap();
    let [code, refresh, one, two] = &server.received()[1..] else { panic!("four requests") };
    let mut ids = HashSet::new();
    for request in [code, refresh] {
        let claims = proof(request, &key);
        assert_eq!((&claims["htm"], &claims["htu"]), (&json!("POST"), &json!(format!("{}/token", server.url))));
        assert_eq!((claims.get("ath"), claims.get("nonce")), (None, None));
        assert!(ids.insert(claims["jti"].clone()));
    }
    for request in [one, two] {
        let claims = proof(request, &key);
        assert_eq!(request.header("authorization"), Some("DPoP at-1"));
        assert_eq!((&claims["htm"], &claims["htu"]), (&json!("GET"), &json!(format!("{}/userinfo", server.url))));
        assert_eq!(claims["ath"], digest::base64url(&digest::sha256(b"at-1")));
        assert!(ids.insert(claims["jti"].clone()));
    }
}

#[tokio::test]
async fn a_wanted_nonce_is_brought_along_once() {
    let server = provider(json!({}), |request, _| {
        let nonce = request.header("dpop").map(|proof| {
            let claims = symbolon_jose::Jws::parse(proof).unwrap().unverified_claims().unwrap();
            claims.get("nonce").map(|nonce| nonce.as_str().unwrap().to_owned())
        });
        match (request.line.as_str(), nonce.flatten().as_deref()) {
            ("POST /token", None) => with_nonce(400, "n-1", &json!({ "error": "use_dpop_nonce" })),
            // A new one comes with a success (§8.2), and is the next to be used.
            ("POST /token", Some("n-1")) => with_nonce(200, "n-2", &bound_tokens()),
            ("POST /token", Some("n-2")) => with_nonce(200, "n-3", &bound_tokens()),
            ("GET /userinfo", Some("n-4")) => json(200, &json!({ "sub": "alice" })),
            ("GET /userinfo", _) => answer(
                401,
                "www-authenticate: Bearer\r\nwww-authenticate: DPoP error=\"use_dpop_nonce\"\r\ndpop-nonce: n-4\r\n",
                "",
            ),
            _ => answer(500, "", ""),
        }
    });
    let key = SigningKey::generate(symbolon_client::Algorithm::ES256, "k".into()).unwrap();
    let client = builder(&server).dpop(DpopKey::generate().unwrap()).private_key(key.clone()).build().unwrap();
    let set = redeem(&client, &plain()).await.unwrap();
    let set = client.refresh(&set).await.unwrap();
    client.user_info(&set).await.unwrap();
    assert_eq!((server.count("POST /token"), server.count("GET /userinfo")), (3, 2));
    let ids: HashSet<_> = sent(&server, "POST /token")
        .iter()
        .map(|request| verified(&request.parameter("client_assertion").unwrap(), &key.public_jwk()).1["jti"].clone())
        .collect();
    assert_eq!(ids.len(), 3, "the client's assertion is made anew for the second try");
    let codes: HashSet<_> = sent(&server, "POST /token").iter().map(|request| request.parameter("code")).collect();
    assert_eq!(codes.len(), 2, "the code is the same, and the refresh has none");
}

#[tokio::test]
async fn a_server_that_is_never_content_is_asked_twice() {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let server = provider(json!({}), |_, _| {
        let nonce = format!("n-{}", COUNT.fetch_add(1, Ordering::SeqCst));
        with_nonce(400, &nonce, &json!({ "error": "use_dpop_nonce" }))
    });
    let error = redeem(&bound(&server).0, &plain()).await.unwrap_err();
    assert_eq!((error.code(), error.status()), (Some("use_dpop_nonce"), Some(400)));
    assert_eq!(server.count("POST /token"), 2);
}

#[tokio::test]
async fn a_nonce_that_is_none_is_not_tried() {
    for headers in
        ["", "dpop-nonce: a b\r\n", "dpop-nonce: a\r\ndpop-nonce: b\r\n", "dpop-nonce: \r\n", "dpop-nonce: \"\r\n"]
    {
        let server = provider(json!({}), move |_, _| {
            answer(400, &format!("content-type: application/json\r\n{headers}"), "{\"error\":\"use_dpop_nonce\"}")
        });
        let error = redeem(&bound(&server).0, &plain()).await.unwrap_err();
        assert_eq!(error.code(), Some("use_dpop_nonce"), "{headers}");
        assert_eq!(server.count("POST /token"), 1, "{headers}");
    }
}

#[tokio::test]
async fn another_refusal_with_a_nonce_is_not_tried_again() {
    let server = provider(json!({}), |_, _| with_nonce(400, "n-1", &json!({ "error": "invalid_grant" })));
    let error = redeem(&bound(&server).0, &plain()).await.unwrap_err();
    assert_eq!((error.code(), server.count("POST /token")), (Some("invalid_grant"), 1));
}

#[tokio::test]
async fn a_token_that_is_not_bound_is_refused() {
    for found in ["Bearer", "bearer", "", "N_A", "mac"] {
        let server = provider(json!({}), move |_, _| tokens(found));
        let (client, _) = bound(&server);
        assert_eq!(redeem(&client, &plain()).await.unwrap_err(), Error::TokenType(found.to_owned()));
        let assuming = builder(&server).dpop(DpopKey::generate().unwrap()).assume_bearer_tokens().build().unwrap();
        assert_eq!(redeem(&assuming, &plain()).await.unwrap_err(), Error::TokenType(found.to_owned()));
        let error = client.refresh_with(&"rt-0".into()).await.unwrap_err();
        assert_eq!(error, Error::TokenType(found.to_owned()), "a refresh is no way around it");
    }
}

#[tokio::test]
async fn a_bound_token_that_nobody_asked_for_is_refused() {
    let server = provider(json!({}), |_, _| tokens("DPoP"));
    let client = builder(&server).build().unwrap();
    assert_eq!(redeem(&client, &plain()).await.unwrap_err(), Error::TokenType("DPoP".into()));
}

#[tokio::test]
async fn the_code_is_bound_to_the_key_too() {
    let server = provider(json!({}), |_, _| tokens("DPoP"));
    let (client, key) = bound(&server);
    let (url, pending) = client.authorization_url(&plain()).await.unwrap();
    assert_eq!(query(&url, "dpop_jkt").as_deref(), Some(key.thumbprint()));

    // The process was restarted in between, and the key was not kept.
    let kept = pending.to_text().unwrap();
    let pending = PendingAuthorization::from_text(kept.expose()).unwrap();
    for other in [bound(&server).0, builder(&server).build().unwrap()] {
        let error = other.redeem(&pending, &plain_callback(&pending)).await.unwrap_err();
        assert_eq!(error, Error::DpopKeyMismatch);
    }
    assert_eq!(server.count("POST"), 0, "the code was not sent");
    let again = DpopKey::from_jwk(key.private_jwk().unwrap()).unwrap();
    builder(&server).dpop(again).build().unwrap().redeem(&pending, &plain_callback(&pending)).await.unwrap();
}

#[tokio::test]
async fn an_algorithm_that_the_provider_does_not_take_is_told() {
    let server = provider(json!({ "dpop_signing_alg_values_supported": ["PS256"] }), |_, _| tokens("DPoP"));
    let (client, _) = bound(&server);
    let error = redeem(&client, &plain()).await.unwrap_err();
    assert!(matches!(&error, Error::Configuration(reason) if reason.contains("dpop_signing_alg_values_supported")));
    assert_eq!(server.count("POST"), 0);
    let fitting = DpopKey::generate_for(&client.metadata().await.unwrap()).unwrap();
    redeem(&builder(&server).dpop(fitting).build().unwrap(), &plain()).await.unwrap();
    let header = symbolon_jose::Jws::parse(sent(&server, "POST /token")[0].header("dpop").unwrap()).unwrap();
    assert_eq!(header.header().alg.as_str(), "PS256");
}

#[tokio::test]
async fn a_proof_is_only_for_those_who_have_a_key() {
    let server = provider(json!({}), |_, _| tokens("Bearer"));
    let client = builder(&server).build().unwrap();
    let url = Url::parse("https://api.example/x").unwrap();
    let error = client.dpop_proof(&http::Method::GET, &url, None).await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)));
    let mut set = symbolon_client::TokenSet::new("at-1");
    set.token_type = "DPoP".into();
    assert!(matches!(client.user_info(&set).await.unwrap_err(), Error::Configuration(_)), "never as a bearer token");
    assert_eq!(server.count("GET /userinfo"), 0);
    assert!(Callback::parse("").state().is_none());
}
