//! How the operations send and read: one way for all eight.

use std::io;

use reqwest::header::USER_AGENT;
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::{DeserializeOwned, Error as _};
use url::Url;

use super::configuration::Configuration;
use super::{Error, Refusal, ResponseContent};
use crate::authentication::form_encoded;
use crate::http::{Answer, join_segments, parse_url};
use crate::transport::Limits;
use crate::transport::connections::{Fault, read};

/// Which of the configured credentials an operation takes, in the order of preference.
#[derive(Clone, Copy)]
pub(super) enum Credentials {
    /// None at all.
    None,
    /// An initial access token, if there is one.
    Initial,
    /// The registration access token, else the client's own credentials.
    Management,
    /// The access token of a user.
    AccessToken,
}

/// A request below the base path.
pub(super) fn request<E>(
    configuration: &Configuration,
    method: Method,
    segments: &[&str],
    credentials: Credentials,
) -> Result<(Url, RequestBuilder), Error<E>> {
    let refused = |error: crate::Error| Error::Io(io::Error::new(io::ErrorKind::InvalidInput, error));
    let base = parse_url(&configuration.base_path, "the base path").map_err(refused)?;
    let url = join_segments(&base, segments).map_err(refused)?;
    let mut request = configuration.client.request(method, url.clone());
    if let Some(user_agent) = &configuration.user_agent {
        request = request.header(USER_AGENT, user_agent);
    }
    let (bearer, access) = (&configuration.bearer_access_token, &configuration.oauth_access_token);
    let request = match (credentials, &configuration.basic_auth) {
        (Credentials::None, _) => request,
        (Credentials::Initial, _) => with_token(request, bearer.as_ref()),
        (Credentials::Management, Some((id, secret))) if bearer.is_none() => {
            request.basic_auth(form_encoded(id), Some(form_encoded(secret.as_deref().unwrap_or_default())))
        }
        (Credentials::Management, _) => with_token(request, bearer.as_ref().or(access.as_ref())),
        (Credentials::AccessToken, _) => with_token(request, access.as_ref().or(bearer.as_ref())),
    };
    Ok((url, request))
}

fn with_token(request: RequestBuilder, token: Option<&String>) -> RequestBuilder {
    match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

/// Adds a JSON body.
pub(super) fn with_body<T: Serialize>(request: RequestBuilder, body: &T) -> RequestBuilder {
    request.json(body)
}

/// Sends, and reads an answer of any status.
pub(super) async fn send<E>(request: RequestBuilder) -> Result<Answer, Error<E>> {
    let response = request.send().await?;
    let answer = read(response, Limits::default().answer_limit_bytes).await.map_err(|fault| match fault {
        Fault::TooLarge(limit) => {
            let reason = format!("the answer is longer than {limit} bytes");
            Error::Io(io::Error::new(io::ErrorKind::FileTooLarge, reason))
        }
        Fault::Library(error) => Error::Reqwest(error),
    })?;
    let (parts, body) = answer.into_parts();
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}

/// The answer when its status is 2xx, else the refusal.
pub(super) fn success<E: Refusal>(answer: Answer) -> Result<Answer, Error<E>> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    let body = serde_json::from_slice(&answer.body).ok();
    Err(Error::ResponseError(ResponseContent {
        status: answer.status,
        content: String::from_utf8_lossy(&answer.body).into_owned(),
        entity: body.map(|body| E::from_answer(answer.status.as_u16(), body)),
    }))
}

/// The body as a type, if it says that it is JSON.
pub(super) fn json<T: DeserializeOwned, E>(answer: &Answer) -> Result<T, Error<E>> {
    let media_type = answer.media_type();
    if media_type != "application/json" && !(media_type.starts_with("application/") && media_type.ends_with("+json")) {
        let reason = format!("the answer has the content type '{media_type}' and not application/json");
        return Err(Error::Serde(serde_json::Error::custom(reason)));
    }
    Ok(serde_json::from_slice(&answer.body)?)
}
