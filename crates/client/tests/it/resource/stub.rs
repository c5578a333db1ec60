//! A provider with keys and an introspection endpoint, and the tokens it issues.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::{Map, Value, json};
use symbolon_client::{Client, ClientBuilder, Clock};
use symbolon_jose::{Algorithm, SigningKey, digest};

use crate::server::{Received, Server, answer, json as json_answer};

pub(super) const START: i64 = 1_800_000_000;
/// What the API of the tests is called.
pub(super) const RESOURCE: &str = "https://api.example/notes";

/// A key pair that is made once.
pub(super) fn key(index: usize) -> &'static SigningKey {
    static KEYS: [OnceLock<SigningKey>; 4] = [const { OnceLock::new() }; 4];
    KEYS[index].get_or_init(|| SigningKey::generate(Algorithm::ES256, format!("key-{index}")).unwrap())
}

/// The answers to introspection, by token.
type Answers = Arc<Mutex<HashMap<String, Value>>>;

pub(super) struct Issuer {
    pub(super) server: Server,
    pub(super) now: Arc<AtomicI64>,
    pub(super) answers: Answers,
    /// While it is set, everything but discovery is answered with 500.
    pub(super) is_down: Arc<AtomicBool>,
    /// While it is set, introspection does not answer at all.
    pub(super) hangs: Arc<AtomicBool>,
}

impl Issuer {
    pub(super) fn start() -> Self {
        let answers = Answers::default();
        let (is_down, hangs) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (known, down, silent) = (Arc::clone(&answers), Arc::clone(&is_down), Arc::clone(&hangs));
        let server = Server::start(move |request: &Received, url: &str| {
            let path = request.line.split_once(' ').unwrap().1;
            match path {
                "/.well-known/openid-configuration" => json_answer(
                    200,
                    &json!({
                        "issuer": url, "jwks_uri": format!("{url}/keys"),
                        "introspection_endpoint": format!("{url}/introspect"),
                    }),
                ),
                _ if down.load(Ordering::SeqCst) => answer(500, "", ""),
                "/keys" => json_answer(200, &json!({ "keys": [key(0).public_jwk()] })),
                "/introspect" => {
                    while silent.load(Ordering::SeqCst) {
                        std::thread::sleep(std::time::Duration::from_millis(5));
                    }
                    let body: HashMap<_, _> = form_of(&request.body);
                    let found = known.lock().unwrap().get(&body["token"]).cloned();
                    json_answer(200, &found.unwrap_or_else(|| json!({ "active": false })))
                }
                _ => answer(404, "", ""),
            }
        });
        Self { server, now: Arc::new(AtomicI64::new(START)), answers, is_down, hangs }
    }

    pub(super) fn advance(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    fn prepared(&self, builder: ClientBuilder) -> Client {
        let now = Arc::clone(&self.now);
        builder.without_proxy().retries(0).clock(Clock::custom(move || now.load(Ordering::SeqCst))).build().unwrap()
    }

    /// The client of an API that may ask about tokens.
    pub(super) fn registered(&self) -> Client {
        self.prepared(Client::builder(&self.server.url, "notes-api").client_secret("s:e c"))
    }

    pub(super) fn unregistered(&self) -> Client {
        self.prepared(Client::unregistered(&self.server.url))
    }

    /// The claims of a good token with these changes; `null` removes.
    pub(super) fn claims(&self, changes: &Value) -> Map<String, Value> {
        let mut claims = json!({
            "iss": self.server.url, "sub": "alice", "aud": RESOURCE, "exp": START + 600, "iat": START,
            "client_id": "app", "scope": "notes.read",
        });
        let claims = claims.as_object_mut().unwrap();
        claims.extend(changes.as_object().unwrap().clone());
        claims.retain(|_, value| !value.is_null());
        claims.clone()
    }

    /// A signed token.
    pub(super) fn token(&self, changes: &Value) -> String {
        key(0).sign(Some("at+jwt"), &self.claims(changes)).unwrap()
    }

    /// An opaque token that introspection knows.
    pub(super) fn opaque(&self, token: &str, changes: &Value) -> String {
        let mut members = self.claims(changes);
        members.entry("active").or_insert(json!(true));
        self.answers.lock().unwrap().insert(token.to_owned(), Value::Object(members));
        token.to_owned()
    }

    /// How often it was asked about tokens.
    pub(super) fn questions(&self) -> usize {
        self.server.count("POST /introspect")
    }
}

/// The parameters of a form, without escapes that the tests do not use.
pub(super) fn form_of(body: &str) -> HashMap<String, String> {
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The thumbprint of a key.
pub(super) fn thumbprint(key: &SigningKey) -> String {
    key.public_jwk().thumbprint()
}

/// A DPoP proof with any header and claims.
pub(super) fn proof(signer: &SigningKey, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| digest::base64url(value.to_string().as_bytes());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = signer.sign_bytes(message.as_bytes()).unwrap();
    format!("{message}.{}", digest::base64url(&signature))
}

/// The header and the claims of a good proof for `GET` of the API.
pub(super) fn proof_parts(signer: &SigningKey, token: &str, identifier: &str) -> (Value, Value) {
    let header = json!({ "typ": "dpop+jwt", "alg": signer.algorithm(), "jwk": signer.public_jwk() });
    let claims = json!({
        "htm": "GET", "htu": RESOURCE, "iat": START, "jti": identifier,
        "ath": digest::base64url(&digest::sha256(token.as_bytes())),
    });
    (header, claims)
}

/// A good proof for `GET` of the API.
pub(super) fn good_proof(signer: &SigningKey, token: &str, identifier: &str) -> String {
    let (header, claims) = proof_parts(signer, token, identifier);
    proof(signer, &header, &claims)
}
