//! The authorization code flow with PKCE and nonce, ID tokens in each algorithm, and userinfo.

use openidconnect::core::{CoreAuthenticationFlow, CoreJwsSigningAlgorithm, CoreTokenResponse, CoreUserInfoClaims};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, CsrfToken, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, Scope, TokenResponse as _,
};
use serde_json::{Value, json};

use crate::relying_party::{Client, Server, send};

/// Logs in and redeems the code.
async fn log_in(server: &Server, client: &Client, session: Value) -> (CoreTokenResponse, Nonce) {
    let (code, verifier, nonce) = authorize(server, client, session).await;
    let request = client.exchange_code(code).unwrap().set_pkce_verifier(verifier);
    (request.request_async(&send).await.unwrap(), nonce)
}

async fn authorize(server: &Server, client: &Client, session: Value) -> (AuthorizationCode, PkceCodeVerifier, Nonce) {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
    let scopes = ["offline_access", "profile", "email"].map(|scope| Scope::new(scope.to_owned()));
    let (url, state, nonce) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
    let callback = server.login_application(session).visit(url.as_str()).await.unwrap();
    let parameter = |wanted: &str| {
        let found = callback.query_pairs().find(|(name, _)| name == wanted);
        found.unwrap_or_else(|| panic!("no {wanted} in {callback}")).1.into_owned()
    };
    assert_eq!(&parameter("state"), state.secret());
    (AuthorizationCode::new(parameter("code")), verifier, nonce)
}

/// Verifies the ID token as the library does, its signature with this algorithm, and the hash of the access token.
#[track_caller]
fn verify(client: &Client, tokens: &CoreTokenResponse, nonce: &Nonce, algorithm: &CoreJwsSigningAlgorithm) {
    let verifier = client.id_token_verifier().set_allowed_algs([algorithm.clone()]);
    let id_token = tokens.id_token().unwrap();
    let claims = id_token.claims(&verifier, nonce).unwrap();
    assert_eq!(claims.subject().as_str(), "alice");
    assert_eq!(&id_token.signing_alg().unwrap().clone(), algorithm);
    let key = id_token.signing_key(&verifier).unwrap();
    let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).unwrap();
    assert_eq!(claims.access_token_hash().unwrap(), &hash);
    let other = Nonce::new("another".to_owned());
    assert!(id_token.claims(&verifier, &other).is_err(), "the library checks the nonce");
}

#[tokio::test]
async fn each_kind_of_client_logs_in() {
    let server = Server::start("");
    for method in ["client_secret_basic", "client_secret_post", "none"] {
        let mut more = json!({ "token_endpoint_auth_method": method });
        if method == "none" {
            more["client_secret"] = json!("");
        }
        let mut client = server.client(method, more).await;
        if method == "client_secret_post" {
            client = client.set_auth_type(openidconnect::AuthType::RequestBody);
        }
        let (tokens, nonce) = log_in(&server, &client, json!({})).await;
        verify(&client, &tokens, &nonce, &CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256);
        assert!(tokens.refresh_token().is_some() && tokens.expires_in().is_some());
        assert_eq!(tokens.scopes().map(Vec::len), Some(4), "{:?}", tokens.scopes());
    }
}

#[tokio::test]
async fn id_tokens_verify_in_every_algorithm() {
    let algorithms = [
        ("RS256", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256),
        ("PS256", CoreJwsSigningAlgorithm::RsaSsaPssSha256),
        ("ES256", CoreJwsSigningAlgorithm::EcdsaP256Sha256),
        ("EdDSA", CoreJwsSigningAlgorithm::EdDsa),
    ];
    // By the client's registration, and by the server's configuration.
    let server = Server::start("");
    for (name, algorithm) in &algorithms {
        let client = server.client(name, json!({ "id_token_signed_response_alg": name })).await;
        let (tokens, nonce) = log_in(&server, &client, json!({})).await;
        verify(&client, &tokens, &nonce, algorithm);
    }
    for (name, algorithm) in algorithms.iter().filter(|(name, _)| matches!(*name, "ES256" | "EdDSA")) {
        let server = Server::start(&format!("symbolon: {{keys: {{signing_algorithm: {name}}}}}"));
        let client = server.client("default", json!({})).await;
        let (tokens, nonce) = log_in(&server, &client, json!({})).await;
        verify(&client, &tokens, &nonce, algorithm);
    }
}

#[tokio::test]
async fn userinfo_is_read_plain_and_signed() {
    let server = Server::start("");
    let session = json!({ "id_token": { "email": "alice@example.com", "email_verified": true, "name": "Alice" } });
    // The library knows no other algorithm here.
    for algorithm in ["none", "RS256"] {
        let client = server.client(algorithm, json!({ "userinfo_signed_response_alg": algorithm })).await;
        let (tokens, nonce) = log_in(&server, &client, session.clone()).await;
        let subject = tokens.id_token().unwrap().claims(&client.id_token_verifier(), &nonce).unwrap().subject().clone();
        let request = client.user_info(tokens.access_token().clone(), Some(subject)).unwrap();
        let request = request.require_signed_response(algorithm != "none");
        let claims: CoreUserInfoClaims = request.request_async(&send).await.unwrap();
        assert_eq!(claims.email().map(|email| email.as_str()), Some("alice@example.com"), "{claims:?}");
        assert_eq!(claims.email_verified(), Some(true));
    }
}

#[tokio::test]
async fn tokens_are_refreshed() {
    let server = Server::start("");
    let client = server.client("app", json!({})).await;
    let (first, _) = log_in(&server, &client, json!({})).await;
    let old = first.refresh_token().unwrap();
    let second = client.exchange_refresh_token(old).unwrap().request_async(&send).await.unwrap();
    let new = second.refresh_token().unwrap();
    assert!(new.secret() != old.secret() && second.access_token().secret() != first.access_token().secret());
    // The new ID token has no nonce of a request to answer, which the library accepts when told so.
    let no_nonce = |_: Option<&Nonce>| Ok(());
    let claims = second.id_token().unwrap().claims(&client.id_token_verifier(), no_nonce).unwrap();
    assert_eq!(claims.subject().as_str(), "alice");
    let error = client.exchange_refresh_token(old).unwrap().request_async(&send).await.unwrap_err();
    assert!(error.to_string().contains("error response"), "{error}");
}

#[tokio::test]
async fn a_wrong_code_verifier_is_an_error_of_the_protocol() {
    let server = Server::start("");
    let client = server.client("app", json!({})).await;
    let (code, right, _) = authorize(&server, &client, json!({})).await;
    let wrong = PkceCodeVerifier::new("x".repeat(43));
    for verifier in [wrong, right] {
        let request = client.exchange_code(code.clone()).unwrap().set_pkce_verifier(verifier);
        let error = request.request_async(&send).await.unwrap_err();
        let openidconnect::RequestTokenError::ServerResponse(response) = error else { panic!("{error}") };
        assert_eq!(response.error().as_ref(), "invalid_grant", "also with the right verifier, as the code is burnt");
        assert!(response.error_description().is_some_and(|text| !text.is_empty()));
    }
}
