//! A client's own list: `allowed_cors_origins`.

use http::header::ORIGIN;
use serde_json::{Value, json};

use super::{Seen, asked, listing, listing_with, seen};
use crate::fixtures::{Registered, confidential, register};
use crate::support::{Call, TestServer};

const OWN: &str = "https://client.example";
const FORM: &[(&str, &str)] = &[("grant_type", "client_credentials")];

async fn with_origin(server: &TestServer) -> Registered {
    register(server, "with-origin", &json!({ "allowed_cors_origins": [OWN] })).await
}

#[tokio::test]
async fn a_clients_origin_passes_the_preflight_and_reads_its_answers() {
    let server = listing(&["https://spa.example"]).await;
    let client = with_origin(&server).await;
    for path in ["/oauth2/token", "/oauth2/revoke", "/userinfo", "/credentials"] {
        assert_eq!(asked(&server, path, OWN).await, Seen::Anybody, "{path}: without cookies");
    }
    for path in ["/oauth2/auth", "/oauth2/register", "/.well-known/openid-configuration", "/oauth2/device/auth"] {
        assert_eq!(asked(&server, path, OWN).await, Seen::Nothing, "{path}");
    }
    let answer = server.public(client.token_request(FORM).header(ORIGIN, OWN)).await.expect(200);
    assert_eq!(seen(&answer, OWN), Seen::WithCookies);
    let wrong = Call::post("/oauth2/token").form(FORM).basic(&client.id, "wrong").header(ORIGIN, OWN);
    assert_eq!(seen(&server.public(wrong).await.expect(401), OWN), Seen::WithCookies);
    let mut flow = client.flow(&server).scope("openid");
    let token = flow.tokens().await["access_token"].as_str().unwrap().to_owned();
    let userinfo = |origin: &str| Call::get("/userinfo").bearer(&token).header(ORIGIN, origin);
    assert_eq!(seen(&server.public(userinfo(OWN)).await.expect(200), OWN), Seen::WithCookies);
    assert_eq!(seen(&server.public(userinfo("https://evil.example")).await, "https://evil.example"), Seen::Nothing);
}

#[tokio::test]
async fn the_origin_of_one_client_reads_no_answer_to_another() {
    let server = listing(&[]).await;
    with_origin(&server).await;
    let other = confidential(&server).await;
    let answer = server.public(other.token_request(FORM).header(ORIGIN, OWN)).await.expect(200);
    assert_eq!(seen(&answer, OWN), Seen::Nothing);
    let token = other.flow(&server).scope("openid").tokens().await["access_token"].as_str().unwrap().to_owned();
    let answer = server.public(Call::get("/userinfo").bearer(&token).header(ORIGIN, OWN)).await.expect(200);
    assert_eq!(seen(&answer, OWN), Seen::Nothing);
}

#[tokio::test]
async fn what_a_stranger_registers_opens_nothing_of_anybody_else() {
    const EVIL: &str = "https://evil.example";
    let server = listing(&[]).await;
    let operators = confidential(&server).await;
    let metadata = json!({
        "redirect_uris": ["https://evil.example/cb"],
        "grant_types": ["authorization_code", "client_credentials"],
        "allowed_cors_origins": [EVIL],
    });
    let created = server.public(Call::post("/oauth2/register").json(&metadata)).await.expect(201).json();
    assert_eq!(created["allowed_cors_origins"], json!([EVIL]));
    let own = [created["client_id"].as_str().unwrap(), created["client_secret"].as_str().unwrap()];
    let call = Call::post("/oauth2/token").form(FORM).basic(own[0], own[1]).header(ORIGIN, EVIL);
    assert_eq!(seen(&server.public(call).await, EVIL), Seen::Origin, "its own answers, and never with cookies");
    let call = operators.token_request(FORM).header(ORIGIN, EVIL);
    assert_eq!(seen(&server.public(call).await.expect(200), EVIL), Seen::Nothing);
    for path in ["/oauth2/auth", "/.well-known/openid-configuration", "/oauth2/sessions/logout"] {
        let answer = server.public(Call::get(path).header(ORIGIN, EVIL)).await;
        assert_eq!(seen(&answer, EVIL), Seen::Nothing, "{path}");
    }
}

#[tokio::test]
async fn a_changed_list_counts_at_once() {
    let server = listing_with(&[], |config| config.serve.public_cors.allow_credentials = false).await;
    let client = with_origin(&server).await;
    let call = || client.token_request(FORM).header(ORIGIN, OWN);
    assert_eq!(seen(&server.public(call()).await.expect(200), OWN), Seen::Origin);
    let path = format!("/admin/clients/{}", client.id);
    let mut metadata: Value = server.admin(Call::get(&path)).await.expect(200).json();
    metadata["allowed_cors_origins"] = json!([]);
    metadata["client_secret"] = json!(client.secret);
    server.admin(Call::put(&path).json(&metadata)).await.expect(200);
    assert_eq!(seen(&server.public(call()).await.expect(200), OWN), Seen::Nothing);
}

/// A pattern of an administrator's client, as in the operator's list.
#[tokio::test]
async fn a_star_stands_for_the_names_below_a_domain_or_for_a_port() {
    let server = listing(&[]).await;
    let patterns = ["https://*.PREVIEW.example", "http://localhost:*"];
    let client = register(&server, "previews", &json!({ "allowed_cors_origins": patterns })).await;
    let shown = server.admin(Call::get("/admin/clients/previews")).await.expect(200).json();
    assert_eq!(shown["allowed_cors_origins"], json!(["https://*.preview.example", "http://localhost:*"]));
    let read = async |origin: &str| {
        let answer = server.public(client.token_request(FORM).header(ORIGIN, origin)).await.expect(200);
        seen(&answer, origin)
    };
    for origin in ["https://a.preview.example", "https://a.b.preview.example", "http://localhost:5173"] {
        assert_eq!(read(origin).await, Seen::WithCookies, "{origin}");
    }
    for origin in ["https://preview.example", "http://a.preview.example", "https://evil.example", "https://localhost:1"]
    {
        assert_eq!(read(origin).await, Seen::Nothing, "{origin}");
    }
    let own = json!({ "allowed_cors_origins": ["https://*.github.example"] });
    let refused = server.public(Call::post("/oauth2/register").json(&own)).await.expect(400);
    assert_eq!(refused.error().as_deref(), Some("invalid_client_metadata"));
}
