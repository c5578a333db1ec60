//! Putting a request together.

use ::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use ::http::{HeaderName, HeaderValue, Method, Request};
use ::url::Url;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Serialize;

use crate::error::Error;

/// A request that was not sent yet. What cannot be put together is told when it is sent.
#[must_use]
#[derive(Clone)]
pub(crate) struct RequestBuilder {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    fault: Option<String>,
}

impl RequestBuilder {
    pub(super) fn new(method: Method, url: Url, headers: HeaderMap) -> Self {
        Self { method, url, headers, body: Bytes::new(), fault: None }
    }

    /// A request of the program's, to `url`.
    pub(crate) fn of(request: Request<Bytes>, url: Url) -> Self {
        let (parts, body) = request.into_parts();
        Self { method: parts.method, url, headers: parts.headers, body, fault: None }
    }

    pub(crate) fn method(&self) -> &Method {
        &self.method
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Sets a header, whose value counts as secret.
    pub(crate) fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                self.headers.insert(name, value);
            }
            _ => self.fault = Some(format!("the value of the header '{name}' has forbidden characters")),
        }
        self
    }

    /// RFC 6750 §2.1.
    pub(crate) fn bearer_auth(self, token: &str) -> Self {
        self.header(AUTHORIZATION, format!("Bearer {token}"))
    }

    /// The scheme `Basic`, with both parts as they are given.
    pub(crate) fn basic_auth(self, user: &str, password: &str) -> Self {
        let credentials = BASE64_STANDARD.encode(format!("{user}:{password}"));
        self.header(AUTHORIZATION, format!("Basic {credentials}"))
    }

    /// Sets the body to a form.
    pub(crate) fn form<N: AsRef<str>, V: AsRef<str>>(self, form: &[(N, V)]) -> Self {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(form);
        self.body(text.finish()).content_type("application/x-www-form-urlencoded")
    }

    pub(crate) fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.body(body).content_type("application/json"),
            Err(error) => {
                self.fault = Some(format!("the body cannot be written as JSON: {error}"));
                self
            }
        }
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    fn content_type(mut self, media_type: &'static str) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self
    }

    pub(super) fn build(self) -> Result<Request<Bytes>, Error> {
        if let Some(fault) = self.fault {
            return Err(Error::Argument(fault));
        }
        let mut url = self.url;
        url.set_fragment(None);
        let mut request = Request::builder().method(self.method).uri(url.as_str());
        if let Some(headers) = request.headers_mut() {
            *headers = self.headers;
        }
        // The URL may hold a token, so it stays out of the text.
        request.body(self.body).map_err(|_| Error::Argument("the address cannot be requested".to_owned()))
    }
}
