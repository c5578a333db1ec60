//! Parameter values: redirect URIs, scopes, `claims`, and words with a fixed form.

use symbolon_server::fuzzing;
use symbolon_types::redirect_uri::{FreePort, match_redirect_uri};
use symbolon_types::{
    ClaimsRequest, CodeChallenge, CodeVerifier, GoDuration, PromptSet, ResponseType, Scope, compact_query,
    parse_audience, redirect_uri, timestamp,
};

use super::text;
use crate::Target;

/// What may be registered, and what counts as the same afterwards (RFC 9700 §4.1.3, RFC 8252 §7.3).
pub const REDIRECT_URI: Target = Target {
    name: "redirect_uri",
    run: check_redirect_uri,
    seeds: &[
        "https://app.example/cb",
        "http://127.0.0.1:8080/cb?x=1",
        "http://[::1]/cb",
        "com.example.app:/oauth2redirect",
        "http://localhost:3000/",
    ],
};
/// The compact form of a query gives back what was put in, and any bytes give text or nothing.
pub const COMPACT_QUERY: Target = Target {
    name: "compact_query",
    run: check_compact_query,
    seeds: &[
        "client_id=4f3b3dce-5b5f-4a3c-9c1d-0d8f2c0f7a11&response_type=code&scope=openid+offline&state=abcdefghijkl&nonce=x",
        "redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_challenge_method=S256&prompt=none&max_age=0&&a&=b",
        "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}",
    ],
};
/// Scopes and audiences: what is read is written the same way again.
pub const SCOPE: Target = Target {
    name: "scope",
    run: check_scope,
    seeds: &["openid offline_access profile", "a.b.c a.* *", "https://api.example/a"],
};
/// The `claims` parameter (OpenID Connect Core §5.5).
pub const CLAIMS_REQUEST: Target = Target {
    name: "claims_request",
    run: check_claims_request,
    seeds: &[
        r#"{"userinfo":{"email":null},"id_token":{"auth_time":{"essential":true},"acr":{"values":["a"]}}}"#,
        r#"{"id_token":{"sub":{"value":"x"}}}"#,
    ],
};
/// Words and numbers with a fixed form.
pub const WORDS: Target = Target {
    name: "words",
    run: check_words,
    seeds: &[
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "none login consent",
        "code id_token token",
        "1h30m15s",
        "2027-01-15T08:00:00.5+02:00",
    ],
};
/// The code that a person copies from a device (RFC 8628 §6.1).
pub const USER_CODE: Target = Target {
    name: "user_code",
    run: |bytes| fuzzing::user_code(&text(bytes)),
    seeds: &["ABCD-EFGH", "abcd efgh", "a-b\u{2003}c-1"],
};
/// What a person types as a name (RFC 8265 §3.3).
pub const USERNAME: Target = Target {
    name: "username",
    run: |bytes| fuzzing::username(&text(bytes)),
    seeds: &["alice", "Ada Lovelace", "\u{c5}\u{ff53}a", "\u{1112}\u{1161}\u{11ab}", "\u{5d0}\u{5d1}1", "a@b.example"],
};
/// The origin of a page, held against the lists of origins (RFC 6454).
pub const ORIGIN: Target = Target {
    name: "origin",
    run: |bytes| fuzzing::origin(&text(bytes)),
    seeds: &[
        "https://app.example",
        "https://a.apps.example",
        "http://localhost:3000",
        "null",
        "https://*.b.example:8443",
    ],
};

fn check_redirect_uri(bytes: &[u8]) {
    let uri = text(bytes);
    let registered = ["https://app.example/cb".to_owned(), "http://127.0.0.1/cb".to_owned()];
    if match_redirect_uri(&registered, &uri, FreePort::OfAddresses).is_ok() {
        let loopback = uri.strip_prefix("http://127.0.0.1").and_then(|rest| rest.strip_suffix("/cb"));
        let port = loopback.map(|port| port.strip_prefix(':').unwrap_or(port));
        let varied = port.is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(uri == registered[0] || varied, "{uri:?} counts as registered");
    }
    if redirect_uri::check_registrable(&uri).is_err() {
        return;
    }
    let own = [uri.clone().into_owned()];
    assert!(match_redirect_uri(&own, &uri, FreePort::OfAddresses).is_ok(), "{uri:?} can be registered and not used");
    assert!(!uri.contains(['\0', '\r', '\n', '#']), "{uri:?} can be registered");
    for scheme in ["javascript:", "data:", "vbscript:", "file:"] {
        assert!(!uri.to_ascii_lowercase().trim_start().starts_with(scheme), "{uri:?} can be registered");
    }
    let answer = redirect_uri::append_query(&uri, &[("code", "a b&c"), ("state", "\u{e9}\r\n")]);
    assert!(!answer.contains(['\r', '\n', ' ']), "{answer:?} would be a header");
}

fn check_compact_query(bytes: &[u8]) {
    let query = text(bytes);
    let packed = compact_query::encode(&query);
    assert_eq!(compact_query::decode(&packed).as_deref(), Some(&*query));
    if let Some(unpacked) = compact_query::decode(bytes) {
        assert!(unpacked.len() <= 64 * (bytes.len() + 1), "{} bytes gave {}", bytes.len(), unpacked.len());
    }
}

fn check_scope(bytes: &[u8]) {
    let value = text(bytes);
    let audiences = parse_audience(&[&value]);
    assert!(audiences.iter().map(String::len).sum::<usize>() <= value.len());
    if let Ok(scope) = Scope::parse(&value) {
        assert_eq!(Scope::parse(&scope.to_string()), Ok(scope.clone()));
        assert!(scope.iter().all(|token| scope.contains(token)));
    }
}

fn check_claims_request(bytes: &[u8]) {
    let Ok(request) = ClaimsRequest::parse(&text(bytes)) else { return };
    let shown = serde_json::Value::Object(request.to_object()).to_string();
    let again = ClaimsRequest::parse(&shown);
    let same = |again: &ClaimsRequest| again.all().eq(request.all());
    assert!(again.as_ref().is_ok_and(same), "{request:?} is shown as {shown}");
}

fn check_words(bytes: &[u8]) {
    let word = text(bytes);
    drop(CodeChallenge::parse(&word));
    drop(CodeVerifier::parse(&word));
    drop(GoDuration::parse(&word));
    drop(PromptSet::parse(&word));
    let _ = ResponseType::parse(&word);
    let _ = timestamp::parse(&word);
}
