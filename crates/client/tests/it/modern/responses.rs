//! Signed answers of the authorization endpoint (JARM) and the form post.

use serde_json::{Map, Value, json};
use symbolon_client::{
    Algorithm, AuthorizationRequest, Callback, Client, ContentEncryption, DecryptionKey, EncryptedContent,
    EncryptionFault, Error, IdTokenFault, KeyManagement, PendingAuthorization, ResponseFault, ResponseMode, SigningKey,
    VerificationRules,
};
use symbolon_jose::jwe::{EncryptionKey, Envelope};
use symbolon_jose::{JwsError, digest};

use super::{NOW, builder, provider, provider_key, query, sent, tokens};
use crate::server::Server;

fn start() -> Server {
    provider(json!({ "authorization_response_iss_parameter_supported": true }), |_, _| tokens("Bearer"))
}

async fn begin(client: &Client, mode: ResponseMode) -> PendingAuthorization {
    let request = AuthorizationRequest::new("orders").response_mode(mode);
    let (url, pending) = client.authorization_url(&request).await.unwrap();
    assert_eq!(query(&url, "response_mode").as_deref(), Some(mode.as_str()));
    pending
}

/// A good answer, with these members over it; `null` removes.
fn claims(server: &Server, pending: &PendingAuthorization, over: &Value) -> Map<String, Value> {
    let mut claims = json!({
        "iss": server.url, "aud": "app", "exp": NOW + 300, "code": "the-code", "state": pending.state(),
    });
    for (name, value) in over.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let mut claims = claims.as_object().unwrap().clone();
    claims.retain(|_, value| !value.is_null());
    claims
}

fn callback(response: &str) -> Callback {
    Callback::parse(&format!("https://app.example/cb?response={response}"))
}

#[tokio::test]
async fn a_signed_answer_is_verified_and_then_counts() {
    let server = start();
    let client = builder(&server).build().unwrap();
    for mode in [ResponseMode::Jwt, ResponseMode::QueryJwt, ResponseMode::FormPostJwt, ResponseMode::FragmentJwt] {
        let pending = begin(&client, mode).await;
        let response = provider_key().sign(None, &claims(&server, &pending, &json!({}))).unwrap();
        for text in [
            format!("https://app.example/cb?response={response}"),
            format!("https://app.example/cb#response={response}"),
            format!("response={response}"),
        ] {
            let callback = Callback::parse(&text);
            assert_eq!(callback.state(), Some(pending.state()), "the pending authorization can be found");
            // It may have been kept with a session in between.
            let pending = PendingAuthorization::from_text(pending.to_text().unwrap().expose()).unwrap();
            client.redeem(&pending, &callback).await.unwrap();
        }
    }
    assert!(sent(&server, "POST /token").iter().all(|request| request.parameter("code").unwrap() == "the-code"));
}

#[tokio::test]
async fn a_plain_callback_is_refused_where_a_signed_one_was_asked_for() {
    let server = start();
    let client = builder(&server).build().unwrap();
    for mode in [ResponseMode::Jwt, ResponseMode::QueryJwt, ResponseMode::FormPostJwt, ResponseMode::FragmentJwt] {
        let pending = begin(&client, mode).await;
        let state = pending.state();
        for text in [
            format!("code=the-code&state={state}&iss={}", server.url),
            format!("error=access_denied&state={state}&iss={}", server.url),
            String::new(),
        ] {
            let error = client.redeem(&pending, &Callback::parse(&text)).await.unwrap_err();
            assert_eq!(error, Error::AuthorizationResponse(ResponseFault::Missing), "{text}");
        }
    }
    assert_eq!(server.count("POST"), 0, "no code was sent");
}

#[tokio::test]
async fn parameters_beside_the_signed_answer_do_not_count() {
    let server = start();
    let client = builder(&server).build().unwrap();
    let pending = begin(&client, ResponseMode::QueryJwt).await;
    let without_code = provider_key().sign(None, &claims(&server, &pending, &json!({ "code": null }))).unwrap();
    let text = format!("code=injected&state={}&response={without_code}", pending.state());
    assert_eq!(client.redeem(&pending, &Callback::parse(&text)).await.unwrap_err(), Error::MissingCode);
    let without_state = provider_key().sign(None, &claims(&server, &pending, &json!({ "state": null }))).unwrap();
    let text = format!("state={}&response={without_state}", pending.state());
    assert_eq!(client.redeem(&pending, &Callback::parse(&text)).await.unwrap_err(), Error::StateMismatch);
    let good = provider_key().sign(None, &claims(&server, &pending, &json!({}))).unwrap();
    let twice = client.redeem(&pending, &Callback::parse(&format!("response={good}&response={good}"))).await;
    assert!(matches!(twice, Err(Error::UnexpectedAnswer(_))));
    assert_eq!(server.count("POST"), 0);
}

#[tokio::test]
async fn each_rule_names_its_fault() {
    let server = start();
    let client = builder(&server).build().unwrap();
    let pending = begin(&client, ResponseMode::Jwt).await;
    let cases = [
        (json!({ "iss": "https://evil.example" }), ResponseFault::Issuer("https://evil.example".into())),
        (json!({ "iss": null }), ResponseFault::Claim("iss")),
        (json!({ "aud": "other" }), ResponseFault::Audience),
        (json!({ "aud": ["other"] }), ResponseFault::Audience),
        (json!({ "aud": null }), ResponseFault::Claim("aud")),
        (json!({ "aud": 7 }), ResponseFault::Claim("aud")),
        (json!({ "exp": NOW - 60 }), ResponseFault::Expired),
        (json!({ "exp": null }), ResponseFault::Claim("exp")),
        (json!({ "exp": "soon" }), ResponseFault::Claim("exp")),
    ];
    for (over, fault) in cases {
        let response = provider_key().sign(None, &claims(&server, &pending, &over)).unwrap();
        let error = client.redeem(&pending, &callback(&response)).await.unwrap_err();
        assert_eq!(error, Error::AuthorizationResponse(fault), "{over}");
    }
    assert_eq!(server.count("POST"), 0);
}

#[tokio::test]
async fn forged_answers_and_other_tokens_are_refused() {
    let server = start();
    let client = builder(&server).client_secret("a secret with at least thirty-two bytes").build().unwrap();
    let pending = begin(&client, ResponseMode::Jwt).await;
    let good = claims(&server, &pending, &json!({}));
    let stranger = SigningKey::generate(Algorithm::ES256, "provider".into()).unwrap();
    let payload = digest::base64url(json!(good).to_string().as_bytes());
    let header = |alg: &str| digest::base64url(json!({ "alg": alg }).to_string().as_bytes());
    let unsigned = format!("{}.{payload}.", header("none"));
    let by_secret = format!("{}.{payload}", header("HS256"));
    let tag = digest::hmac_sha256(b"a secret with at least thirty-two bytes", by_secret.as_bytes());
    for (response, fault) in [
        (stranger.sign(None, &good).unwrap(), JwsError::BadSignature),
        (unsigned, JwsError::Unsigned),
        (format!("{by_secret}.{}", digest::base64url(&tag)), JwsError::UnsupportedAlgorithm),
        (String::new(), JwsError::NotCompact),
        ("a.b".to_owned(), JwsError::NotCompact),
    ] {
        let error = client.redeem(&pending, &callback(&response)).await.unwrap_err();
        assert_eq!(error, Error::AuthorizationResponse(ResponseFault::Signature(fault)), "{response}");
    }
    for typ in ["logout+jwt", "at+jwt", "oauth-authz-req+jwt"] {
        let response = provider_key().sign(Some(typ), &good).unwrap();
        let error = client.redeem(&pending, &callback(&response)).await.unwrap_err();
        assert_eq!(error, Error::AuthorizationResponse(ResponseFault::Type(typ.into())));
    }
    assert_eq!(server.count("POST"), 0);
}

#[tokio::test]
async fn a_signed_refusal_tells_its_reason_and_an_unsigned_answer_stays_possible_elsewhere() {
    let server = start();
    let client = builder(&server).build().unwrap();
    let pending = begin(&client, ResponseMode::Jwt).await;
    let over = json!({ "code": null, "error": "access_denied", "error_description": "no" });
    let response = provider_key().sign(None, &claims(&server, &pending, &over)).unwrap();
    let error = client.redeem(&pending, &callback(&response)).await.unwrap_err();
    assert_eq!((error.code(), error.description()), (Some("access_denied"), Some("no")));

    let pending = begin(&client, ResponseMode::FormPost).await;
    let body = format!("code=the-code&state={}&iss={}", pending.state(), server.url);
    client.redeem(&pending, &Callback::parse(&body)).await.unwrap();
}

#[tokio::test]
async fn the_answer_of_another_authorization_is_refused() {
    let server = start();
    let client = builder(&server).build().unwrap();
    let (mine, other) = (begin(&client, ResponseMode::Jwt).await, begin(&client, ResponseMode::Jwt).await);
    let response = provider_key().sign(None, &claims(&server, &other, &json!({}))).unwrap();
    assert_eq!(client.redeem(&mine, &callback(&response)).await.unwrap_err(), Error::StateMismatch);
}

#[tokio::test]
async fn an_encrypted_answer_is_opened_and_then_verified() {
    let server = start();
    let key = DecryptionKey::generate(KeyManagement::EcdhEs, "mine".into()).unwrap();
    let rules = VerificationRules::default().require_encryption([EncryptedContent::AuthorizationResponses]);
    let client = builder(&server).decryption_key(key.clone()).verification(rules).build().unwrap();
    let pending = begin(&client, ResponseMode::Jwt).await;
    let signed = provider_key().sign(None, &claims(&server, &pending, &json!({}))).unwrap();
    let envelope = Envelope { alg: KeyManagement::EcdhEs, enc: ContentEncryption::A128Gcm, cty: Some("JWT") };
    let encrypt =
        |text: &str| EncryptionKey::from_jwk(&key.public_jwk()).unwrap().encrypt(&envelope, text.as_bytes()).unwrap();
    let encrypted = callback(&encrypt(&signed));
    assert_eq!(encrypted.state(), None);
    let opened = client.verify_callback(&encrypted).await.unwrap();
    assert_eq!(opened.state(), Some(pending.state()));
    client.redeem(&pending, &opened).await.unwrap();
    client.redeem(&pending, &encrypted).await.unwrap();

    let fault = |fault| Error::AuthorizationResponse(ResponseFault::Encryption(fault));
    let plain = client.redeem(&pending, &callback(&signed)).await.unwrap_err();
    assert_eq!(plain, fault(EncryptionFault::NotEncrypted));
    let without_key = builder(&server).build().unwrap();
    assert_eq!(without_key.redeem(&pending, &encrypted).await.unwrap_err(), fault(EncryptionFault::NoKey));
    let unsigned = encrypt(&json!(claims(&server, &pending, &json!({}))).to_string());
    let error = client.redeem(&pending, &callback(&unsigned)).await.unwrap_err();
    assert!(
        matches!(error, Error::AuthorizationResponse(ResponseFault::Signature(_))),
        "encrypted is not signed: {error}"
    );
}

#[tokio::test]
async fn a_verified_callback_of_one_provider_is_verified_again_at_another() {
    let (one, other) = (start(), start());
    let (first, second) = (builder(&one).build().unwrap(), builder(&other).build().unwrap());
    let pending = begin(&second, ResponseMode::Jwt).await;
    let response = provider_key().sign(None, &claims(&one, &pending, &json!({}))).unwrap();
    let verified = first.verify_callback(&callback(&response)).await.unwrap();
    let error = second.redeem(&pending, &verified).await.unwrap_err();
    assert_eq!(error, Error::AuthorizationResponse(ResponseFault::Issuer(one.url.clone())));
    assert!(!matches!(error, Error::IdToken(IdTokenFault::Missing)));
}
