//! The metadata and the keys: fetched once for everybody who waits, kept for their time, looked for again when there is a
//! reason, and bounded when the provider fails, hangs or is forged.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use symbolon_client::{
    AuthorizationRequest, BackgroundFuture, Callback, Client, ClientBuilder, Clock, Error, IdTokenFault, Runtime,
    SleepFuture, TokenSet,
};

use crate::server::{Received, Server, answer, json as json_answer};
use crate::web::{NOW, key, signed};

const DOCUMENT: &str = "GET /.well-known/openid-configuration";
const KEYS: &str = "GET /keys";
const YEAR: i64 = 365 * 24 * 3600;

/// What the provider does now.
struct Behaviour {
    /// The key set.
    keys: Mutex<Value>,
    /// Which key signs, and the `kid` that the header names.
    signs: Mutex<(&'static str, Value)>,
    /// What the key set and the document are answered with instead.
    keys_answer: Mutex<Option<Vec<u8>>>,
    document_answer: Mutex<Option<Vec<u8>>>,
    /// Whether a request for them is accepted and never answered.
    keys_hang: AtomicBool,
    document_hangs: AtomicBool,
}

struct Stub {
    server: Server,
    behaviour: Arc<Behaviour>,
    now: Arc<AtomicI64>,
}

/// A key of the test as it is published, by that name.
fn published(kind: &str, name: &Value) -> Value {
    let mut jwk = serde_json::to_value(key(kind).public_jwk()).unwrap();
    jwk["kid"] = name.clone();
    jwk.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    jwk
}

impl Stub {
    fn start() -> Self {
        let behaviour = Arc::new(Behaviour {
            keys: Mutex::new(json!({ "keys": [published("RS256", &json!("k"))] })),
            signs: Mutex::new(("RS256", json!("k"))),
            keys_answer: Mutex::default(),
            document_answer: Mutex::default(),
            keys_hang: AtomicBool::default(),
            document_hangs: AtomicBool::default(),
        });
        let now = Arc::new(AtomicI64::new(NOW));
        let (told, clock) = (Arc::clone(&behaviour), Arc::clone(&now));
        let server = Server::start_raw(move |request, url, stream| {
            let hangs = match request.line.as_str() {
                KEYS => &told.keys_hang,
                DOCUMENT => &told.document_hangs,
                _ => &AtomicBool::new(false),
            };
            if hangs.load(Ordering::SeqCst) {
                // Until the client goes away.
                let _ = std::io::Read::read(stream, &mut [0]);
                return;
            }
            let answer = told.answer(request, url, clock.load(Ordering::SeqCst));
            let _ = std::io::Write::write_all(stream, &answer);
        });
        Self { server, behaviour, now }
    }

    fn builder(&self) -> ClientBuilder {
        let now = Arc::clone(&self.now);
        Client::builder(&self.server.url, "app")
            .redirect_uri("https://app.example/cb")
            .without_proxy()
            .runtime(ShortPauses)
            .clock(Clock::custom(move || now.load(Ordering::SeqCst)))
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// Moves the clock of the client and of the provider.
    fn advance(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    fn publish(&self, keys: &[Value]) {
        *self.behaviour.keys.lock().unwrap() = json!({ "keys": keys });
    }

    fn sign_with(&self, kind: &'static str, name: Value) {
        *self.behaviour.signs.lock().unwrap() = (kind, name);
    }

    fn answer_keys(&self, answer: Option<Vec<u8>>) {
        *self.behaviour.keys_answer.lock().unwrap() = answer;
    }

    fn answer_document(&self, answer: Option<Vec<u8>>) {
        *self.behaviour.document_answer.lock().unwrap() = answer;
    }
}

impl Behaviour {
    fn answer(&self, request: &Received, url: &str, now: i64) -> Vec<u8> {
        match request.line.as_str() {
            DOCUMENT => self.document_answer.lock().unwrap().clone().unwrap_or_else(|| {
                let document = json!({
                    "issuer": url, "authorization_endpoint": format!("{url}/auth"), "token_endpoint": format!("{url}/token"),
                    "jwks_uri": format!("{url}/keys"),
                });
                json_answer(200, &document)
            }),
            KEYS => {
                let instead = self.keys_answer.lock().unwrap().clone();
                instead.unwrap_or_else(|| json_answer(200, &self.keys.lock().unwrap()))
            }
            _ => {
                // The code is the nonce, so that logins need not wait for each other.
                let code = request.body.split('&').find_map(|pair| pair.strip_prefix("code=")).unwrap_or_default();
                let (kind, name) = self.signs.lock().unwrap().clone();
                let claims = json!({
                    "iss": url, "sub": "ada", "aud": "app", "iat": now, "exp": now + 60, "nonce": code,
                });
                let id_token = signed(kind, &json!({ "kid": name, "typ": "JWT" }), &claims);
                json_answer(200, &json!({ "access_token": "at", "token_type": "Bearer", "id_token": id_token }))
            }
        }
    }
}

/// Every pause is over after a fifth of a second: a test does not wait longer.
struct ShortPauses;

impl Runtime for ShortPauses {
    fn spawn(&self, work: BackgroundFuture) {
        tokio::spawn(work);
    }

    fn sleep(&self, _: Duration) -> SleepFuture {
        Box::pin(tokio::time::sleep(Duration::from_millis(200)))
    }
}

async fn log_in(client: &Client) -> Result<TokenSet, Error> {
    let (url, pending) = client.authorization_url(&AuthorizationRequest::new("openid")).await?;
    let nonce = url.query_pairs().find(|(name, _)| name == "nonce").unwrap().1.into_owned();
    client.redeem(&pending, &Callback::parse(&format!("code={nonce}&state={}", pending.state()))).await
}

fn is_signature_fault(outcome: &Result<TokenSet, Error>) -> bool {
    matches!(outcome, Err(Error::IdToken(IdTokenFault::Signature(_))))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_logins_make_one_fetch_of_each() {
    let stub = Stub::start();
    let client = stub.client();
    let logins: Vec<_> = (0..200)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { log_in(&client).await })
        })
        .collect();
    for login in logins {
        login.await.unwrap().unwrap();
    }
    assert_eq!((stub.server.count(DOCUMENT), stub.server.count(KEYS)), (1, 1));
    assert_eq!(stub.server.count("POST /token"), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_who_wait_for_a_document_that_fails_make_one_fetch() {
    let stub = Stub::start();
    stub.answer_document(Some(answer(500, "", "")));
    let client = stub.client();
    let waiting: Vec<_> = (0..200)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.metadata().await })
        })
        .collect();
    for outcome in waiting {
        assert_eq!(outcome.await.unwrap().unwrap_err().status(), Some(500));
    }
    let count = stub.server.count(DOCUMENT);
    assert!(count < 20, "{count} fetches: who came while one ran had to wait for it");
}

#[tokio::test]
async fn a_withdrawn_key_ends() {
    let stub = Stub::start();
    let client = stub.client();
    log_in(&client).await.unwrap();
    stub.publish(&[published("other RS256", &json!("k2"))]);
    stub.advance(YEAR);
    assert!(is_signature_fault(&log_in(&client).await));
    stub.sign_with("other RS256", json!("k2"));
    log_in(&client).await.unwrap();
}

/// Within an hour, whatever the provider's key set says about itself.
#[tokio::test]
async fn a_withdrawn_key_ends_within_the_hour() {
    let stub = Stub::start();
    let client = stub.client();
    log_in(&client).await.unwrap();
    stub.publish(&[]);
    stub.advance(3600);
    assert!(is_signature_fault(&log_in(&client).await));
}

#[tokio::test]
async fn a_new_key_under_the_same_name_is_found() {
    for kid in [json!("k"), json!(null)] {
        let stub = Stub::start();
        stub.publish(&[published("RS256", &kid)]);
        stub.sign_with("RS256", kid.clone());
        let client = stub.client();
        log_in(&client).await.unwrap();
        stub.publish(&[published("other RS256", &kid)]);
        stub.sign_with("other RS256", kid.clone());
        stub.advance(6);
        log_in(&client).await.unwrap_or_else(|error| panic!("{kid}: {error}"));
        assert_eq!(stub.server.count(KEYS), 2, "{kid}");
    }
}

#[tokio::test]
async fn a_new_key_is_found_at_once_by_its_name() {
    let stub = Stub::start();
    let client = stub.client();
    log_in(&client).await.unwrap();
    stub.publish(&[published("RS256", &json!("k")), published("ES256", &json!("k2"))]);
    stub.sign_with("ES256", json!("k2"));
    stub.advance(6);
    log_in(&client).await.unwrap();
    assert_eq!(stub.server.count(KEYS), 2);
}

#[tokio::test]
async fn forged_tokens_do_not_make_the_client_a_load_generator() {
    let stub = Stub::start();
    let client = stub.client();
    log_in(&client).await.unwrap();
    stub.advance(6);
    for count in 0..20 {
        stub.sign_with("other RS256", json!(format!("forged {count}")));
        assert!(is_signature_fault(&log_in(&client).await));
        stub.sign_with("other RS256", json!("k"));
        assert!(is_signature_fault(&log_in(&client).await));
    }
    assert_eq!(stub.server.count(KEYS), 2);
    stub.sign_with("RS256", json!("k"));
    log_in(&client).await.unwrap();
}

#[tokio::test]
async fn a_key_set_that_fails_is_not_asked_by_every_login() {
    let stub = Stub::start();
    stub.answer_keys(Some(answer(503, "", "")));
    let client = stub.builder().retries(2).build().unwrap();
    for _ in 0..5 {
        assert_eq!(log_in(&client).await.unwrap_err().status(), Some(503));
    }
    assert_eq!(stub.server.count(KEYS), 3, "one fetch with its two retries");
    stub.answer_keys(None);
    stub.advance(31);
    log_in(&client).await.unwrap();
    assert_eq!(stub.server.count(KEYS), 4);
}

#[tokio::test]
async fn the_pause_after_a_failure_is_counted_from_its_end() {
    let stub = Stub::start();
    let client = stub.client();
    log_in(&client).await.unwrap();
    stub.answer_keys(Some(answer(500, "", "")));
    stub.advance(600);
    for _ in 0..5 {
        // The older set is still good while no newer one can be had.
        log_in(&client).await.unwrap();
    }
    assert_eq!(stub.server.count(KEYS), 2);
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_nobody_out() {
    let stub = Stub::start();
    let client = stub.client();
    log_in(&client).await.unwrap();
    stub.advance(-3600);
    stub.publish(&[published("other RS256", &json!("k2"))]);
    stub.sign_with("other RS256", json!("k2"));
    log_in(&client).await.unwrap();
}

#[tokio::test]
async fn a_key_set_that_hangs_does_not_stall_logins() {
    let stub = Stub::start();
    let client = stub.builder().timeout(Duration::from_secs(20)).build().unwrap();
    log_in(&client).await.unwrap();
    stub.behaviour.keys_hang.store(true, Ordering::SeqCst);
    stub.advance(600);
    let start = Instant::now();
    for _ in 0..3 {
        log_in(&client).await.unwrap();
    }
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(stub.server.count(KEYS), 2, "one that hangs is joined by the others");
}

#[tokio::test]
async fn discovery_that_hangs_does_not_stall_logins() {
    let stub = Stub::start();
    let lifetime = Duration::from_secs(1);
    let client = stub.builder().metadata_lifetime(lifetime).timeout(Duration::from_secs(20)).build().unwrap();
    log_in(&client).await.unwrap();
    stub.behaviour.document_hangs.store(true, Ordering::SeqCst);
    stub.advance(2);
    let start = Instant::now();
    for _ in 0..3 {
        client.authorization_url(&AuthorizationRequest::default()).await.unwrap();
    }
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert!(stub.server.count(DOCUMENT) <= 2);
}

#[tokio::test]
async fn a_page_in_place_of_the_document_leaves_the_older_one_in_use() {
    let stub = Stub::start();
    let client = stub.builder().metadata_lifetime(Duration::from_secs(60)).build().unwrap();
    let before = client.metadata().await.unwrap();
    let page = "<!doctype html><title>Maintenance</title>";
    let evil = json!({ "issuer": "https://evil.example", "token_endpoint": "https://evil.example/token" });
    for instead in [answer(200, "content-type: text/html\r\n", page), answer(503, "", ""), json_answer(200, &evil)] {
        stub.answer_document(Some(instead));
        stub.advance(61);
        let asked = stub.server.count(DOCUMENT);
        for _ in 0..5 {
            let metadata = client.metadata().await.unwrap();
            assert_eq!(metadata.token_endpoint, before.token_endpoint);
            until(|| stub.server.count(DOCUMENT) > asked).await;
        }
    }
    // A good one again: it is in use as soon as it has come.
    stub.answer_document(None);
    stub.advance(61);
    client.metadata().await.unwrap();
}

#[tokio::test]
async fn an_outage_of_discovery_ends_by_itself() {
    let stub = Stub::start();
    let client = stub.builder().metadata_lifetime(Duration::from_secs(60)).retries(0).build().unwrap();
    client.metadata().await.unwrap();
    stub.answer_document(Some(answer(500, "", "")));
    stub.advance(61);
    client.metadata().await.unwrap();
    until(|| stub.server.count(DOCUMENT) == 2).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    for _ in 0..5 {
        client.metadata().await.unwrap();
    }
    assert_eq!(stub.server.count(DOCUMENT), 2, "there is a pause after a failure");
    let moved = json!({ "issuer": stub.server.url, "token_endpoint": "https://new.example/token" });
    stub.answer_document(Some(json_answer(200, &moved)));
    stub.advance(31);
    client.metadata().await.unwrap();
    until(|| stub.server.count(DOCUMENT) == 3).await;
    let mut seen = None;
    for _ in 0..200 {
        seen = client.metadata().await.unwrap().token_endpoint.clone();
        if seen.as_deref() == Some("https://new.example/token") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(seen.as_deref(), Some("https://new.example/token"));
}

/// Waits for what happens in the background.
async fn until(happened: impl Fn() -> bool) {
    for _ in 0..500 {
        if happened() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen");
}
