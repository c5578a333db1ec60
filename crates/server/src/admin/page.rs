//! Pages of lists: `page_size` and an opaque `page_token`, and the `Link` header to the next. The
//! token is sealed, names its list and ends after an hour, so that nobody builds one or stores one.

use std::fmt::Write as _;

use http::HeaderValue;
use http::header::LINK;

use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{Answer, Request};
use crate::seal::kinds;

const DEFAULT: u32 = 100;
const LARGEST: u32 = 500;
const TOKEN_LIFETIME: i64 = 3600;

/// Which page is asked for.
pub(super) struct Page {
    /// Most rows on the page.
    pub(super) size: u32,
    /// The page begins behind the row of this key; `None` for the first page.
    pub(super) after: Option<String>,
}

impl Page {
    /// Reads `page_size` and `page_token`.
    pub(super) fn read(context: &Context, request: &Request, list: &str) -> Result<Self, ApiError> {
        let size = match request.query_parameter("page_size") {
            None => DEFAULT,
            Some(text) => match text.parse::<i64>() {
                Ok(number) if number <= 0 => DEFAULT,
                Ok(number) => u32::try_from(number).unwrap_or(LARGEST).min(LARGEST),
                Err(_) => return Err(fault("'page_size' is not a number")),
            },
        };
        let after = match request.query_parameter("page_token") {
            None => None,
            Some(token) => Some(open(context, &token, list)?),
        };
        Ok(Self { size, after })
    }

    /// Adds the `Link` header; `next` is the key that the next page begins behind.
    pub(super) fn link(&self, context: &Context, request: &Request, answer: &mut Answer, next: Option<(&str, &str)>) {
        let address = |token: Option<String>| {
            let mut pairs = form_urlencoded::Serializer::new(String::new());
            for (name, value) in form_urlencoded::parse(request.query.as_bytes()) {
                if name != "page_token" && name != "page_size" {
                    pairs.append_pair(&name, &value);
                }
            }
            pairs.append_pair("page_size", &self.size.to_string());
            if let Some(token) = token {
                pairs.append_pair("page_token", &token);
            }
            format!("{}?{}", request.path, pairs.finish())
        };
        let mut line = format!("<{}>; rel=\"first\"", address(None));
        if let Some((list, key)) = next {
            let expires_at = context.clock.now().saturating_add(TOKEN_LIFETIME);
            let token = context.seal.seal(kinds::PAGE, format!("{expires_at}\n{list}\n{key}").as_bytes());
            // Writing to a String cannot fail.
            let _ = write!(line, ",<{}>; rel=\"next\"", address(Some(token)));
        }
        if let Ok(value) = HeaderValue::from_str(&line) {
            answer.headers_mut().insert(LINK, value);
        }
    }
}

fn open(context: &Context, token: &str, list: &str) -> Result<String, ApiError> {
    let invalid = || fault("'page_token' is not valid");
    let opened = context.seal.open(kinds::PAGE, token).ok_or_else(invalid)?;
    key_in(opened, list, context.clock.now())
}

/// The key in what a page token holds: when it ends, its list, and the key, each in a line.
pub(crate) fn key_in(opened: Vec<u8>, list: &str, now: i64) -> Result<String, ApiError> {
    let invalid = || fault("'page_token' is not valid");
    let text = String::from_utf8(opened).map_err(|_| invalid())?;
    let mut parts = text.splitn(3, '\n');
    let (Some(expires_at), Some(named), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(invalid());
    };
    if named != list {
        return Err(invalid());
    }
    if expires_at.parse::<i64>().map_or(true, |at| at < now) {
        return Err(fault("'page_token' has expired; page tokens are not to be stored"));
    }
    Ok(key.to_owned())
}

fn fault(what: &str) -> ApiError {
    ApiError::malformed(format!("Unable to parse pagination parameters: {what}."))
}
