//! Keys, proofs, pushed and signed requests, signed and encrypted answers: the client crate and Symbolon, which checks each
//! of them, understand one another.

use std::time::Duration;

use serde_json::{Value, json};
use symbolon_client::{
    Algorithm, Authentication, AuthorizationDetail, AuthorizationRequest, Callback, Client, ClientBuilder, ClientKey,
    Clock, ContentEncryption, DecryptionKey, DpopKey, EncryptedContent, Error, KeyManagement, RefreshRequest,
    RequestObjects, ResponseFault, ResponseMode, SigningKey, TokenSet, VerificationRules,
};
use symbolon_test_provider::{TestClient, TestProvider};

use crate::kit::CALLBACK;

/// Registers an application with these members beside the usual ones.
async fn register(provider: &TestProvider, members: Value) -> TestClient {
    let mut metadata = json!({
        "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": "openid offline_access email orders",
    });
    for (name, value) in members.as_object().unwrap() {
        metadata[name] = value.clone();
    }
    provider.register(metadata).await
}

fn builder(provider: &TestProvider, app: &TestClient) -> ClientBuilder {
    Client::builder(provider.issuer(), &app.id)
        .redirect_uri(CALLBACK)
        .clock(Clock::custom(provider.clock()))
        .without_proxy()
}

async fn log_in(provider: &TestProvider, client: &Client, request: &AuthorizationRequest) -> Result<TokenSet, Error> {
    let (url, pending) = client.authorization_url(request).await?;
    let back = provider.log_in(&url, "alice").await;
    client.redeem(&pending, &Callback::parse(&back.parameters())).await
}

fn usual() -> AuthorizationRequest {
    AuthorizationRequest::new("openid offline_access email")
}

fn signing_key() -> SigningKey {
    SigningKey::generate(Algorithm::ES256, "of-the-app".into()).unwrap()
}

#[tokio::test]
async fn a_key_authenticates_at_every_endpoint() {
    let provider = TestProvider::start().await;
    let key = signing_key();
    let members = json!({
        "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
        "jwks": { "keys": [key.public_jwk()] },
    });
    let app = register(&provider, members).await;
    let client = builder(&provider, &app).private_key(key).push_authorization_requests().build().unwrap();
    let tokens = log_in(&provider, &client, &usual()).await.unwrap();
    let tokens = client.refresh(&tokens).await.unwrap();
    assert_eq!(client.user_info(&tokens).await.unwrap().subject, "alice");
    client.revoke(tokens.refresh_token.as_ref().unwrap().as_str()).await.unwrap();
    assert_eq!(client.refresh(&tokens).await.unwrap_err().code(), Some("invalid_grant"));

    let stranger = builder(&provider, &app).private_key(signing_key()).push_authorization_requests().build().unwrap();
    assert_eq!(log_in(&provider, &stranger, &usual()).await.unwrap_err().code(), Some("invalid_client"));
}

#[tokio::test]
async fn a_secret_authenticates_without_being_sent() {
    let provider = TestProvider::start().await;
    let app = register(&provider, json!({ "token_endpoint_auth_method": "client_secret_jwt" })).await;
    let secret = Authentication::SecretJwt(app.secret.clone().into());
    let client = builder(&provider, &app).authentication(secret).build().unwrap();
    let tokens = log_in(&provider, &client, &usual()).await.unwrap();
    client.refresh(&tokens).await.unwrap();
}

#[tokio::test]
async fn tokens_are_bound_to_a_key_where_nonces_are_demanded() {
    let provider = TestProvider::builder().set("symbolon.dpop.nonce", "true").start().await;
    let app = register(&provider, json!({ "token_endpoint_auth_method": "none" })).await;
    let key = DpopKey::generate().unwrap();
    let client = builder(&provider, &app).dpop(key.clone()).build().unwrap();
    let tokens = log_in(&provider, &client, &usual()).await.unwrap();
    assert_eq!(tokens.token_type, "DPoP");
    let told = provider.introspect(tokens.access_token.as_str()).await;
    assert_eq!(told["cnf"]["jkt"], key.thumbprint());
    assert_eq!(client.user_info(&tokens).await.unwrap().subject, "alice");
    let userinfo = http::Request::get(provider.url("/userinfo")).body("").unwrap();
    assert_eq!(client.send_authorized(userinfo, &tokens).await.unwrap().status(), 200);

    // After a restart, long after the last nonce ran out.
    provider.advance(Duration::from_secs(1800));
    let kept = DpopKey::from_jwk(key.private_jwk().unwrap()).unwrap();
    let again = builder(&provider, &app).dpop(kept).build().unwrap();
    let tokens = again.refresh(&tokens).await.unwrap();
    assert_eq!(again.user_info(&tokens).await.unwrap().subject, "alice");

    let thief = builder(&provider, &app).dpop(DpopKey::generate().unwrap()).build().unwrap();
    assert!(thief.refresh(&tokens).await.is_err(), "the refresh token of a public client is bound, too");
    assert_eq!(thief.user_info(&tokens).await.unwrap_err().status(), Some(401));
}

#[tokio::test]
async fn a_stolen_code_is_of_no_use_without_the_key() {
    let provider = TestProvider::start().await;
    let app = register(&provider, json!({ "token_endpoint_auth_method": "none" })).await;
    let client = builder(&provider, &app).dpop(DpopKey::generate().unwrap()).build().unwrap();
    let (url, pending) = client.authorization_url(&usual()).await.unwrap();
    let back = Callback::parse(&provider.log_in(&url, "alice").await.parameters());
    // Whoever has even the verifier meets the provider's own check, which this client's would only anticipate.
    let text = pending.to_text().unwrap().expose().clone();
    let mut stolen: Value = serde_json::from_str(&text).unwrap();
    stolen.as_object_mut().unwrap().remove("dpop_thumbprint").unwrap();
    let stolen = symbolon_client::PendingAuthorization::from_text(&stolen.to_string()).unwrap();
    let thief = builder(&provider, &app).dpop(DpopKey::generate().unwrap()).build().unwrap();
    let error = thief.redeem(&stolen, &back).await.unwrap_err();
    assert_eq!(error.code(), Some("invalid_grant"), "{error}");
}

#[tokio::test]
async fn requests_are_signed_encrypted_and_pushed() {
    // The built-in login page refuses what it cannot fulfil; what another one can is not known beforehand.
    let provider = TestProvider::builder()
        .set("symbolon.keys.encryption", "ECDH-ES,RSA-OAEP-256")
        .set("urls.login", "https://login.example.com/")
        .start()
        .await;
    let key = signing_key();
    let members = json!({
        "jwks": { "keys": [key.public_jwk()] }, "request_object_signing_alg": "ES256",
        "require_signed_request_object": true,
    });
    let app = register(&provider, members).await;
    let objects = || RequestObjects::signed_by(ClientKey::new(key.clone()));
    let usual_builder = || builder(&provider, &app).client_secret(app.secret.clone());
    for client in [
        usual_builder().request_objects(objects()),
        usual_builder().request_objects(objects()).push_authorization_requests(),
        usual_builder().request_objects(objects().encrypted(KeyManagement::EcdhEs, ContentEncryption::A256Gcm)),
        usual_builder()
            .request_objects(objects().encrypted(KeyManagement::RsaOaep256, ContentEncryption::A128CbcHs256))
            .push_authorization_requests(),
    ] {
        let client = client.build().unwrap();
        let request = usual().max_age_seconds(60).require_acr(["gold"]);
        log_in(&provider, &client, &request).await.unwrap();
    }
    let plain = usual_builder().build().unwrap();
    let (url, _) = plain.authorization_url(&usual()).await.unwrap();
    let back = provider.log_in(&url, "alice").await;
    assert!(back.parameter("code").is_none(), "the provider demands a signed request of this client");
}

#[tokio::test]
async fn answers_are_signed_and_encrypted_in_every_mode() {
    let provider = TestProvider::start().await;
    let key = DecryptionKey::generate(KeyManagement::EcdhEsA256Kw, "of-the-app".into()).unwrap();
    for encrypted in [false, true] {
        let mut members = json!({ "authorization_signed_response_alg": "ES256" });
        if encrypted {
            members["jwks"] = json!({ "keys": [key.public_jwk()] });
            members["authorization_encrypted_response_alg"] = json!("ECDH-ES+A256KW");
            members["authorization_encrypted_response_enc"] = json!("A256GCM");
        }
        let app = register(&provider, members).await;
        let rules = VerificationRules::default()
            .require_encryption(encrypted.then_some(EncryptedContent::AuthorizationResponses));
        let client = builder(&provider, &app)
            .client_secret(app.secret.clone())
            .decryption_key(key.clone())
            .verification(rules)
            .build()
            .unwrap();
        for mode in [ResponseMode::Jwt, ResponseMode::QueryJwt, ResponseMode::FormPostJwt, ResponseMode::FormPost] {
            log_in(&provider, &client, &usual().response_mode(mode)).await.unwrap();
        }
        let (url, _) = client.authorization_url(&usual()).await.unwrap();
        let (_, signed) = client.authorization_url(&usual().response_mode(ResponseMode::Jwt)).await.unwrap();
        let plain = Callback::parse(&provider.log_in(&url, "alice").await.parameters());
        let error = client.redeem(&signed, &plain).await.unwrap_err();
        assert_eq!(error, Error::AuthorizationResponse(ResponseFault::Missing));
        let (url, pending) = client.authorization_url(&usual().response_mode(ResponseMode::Jwt)).await.unwrap();
        let refused = Callback::parse(&provider.refuse_consent(&url, "alice").await.parameters());
        assert_eq!(client.redeem(&pending, &refused).await.unwrap_err().code(), Some("access_denied"));
    }
}

#[tokio::test]
async fn id_tokens_and_userinfo_are_encrypted() {
    let provider = TestProvider::start().await;
    provider.add_user("alice", json!({ "email": "alice@example.com" }));
    for (alg, name) in [(KeyManagement::RsaOaep256, "RSA-OAEP-256"), (KeyManagement::EcdhEs, "ECDH-ES")] {
        for signed in [json!("ES256"), Value::Null] {
            let key = DecryptionKey::generate(alg, "of-the-app".into()).unwrap();
            let mut members = json!({
                "jwks": { "keys": [key.public_jwk()] }, "id_token_encrypted_response_alg": name,
                "userinfo_encrypted_response_alg": name, "userinfo_encrypted_response_enc": "A256GCM",
            });
            if !signed.is_null() {
                members["userinfo_signed_response_alg"] = signed.clone();
            }
            let app = register(&provider, members).await;
            let rules = VerificationRules::default()
                .require_encryption([EncryptedContent::IdTokens, EncryptedContent::UserInfo]);
            let client = builder(&provider, &app)
                .client_secret(app.secret.clone())
                .decryption_key(key)
                .verification(rules)
                .build()
                .unwrap();
            let tokens = log_in(&provider, &client, &usual()).await.unwrap();
            let user = client.user_info(&tokens).await.unwrap();
            assert_eq!(user.standard.email.as_deref(), Some("alice@example.com"), "{name} {signed}");
        }
    }
}

#[tokio::test]
async fn details_are_granted_and_told() {
    let types = json!({ "payment": {
        "title": "Pay {amount} to {to}",
        "schema": { "type": "object", "required": ["amount", "to"], "properties": {
            "to": { "type": "string", "maxLength": 40 }, "amount": { "type": "string", "maxLength": 12 },
        } },
    } });
    let provider = TestProvider::builder().set("symbolon.authorization_details.types", types.to_string()).start().await;
    let app = register(&provider, json!({ "authorization_details_types": ["payment"] })).await;
    let client = builder(&provider, &app).client_secret(app.secret.clone()).build().unwrap();
    let payment = AuthorizationDetail::new("payment").member("amount", "12.50").member("to", "the baker");
    for request in [usual().authorization_detail(payment.clone()), usual().authorization_detail(payment.clone())] {
        let tokens = log_in(&provider, &client, &request).await.unwrap();
        assert_eq!(tokens.authorization_details().unwrap(), std::slice::from_ref(&payment));
    }
    let (url, _) =
        client.authorization_url(&usual().authorization_detail(AuthorizationDetail::new("x"))).await.unwrap();
    assert_eq!(provider.log_in(&url, "alice").await.error().unwrap(), "invalid_authorization_details");
}

#[tokio::test]
async fn each_resource_has_a_token_of_its_own() {
    let (one, two) = ("https://one.example/", "https://two.example/");
    let records = json!([{ "identifier": one, "self_service": true }, { "identifier": two, "self_service": true }]);
    let provider = TestProvider::builder().set("symbolon.resources", records.to_string()).start().await;
    let app = register(&provider, json!({})).await;
    let client = builder(&provider, &app).client_secret(app.secret.clone()).build().unwrap();
    let request = AuthorizationRequest::new("openid offline_access").resource(one).resource(two);
    let (url, pending) = client.authorization_url(&request).await.unwrap();
    let back = Callback::parse(&provider.log_in(&url, "alice").await.parameters());
    let first = client.redeem(&pending.only_for_resource(one), &back).await.unwrap();
    client.verify_access_token(&first.access_token, one).await.unwrap();
    let second = client.refresh_as(&first, &RefreshRequest::new().resource(two)).await.unwrap();
    client.verify_access_token(&second.access_token, two).await.unwrap();
    assert!(client.verify_access_token(&second.access_token, one).await.is_err());
    let error = client.refresh_as(&second, &RefreshRequest::new().resource("https://three.example/")).await;
    assert_eq!(error.unwrap_err().code(), Some("invalid_target"));
}
