//! Keys that one process fetched and the next one begins with.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use symbolon_client::{Client, ClientBuilder, Clock, Error, IdTokenFault, KeptKeys};

use crate::server::{Server, json};
use crate::web::{NOW, key, signed};

const KEYS: &str = "GET /keys";

fn start() -> Server {
    Server::start(|request, url| match request.line.as_str() {
        KEYS => {
            let useless = [json!({ "kty": "oct", "k": "c2VjcmV0" }), json!({ "kty": "from-tomorrow" }), json!(null)];
            let keys: Vec<_> = useless.into_iter().chain([json!(key("RS256").public_jwk())]).collect();
            json(200, &json!({ "keys": keys }))
        }
        _ => json(200, &json!({ "issuer": url, "jwks_uri": format!("{url}/keys") })),
    })
}

fn builder(server: &Server, now: &Arc<AtomicI64>) -> ClientBuilder {
    let now = Arc::clone(now);
    let clock = Clock::custom(move || now.load(Ordering::SeqCst));
    Client::builder(&server.url, "app").without_proxy().clock(clock).retries(0)
}

fn token(server: &Server, signer: &str) -> String {
    let kid = key("RS256").public_jwk().kid;
    let claims = json!({ "iss": server.url, "sub": "alice", "aud": "app", "iat": NOW, "exp": NOW + 100_000 });
    signed(signer, &json!({ "typ": "JWT", "kid": kid }), &claims)
}

#[tokio::test]
async fn the_next_process_begins_with_the_keys_of_the_last_one() {
    let (server, now) = (start(), Arc::new(AtomicI64::new(NOW)));
    let first = builder(&server, &now).build().unwrap();
    assert_eq!(first.kept_keys(), None, "none were needed yet");
    first.verify_id_token(&token(&server, "RS256"), None).await.unwrap();
    let stored = serde_json::to_value(first.kept_keys().unwrap()).unwrap();
    assert_eq!(stored["keys"].as_array().unwrap().len(), 1, "only what verifies something: {stored}");

    let kept: KeptKeys = serde_json::from_value(stored).unwrap();
    let second = builder(&server, &now).kept_keys(kept.clone()).build().unwrap();
    now.fetch_add(299, Ordering::SeqCst);
    second.verify_id_token(&token(&server, "RS256"), None).await.unwrap();
    assert_eq!((server.count(KEYS), second.kept_keys()), (1, Some(kept)));
    now.fetch_add(1, Ordering::SeqCst);
    second.verify_id_token(&token(&server, "RS256"), None).await.unwrap();
    assert_eq!(server.count(KEYS), 2, "they grow old as they did in the first process");
}

#[tokio::test]
async fn kept_keys_that_do_not_fit_are_looked_up_again() {
    let (server, now) = (start(), Arc::new(AtomicI64::new(NOW)));
    let kept = |fetched_at: i64, kind: &str| -> KeptKeys {
        let keys = [key(kind).public_jwk()];
        serde_json::from_value(json!({ "issuer": server.url, "fetched_at": fetched_at, "keys": keys })).unwrap()
    };
    for (keys, case) in [
        (kept(NOW - 60, "ES256"), "other keys"),
        (kept(NOW + 60, "RS256"), "keys of the future"),
        (kept(i64::MIN, "RS256"), "keys of long ago"),
        (kept(i64::MAX, "RS256"), "keys of the end of time"),
    ] {
        let before = server.count(KEYS);
        let client = builder(&server, &now).kept_keys(keys).build().unwrap();
        client.verify_id_token(&token(&server, "RS256"), None).await.unwrap();
        assert_eq!(server.count(KEYS), before + 1, "{case}");
        let error = client.verify_id_token(&token(&server, "ES256"), None).await.unwrap_err();
        assert!(matches!(error, Error::IdToken(IdTokenFault::Signature(_))), "{case}: {error}");
    }
}

#[tokio::test]
async fn keys_of_another_provider_are_refused() {
    let (server, now) = (start(), Arc::new(AtomicI64::new(NOW)));
    let foreign = json!({ "issuer": format!("{}/", server.url), "fetched_at": NOW, "keys": [] });
    let built = builder(&server, &now).kept_keys(serde_json::from_value(foreign).unwrap()).build();
    assert!(matches!(built, Err(Error::Configuration(reason)) if reason.contains(&server.url)));
    for broken in [json!(null), json!({}), json!([]), json!({ "issuer": "a", "fetched_at": "b", "keys": [] })] {
        assert!(serde_json::from_value::<KeptKeys>(broken).is_err());
    }
}
