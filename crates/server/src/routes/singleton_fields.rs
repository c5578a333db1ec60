//! Header fields of which there can be only one. A proxy that looks at the last of two and a server that looks at the
//! first disagree on who asks, so a second one is refused, whether it says the same or not (RFC 9110 §5.3). What is a
//! list by its definition may come in several lines (`Accept`, `Accept-Language`, `If-None-Match`, `X-Forwarded-For`), and
//! so may `Cookie` (RFC 9113 §8.2.3).

use axum::extract::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use http::uri::Authority;
use http::{HeaderValue, Version};
use symbolon_types::ErrorCode;

use crate::error::ApiError;
use crate::exchange::SEC_FETCH_SITE;

/// All that are read here, but for those that the HTTP library itself checks.
const SINGLETONS: [HeaderName; 5] = [HOST, AUTHORIZATION, CONTENT_TYPE, ORIGIN, SEC_FETCH_SITE];

/// Refuses a request that repeats one of them, or does not say clearly which host it is for.
pub(super) fn check(request: &Request) -> Result<(), ApiError> {
    // Most requests repeat no field at all.
    let repeats = request.headers().len() > request.headers().keys_len();
    for name in SINGLETONS.iter().filter(|_| repeats) {
        if request.headers().get_all(name).iter().nth(1).is_some() {
            return Err(refused(format!("The header field '{name}' is given more than once.")));
        }
    }
    check_host(request)
}

/// RFC 9112 §3.2: HTTP/1.1 has `Host`, and it is one. RFC 9113 §8.3.1: in HTTP/2 it may be missing, and does not
/// contradict `:authority`.
fn check_host(request: &Request) -> Result<(), ApiError> {
    let Some(host) = request.headers().get(HOST) else {
        return if request.version() == Version::HTTP_11 {
            Err(refused("The header field 'host' is missing."))
        } else {
            Ok(())
        };
    };
    if !is_host(host) {
        return Err(refused("The header field 'host' is not a host with an optional port."));
    }
    let authority = request.uri().authority().filter(|_| request.version() == Version::HTTP_2);
    if authority.is_some_and(|authority| !authority.as_str().as_bytes().eq_ignore_ascii_case(host.as_bytes())) {
        return Err(refused("The header field 'host' and the pseudo-header ':authority' name different hosts."));
    }
    Ok(())
}

/// `uri-host [ ":" port ]` of RFC 9110 §7.2, which may be empty.
fn is_host(value: &HeaderValue) -> bool {
    let Ok(text) = value.to_str() else { return false };
    if text.is_empty() {
        return true;
    }
    // A registered name could have a comma by the letter of RFC 3986. Here it comes from a proxy that joined two lines.
    if text.contains(',') {
        return false;
    }
    let Ok(authority) = text.parse::<Authority>() else { return false };
    // What stands before an `@` is no part of a host.
    let Some(rest) = text.strip_prefix(authority.host()) else { return false };
    rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn refused(hint: impl Into<std::borrow::Cow<'static, str>>) -> ApiError {
    ApiError::oauth(ErrorCode::InvalidRequest, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_is_a_host_with_an_optional_port() {
        let good = ["", "a.example", "a.example:", "a.example:4444", "[::1]:4444", "192.0.2.1", "my_service:80"];
        for host in good {
            assert!(is_host(&HeaderValue::from_static(host)), "{host}");
        }
        let bad =
            ["a b", "a.example:x", "user@a.example", "http://a.example", "a.example/", "a,b", "a:1:2", "[::1", "?"];
        for host in bad {
            assert!(!is_host(&HeaderValue::from_static(host)), "{host}");
        }
        assert!(!is_host(&HeaderValue::from_bytes(b"\xff").unwrap()));
    }
}
