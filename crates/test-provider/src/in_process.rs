//! Requests to the server without a connection: what the kit itself asks, and what a person's browser does.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use symbolon_server::{Forerunner as _, Port, Routes, Server};

use crate::requests::Requests;

/// Both ports of a server.
pub(crate) struct InProcess {
    public: Routes,
    admin: Routes,
    requests: Arc<Requests>,
    host: String,
}

/// An answer, as a whole.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl InProcess {
    pub(crate) fn new(server: &Server, requests: Arc<Requests>, public_url: &str) -> Self {
        let host = public_url.trim_start_matches("http://").to_owned();
        Self { public: server.public_routes(), admin: server.admin_routes(), requests, host }
    }

    /// Asks the admin port; the answer's JSON, or `Null` where it has none. Panics with what the server said when it
    /// refuses.
    pub(crate) async fn admin(&self, method: Method, target: &str, body: Option<&Value>) -> Value {
        let reply = self.try_admin(method.clone(), target, body).await;
        assert!(reply.status.is_success(), "{method} {target}: {} {}", reply.status, reply.text);
        serde_json::from_str(&reply.text).unwrap_or(Value::Null)
    }

    /// Asks the admin port.
    pub(crate) async fn try_admin(&self, method: Method, target: &str, body: Option<&Value>) -> Reply {
        let body = body.map(ToString::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header(HOST, "127.0.0.1")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)));
        let request = request.unwrap_or_else(|fault| panic!("{target} cannot be asked for: {fault}"));
        reply(self.admin.answer(request).await).await
    }

    /// What introspection says of a token.
    pub(crate) async fn introspect(&self, token: &str) -> Value {
        let form = form_urlencoded::Serializer::new(String::new()).append_pair("token", token).finish();
        let request = Request::post("/admin/oauth2/introspect")
            .header(HOST, "127.0.0.1")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(form)));
        let request = request.unwrap_or_else(|fault| panic!("introspection cannot be asked: {fault}"));
        let reply = reply(self.admin.answer(request).await).await;
        serde_json::from_str(&reply.text).unwrap_or_else(|_| panic!("introspection says: {}", reply.text))
    }

    /// What a browser gets from the public port. It counts among the provider's requests like any other.
    pub(crate) async fn page(&self, target: &str, cookies: &str) -> Reply {
        let mut request = Request::builder().uri(target).header(HOST, &self.host);
        if !cookies.is_empty() {
            request = request.header(http::header::COOKIE, cookies);
        }
        let request = request.body(Full::new(Bytes::new()));
        let request = request.unwrap_or_else(|fault| panic!("{target} cannot be asked for: {fault}"));
        let (parts, body) = request.into_parts();
        if let Some(answer) = self.requests.meet(Port::Public, &parts).await {
            return reply(answer.map(Full::new)).await;
        }
        reply(self.public.answer(Request::from_parts(parts, body)).await).await
    }
}

async fn reply<B>(answer: http::Response<B>) -> Reply
where
    B: BodyExt<Data = Bytes>,
    B::Error: std::fmt::Display,
{
    let (parts, body) = answer.into_parts();
    let bytes =
        body.collect().await.unwrap_or_else(|fault| panic!("the server's answer breaks off: {fault}")).to_bytes();
    Reply { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

impl Reply {
    /// A header of the answer; the first one where there are several.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(HeaderValue::to_str).and_then(Result::ok)
    }
}
