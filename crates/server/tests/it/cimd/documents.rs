//! Draft 02 §4, §4.1, §5: what a document must be, what of it counts, and answers that bring none. Everybody is told the
//! same, whatever is wrong.

use serde_json::{Value, json};

use super::{Described, LOOPBACK, asks, assert_refused, clients_kept, is_admitted};
use crate::client_side::Reply;
use crate::fixtures::signing_key;
use crate::support::{Call, TestServer};

/// Each attempt has a document of its own, so that neither pauses nor limits play a part.
async fn refused(reply: impl Fn(&Described) -> Reply, what: &str) -> String {
    let described = Described::new(&json!({})).await;
    described.host.set(reply(&described));
    let answer = described.asks().await;
    assert_refused(&answer, what);
    assert_eq!(clients_kept(&described.server).await, 0, "{what}");
    answer.location().to_owned()
}

async fn admitted(changes: &Value) -> (TestServer, Value) {
    let described = Described::new(changes).await;
    let tokens = described.flow().code().await;
    assert!(!tokens.is_empty(), "{changes}");
    let path = format!("/admin/clients/{}", percent(&described.id));
    let client = described.server.admin(Call::get(&path)).await.expect(200).json();
    (described.server, client)
}

pub(super) fn percent(id: &str) -> String {
    id.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[tokio::test]
async fn a_document_that_is_not_what_it_must_be_is_refused() {
    let (_, jwk) = signing_key(symbolon_jose::Algorithm::ES256, "k");
    let mut private = jwk.clone();
    private["d"] = json!("AAAA");
    let changes = [
        json!({ "client_id": null }),
        json!({ "client_id": "https://localhost/client.json" }),
        json!({ "client_id": 7 }),
        json!({ "client_secret": "a-secret-of-everybody" }),
        json!({ "client_secret_expires_at": 0 }),
        json!({ "token_endpoint_auth_method": "client_secret_basic" }),
        json!({ "token_endpoint_auth_method": "client_secret_post" }),
        json!({ "token_endpoint_auth_method": "client_secret_jwt" }),
        json!({ "token_endpoint_auth_method": "private_key_jwt" }),
        json!({ "token_endpoint_auth_method": "tls_client_auth" }),
        json!({ "token_endpoint_auth_method": ["none"] }),
        json!({ "token_endpoint_auth_method": "" }),
        json!({ "token_endpoint_auth_methods_supported": "none" }),
        json!({ "jwks": { "keys": [private] } }),
        json!({ "jwks": { "keys": [{ "kty": "oct", "k": "AAAA" }] } }),
        json!({ "jwks": { "keys": {} } }),
        json!({ "jwks": [] }),
        json!({ "jwks_uri": "https://elsewhere.example/jwks" }),
        json!({ "jwks_uri": "http://localhost/jwks" }),
        json!({ "jwks_uri": 7 }),
        json!({ "redirect_uris": null }),
        json!({ "redirect_uris": [] }),
        json!({ "redirect_uris": LOOPBACK }),
        json!({ "redirect_uris": [LOOPBACK, 7] }),
        json!({ "redirect_uris": [LOOPBACK, "http://localhost:*/callback"] }),
        json!({ "redirect_uris": [LOOPBACK, "https://*.example/callback"] }),
        json!({ "redirect_uris": [LOOPBACK, "http://app.example/callback"] }),
        json!({ "redirect_uris": [LOOPBACK, "javascript://app.example/%0aalert(1)"] }),
        json!({ "redirect_uris": [LOOPBACK, "data:text/html,x"] }),
        json!({ "redirect_uris": [LOOPBACK, "https://app.example/callback#x"] }),
        json!({ "redirect_uris": [LOOPBACK, "https://user@app.example/callback"] }),
        json!({ "redirect_uris": [LOOPBACK, "callback"] }),
        json!({ "redirect_uris": [LOOPBACK, "shortname://callback"] }),
        json!({ "redirect_uris": (0..21).map(|port| format!("http://127.0.0.1:{}/callback", 4000 + port)).collect::<Vec<_>>() }),
        json!({ "client_name": "" }),
        json!({ "client_name": "two\nlines" }),
        json!({ "client_name": "x".repeat(81) }),
        json!({ "client_name": ["Example"] }),
        json!({ "client_uri": 7 }),
        json!({ "grant_types": [] }),
        json!({ "grant_types": ["client_credentials"] }),
        json!({ "grant_types": ["implicit", "refresh_token"] }),
        json!({ "grant_types": "authorization_code" }),
        json!({ "response_types": ["token"] }),
        json!({ "response_types": [7] }),
        json!({ "dpop_bound_access_tokens": "yes" }),
        json!({ "require_pushed_authorization_requests": 1 }),
        json!({ "id_token_signed_response_alg": "none" }),
        json!({ "token_endpoint_auth_signing_alg": "none", "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [jwk] } }),
        json!({ "application_type": "desktop" }),
    ];
    for changes in changes {
        let of = |described: &Described| Reply::Json(described.document(&changes));
        refused(of, &changes.to_string()).await;
    }
}

#[tokio::test]
async fn a_member_that_is_null_is_not_one_that_is_missing() {
    for member in ["jwks", "jwks_uri", "application_type", "client_name", "token_endpoint_auth_method", "grant_types"] {
        let of = |described: &Described| {
            let mut document = described.document(&json!({}));
            document[member] = Value::Null;
            Reply::Json(document)
        };
        refused(of, member).await;
    }
}

#[tokio::test]
async fn an_answer_that_brings_no_document_is_refused_in_the_same_words() {
    let good = |described: &Described| described.document(&json!({})).to_string();
    let typed = |kind: &'static str| move |described: &Described| Reply::Typed(kind.to_owned(), good(described));
    let mut pages = Vec::new();
    for status in [201, 204, 206, 301, 304, 400, 401, 403, 404, 410, 429, 500, 503] {
        pages.push(refused(|described| Reply::Answer(status, good(described)), &status.to_string()).await);
    }
    pages.push(refused(|described| Reply::Redirect(format!("{}/other", described.host.url)), "redirect").await);
    for kind in
        ["content-type: text/html", "content-type: text/plain", "x-none: 1", "content-type: application/javascript"]
    {
        pages.push(refused(typed(kind), kind).await);
    }
    pages.push(refused(typed("content-type: application/json\r\ncontent-encoding: gzip"), "packed").await);
    for text in ["", "null", "[]", "\"x\"", "{", "<html></html>", "{}{}"] {
        pages.push(refused(|_| Reply::Text(text.to_owned()), text).await);
    }
    let doubled = |described: &Described| {
        Reply::Text(good(described).replacen('{', "{\"redirect_uris\":[\"https://evil.example/cb\"],", 1))
    };
    pages.push(refused(doubled, "a member twice").await);
    let padded = |described: &Described| {
        let text = good(described);
        Reply::Text(format!("{text}{}", " ".repeat(10 * 1024 + 1 - text.len())))
    };
    pages.push(refused(padded, "10 KiB and a byte").await);
    pages.push(refused(|_| Reply::Endless, "endless").await);
    pages.push(refused(|_| Reply::HangUp, "hang up").await);
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:#?}");
}

#[tokio::test]
async fn a_document_of_ten_kibibytes_and_other_kinds_of_json_are_read() {
    for reply in [
        |text: String| Reply::Text(format!("{text}{}", " ".repeat(10 * 1024 - text.len()))),
        |text: String| Reply::Typed("content-type: application/cimd+json".to_owned(), text),
        |text: String| Reply::Typed("Content-Type: Application/JSON; charset=utf-8".to_owned(), text),
    ] {
        let described = Described::new(&json!({})).await;
        described.host.set(reply(described.document(&json!({})).to_string()));
        assert!(is_admitted(&described.asks().await));
    }
}

#[tokio::test]
async fn a_slow_document_holds_a_request_for_five_seconds() {
    for reply in [Reply::Slow(std::time::Duration::from_secs(60)), Reply::Drip] {
        let described = Described::new(&json!({})).await;
        described.host.set(reply);
        let begun = std::time::Instant::now();
        assert_refused(&described.asks().await, "slow");
        let took = begun.elapsed().as_secs();
        assert!((4..8).contains(&took), "{took}");
    }
}

#[tokio::test]
async fn what_makes_this_server_call_or_trust_somebody_does_not_count() {
    let other = crate::client_side::ClientServer::listen(Reply::Status(200)).await;
    let at = |path: &str| format!("{}/{path}", other.url);
    let (_, client) = admitted(&json!({
        "sector_identifier_uri": at("sector"), "subject_type": "pairwise",
        "backchannel_logout_uri": at("logout"), "frontchannel_logout_uri": at("logout"),
        "request_uris": [at("request")], "logo_uri": at("logo"), "software_id": "x", "software_version": "1",
        "software_statement": "x", "skip_consent": true, "skip_logout_consent": true, "audience": ["https://api.example"],
        "security_profile": "none", "access_token_strategy": "jwt", "allowed_resources": [], "owner": "x",
        "metadata": { "a": 1 }, "contacts": ["a@b.example"], "post_logout_redirect_uris": [at("out")],
        "resource_server": true, "allowed_cors_origins": ["https://evil.example"], "client_uri": "https://evil.example/",
        "tos_uri": "https://evil.example/", "policy_uri": "javascript:alert(1)", "client_name#de": "Anders",
        "registration_access_token": "x", "authorization_code_grant_access_token_lifespan": "9000h",
        "backchannel_token_delivery_mode": "ping", "backchannel_client_notification_endpoint": at("ping"),
        "initiate_login_uri": at("login"), "scope": "admin openid", "client_assertion_issuer": "https://evil.example",
    }))
    .await;
    assert_eq!(other.count(), 0);
    for member in [
        "sector_identifier_uri",
        "backchannel_logout_uri",
        "frontchannel_logout_uri",
        "request_uris",
        "software_id",
        "post_logout_redirect_uris",
        "resource_server",
        "client_name#de",
        "allowed_resources",
        "client_assertion_issuer",
        "initiate_login_uri",
        "registration_access_token",
    ] {
        assert!(client.get(member).is_none(), "{member}: {client}");
    }
    for member in ["logo_uri", "client_uri", "tos_uri", "policy_uri", "owner"] {
        assert_eq!(client[member], "", "{member}");
    }
    assert_eq!((&client["audience"], &client["allowed_cors_origins"]), (&json!([]), &json!([])));
    assert_eq!((&client["skip_consent"], &client["security_profile"]), (&json!(false), &json!("oauth21")));
    assert_eq!((&client["subject_type"], &client["contacts"]), (&json!("public"), &json!([])));
    assert!(!client["scope"].as_str().unwrap().contains("admin"));
    assert_eq!(client["authorization_code_grant_access_token_lifespan"], Value::Null);
}

#[tokio::test]
async fn a_document_of_two_members_is_enough() {
    let (_, client) = admitted(&json!({
        "client_name": null, "client_uri": null, "grant_types": null, "response_types": null,
        "token_endpoint_auth_method": null,
    }))
    .await;
    assert_eq!(client["client_name"], "localhost");
    assert_eq!(client["grant_types"], json!(["authorization_code", "refresh_token"]));
    assert_eq!(client["response_types"], json!(["code"]));
    assert_eq!(client["token_endpoint_auth_method"], "none");
}

#[tokio::test]
async fn grants_without_a_person_are_left_out() {
    let (_, client) = admitted(&json!({
        "grant_types": ["authorization_code", "client_credentials", "implicit",
            "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "urn:ietf:params:oauth:grant-type:token-exchange", "urn:openid:params:grant-type:ciba", "made-up"],
        "response_types": ["code", "code id_token", "token"],
    }))
    .await;
    assert_eq!(client["grant_types"], json!(["authorization_code"]));
    assert_eq!(client["response_types"], json!(["code"]));
}

#[tokio::test]
async fn names_in_other_scripts_are_names() {
    let (server, client) = admitted(&json!({ "client_name": "例のエージェント" })).await;
    assert_eq!(client["client_name"], "例のエージェント");
    assert_eq!(clients_kept(&server).await, 1);
    assert!(!is_admitted(&asks(&server, "https://localhost/none").await));
}
