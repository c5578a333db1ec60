//! An answer, taken apart.

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Response};
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::Cookie;

/// Names and values in order.
pub(crate) type Pairs = Vec<(String, String)>;

/// Decodes a query, a form body or the like.
pub(crate) fn pairs_of(encoded: &str) -> Pairs {
    form_urlencoded::parse(encoded.as_bytes()).into_owned().collect()
}

/// The first value of that name.
pub(crate) fn pair<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// An answer with its whole body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(super) async fn collect(response: Response<Body>) -> Self {
        let (mut parts, body) = response.into_parts();
        // A test that fails shows what was answered; the server marks what nobody should print.
        parts.headers.values_mut().for_each(|value| value.set_sensitive(false));
        let body = body.collect().await.unwrap().to_bytes();
        Self { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// Fails, with everything that was answered, unless the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:?} {}", self.headers, self.text());
        self
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; fails if it is none.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// A text member of the JSON body; fails if there is none.
    #[track_caller]
    pub(crate) fn member(&self, name: &str) -> String {
        let body = self.json();
        let text = body.get(name).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("no text member {name}: {} {body}", self.status)).to_owned()
    }

    /// The value of `error`: in the JSON body, or in the query or fragment of the `Location`.
    pub(crate) fn error(&self) -> Option<String> {
        if self.headers.contains_key(LOCATION) {
            return self
                .location_parameter("error")
                .or_else(|| pair(&self.location_fragment(), "error").map(str::to_owned));
        }
        serde_json::from_slice::<Value>(&self.body).ok()?.get("error")?.as_str().map(str::to_owned)
    }

    /// One header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn content_type(&self) -> Option<&str> {
        self.header(CONTENT_TYPE.as_str())
    }

    /// Where the answer leads; fails if nowhere.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        let location = self.header(LOCATION.as_str());
        location.unwrap_or_else(|| panic!("no Location: {} {:?} {}", self.status, self.headers, self.text()))
    }

    /// The decoded query of the `Location`.
    #[track_caller]
    pub(crate) fn location_query(&self) -> Pairs {
        let before_fragment = self.location().split('#').next().unwrap_or_default();
        pairs_of(before_fragment.split_once('?').map_or("", |(_, query)| query))
    }

    /// The decoded fragment of the `Location`.
    #[track_caller]
    pub(crate) fn location_fragment(&self) -> Pairs {
        pairs_of(self.location().split_once('#').map_or("", |(_, fragment)| fragment))
    }

    /// One parameter of the query of the `Location`.
    #[track_caller]
    pub(crate) fn location_parameter(&self, name: &str) -> Option<String> {
        pair(&self.location_query(), name).map(str::to_owned)
    }

    /// The cookies that are set or deleted.
    pub(crate) fn cookies(&self) -> Vec<Cookie> {
        self.headers.get_all(SET_COOKIE).iter().map(|line| Cookie::parse(line.to_str().unwrap())).collect()
    }
}
