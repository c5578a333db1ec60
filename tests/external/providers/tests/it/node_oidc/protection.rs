//! What goes beyond the plain code flow: keys instead of secrets, tokens that are bound, requests and answers that nobody reads or
//! changes on the way.

use serde_json::{Value, json};
use symbolon_client::{
    Algorithm, Authentication, AuthorizationDetail, AuthorizationRequest, Callback, ClaimsRequest, ClientKey,
    ContentEncryption, DecryptionKey, DpopKey, EncryptedContent, Error, KeyManagement, RefreshRequest, RequestObjects,
    RequestedClaim, ResponseMode, Secret, SigningKey, VerificationRules,
};

use super::register;
use crate::browser::Browser;
use crate::setting::{CALLBACK, authorize, certificate, log_in, openid};

fn signing_key(algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(algorithm, "my-key".to_owned()).expect("a key")
}

fn key_set(keys: &[symbolon_client::Jwk]) -> Value {
    json!({ "keys": keys })
}

#[tokio::test]
async fn a_key_proves_who_the_client_is() {
    for algorithm in [Algorithm::ES256, Algorithm::RS256, Algorithm::PS256, Algorithm::EdDSA] {
        let key = signing_key(algorithm);
        let over = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": key_set(&[key.public_jwk()]) });
        let registered = register(over).await;
        let client = registered.builder().private_key(key).build().expect("a client");
        let tokens = log_in(&client, &openid("openid offline_access"))
            .await
            .unwrap_or_else(|error| panic!("{algorithm}: {error}"));
        client.refresh(&tokens).await.expect("a refresh");
        client.revoke(tokens.access_token.as_str()).await.expect("revoked");
        let stranger = registered.builder().private_key(signing_key(algorithm)).build().expect("a client");
        let refused = log_in(&stranger, &openid("openid")).await.expect_err("another key");
        assert_eq!(refused.code(), Some("invalid_client"), "{algorithm}");
    }
}

#[tokio::test]
async fn a_secret_proves_itself_without_travelling() {
    let registered = register(json!({ "token_endpoint_auth_method": "client_secret_jwt" })).await;
    let authentication = Authentication::SecretJwt(Secret::new(registered.secret.clone()));
    let client = registered.builder().authentication(authentication).build().expect("a client");
    log_in(&client, &openid("openid")).await.expect("tokens");
    let authentication = Authentication::SecretJwt(Secret::new("another secret of more than 32 bytes".to_owned()));
    let stranger = registered.builder().authentication(authentication).build().expect("a client");
    assert_eq!(log_in(&stranger, &openid("openid")).await.expect_err("another secret").code(), Some("invalid_client"));
}

/// The server demands nonces, of the token endpoint and of userinfo each its own.
#[tokio::test]
async fn tokens_are_bound_to_a_key() {
    for (method, secret) in [("none", false), ("client_secret_basic", true)] {
        let over = json!({ "dpop_bound_access_tokens": true, "token_endpoint_auth_method": method });
        let registered = register(over).await;
        let builder =
            || if secret { registered.builder().client_secret(&registered.secret) } else { registered.builder() };
        let client = builder().dpop(DpopKey::generate().expect("a key")).build().expect("a client");
        let tokens = log_in(&client, &openid("openid email offline_access")).await.expect(method);
        assert_eq!(tokens.token_type, "DPoP");
        assert_eq!(client.user_info(&tokens).await.expect("userinfo").subject, "ada");
        let next = client.refresh(&tokens).await.expect("a refresh");
        assert_eq!(client.user_info(&next).await.expect("userinfo").subject, "ada");
        // Whoever steals the token has not got the key.
        let thief = builder().dpop(DpopKey::generate().expect("a key")).build().expect("a client");
        assert_eq!(thief.user_info(&next).await.expect_err("another key").status(), Some(401));
        let without = builder().build().expect("a client");
        let refused = log_in(&without, &openid("openid")).await.expect_err("no key");
        assert!(matches!(refused, Error::Api(_)), "{refused}");
    }
}

#[tokio::test]
async fn a_bound_token_opens_an_api_of_the_programs_own_calls() {
    let registered = register(json!({ "dpop_bound_access_tokens": true })).await;
    let builder = registered.builder().client_secret(&registered.secret);
    let client = builder.dpop(DpopKey::generate().expect("a key")).build().expect("a client");
    let tokens = log_in(&client, &openid("openid email")).await.expect("tokens");
    let userinfo = client.metadata().await.expect("metadata").userinfo_endpoint.clone().expect("an endpoint");
    let request = http::Request::get(userinfo).body("").expect("a request");
    let answer = client.send_authorized(request, &tokens).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let told: Value = serde_json::from_slice(answer.body()).expect("JSON");
    assert_eq!(told["email"], "ada@example.com");
}

#[tokio::test]
async fn a_request_is_pushed() {
    for demanded in [true, false] {
        let registered = register(json!({ "require_pushed_authorization_requests": demanded })).await;
        let builder = registered.builder().client_secret(&registered.secret);
        let client = builder.push_authorization_requests().build().expect("a client");
        let (url, pending) = client.authorization_url(&openid("openid email")).await.expect("an authorization URL");
        let names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        assert!(names.iter().all(|name| ["client_id", "request_uri"].contains(&&**name)), "{url}");
        let arrival = Browser::default().visit(url).await.expect("the way back");
        client.redeem(&pending, &Callback::parse(&arrival.parameters())).await.expect("tokens");
    }
}

#[tokio::test]
async fn a_request_is_signed_and_encrypted() {
    let key = signing_key(Algorithm::ES256);
    let over = json!({
        "jwks": key_set(&[key.public_jwk()]), "require_signed_request_object": true, "request_object_signing_alg": "ES256",
    });
    let registered = register(over).await;
    let key = ClientKey::new(key);
    let plain = RequestObjects::signed_by(key.clone());
    let sealed = RequestObjects::signed_by(key).encrypted(KeyManagement::RsaOaep256, ContentEncryption::A256Gcm);
    for objects in [plain, sealed] {
        for pushed in [false, true] {
            let builder = registered.builder().client_secret(&registered.secret).request_objects(objects.clone());
            let builder = if pushed { builder.push_authorization_requests() } else { builder };
            let tokens = log_in(&builder.build().expect("a client"), &openid("openid")).await;
            assert!(tokens.is_ok(), "pushed: {pushed}, {objects:?}: {}", tokens.expect_err("an error"));
        }
    }
}

#[tokio::test]
async fn an_answer_is_signed() {
    use ResponseMode::{FormPostJwt, Jwt, QueryJwt};
    for algorithm in ["RS256", "ES256", "Ed25519"] {
        let client = register(json!({ "authorization_signed_response_alg": algorithm })).await.client();
        for mode in [Jwt, QueryJwt, FormPostJwt] {
            let request = openid("openid").response_mode(mode);
            let (pending, arrival) = authorize(&client, &request, &mut Browser::default()).await;
            assert!(!arrival.parameters().contains("code="), "{arrival:?}");
            let callback = Callback::parse(&arrival.parameters());
            client.redeem(&pending, &callback).await.unwrap_or_else(|error| panic!("{algorithm}, {mode:?}: {error}"));
        }
        // A plain answer to a request for a signed one is somebody else's.
        let (pending, _) = authorize(&client, &openid("openid").response_mode(Jwt), &mut Browser::default()).await;
        let forged = Callback::parse(&format!("code=stolen&state={}", pending.state()));
        let refused = client.redeem(&pending, &forged).await.expect_err("it is not signed");
        assert!(matches!(refused, Error::AuthorizationResponse(_)), "{refused}");
    }
    let client = register(json!({})).await.client();
    let request = openid("openid").response_mode(Jwt);
    let mut browser = Browser::refusing();
    let (pending, arrival) = authorize(&client, &request, &mut browser).await;
    let refused = client.redeem(&pending, &Callback::parse(&arrival.parameters())).await.expect_err("a refusal");
    assert_eq!(refused.code(), Some("access_denied"));
}

#[tokio::test]
async fn what_is_encrypted_for_the_client_is_opened() {
    for (alg, management) in [
        ("RSA-OAEP-256", KeyManagement::RsaOaep256),
        ("ECDH-ES", KeyManagement::EcdhEs),
        ("ECDH-ES+A128KW", KeyManagement::EcdhEsA128Kw),
        ("ECDH-ES+A256KW", KeyManagement::EcdhEsA256Kw),
    ] {
        for enc in ["A128CBC-HS256", "A128GCM", "A256GCM"] {
            let key = DecryptionKey::generate(management, "for-me".to_owned()).expect("a key");
            let over = json!({
                "jwks": key_set(&[key.public_jwk()]),
                "id_token_encrypted_response_alg": alg, "id_token_encrypted_response_enc": enc,
                "userinfo_signed_response_alg": "RS256",
                "userinfo_encrypted_response_alg": alg, "userinfo_encrypted_response_enc": enc,
                "authorization_encrypted_response_alg": alg, "authorization_encrypted_response_enc": enc,
            });
            let registered = register(over).await;
            let rules = VerificationRules::default()
                .require_encryption([EncryptedContent::IdTokens, EncryptedContent::UserInfo]);
            let builder = || registered.builder().client_secret(&registered.secret);
            let client = builder().decryption_key(key).verification(rules).build().expect("a client");
            let request = openid("openid email").response_mode(ResponseMode::Jwt);
            let tokens = log_in(&client, &request).await.unwrap_or_else(|error| panic!("{alg}, {enc}: {error}"));
            assert_eq!(tokens.id_token.as_ref().expect("an ID token").claims.subject, "ada");
            let user = client.user_info(&tokens).await.unwrap_or_else(|error| panic!("{alg}, {enc}: {error}"));
            assert_eq!(user.standard.email.as_deref(), Some("ada@example.com"));
            let other = DecryptionKey::generate(management, "for-me".to_owned()).expect("a key");
            let stranger = builder().decryption_key(other).build().expect("a client");
            log_in(&stranger, &openid("openid")).await.expect_err("another key does not open it");
        }
    }
}

#[tokio::test]
async fn a_plain_token_is_refused_where_encryption_is_demanded() {
    let registered = register(json!({})).await;
    let key = DecryptionKey::generate(KeyManagement::EcdhEs, "for-me".to_owned()).expect("a key");
    let rules = VerificationRules::default().require_encryption([EncryptedContent::IdTokens]);
    let builder = registered.builder().client_secret(&registered.secret).decryption_key(key).verification(rules);
    let refused =
        log_in(&builder.build().expect("a client"), &openid("openid")).await.expect_err("it is not encrypted");
    assert!(matches!(refused, Error::IdToken(_)), "{refused}");
}

#[tokio::test]
async fn a_certificate_proves_who_the_client_is_and_binds_its_tokens() {
    let over = json!({
        "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=client,O=Example",
        "tls_client_certificate_bound_access_tokens": true,
    });
    let registered = register(over).await;
    let builder = |name: &str| {
        registered
            .builder()
            .authentication(Authentication::Certificate)
            .certificate_authority(certificate::authority())
            .client_certificate(certificate::identity(name))
    };
    let client = builder("client").build().expect("a client");
    let tokens = log_in(&client, &openid("openid email offline_access")).await.expect("tokens");
    assert_eq!(client.user_info(&tokens).await.expect("userinfo").subject, "ada");
    client.refresh(&tokens).await.expect("a refresh");
    client.revoke(tokens.access_token.as_str()).await.expect("revoked");
    for stranger in ["another", "self-signed", "forged"] {
        let client = builder(stranger).build().expect("a client");
        let refused = log_in(&client, &openid("openid")).await.expect_err(stranger);
        assert_eq!(refused.code(), Some("invalid_client"), "{stranger}");
    }
    let tokens = log_in(&client, &openid("openid")).await.expect("tokens");
    let thief = builder("another").build().expect("a client");
    assert_eq!(thief.user_info(&tokens).await.expect_err("another certificate").status(), Some(401));
}

#[tokio::test]
async fn details_of_what_is_asked_for_come_back_with_the_tokens() {
    let client = register(json!({ "authorization_details_types": ["payment"] })).await.client();
    let payment = AuthorizationDetail::new("payment").action("initiate").member("amount", json!({ "EUR": "12.00" }));
    let request = openid("openid").resource("https://bank.example/").authorization_detail(payment);
    let tokens = log_in(&client, &request).await.expect("tokens");
    let granted = tokens.authorization_details().expect("details");
    assert_eq!((granted.len(), granted[0].kind.as_str()), (1, "payment"));
    assert_eq!(granted[0].members["amount"]["EUR"], "12.00");
}

#[tokio::test]
async fn claims_are_asked_for_by_name() {
    let client = register(json!({})).await.client();
    let claims = ClaimsRequest::new()
        .id_token("email", RequestedClaim::essential())
        .user_info("name", RequestedClaim::voluntary());
    let tokens = log_in(&client, &openid("openid email profile").claims(claims)).await.expect("tokens");
    let all = &tokens.id_token.as_ref().expect("an ID token").claims.all;
    assert_eq!(all.get("email"), Some(&Value::from("ada@example.com")));
    assert_eq!(client.user_info(&tokens).await.expect("userinfo").standard.name.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn each_resource_has_a_token_of_its_own() {
    const NOTES: &str = "https://notes.example/";
    const MAIL: &str = "https://mail.example/";
    let client = register(json!({ "scope": "openid offline_access read write" })).await.client();
    let request = openid("openid offline_access read").resource(NOTES).resource(MAIL);
    let (pending, arrival) = authorize(&client, &request, &mut Browser::default()).await;
    let pending = pending.only_for_resource(NOTES);
    let tokens = client.redeem(&pending, &Callback::parse(&arrival.parameters())).await.expect("tokens");
    client.verify_access_token(&tokens.access_token, NOTES).await.expect("for the notes");
    let mail = client.refresh_as(&tokens, &RefreshRequest::new().resource(MAIL)).await.expect("a refresh");
    client.verify_access_token(&mail.access_token, MAIL).await.expect("for the mail");
    client.verify_access_token(&mail.access_token, NOTES).await.expect_err("and not for the notes");
}

#[tokio::test]
async fn a_fragment_is_for_pages_without_a_server() {
    let client = register(json!({})).await.client();
    let request = AuthorizationRequest::new("openid").prompt("consent").response_mode(ResponseMode::Fragment);
    let (pending, arrival) = authorize(&client, &request, &mut Browser::default()).await;
    assert!(arrival.url.as_str().starts_with(CALLBACK) && arrival.url.query().is_none(), "{}", arrival.url);
    let callback = Callback::parse(arrival.url.fragment().expect("a fragment"));
    client.redeem(&pending, &callback).await.expect("tokens");
}
