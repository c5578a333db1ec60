//! The grants and their neighbours, against a provider whose every answer the test decides, in a time that passes only
//! when somebody waits.

mod ciba;
mod client_credentials;
mod device;
mod exchange;
mod extension;
mod introspection;
mod jwt_bearer;
mod refresh;
mod source;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};
use symbolon_client::{BackgroundFuture, Client, ClientBuilder, Clock, Error, Runtime, SleepFuture};
use symbolon_jose::{Algorithm, SigningKey};

use crate::server::{Received, Server, json};

const NOW: i64 = 1_800_000_000;
/// `app` and `s:e c`, form-encoded, then base64.
const CREDENTIALS: &str = "Basic YXBwOnMlM0FlK2M=";

/// A clock that waiting moves.
#[derive(Clone)]
struct Time {
    now: Arc<AtomicI64>,
    /// Every pause that was made, in seconds.
    pauses: Arc<Mutex<Vec<u64>>>,
}

impl Time {
    fn advance(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    fn pauses(&self) -> Vec<u64> {
        self.pauses.lock().unwrap().clone()
    }
}

impl Runtime for Time {
    fn spawn(&self, work: BackgroundFuture) {
        tokio::spawn(work);
    }

    fn sleep(&self, pause: Duration) -> SleepFuture {
        let time = self.clone();
        Box::pin(async move {
            time.pauses.lock().unwrap().push(pause.as_secs());
            time.advance(i64::try_from(pause.as_secs()).unwrap());
            tokio::task::yield_now().await;
        })
    }
}

struct Issuer {
    server: Server,
    time: Time,
}

impl Issuer {
    /// Every endpoint but those of discovery answers with what `answer` gives for a request, the number of those to the
    /// same path before it, and the issuer. No bytes: the connection breaks.
    fn start(answer: impl Fn(&Received, usize, &str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let counts = Mutex::new(HashMap::new());
        let server = Server::start(move |request, url| match request.line.split_once(' ').unwrap().1 {
            "/.well-known/openid-configuration" => json(200, &metadata(url)),
            "/keys" => json(200, &json!({ "keys": [key().public_jwk()] })),
            path => {
                let count = {
                    let mut counts = counts.lock().unwrap();
                    let count: &mut usize = counts.entry(path.to_owned()).or_default();
                    *count += 1;
                    *count - 1
                };
                answer(request, count, url)
            }
        });
        let time = Time { now: Arc::new(AtomicI64::new(NOW)), pauses: Arc::default() };
        Self { server, time }
    }

    /// Every endpoint gives the same.
    fn always(status: u16, body: Value) -> Self {
        Self::start(move |_, _, _| json(status, &body))
    }

    fn client(&self) -> Client {
        self.prepared(Client::builder(&self.server.url, "app").client_secret("s:e c"))
    }

    fn prepared(&self, builder: ClientBuilder) -> Client {
        let now = Arc::clone(&self.time.now);
        let clock = Clock::custom(move || now.load(Ordering::SeqCst));
        builder.without_proxy().clock(clock).runtime(self.time.clone()).retries(0).build().unwrap()
    }

    /// The bodies that were posted to `path`, in order.
    fn bodies(&self, path: &str) -> Vec<String> {
        let line = format!("POST {path}");
        self.server.received().into_iter().filter(|request| request.line == line).map(|request| request.body).collect()
    }

    /// The only request to `path`.
    fn only(&self, path: &str) -> Received {
        let line = format!("POST {path}");
        let mut found = self.server.received().into_iter().filter(|request| request.line == line);
        let only = found.next().unwrap();
        assert!(found.next().is_none(), "asked once");
        only
    }
}

fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(Algorithm::ES256, "key".to_owned()).unwrap())
}

fn metadata(url: &str) -> Value {
    json!({
        "issuer": url, "jwks_uri": format!("{url}/keys"), "token_endpoint": format!("{url}/token"),
        "device_authorization_endpoint": format!("{url}/device"),
        "backchannel_authentication_endpoint": format!("{url}/backchannel"),
        "introspection_endpoint": format!("{url}/introspect"), "revocation_endpoint": format!("{url}/revoke"),
    })
}

/// A good ID token but for the `changes`; `null` removes.
fn id_token(issuer: &str, changes: &Value) -> String {
    let mut claims = json!({ "iss": issuer, "sub": "alice", "aud": "app", "iat": NOW, "exp": NOW + 100_000 });
    merge(&mut claims, changes);
    key().sign(Some("JWT"), &claims).unwrap()
}

fn merge(base: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().into_iter().flatten() {
        base[name] = value.clone();
    }
    base.as_object_mut().unwrap().retain(|_, value| !value.is_null());
}

fn tokens() -> Value {
    json!({ "access_token": "at-1", "token_type": "Bearer", "expires_in": 3600 })
}

fn refusal(code: &str) -> Vec<u8> {
    json(400, &json!({ "error": code, "error_description": "No." }))
}

/// What was refused, with the code.
fn code(error: &Error) -> &str {
    error.code().unwrap_or_else(|| panic!("{error}"))
}
