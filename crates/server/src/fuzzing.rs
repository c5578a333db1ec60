//! The parsers of what strangers send, for fuzz targets (feature `fuzzing`). Each function takes any bytes, and panics
//! only when a parser does, or when what it says about the bytes cannot be true.

mod bodies;
mod holders;
mod words;

use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value};

use crate::admin::page;
use crate::exchange::Request;
use crate::grant::access_token_content::AccessTokenContent;
use crate::params::Params;
use crate::request::object::parameters::{Around, effective};
use crate::request::{KeptRequest, Parameters};
use crate::ui::locales;
use crate::{bearer, client_authentication, cookies, routes};

pub use bodies::{assertion, client_patch, control_characters, hook_answer, imported_key};
pub use holders::{dpop_proof, forwarded_certificate};
pub use words::{origin, user_code, username};

const ISSUER: &str = "https://op.example";
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Parameters of a form or a query: what is read was there.
pub fn parameters(text: &[u8]) {
    let Ok(parameters) = Params::parse(text) else { return };
    let length: usize = parameters.iter().map(|(name, value)| name.len() + value.len()).sum();
    // A byte that is no UTF-8 is read as a character of three bytes.
    assert!(length <= 3 * text.len(), "{} bytes of parameters from {}", length, text.len());
    assert!(parameters.iter().all(|(_, value)| !value.is_empty()));
}

/// The claims of a verified request object: what comes out are parameters, and no object is among them.
pub fn request_object(claims: &[u8]) {
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(claims) else { return };
    let outer = "client_id=a&scope=openid&response_type=code&prompt=login&request=x&request_uri=y";
    let Ok(outer) = Parameters::merge(String::new(), outer.to_owned()) else { return };
    for around in [Around::Merged, Around::Ignored] {
        let Ok(text) = effective(&outer, &claims, around) else { continue };
        let Ok(parameters) = Params::parse(text.as_bytes()) else { continue };
        assert_eq!(parameters.get("client_id"), Some("a"), "the client is the one outside");
        let of_object = |name: &str| claims.contains_key(name);
        for name in ["request", "request_uri", "iss", "exp"] {
            assert!(parameters.get(name).is_none() || of_object(name), "{name} came from outside");
        }
    }
}

/// The `Authorization` header of a client.
pub fn client_credentials(header: &str) {
    drop(client_authentication::basic(header));
}

/// Header fields, one a line: bearer token, cookies, languages, and for whom a proxy speaks.
pub fn headers(lines: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n').take(64) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(&value[1..])) {
            headers.append(name, value);
        }
    }
    forwarded(&headers);
    let request = Request {
        id: String::new(),
        method: Method::GET,
        path: "/".to_owned(),
        query: String::new(),
        headers,
        body: Bytes::new(),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        certificate: None,
    };
    drop(bearer::read(&request, bearer::InQuery::Taken).map(|sent| sent.text));
    let _ = cookies::all(&request).count();
    let languages = locales::preferred(None, request.header(&http::header::ACCEPT_LANGUAGE));
    assert!(languages.len() <= 16, "{} languages", languages.len());
}

/// A proxy is believed about the last address that it did not trust itself, and somebody else is not believed at all.
/// Whoever sends a line of its own before those of the proxies changes nothing.
fn forwarded(headers: &HeaderMap) {
    let (proxy, stranger) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([192, 0, 2, 1]));
    let trusted = |address: IpAddr| matches!(address, IpAddr::V4(address) if address.is_private());
    assert_eq!(routes::sender_of(trusted, stranger, headers), stranger, "a stranger is believed");
    let sender = routes::sender_of(trusted, proxy, headers);
    let mut with_lie = HeaderMap::new();
    with_lie.append(FORWARDED_FOR, HeaderValue::from_static("203.0.113.7"));
    for line in headers.get_all(FORWARDED_FOR) {
        with_lie.append(FORWARDED_FOR, line.clone());
    }
    let deceived = routes::sender_of(trusted, proxy, &with_lie);
    assert!(trusted(sender) || deceived == sender, "{sender} became {deceived}");
}

/// What this server seals and reads again: requests, access tokens, and the places of pages.
pub fn sealed_content(bytes: &[u8]) {
    if let Some(kept) = KeptRequest::from_bytes(bytes) {
        let restored = kept.restore();
        let again = restored.as_ref().map(KeptRequest::from).and_then(|kept| KeptRequest::from_bytes(&kept.to_bytes()));
        assert_eq!(restored.is_some(), again.and_then(KeptRequest::restore).is_some(), "a request does not survive");
    }
    if let Some(content) = AccessTokenContent::from_bytes(bytes, ISSUER) {
        assert!(AccessTokenContent::from_bytes(&content.to_bytes(ISSUER), ISSUER).is_some());
        assert!(AccessTokenContent::from_bytes(bytes, "https://other.example").is_none());
    }
    if let Ok(key) = page::key_in(bytes.to_vec(), "clients", 0) {
        assert!(bytes.ends_with(format!("\nclients\n{key}").as_bytes()), "the key of another list");
        assert!(page::key_in(bytes.to_vec(), "accounts", 0).is_err(), "the key of two lists");
    }
}
