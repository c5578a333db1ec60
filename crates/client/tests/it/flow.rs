//! The code flow against a provider whose every answer the test decides.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use symbolon_client::{AuthorizationRequest, Callback, Client, Clock, Error, IdTokenFault, Url};
use symbolon_jose::{Algorithm, SigningKey, digest};

use crate::server::{Received, Server, answer, json};

const NOW: i64 = 1_800_000_000;

static KEYS: [std::sync::OnceLock<SigningKey>; 2] = [const { std::sync::OnceLock::new() }; 2];

fn key(index: usize) -> &'static SigningKey {
    KEYS[index].get_or_init(|| SigningKey::generate(Algorithm::ES256, format!("key-{index}")).unwrap())
}

/// What may differ from a good provider.
#[derive(Default)]
struct Behaviour {
    /// Members of the ID token, over the good ones.
    claims: Value,
    /// Members of the token answer, over the good ones; `null` removes.
    answer: Value,
    /// The subject that userinfo tells.
    userinfo_subject: Option<&'static str>,
    /// With how many answers of the key set the second key is still missing.
    late_keys: usize,
    /// Which key signs.
    signing_key: usize,
    /// Members of the metadata, over the good ones.
    metadata: Value,
}

/// The nonce of the last authorization URL, as a provider would remember it.
static NONCE: Mutex<String> = Mutex::new(String::new());

fn merge(base: &mut Value, over: &Value) {
    for (name, value) in over.as_object().into_iter().flatten() {
        base[name] = value.clone();
    }
    if let Some(members) = base.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}

fn provider(behaviour: Behaviour) -> Server {
    let key_requests = AtomicUsize::new(0);
    Server::start(move |request: &Received, url: &str| {
        let path = request.line.split_once(' ').unwrap().1;
        match path {
            "/.well-known/openid-configuration" => {
                let mut metadata = json!({
                    "issuer": url, "authorization_endpoint": format!("{url}/auth?tenant=1"),
                    "token_endpoint": format!("{url}/token"), "jwks_uri": format!("{url}/keys"),
                    "userinfo_endpoint": format!("{url}/userinfo"), "revocation_endpoint": format!("{url}/revoke"),
                });
                merge(&mut metadata, &behaviour.metadata);
                json(200, &metadata)
            }
            "/keys" => {
                let both = key_requests.fetch_add(1, Ordering::SeqCst) >= behaviour.late_keys;
                let keys: Vec<_> = (0..if both { 2 } else { 1 }).map(|index| key(index).public_jwk()).collect();
                json(200, &json!({ "keys": keys }))
            }
            "/token" => {
                let mut claims = json!({
                    "iss": url, "sub": "alice", "aud": "app", "iat": NOW, "exp": NOW + 60,
                    "nonce": *NONCE.lock().unwrap(),
                });
                if request.body.contains("grant_type=refresh_token") {
                    claims.as_object_mut().unwrap().remove("nonce");
                }
                merge(&mut claims, &behaviour.claims);
                let mut tokens = json!({
                    "access_token": "at-1", "token_type": "bearer", "expires_in": 60, "refresh_token": "rt-1",
                    "id_token": key(behaviour.signing_key).sign(Some("JWT"), &claims).unwrap(),
                });
                merge(&mut tokens, &behaviour.answer);
                json(200, &tokens)
            }
            "/userinfo" => {
                json(200, &json!({ "sub": behaviour.userinfo_subject.unwrap_or("alice"), "email": "a@b.c" }))
            }
            _ => answer(200, "", ""),
        }
    })
}

fn client(server: &Server) -> Client {
    Client::builder(&server.url, "app")
        .client_secret("s:e c")
        .redirect_uri("https://app.example/cb")
        .without_proxy()
        .clock(Clock::custom(|| NOW))
        .build()
        .unwrap()
}

/// One test at a time may use the shared nonce.
static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

async fn redeem(server: &Server, client: &Client) -> Result<symbolon_client::TokenSet, Error> {
    let (url, pending) = client.authorization_url(&AuthorizationRequest::new("openid email")).await?;
    assert!(url.as_str().starts_with(&format!("{}/auth?tenant=1&", server.url)));
    *NONCE.lock().unwrap() = parameter(&url, "nonce");
    let callback = format!("code=the-code&state={}", pending.state());
    client.redeem(&pending, &Callback::parse(&callback)).await
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned()
}

#[tokio::test]
async fn code_becomes_checked_tokens() {
    let _one = ONE.lock().await;
    let server = provider(Behaviour::default());
    let client = client(&server);
    let tokens = redeem(&server, &client).await.unwrap();
    assert_eq!(tokens.expires_at, Some(NOW + 60));
    assert_eq!(tokens.scope.to_string(), "openid email", "as requested, since the answer does not say");
    assert_eq!(tokens.id_token.as_ref().unwrap().claims.subject, "alice");
    assert_eq!(client.user_info(&tokens).await.unwrap().all["email"], "a@b.c");

    let next = client.refresh(&tokens).await.unwrap();
    assert!(next.id_token.is_some());
    client.revoke("rt-1").await.unwrap();
    let credentials = "Basic YXBwOnMlM0FlK2M=";
    for request in server.received().iter().filter(|request| request.line.starts_with("POST")) {
        assert_eq!(request.authorization, credentials, "form-encoded, then base64");
    }
    assert_eq!((server.count("GET /.well-known/"), server.count("GET /keys")), (1, 1), "fetched once and kept");
}

#[tokio::test]
async fn challenge_belongs_to_the_verifier() {
    let _one = ONE.lock().await;
    let server = provider(Behaviour::default());
    let client = client(&server);
    let (url, pending) = client.authorization_url(&AuthorizationRequest::default()).await.unwrap();
    *NONCE.lock().unwrap() = parameter(&url, "nonce");
    client.redeem(&pending, &Callback::parse(&format!("code=c&state={}", pending.state()))).await.unwrap();
    let received = server.received();
    let body = &received.iter().find(|request| request.line == "POST /token").unwrap().body;
    let verifier = body.split('&').find_map(|pair| pair.strip_prefix("code_verifier=")).unwrap();
    assert_eq!(parameter(&url, "code_challenge"), digest::base64url(&digest::sha256(verifier.as_bytes())));
    assert_eq!(parameter(&url, "code_challenge_method"), "S256");
}

#[tokio::test]
async fn id_token_that_does_not_fit_is_refused() {
    let _one = ONE.lock().await;
    let cases = [
        (json!({ "nonce": "other" }), IdTokenFault::Nonce),
        (json!({ "nonce": null }), IdTokenFault::Nonce),
        (json!({ "nonce": "" }), IdTokenFault::Nonce),
        (json!({ "aud": "other" }), IdTokenFault::Audience),
        (json!({ "exp": NOW - 61 }), IdTokenFault::Expired),
        (json!({ "iss": "https://evil.example" }), IdTokenFault::Issuer("https://evil.example".to_owned())),
        (json!({ "at_hash": "AAAA" }), IdTokenFault::AccessTokenHash),
    ];
    for (claims, fault) in cases {
        let server = provider(Behaviour { claims, ..Behaviour::default() });
        let error = redeem(&server, &client(&server)).await.unwrap_err();
        assert_eq!(error, Error::IdToken(fault));
    }
    let server = provider(Behaviour { answer: json!({ "id_token": null }), ..Behaviour::default() });
    let error = redeem(&server, &client(&server)).await.unwrap_err();
    assert_eq!(error, Error::IdToken(IdTokenFault::Missing));
}

#[tokio::test]
async fn unknown_key_is_looked_up_again() {
    let _one = ONE.lock().await;
    let server = provider(Behaviour { late_keys: 1, signing_key: 1, ..Behaviour::default() });
    let now = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(NOW));
    let reading = std::sync::Arc::clone(&now);
    let client = Client::builder(&server.url, "app")
        .redirect_uri("https://app.example/cb")
        .without_proxy()
        .clock(Clock::custom(move || reading.load(Ordering::SeqCst)))
        .build()
        .unwrap();
    assert!(redeem(&server, &client).await.is_err(), "the first set lacks the key");
    assert!(redeem(&server, &client).await.is_err(), "not asked again at once");
    assert_eq!(server.count("GET /keys"), 1);
    now.fetch_add(5, Ordering::SeqCst);
    redeem(&server, &client).await.unwrap();
    assert_eq!(server.count("GET /keys"), 2);
}

#[tokio::test]
async fn profile_of_somebody_else_is_refused() {
    let _one = ONE.lock().await;
    let server = provider(Behaviour { userinfo_subject: Some("bob"), ..Behaviour::default() });
    let client = client(&server);
    let tokens = redeem(&server, &client).await.unwrap();
    assert_eq!(client.user_info(&tokens).await.unwrap_err(), Error::SubjectMismatch);
}

#[tokio::test]
async fn callback_of_another_issuer_sends_nothing() {
    let _one = ONE.lock().await;
    let metadata = json!({ "authorization_response_iss_parameter_supported": true });
    let server = provider(Behaviour { metadata, ..Behaviour::default() });
    let client = client(&server);
    let (_, pending) = client.authorization_url(&AuthorizationRequest::default()).await.unwrap();
    for issuer in ["", "&iss=https%3A%2F%2Fevil.example"] {
        let callback = Callback::parse(&format!("code=c&state={}{issuer}", pending.state()));
        let error = client.redeem(&pending, &callback).await.unwrap_err();
        assert!(matches!(error, Error::IssuerMismatch { .. }), "{error}");
    }
    assert_eq!(server.count("POST"), 0);
}
