//! The nonces that servers want to see in proofs (RFC 9449 §8, §9): the latest of each origin.

use std::collections::HashMap;

use http::header::{HeaderMap, WWW_AUTHENTICATE};
use parking_lot::Mutex;
use url::Url;

use crate::error::{ApiError, attribute};
use crate::http::Answer;

/// The header that a server gives a nonce in.
const HEADER: &str = "dpop-nonce";
/// The error that wants one.
const WANTED: &str = "use_dpop_nonce";
/// The longest nonce that is kept, in bytes.
const LONGEST: usize = 4096;
/// How many origins are remembered.
const MOST: usize = 256;

/// The latest nonce of each origin.
#[derive(Default)]
pub(crate) struct Nonces(Mutex<HashMap<String, String>>);

impl Nonces {
    pub(super) fn of(&self, url: &Url) -> Option<String> {
        self.0.lock().get(&origin(url)).cloned()
    }

    /// Takes over the nonce of an answer, which any answer may have (§8.2); whether there was one.
    pub(super) fn learn(&self, url: &Url, headers: &HeaderMap) -> bool {
        let mut given = headers.get_all(HEADER).into_iter();
        let (Some(nonce), None) = (given.next(), given.next()) else { return false };
        let Some(nonce) = nonce.to_str().ok().filter(|nonce| is_nonce(nonce)) else { return false };
        let mut known = self.0.lock();
        let origin = origin(url);
        if known.len() >= MOST && !known.contains_key(&origin) {
            known.clear();
        }
        known.insert(origin, nonce.to_owned());
        true
    }
}

/// Whether the server refused a proof for want of a nonce: in the body at the token endpoint (§8), in a challenge at a
/// resource (§9), which may stand beside others.
pub(super) fn wants_nonce(answer: &Answer) -> bool {
    if !matches!(answer.status.as_u16(), 400 | 401) {
        return false;
    }
    let challenges = answer.headers.get_all(WWW_AUTHENTICATE).into_iter().filter_map(|value| value.to_str().ok());
    challenges.into_iter().any(|challenge| attribute(challenge, "error").as_deref() == Some(WANTED))
        || ApiError::read(answer.status.as_u16(), &answer.headers, &answer.body).code.as_deref() == Some(WANTED)
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// §8.1: one or more of the characters of `NQCHAR`.
fn is_nonce(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderName, HeaderValue, StatusCode};

    use super::*;

    fn headers(nonces: &[&str]) -> HeaderMap {
        let pair = |nonce: &&str| (HeaderName::from_static(HEADER), HeaderValue::from_str(nonce).unwrap());
        nonces.iter().map(pair).collect()
    }

    #[test]
    fn each_origin_has_its_own_latest_nonce() {
        let nonces = Nonces::default();
        let [one, other] = ["https://a.example/x", "https://a.example:8443/x"].map(|url| Url::parse(url).unwrap());
        assert!(nonces.learn(&one, &headers(&["first"])) && nonces.learn(&one, &headers(&["second"])));
        assert_eq!((nonces.of(&one).as_deref(), nonces.of(&other)), (Some("second"), None));
        for odd in [&[][..], &[""], &["a b"], &["a\"b"], &["a", "b"]] {
            assert!(!nonces.learn(&one, &headers(odd)), "{odd:?}");
        }
        assert_eq!(nonces.of(&one).as_deref(), Some("second"));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let nonces = Nonces::default();
        for number in 0..1000 {
            let url = Url::parse(&format!("https://h{number}.example")).unwrap();
            assert!(nonces.learn(&url, &headers(&["n"])));
        }
        assert!(nonces.0.lock().len() <= MOST);
    }

    #[test]
    fn the_wish_for_a_nonce_is_found_in_the_body_and_among_challenges() {
        let answer = |status: u16, challenges: &[&str], body: &'static str| {
            let pair = |text: &&str| (WWW_AUTHENTICATE, HeaderValue::from_str(text).unwrap());
            let headers = challenges.iter().map(pair).collect();
            Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: Bytes::from(body) }
        };
        assert!(wants_nonce(&answer(400, &[], r#"{"error":"use_dpop_nonce"}"#)));
        assert!(wants_nonce(&answer(401, &["Bearer", "DPoP algs=\"ES256\", error=\"use_dpop_nonce\""], "")));
        assert!(!wants_nonce(&answer(200, &[], r#"{"error":"use_dpop_nonce"}"#)));
        assert!(!wants_nonce(&answer(401, &["DPoP error=\"invalid_dpop_proof\""], "")));
    }
}
