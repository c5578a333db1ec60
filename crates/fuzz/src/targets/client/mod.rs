//! What the client crate is told by strangers: documents of providers, answers, tokens, and what a browser brings back. The
//! bytes go in where they would come in: as an answer of [`Answering`], the HTTP client of a `Client` that never leaves the
//! process, or as the argument of a call.

#![expect(clippy::expect_used, reason = "a target that panics has found a fault")]

mod documents;
mod grants;
mod modern;
mod received;
mod returns;
mod tokens;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use symbolon_client::{
    AdminClient, BackgroundFuture, Client, ClientBuilder, Clock, Error, HttpClient, HttpFuture, Limits, Runtime,
    SleepFuture, TransportError, TransportErrorKind,
};
use symbolon_jose::Rng;

pub use documents::{CLIENT_LIST, DISCOVERY_DOCUMENT, KEY_SET, REGISTRATION_ANSWER};
pub use grants::{BACKCHANNEL_ANSWER, DEVICE_ANSWER, EXCHANGE_ANSWER, INTROSPECTION_ANSWER};
pub use modern::{DPOP_ANSWER, PUSHED_ANSWER, SIGNED_RESPONSE};
pub use received::{API_REQUEST, BACKCHANNEL_NOTIFICATION, LOGIN_REQUEST};
pub use returns::{CALLBACK, PENDING_AUTHORIZATION, REFUSAL, TOKEN_SET};
pub use tokens::{ID_TOKEN, ID_TOKEN_CLAIMS, LOGOUT_TOKEN_CLAIMS, TOKEN_ANSWER, USER_INFO};

const ISSUER: &str = "https://as.example";
const NOW: i64 = 1_800_000_000;
/// Long enough for HMAC with SHA-256.
const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// The metadata of a provider without oddities.
const METADATA: &str = r#"{"issuer":"https://as.example","authorization_endpoint":"https://as.example/auth",
    "token_endpoint":"https://as.example/token","jwks_uri":"https://as.example/keys",
    "userinfo_endpoint":"https://as.example/userinfo","registration_endpoint":"https://as.example/register",
    "revocation_endpoint":"https://as.example/revoke","introspection_endpoint":"https://as.example/introspect",
    "end_session_endpoint":"https://as.example/logout","device_authorization_endpoint":"https://as.example/device",
    "backchannel_authentication_endpoint":"https://as.example/backchannel"}"#;
/// A public key, whose private half nobody has any more.
const KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"k"}]}"#;

/// Answers every request from a table of beginnings of paths; what is not there has nobody who listens.
#[derive(Clone, Default)]
struct Answering(Arc<Mutex<Vec<Row>>>);

type Row = (&'static str, http::Response<Bytes>);

impl Answering {
    /// A provider without oddities but for what stands at `path`.
    fn hostile_at(path: &'static str, answer: http::Response<Bytes>) -> Self {
        let answering = Self::default();
        answering.put(path, answer);
        answering.put("/.well-known/", ok(METADATA.as_bytes()));
        answering.put("/keys", ok(KEYS.as_bytes()));
        answering
    }

    /// What was put first counts.
    fn put(&self, path: &'static str, answer: http::Response<Bytes>) {
        if let Ok(mut table) = self.0.lock() {
            table.push((path, answer));
        }
    }
}

impl HttpClient for Answering {
    fn send(&self, request: http::Request<Bytes>, _: Limits) -> HttpFuture<'_> {
        let path = request.uri().path().to_owned();
        let found = self.0.lock().ok().and_then(|table| {
            table.iter().find(|(beginning, _)| path.starts_with(beginning)).map(|(_, answer)| answer.clone())
        });
        let nobody = || TransportError::new(TransportErrorKind::Connect, "nobody listens");
        Box::pin(async move { found.ok_or_else(nobody) })
    }
}

/// Tasks run on the thread that waits for them, and pauses are over at once.
struct AtOnce;

impl Runtime for AtOnce {
    fn spawn(&self, work: BackgroundFuture) {
        tokio::spawn(work);
    }

    fn sleep(&self, _: Duration) -> SleepFuture {
        Box::pin(std::future::ready(()))
    }
}

fn builder(answering: &Answering) -> ClientBuilder {
    Client::builder(ISSUER, "app")
        .client_secret(SECRET)
        .redirect_uri("https://app.example/cb")
        .http_client(answering.clone())
        .runtime(AtOnce)
        .retries(0)
        .rng(Rng::seeded(1))
        .clock(Clock::custom(|| NOW))
}

fn client(answering: &Answering) -> Option<Client> {
    builder(answering).build().ok()
}

fn admin(answering: &Answering) -> Option<AdminClient> {
    AdminClient::builder(ISSUER).http_client(answering.clone()).retries(0).build().ok()
}

/// Runs a call to its end.
fn run<T>(call: impl Future<Output = T>) -> Option<T> {
    thread_local! {
        static RUNTIME: Option<tokio::runtime::Runtime> = tokio::runtime::Builder::new_current_thread().build().ok();
    }
    RUNTIME.with(|runtime| runtime.as_ref().map(|runtime| runtime.block_on(call)))
}

/// A success with this body.
fn ok(body: &[u8]) -> http::Response<Bytes> {
    answer(b"200\ncontent-type: application/json", body)
}

/// An answer as the seeds write it: status, headers a line each, an empty line, the body. Bytes without an empty line are a body.
fn whole_answer(bytes: &[u8]) -> http::Response<Bytes> {
    match bytes.windows(2).position(|pair| pair == b"\n\n") {
        Some(end) => answer(&bytes[..end], &bytes[end + 2..]),
        None => ok(bytes),
    }
}

/// What stands before the first empty line, and what behind it.
fn head_and_body(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.windows(2).position(|pair| pair == b"\n\n") {
        Some(end) => (&bytes[..end], &bytes[end + 2..]),
        None => (bytes, b""),
    }
}

fn answer(head: &[u8], body: &[u8]) -> http::Response<Bytes> {
    let mut lines = head.split(|byte| *byte == b'\n');
    let status = lines.next().and_then(|line| http::StatusCode::from_bytes(line).ok()).unwrap_or(http::StatusCode::OK);
    let mut answer = http::Response::new(Bytes::copy_from_slice(body));
    *answer.status_mut() = status;
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = http::HeaderName::from_bytes(&line[..colon]);
        let value = http::HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}

/// An error has a text, and none of the secrets in it.
fn check_error(error: &Error) {
    let text = format!("{error} {error:?}");
    assert!(!text.contains(SECRET), "{text}");
    assert!(error.status() != Some(200) || error.code().is_some(), "{text}");
}
