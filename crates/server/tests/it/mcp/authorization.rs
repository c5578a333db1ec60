//! The authorization request: what clients leave out, what they always have, and what is never spared for clients that
//! nobody vouches for.

use serde_json::json;

use super::{Client, NOTES, answered, configured, server};
use crate::fixtures::claims;
use crate::support::{Call, TestServer};

const REDIRECT_URI: &str = "http://127.0.0.1:33418/callback";

async fn client(server: &TestServer) -> Client {
    Client::register(server, &json!({ "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none" })).await
}

#[tokio::test]
async fn a_state_of_any_length_comes_back_and_none_is_needed() {
    let server = server().await;
    let mut client = client(&server).await;
    for state in [None, Some("s"), Some("a-state-of-the-usual-length")] {
        let mut parameters = vec![("scope", "notes.read"), ("resource", NOTES)];
        parameters.extend(state.map(|state| ("state", state)));
        let answer = client.answer(REDIRECT_URI, &parameters).await;
        assert!(answered(&answer, "code").is_some(), "{}", answer.location());
        assert_eq!(answered(&answer, "state").as_deref(), state);
        assert_eq!(answered(&answer, "iss").as_deref(), Some("http://127.0.0.1:4444"));
    }
}

#[tokio::test]
async fn errors_have_the_issuer_too() {
    let server = server().await;
    let mut client = client(&server).await;
    let answer =
        client.answer(REDIRECT_URI, &[("scope", "notes.read"), ("resource", "https://elsewhere.example")]).await;
    assert!(answered(&answer, "error").is_some(), "{}", answer.location());
    assert_eq!(answered(&answer, "iss").as_deref(), Some("http://127.0.0.1:4444"));
}

/// OAuth 2.1 §4.1.1 and §7.6: `S256`, and nothing weaker.
#[tokio::test]
async fn a_code_challenge_with_s256_is_required() {
    let server = server().await;
    let client = client(&server).await;
    let base = [("response_type", "code"), ("client_id", client.id()), ("redirect_uri", REDIRECT_URI)];
    let verifier = crate::support::CODE_VERIFIER;
    for more in [
        vec![],
        vec![("code_challenge", verifier)],
        vec![("code_challenge", verifier), ("code_challenge_method", "plain")],
    ] {
        let query = [&base[..], &more, &[("resource", NOTES), ("state", crate::support::STATE)]].concat();
        let answer = server.public(Call::get("/oauth2/auth").query(&query).navigating()).await;
        assert_eq!(answered(&answer, "error").as_deref(), Some("invalid_request"), "{}", answer.location());
    }
}

#[tokio::test]
async fn no_other_response_type_is_for_them() {
    let server = server().await;
    let client = client(&server).await;
    for response_type in ["token", "id_token", "code token", "code id_token"] {
        let query = [
            ("response_type", response_type),
            ("client_id", client.id()),
            ("redirect_uri", REDIRECT_URI),
            ("nonce", "a-nonce-of-the-client"),
            ("scope", "openid"),
        ];
        let answer = server.public(Call::get("/oauth2/auth").query(&query).navigating()).await;
        assert!(answer.location().contains("error="), "{response_type}: {}", answer.location());
        assert!(!answer.location().starts_with("http://127.0.0.1:3000/login"), "{response_type}");
    }
}

/// OAuth 2.1 §4.1.3 asks for none where the code is bound by PKCE; if it comes, it is compared.
#[tokio::test]
async fn the_token_request_repeats_the_redirect_uri_as_it_was_asked_for() {
    let server = server().await;
    let mut client = client(&server).await;
    let asked = "http://127.0.0.1:50999/callback";
    let parameters = [("scope", "notes.read"), ("resource", NOTES)];
    let code = client.code(asked, &parameters).await;
    let answer = server.public(client.redemption(&code, REDIRECT_URI, &[])).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
    let code = client.code(asked, &parameters).await;
    server.public(client.redemption(&code, asked, &[])).await.expect(200);
}

/// Whoever is remembered skips the login, and sees consent again: registered is not trusted.
#[tokio::test]
async fn consent_is_never_spared_for_a_client_that_registered_itself() {
    let server = server().await;
    let mut client = client(&server).await;
    let parameters = [("scope", "notes.read"), ("resource", NOTES)];
    client.code(REDIRECT_URI, &parameters).await;
    let target = client.request(REDIRECT_URI, &parameters).target;
    let page = client.browser.get(&target).await;
    let login = crate::support::LoginApplication::new(&server, "alice");
    let next = if page.location().contains("/login?") { login.accept_login(page.location()).await } else { panic!() };
    let page = client.browser.get(&next).await;
    assert!(page.location().starts_with("http://127.0.0.1:3000/consent?"), "{}", page.location());
    let challenge = crate::fixtures::parameter(page.location(), "consent_challenge");
    let request = Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", &challenge)]);
    let request = server.admin(request).await.expect(200).json();
    assert_ne!(request["skip"], true, "{request}");
    assert_eq!(request["requested_access_token_audience"], json!([NOTES]));
}

/// A client that leaves `resource` out, or was made for another protocol version.
#[tokio::test]
async fn the_only_mcp_server_is_the_default() {
    let resources = format!(r#"[{{"identifier": "{NOTES}", "scopes": ["notes.read"]}}]"#);
    let server = TestServer::start(configured(&[("symbolon.mcp.resources", &resources)])).await;
    let mut client = client(&server).await;
    let code = client.code(REDIRECT_URI, &[("scope", "notes.read")]).await;
    let tokens = server.public(client.redemption(&code, REDIRECT_URI, &[])).await.expect(200).json();
    let claims = claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["aud"], json!([NOTES]));
}

/// RFC 9068 §2: what an MCP server checks without asking anybody.
#[tokio::test]
async fn access_tokens_are_jwts_that_the_mcp_server_checks_by_itself() {
    let server = server().await;
    let mut client = client(&server).await;
    let tokens = client.tokens(REDIRECT_URI, "notes.read").await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(crate::fixtures::part(token, 0)["typ"], "at+jwt");
    let claims = crate::fixtures::verified_claims(&server, token).await;
    for (name, value) in
        [("iss", json!("http://127.0.0.1:4444")), ("sub", json!("alice")), ("scope", json!("notes.read"))]
    {
        assert_eq!(claims[name], value, "{name}");
    }
    assert_eq!(claims["client_id"], client.id());
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    assert_eq!(tokens["expires_in"], 3600);
}
