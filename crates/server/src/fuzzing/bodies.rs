//! JSON: what administrators and clients send, and the claims of what clients signed.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use symbolon_jose::Jwk;
use symbolon_store::{ClientEpoch, ClientRecord, Origin};
use symbolon_types::{ClientId, ErrorCode};

use crate::admin::trusted_issuers;
use crate::assertion::{Assertion, CLOCK_SKEW, LONGEST_IDENTIFIER};
use crate::clients::change::ClientPatch;
use crate::control_characters;
use crate::hooks::answer;
use crate::keys;

/// Largest client that may come of a patch, in bytes: what was there, and what all operations may put into it.
const LARGEST_PATCHED: usize = 3 * 1024 * 1024;
const NOW: i64 = 1_800_000_000;

static PATCHED: LazyLock<ClientRecord> = LazyLock::new(|| ClientRecord {
    id: ClientId::from("app".to_owned()),
    created_at: 0,
    updated_at: 0,
    epoch: ClientEpoch { incarnation: 1, revocations: 0 },
    access_revocations: 0,
    revision: 1,
    registration_generation: None,
    origin: Origin::Administrator,
    secrets: Vec::new(),
    metadata: json!({
        "client_id": "app", "client_name": "App", "contacts": ["a", "b"], "metadata": { "a": 1, "b/c": { "d": [] } },
        "redirect_uris": ["https://app.example/cb"],
    }),
    owner: String::new(),
    client_name: "App".to_owned(),
});

/// JSON Patch (RFC 6902): what comes out is the same client, within the bounds.
pub fn client_patch(body: &[u8]) {
    let Ok(patch) = ClientPatch::parse(body) else { return };
    let Ok(client) = patch.apply(&PATCHED) else { return };
    assert_eq!(client.client_id.as_str(), "app", "a patch renamed the client");
    let size = serde_json::to_vec(&client).map_or(0, |text| text.len());
    assert!(size <= LARGEST_PATCHED, "{} bytes of patch made a client of {size}", body.len());
}

/// A key that is brought to a set, or as that of a trusted issuer: what is taken is complete, and taken again unchanged.
pub fn imported_key(body: &[u8]) {
    let Ok(key) = serde_json::from_slice::<Jwk>(body) else { return };
    if let Ok(complete) = keys::complete_one(key, None) {
        let parts = [&complete.kid, &complete.use_, &complete.alg];
        assert!(parts.iter().all(|part| part.as_deref().is_some_and(|part| !part.is_empty())), "a key lacks a name");
        assert!(!complete.to_public().is_private(), "the public part is private");
        let shown = serde_json::to_value(&complete).ok();
        let again = keys::complete_one(complete, None).ok().and_then(|again| serde_json::to_value(&again).ok());
        assert!(shown.is_some() && shown == again, "a complete key changes when it is brought again");
    }
    let value = serde_json::from_slice::<Value>(body).ok();
    if let Ok((kid, stored)) = trusted_issuers::key(value) {
        let stored: Option<Jwk> = serde_json::from_str(&stored).ok();
        assert!(stored.is_some_and(|stored| !stored.is_private() && stored.kid == Some(kid)), "not the key of before");
    }
}

/// The claims of an assertion whose signature was right (RFC 7523 §3): its times, its name, and its texts.
pub fn assertion(claims: &[u8]) {
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(claims) else { return };
    let assertion = Assertion { parameter: "client_assertion", code: ErrorCode::InvalidClient, claims: &claims };
    if let Ok(validity) = assertion.check_times_at(NOW) {
        assert!(validity.expires_at > NOW, "it has expired");
        assert!(validity.issued_at.is_none_or(|at| at <= NOW + CLOCK_SKEW), "it was issued in the future");
        assert_eq!(validity.issued_at.is_some(), claims.contains_key("iat"));
    }
    let named = assertion.identifier("https://issuer.example").is_ok_and(|name| name.is_some());
    assert_eq!(
        named,
        claims.get("jti").and_then(Value::as_str).is_some_and(|jti| (1..=LONGEST_IDENTIFIER).contains(&jti.len()))
    );
    for claim in ["iss", "sub"] {
        let text = assertion.text(claim).ok();
        assert!(text.is_none_or(|text| claims[claim] == text && !text.contains(char::is_control)));
    }
}

/// The answer of a web hook: what is taken are the two maps of session claims, and nothing else of it.
pub fn hook_answer(body: &[u8]) {
    let answers = [200, 204, 403, 500].map(|status| answer::read("oauth2.token_hook", status, body));
    assert!(matches!(answers[1], Ok(None)) && answers[2..].iter().all(Result::is_err), "the status does not count");
    let Ok(Some(claims)) = &answers[0] else { return };
    let Ok(document) = serde_json::from_slice::<Value>(body) else { return };
    for (name, taken) in [("access_token", &claims.access_token), ("id_token", &claims.id_token)] {
        let said = &document["session"][name];
        assert!(
            if said.is_null() { taken.is_empty() } else { said.as_object() == Some(taken) },
            "{name} is not what was said"
        );
    }
}

/// Which JSON documents have control characters: one without passes, and NUL passes nowhere.
pub fn control_characters(body: &[u8]) {
    let passes = control_characters::check_json(body).is_ok();
    let Ok(document) = serde_json::from_slice::<Value>(body) else { return };
    assert!(!passes || !any_text(&document, |text| text.contains('\0')), "NUL passes");
    // Of members with the same name only the last one is in the document.
    let plain = !any_text(&document, |text| text.contains(char::is_control));
    let marks = |text: &str| text.matches('"').count();
    if plain && marks(&document.to_string()) == marks(&String::from_utf8_lossy(body)) {
        assert!(passes, "a document without control characters is refused");
    }
}

/// Whether some name or text of a document is one of those.
fn any_text(value: &Value, is: impl Fn(&str) -> bool + Copy) -> bool {
    match value {
        Value::String(text) => is(text),
        Value::Array(values) => values.iter().any(|value| any_text(value, is)),
        Value::Object(members) => members.iter().any(|(name, value)| is(name) || any_text(value, is)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
