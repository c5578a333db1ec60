//! A web hook as configured: where to call, and the key that proves the call is ours. Reads the two forms that Hydra
//! knows, a URL or an object with an API key in a header or cookie. `hooks` calls it.

use serde_json::Value;
use symbolon_jose::Secret;

use super::kind::{is_token, is_web_url};

/// A web hook.
#[derive(Clone)]
pub struct Hook {
    /// Absolute URL that is called with POST.
    pub url: String,
    /// What the call is authenticated with, if anything.
    pub key: Option<HookKey>,
}

/// The API key sent along with a call to a hook.
#[derive(Debug, Clone)]
pub struct HookKey {
    /// Where the key is sent.
    pub place: HookKeyPlace,
    /// Name of the header or cookie.
    pub name: String,
    /// Value of the header or cookie.
    pub value: Secret<String>,
}

/// Where an API key is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookKeyPlace {
    /// As a request header of its own.
    Header,
    /// In the `Cookie` header.
    Cookie,
}

// Somebody may have put a key into the URL.
impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hook").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Hook {
    /// Reads either form; `None` when the value is neither.
    pub(super) fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(url) => is_web_url(url).then(|| Self { url: url.clone(), key: None }),
            Value::Object(members) => {
                let url = members.get("url")?.as_str().filter(|url| is_web_url(url))?.to_owned();
                let key = match members.get("auth") {
                    None | Some(Value::Null) => None,
                    Some(authentication) => Some(HookKey::read(authentication)?),
                };
                let known = members.keys().all(|name| matches!(name.as_str(), "url" | "auth"));
                known.then_some(Self { url, key })
            }
            _ => None,
        }
    }
}

impl HookKey {
    fn read(value: &Value) -> Option<Self> {
        let config = value.get("config")?;
        if value.get("type")?.as_str()? != "api_key" {
            return None;
        }
        let place = match config.get("in").map(Value::as_str) {
            None | Some(Some("header")) => HookKeyPlace::Header,
            Some(Some("cookie")) => HookKeyPlace::Cookie,
            Some(_) => return None,
        };
        let name = config.get("name")?.as_str().filter(|name| is_token(name))?.to_owned();
        let value = config.get("value")?.as_str()?.to_owned();
        let fits = match place {
            HookKeyPlace::Header => is_free(&name) && value.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
            HookKeyPlace::Cookie => value.bytes().all(is_cookie_octet),
        };
        fits.then(|| Self { place, name, value: Secret::new(value) })
    }
}

/// Whether a header can carry a key: these say how the call itself is sent.
fn is_free(name: &str) -> bool {
    const TAKEN: [&str; 7] =
        ["accept", "connection", "content-length", "content-type", "cookie", "host", "transfer-encoding"];
    !TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(name))
}

/// RFC 6265 §4.1.1: others would end the value, or the cookie.
fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)
}
