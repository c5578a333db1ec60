//! Which requests reached the provider, and which of them shall fail: whoever tests a client wants to see how often it
//! asks, and what it does when nobody answers.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri};
use parking_lot::Mutex;
use serde_json::{Value, json};
use symbolon_server::{Forerunner, Port};
use tokio::sync::watch;

/// The head of a request that reached the provider.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestHead {
    /// Its method.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// All header fields.
    pub headers: HeaderMap,
}

/// An answer in the place of the provider's.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use symbolon_test_provider::{Answer, TestProvider};
///
/// let provider = TestProvider::start().await;
/// provider.answer_next("/userinfo", Answer::new(200).body("text/html", "<h1>A proxy is in the way</h1>"));
/// provider.answer_next("/oauth2/token", Answer::new(429).header("retry-after", "1"));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Answer(Response<Bytes>);

impl Answer {
    /// An answer of this status with an empty body. Panics when there is no such status.
    pub fn new(status: u16) -> Self {
        let mut answer = Response::new(Bytes::new());
        *answer.status_mut() = StatusCode::from_u16(status).unwrap_or_else(|_| panic!("{status} is no HTTP status"));
        Self(answer)
    }

    /// Adds a header field. Panics when it is none.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => drop(self.0.headers_mut().append(name, value)),
            _ => panic!("'{name}: {value}' is no header field"),
        }
        self
    }

    /// With this body of this media type.
    #[must_use]
    pub fn body(self, media_type: &str, body: impl Into<Bytes>) -> Self {
        let mut answer = self.header(CONTENT_TYPE.as_str(), media_type);
        *answer.0.body_mut() = body.into();
        answer
    }

    /// With this JSON.
    #[must_use]
    pub fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }
}

/// What happens to a request.
enum Fault {
    Answered(Answer),
    Hanging,
}

/// What reached the provider so far, and what shall happen to the next ones.
pub(crate) struct Requests {
    heads: Mutex<Vec<RequestHead>>,
    faults: Mutex<HashMap<String, VecDeque<Fault>>>,
    stopped: watch::Receiver<bool>,
}

impl Requests {
    pub(crate) fn new(stopped: watch::Receiver<bool>) -> Self {
        Self { heads: Mutex::default(), faults: Mutex::default(), stopped }
    }

    pub(crate) fn of_path(&self, path: &str) -> Vec<RequestHead> {
        check(path);
        self.heads.lock().iter().filter(|head| head.uri.path() == path).cloned().collect()
    }

    pub(crate) fn fail(&self, path: &str, status: u16) {
        let error = if status < 500 { "invalid_request" } else { "server_error" };
        let answer = Answer::new(status).json(&json!({ "error": error, "error_description": "The test wants this." }));
        self.answer(path, answer);
    }

    pub(crate) fn answer(&self, path: &str, answer: Answer) {
        self.plan(path, Fault::Answered(answer));
    }

    pub(crate) fn hang(&self, path: &str) {
        self.plan(path, Fault::Hanging);
    }

    fn plan(&self, path: &str, fault: Fault) {
        check(path);
        self.faults.lock().entry(path.to_owned()).or_default().push_back(fault);
    }

    fn next_fault(&self, request: &Parts) -> Option<Fault> {
        let head =
            RequestHead { method: request.method.clone(), uri: request.uri.clone(), headers: request.headers.clone() };
        self.heads.lock().push(head);
        self.faults.lock().get_mut(request.uri.path())?.pop_front()
    }
}

impl Forerunner for Requests {
    fn meet<'a>(
        &'a self,
        _port: Port,
        request: &'a Parts,
    ) -> Pin<Box<dyn Future<Output = Option<Response<Bytes>>> + Send + 'a>> {
        Box::pin(async move {
            match self.next_fault(request)? {
                Fault::Answered(answer) => Some(answer.0),
                Fault::Hanging => {
                    // Until the provider is gone: then nobody has to wait for this one.
                    let _ = self.stopped.clone().wait_for(|stopped| *stopped).await;
                    Some(Answer::new(503).0)
                }
            }
        })
    }
}

/// A path that no request has would only make a test pass that shows nothing.
fn check(path: &str) {
    assert!(path.starts_with('/') && !path.contains(['?', '#']), "'{path}' is no path, as '/oauth2/token' is");
}
