//! Documents about a provider and its clients.

use symbolon_client::{AuthorizationRequest, ClientMetadata, ProviderMetadata};

use super::{Answering, ISSUER, admin, check_error, client, ok, run, whole_answer};
use crate::Target;
use crate::targets::text;

/// The metadata of a provider (`OpenID` Connect Discovery 1.0 §3).
pub const DISCOVERY_DOCUMENT: Target = Target {
    name: "discovery_document",
    run: check_discovery_document,
    seeds: &[
        super::METADATA,
        r#"{"issuer":"https://as.example","scopes_supported":"openid","claims_parameter_supported":"true","acr_values_supported":[0]}"#,
        r#"{"issuer":"https://as.example","authorization_endpoint":"https://as.example/a?b#c","mtls_endpoint_aliases":{"token_endpoint":"x"}}"#,
        r#"{"issuer":"https://as.example","issuer":"https://evil.example","token_endpoint":null}"#,
    ],
};
/// A set of keys (RFC 7517 §5); the token that is checked with them has a signature of nothing but zeros.
pub const KEY_SET: Target = Target {
    name: "key_set",
    run: check_key_set,
    seeds: &[
        super::KEYS,
        r#"{"keys":[{"kty":"RSA","n":"AQAB==","e":"AQAB","alg":"RS256","x5c":["MIIC"]},{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
        r#"{"keys":[null,7,{},{"kty":"oct","k":"AAAA"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#,
    ],
};
/// The answer to a registration (RFC 7591 §3.2.1).
pub const REGISTRATION_ANSWER: Target = Target {
    name: "registration_answer",
    run: check_registration_answer,
    seeds: &[
        r#"{"client_id":"app","client_secret":"s","registration_access_token":"t","registration_client_uri":"https://as.example/register/app"}"#,
        r#"{"client_id":7,"client_secret_expires_at":0,"client_name#de":"A","jwks":{},"registration_client_uri":"http://as.example/"}"#,
        "201\ncontent-type: text/html\n\n{\"client_id\":\"app\",\"redirect_uris\":null}",
    ],
};
/// A page of a list, and the header that names the next one (RFC 8288).
pub const CLIENT_LIST: Target = Target {
    name: "client_list",
    run: check_client_list,
    seeds: &[
        "200\nlink: <https://as.example/admin/clients?page_size=1&page_token=abc>; rel=\"next\"\n\n[{\"client_id\":\"a\"}]",
        "200\nlink: </x?page_token=%00>; rel=next, <y>; rel=\"first last\"\nlink: <;>;;rel\n\n[]",
        "200\nx-total-count: 9\n\n[{\"client_id\":null,\"created_at\":\"2026\"}]",
    ],
};

fn check_discovery_document(bytes: &[u8]) {
    let answering = Answering::default();
    answering.put("/", ok(bytes));
    let Some(client) = client(&answering) else { return };
    match run(client.metadata()) {
        Some(Ok(metadata)) => {
            assert_eq!(metadata.issuer, ISSUER);
            // What was read is read the same way again.
            let written = serde_json::to_string(&*metadata).expect("it can be written");
            let again: ProviderMetadata = serde_json::from_str(&written).expect("and read");
            assert_eq!(again, *metadata);
        }
        Some(Err(error)) => check_error(&error),
        None => {}
    }
    match run(client.authorization_url(&AuthorizationRequest::new("openid"))) {
        Some(Ok((url, _))) => {
            assert!(matches!(url.scheme(), "http" | "https"), "{url}");
            for name in ["state", "nonce", "client_id", "redirect_uri", "code_challenge", "response_type", "scope"] {
                let count = url.query_pairs().filter(|(found, _)| found == name).count();
                assert_eq!(count, 1, "RFC 6749 §3.1: {name} in {url}");
            }
        }
        Some(Err(error)) => check_error(&error),
        None => {}
    }
}

fn check_key_set(bytes: &[u8]) {
    const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let answering = Answering::hostile_at("/keys", whole_answer(bytes));
    let Some(client) = client(&answering) else { return };
    // {"alg":"ES256","kid":"k"}, {"alg":"RS256"}, {"alg":"EdDSA"}
    for header in ["eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ", "eyJhbGciOiJSUzI1NiJ9", "eyJhbGciOiJFZERTQSJ9"] {
        let token = format!("{header}.eyJzdWIiOiJhZGEifQ.{ZEROS}");
        if let Some(outcome) = run(client.verify_id_token(&token, None)) {
            check_error(&outcome.expect_err("nobody signed it"));
        }
    }
}

fn check_registration_answer(bytes: &[u8]) {
    let answering = Answering::hostile_at("/register", whole_answer(bytes));
    let Some(client) = client(&answering) else { return };
    match run(client.register(&ClientMetadata::new("App"))) {
        Some(Ok(registered)) => {
            assert!(!registered.client_id.is_empty());
            let kept = serde_json::to_string(&registered.metadata).expect("it can be written");
            let again: ClientMetadata = serde_json::from_str(&kept).expect("and read");
            assert_eq!(again, registered.metadata);
            if let Some(handle) = &registered.registration {
                assert_eq!(handle.uri().scheme(), "https", "the token stays within TLS");
                let _ = run(handle.read());
                let _ = run(handle.replace(&registered.metadata));
            }
            let secret = registered.secret.as_ref().map(|secret| secret.expose().clone()).unwrap_or_default();
            assert!(secret.len() < 8 || !format!("{registered:?}").contains(&secret));
        }
        Some(Err(error)) => check_error(&error),
        None => {}
    }
}

fn check_client_list(bytes: &[u8]) {
    let answering = Answering::hostile_at("/admin", whole_answer(bytes));
    let Some(admin) = admin(&answering) else { return };
    match run(admin.list_clients(2, Some(&text(bytes)))) {
        Some(Ok(page)) => drop(format!("{page:?}")),
        Some(Err(error)) => check_error(&error),
        None => {}
    }
    // A list that names itself as its next page ends all the same.
    let mut items = admin.clients(1);
    for _ in 0..50 {
        match run(items.next()).flatten() {
            Some(Ok(_)) => {}
            Some(Err(error)) => check_error(&error),
            None => break,
        }
    }
}
