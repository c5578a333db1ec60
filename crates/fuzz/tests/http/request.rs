//! A request of the corpus, whose values may name what the pool has.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use http::{HeaderValue, Request};
use serde_json::Value;
use symbolon_fuzz::Mutator;

use super::pool::Pool;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listener {
    Public,
    Admin,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    None,
    Form(Vec<(String, String)>),
    Json(Value),
    Raw(Vec<u8>),
}

#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) listener: Listener,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) basic: Option<(String, String)>,
    pub(crate) content: Content,
}

/// A request that goes out.
pub(crate) struct Sent {
    pub(crate) listener: Listener,
    pub(crate) request: Request<Vec<u8>>,
}

// Enough to send it again.
impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body: String = String::from_utf8_lossy(self.request.body()).chars().take(1000).collect();
        let uri: String = self.request.uri().to_string().chars().take(2000).collect();
        write!(f, "{:?} {} {uri} {:?} {body:?}", self.listener, self.request.method(), self.request.headers())
    }
}

impl Template {
    pub(crate) fn new(listener: Listener, method: &str, path: &str) -> Self {
        let content = Content::None;
        let (method, path) = (method.to_owned(), path.to_owned());
        Self { listener, method, path, query: Vec::new(), headers: Vec::new(), basic: None, content }
    }

    pub(crate) fn query(mut self, pairs: &[(&str, &str)]) -> Self {
        self.query = owned(pairs);
        self
    }

    pub(crate) fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        self.content = Content::Form(owned(pairs));
        self
    }

    pub(crate) fn json(mut self, value: Value) -> Self {
        self.content = Content::Json(value);
        self
    }

    pub(crate) fn basic(mut self, user: &str, password: &str) -> Self {
        self.basic = Some((user.to_owned(), password.to_owned()));
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The request with what the pool has; `None` when it cannot be written as HTTP.
    pub(crate) fn fill(&self, pool: &Pool, mutator: &Mutator) -> Option<Sent> {
        let fill = |text: &str| filled(text, pool, mutator);
        let encode = |pairs: &[(String, String)]| {
            let mut encoded = form_urlencoded::Serializer::new(String::new());
            encoded.extend_pairs(pairs.iter().map(|(name, value)| (name, fill(value))));
            encoded.finish()
        };
        let path = fill(&self.path);
        let uri = if self.query.is_empty() { path } else { format!("{path}?{}", encode(&self.query)) };
        let mut request = Request::builder().method(self.method.as_bytes()).uri(uri).header(HOST, "127.0.0.1:4444");
        if let Some((user, password)) = &self.basic {
            let credentials = format!("{}:{}", fill(user), fill(password));
            request = request.header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(credentials)));
        }
        let cookies = pool.cookie_header();
        if !cookies.is_empty() && !self.headers.iter().any(|(name, _)| name == "cookie") {
            request = request.header(COOKIE, cookies);
        }
        for (name, value) in &self.headers {
            request = request.header(name, HeaderValue::from_str(&fill(value)).ok()?);
        }
        let (kind, body) = match &self.content {
            Content::None => (None, Vec::new()),
            Content::Form(pairs) => (Some("application/x-www-form-urlencoded"), encode(pairs).into_bytes()),
            Content::Json(value) => (Some("application/json"), fill(&value.to_string()).into_bytes()),
            Content::Raw(bytes) => (None, bytes.clone()),
        };
        if let Some(kind) = kind.filter(|_| !self.headers.iter().any(|(name, _)| name == "content-type")) {
            request = request.header(CONTENT_TYPE, kind);
        }
        Some(Sent { listener: self.listener, request: request.body(body).ok()? })
    }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// `{$name}` becomes the pool's latest value of that name, or any value when it has none.
fn filled(text: &str, pool: &Pool, mutator: &Mutator) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{$") {
        result.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        match pool.latest(name) {
            Some(value) => result.push_str(value),
            None => result.push_str(&pool.any(mutator)),
        }
        rest = after;
    }
    result.push_str(rest);
    result
}
