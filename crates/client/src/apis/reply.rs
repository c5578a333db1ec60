//! How the answer to a [`Call`](super::call::Call) becomes a result: one function for each kind.

use serde::de::{DeserializeOwned, Error as _};
use serde_json::json;
use url::Url;

use super::page::{Page, next_page_token};
use super::{Error, Refusal, ResponseContent};
use crate::http::Answer;

/// An answer of any status, read to its end.
pub(super) struct Reply {
    pub(super) answer: Answer,
    /// What was asked for.
    pub(super) url: Url,
}

impl Reply {
    /// Whatever it is, if the status is 2xx.
    pub(super) fn nothing<E: Refusal>(self) -> Result<(), Error<E>> {
        self.success().map(|_| ())
    }

    /// A body that says that it is JSON.
    pub(super) fn json<T: DeserializeOwned, E: Refusal>(self) -> Result<T, Error<E>> {
        self.success()?.decode()
    }

    /// A list in JSON, with the way to the next page in the header `Link`.
    pub(super) fn page<T: DeserializeOwned, E: Refusal>(self) -> Result<Page<T>, Error<E>> {
        let reply = self.success()?;
        let mut links = reply.answer.headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
        let next_page_token = links.find_map(next_page_token);
        Ok(Page { items: reply.decode()?, next_page_token })
    }

    /// A page, or a redirect that does not carry an error: there is nothing to read.
    pub(super) fn redirect<T: Default, E: Refusal>(self) -> Result<T, Error<E>> {
        let status = self.answer.status;
        if !status.is_redirection() {
            return self.success().map(|_| T::default());
        }
        let Some(target) = self.answer.location(&self.url) else { return Ok(T::default()) };
        let parameter = |wanted| target.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value);
        let Some(code) = parameter("error") else { return Ok(T::default()) };
        let body = json!({ "error": code, "error_description": parameter("error_description").unwrap_or_default() });
        Err(Error::ResponseError(ResponseContent {
            status,
            content: body.to_string(),
            entity: Some(E::from_answer(status.as_u16(), body)),
        }))
    }

    /// The answer when its status is 2xx, else the refusal.
    pub(super) fn success<E: Refusal>(self) -> Result<Self, Error<E>> {
        let Answer { status, body, .. } = &self.answer;
        if status.is_success() {
            return Ok(self);
        }
        let read = serde_json::from_slice(body).ok();
        Err(Error::ResponseError(ResponseContent {
            status: *status,
            content: String::from_utf8_lossy(body).into_owned(),
            entity: read.map(|body| E::from_answer(status.as_u16(), body)),
        }))
    }

    fn decode<T: DeserializeOwned, E>(&self) -> Result<T, Error<E>> {
        let media_type = self.answer.media_type();
        let is_json = media_type == "application/json"
            || (media_type.starts_with("application/") && media_type.ends_with("+json"));
        if !is_json {
            let reason = format!("the answer has the content type '{media_type}' and not application/json");
            return Err(Error::Serde(serde_json::Error::custom(reason)));
        }
        Ok(serde_json::from_slice(&self.answer.body)?)
    }
}
