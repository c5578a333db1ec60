//! One call of an operation, from its arguments to its result: the only place of the facade that makes requests.
//!
//! The table of [`super::operations`] says for each argument where it goes, which is the name of a method of [`Call`], and
//! for each result how the answer is read, which is one of [`Reply`].

use std::io;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use reqwest::{Method, Request};
use serde::Serialize;
use url::{Url, form_urlencoded};

use super::Error;
use super::configuration::Configuration;
use super::reply::Reply;
use crate::Limits;
use crate::authentication::form_encoded;
use crate::http::{Answer, join_segments, parse_url};
use crate::transport::exchange::{Fault, read};

/// The longest answer of the admin port, in bytes: a page of it may have a thousand clients.
const ADMINISTRATION_ANSWER_LIMIT_BYTES: usize = 16 << 20;

/// Which of the configured credentials an operation takes, in the order of preference. Never are two sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Credentials {
    /// None at all.
    Nobody,
    /// An initial access token, if there is one.
    Initial,
    /// The registration access token, else the client's own credentials.
    Management,
    /// The access token of a user.
    AccessToken,
    /// The client's own credentials, else a token.
    Client,
    /// A token for whatever guards the admin port.
    Administration,
}

/// A request before it is sent.
pub(super) struct Call {
    method: Method,
    template: &'static str,
    credentials: Credentials,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Body>,
}

enum Body {
    Form(Vec<(String, String)>),
    Json(serde_json::Result<Vec<u8>>),
}

/// Why there is no answer: the errors that have nothing to do with the operation.
pub(super) enum Unanswered {
    Reqwest(reqwest::Error),
    Serde(serde_json::Error),
    Io(io::Error),
}

impl Call {
    /// A call of `template`, a path whose segments in braces are the arguments of [`Call::path`] in their order.
    pub(super) fn new(method: Method, template: &'static str, credentials: Credentials) -> Self {
        Self { method, template, credentials, path: Vec::new(), query: Vec::new(), body: None }
    }

    /// The next segment in braces.
    pub(super) fn path(&mut self, _: &'static str, value: &str) {
        self.path.push(value.to_owned());
    }

    /// A parameter of the query; a list repeats it.
    pub(super) fn query(&mut self, name: &'static str, values: impl Values) {
        self.query.extend(values.values().into_iter().map(|value| (name, value)));
    }

    /// A parameter of the form; a list repeats it (RFC 8707 §2).
    pub(super) fn form(&mut self, name: &'static str, values: impl Values) {
        let pairs = values.values().into_iter().map(|value| (name.to_owned(), value));
        self.extend_form(pairs.collect());
    }

    /// A whole form.
    pub(super) fn parameters(&mut self, _: &'static str, parameters: &[(&str, &str)]) {
        let pairs = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.extend_form(pairs.collect());
    }

    fn extend_form(&mut self, pairs: Vec<(String, String)>) {
        match &mut self.body {
            Some(Body::Form(form)) => form.extend(pairs),
            body => *body = Some(Body::Form(pairs)),
        }
    }

    /// A JSON body.
    pub(super) fn json(&mut self, _: &'static str, body: impl Serialize) {
        self.body = Some(Body::Json(serde_json::to_vec(&body)));
    }

    /// A JSON body, or an object without members: the generated crate sends `null` then, which not every server takes.
    pub(super) fn json_or_empty(&mut self, name: &'static str, body: Option<impl Serialize>) {
        match body {
            Some(body) => self.json(name, body),
            None => self.json(name, serde_json::Map::new()),
        }
    }

    /// Sends it, and reads the answer as `read` does.
    pub(super) async fn send<T, E>(
        self,
        configuration: &Configuration,
        read: fn(Reply) -> Result<T, Error<E>>,
    ) -> Result<T, Error<E>> {
        read(self.transmit(configuration).await?)
    }

    /// Sends it; an answer of any status is one.
    pub(super) async fn transmit(self, configuration: &Configuration) -> Result<Reply, Unanswered> {
        let limit_bytes = match self.credentials {
            Credentials::Administration => ADMINISTRATION_ANSWER_LIMIT_BYTES,
            _ => Limits::default().answer_limit_bytes,
        };
        let request = self.request(configuration)?;
        let url = request.url().clone();
        let response = configuration.client.execute(request).await.map_err(Unanswered::Reqwest)?;
        let answer = read(response, limit_bytes).await.map_err(|fault| match fault {
            Fault::TooLarge(limit_bytes) => {
                let reason = format!("the answer is longer than {limit_bytes} bytes");
                Unanswered::Io(io::Error::new(io::ErrorKind::FileTooLarge, reason))
            }
            Fault::Library(error) => Unanswered::Reqwest(error),
        })?;
        let (parts, body) = answer.into_parts();
        Ok(Reply { answer: Answer { status: parts.status, headers: parts.headers, body }, url })
    }

    fn url(&self, configuration: &Configuration) -> Result<Url, Unanswered> {
        let refused = |error: crate::Error| Unanswered::Io(io::Error::new(io::ErrorKind::InvalidInput, error));
        let base = parse_url(&configuration.base_path, "the base path").map_err(refused)?;
        let mut arguments = self.path.iter();
        let segments = self.template.split('/').skip(1);
        let segments: Vec<&str> = segments
            .map(|segment| if segment.starts_with('{') { arguments.next().map_or("", String::as_str) } else { segment })
            .collect();
        let mut url = join_segments(&base, &segments).map_err(refused)?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    fn request(self, configuration: &Configuration) -> Result<Request, Unanswered> {
        let url = self.url(configuration)?;
        let mut request = configuration.client.request(self.method.clone(), url);
        if let Some(user_agent) = &configuration.user_agent {
            request = request.header(USER_AGENT, user_agent);
        }
        let (bearer, access) = (&configuration.bearer_access_token, &configuration.oauth_access_token);
        let (basic, token) = match self.credentials {
            Credentials::Nobody => (None, None),
            Credentials::Initial | Credentials::Administration => (None, bearer.as_ref()),
            Credentials::Management if bearer.is_none() && configuration.basic_auth.is_some() => {
                (configuration.basic_auth.as_ref(), None)
            }
            Credentials::Management => (None, bearer.as_ref().or(access.as_ref())),
            Credentials::AccessToken => (None, access.as_ref().or(bearer.as_ref())),
            Credentials::Client if configuration.basic_auth.is_some() => (configuration.basic_auth.as_ref(), None),
            Credentials::Client => (None, access.as_ref()),
        };
        if let Some((id, secret)) = basic {
            // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
            request = request.basic_auth(form_encoded(id), Some(form_encoded(secret.as_deref().unwrap_or_default())));
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let request = match self.body {
            Some(Body::Form(form)) => {
                let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
                request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
            }
            Some(Body::Json(body)) => {
                request.header(CONTENT_TYPE, "application/json").body(body.map_err(Unanswered::Serde)?)
            }
            // RFC 9110 §8.6: a method that is expected to have a body says so when it has none.
            None if matches!(self.method, Method::POST | Method::PUT) => request.header(CONTENT_LENGTH, "0"),
            None => request,
        };
        request.build().map_err(Unanswered::Reqwest)
    }
}

impl<E> From<Unanswered> for Error<E> {
    fn from(reason: Unanswered) -> Self {
        match reason {
            Unanswered::Reqwest(error) => Self::Reqwest(error),
            Unanswered::Serde(error) => Self::Serde(error),
            Unanswered::Io(error) => Self::Io(error),
        }
    }
}

/// An argument as text: none, one or more.
pub(super) trait Values {
    fn values(self) -> Vec<String>;
}

impl Values for &str {
    fn values(self) -> Vec<String> {
        vec![self.to_owned()]
    }
}

impl Values for Option<&str> {
    fn values(self) -> Vec<String> {
        self.map(str::to_owned).into_iter().collect()
    }
}

impl Values for Option<i64> {
    fn values(self) -> Vec<String> {
        self.map(|number| number.to_string()).into_iter().collect()
    }
}

impl Values for Option<bool> {
    fn values(self) -> Vec<String> {
        self.map(|truth| truth.to_string()).into_iter().collect()
    }
}

impl Values for Option<Vec<String>> {
    fn values(self) -> Vec<String> {
        self.unwrap_or_default()
    }
}
