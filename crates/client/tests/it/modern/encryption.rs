//! ID tokens and userinfo that are encrypted for the client (OpenID Connect Core §10.2, RFC 7516).

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use symbolon_client::{
    Algorithm, AuthorizationRequest, Client, ClientBuilder, ContentEncryption, DecryptionKey, EncryptedContent,
    EncryptionFault, Error, IdTokenFault, JweError, KeyManagement, SigningKey, TokenSet, VerificationRules,
};
use symbolon_jose::jwe::{EncryptionKey, Envelope};
use symbolon_jose::{JwsError, digest};

use super::{NOW, builder, provider, provider_key, query};
use crate::server::{Server, answer, json};

type Answer = Arc<Mutex<String>>;

/// A provider that gives an ID token, and userinfo as `application/jwt`, as the test puts them there.
fn start() -> (Server, Answer, Answer) {
    let (id_token, user_info) = (Answer::default(), Answer::default());
    let (one, two) = (Arc::clone(&id_token), Arc::clone(&user_info));
    let server = provider(json!({}), move |request, _| match request.line.as_str() {
        "POST /token" => {
            json(200, &json!({ "access_token": "at-1", "token_type": "Bearer", "id_token": *one.lock().unwrap() }))
        }
        _ => answer(200, "content-type: application/jwt\r\n", &two.lock().unwrap()),
    });
    (server, id_token, user_info)
}

fn key(alg: KeyManagement) -> DecryptionKey {
    DecryptionKey::generate(alg, "mine".into()).unwrap()
}

fn encrypt(key: &DecryptionKey, alg: KeyManagement, enc: ContentEncryption, content: &str) -> String {
    let envelope = Envelope { alg, enc, cty: Some("JWT") };
    EncryptionKey::from_jwk(&key.public_jwk()).unwrap().encrypt(&envelope, content.as_bytes()).unwrap()
}

fn usual(key: &DecryptionKey, content: &str) -> String {
    encrypt(key, KeyManagement::EcdhEsA128Kw, ContentEncryption::A128CbcHs256, content)
}

fn claims(server: &Server, nonce: &str) -> Value {
    json!({ "iss": server.url, "sub": "alice", "aud": "app", "iat": NOW, "exp": NOW + 60, "nonce": nonce })
}

fn demanding(builder: ClientBuilder) -> Client {
    let rules =
        VerificationRules::default().require_encryption([EncryptedContent::IdTokens, EncryptedContent::UserInfo]);
    builder.verification(rules).build().unwrap()
}

/// Logs in with the ID token that `make` gives for the nonce.
async fn log_in(client: &Client, place: &Answer, make: impl Fn(&str) -> String) -> Result<TokenSet, Error> {
    let (url, pending) = client.authorization_url(&AuthorizationRequest::default()).await?;
    *place.lock().unwrap() = make(&query(&url, "nonce").unwrap());
    client.redeem(&pending, &super::plain_callback(&pending)).await
}

#[tokio::test]
async fn an_encrypted_id_token_is_opened_and_then_verified() {
    let (server, id_token, _) = start();
    for alg in KeyManagement::all().iter().copied() {
        for enc in ContentEncryption::all().iter().copied() {
            let key = key(alg);
            let client = demanding(builder(&server).decryption_key(key.clone()));
            let signed = |nonce: &str| provider_key().sign(None, &claims(&server, nonce)).unwrap();
            let tokens = log_in(&client, &id_token, |nonce| encrypt(&key, alg, enc, &signed(nonce))).await.unwrap();
            let kept = tokens.id_token.unwrap();
            assert_eq!(kept.claims.subject, "alice");
            assert_eq!(kept.raw.expose().split('.').count(), 3, "what goes back at logout is the signed one");
        }
    }
}

#[tokio::test]
async fn keys_may_replace_one_another() {
    let (server, id_token, _) = start();
    let (old, new) = (key(KeyManagement::EcdhEsA128Kw), key(KeyManagement::EcdhEsA128Kw));
    let client = builder(&server).decryption_key(old).decryption_key(new.clone()).build().unwrap();
    let signed = |nonce: &str| provider_key().sign(None, &claims(&server, nonce)).unwrap();
    log_in(&client, &id_token, |nonce| usual(&new, &signed(nonce))).await.unwrap();
    // Where nothing is demanded, a plain one is as good.
    log_in(&client, &id_token, signed).await.unwrap();
}

#[tokio::test]
async fn what_is_not_encrypted_or_not_for_this_client_is_refused() {
    let (server, id_token, user_info) = start();
    let mine = key(KeyManagement::EcdhEsA128Kw);
    let client = demanding(builder(&server).decryption_key(mine.clone()));
    let signed = |nonce: &str| provider_key().sign(None, &claims(&server, nonce)).unwrap();
    let fault = |fault| Error::IdToken(IdTokenFault::Encryption(fault));

    let error = log_in(&client, &id_token, signed).await.unwrap_err();
    assert_eq!(error, fault(EncryptionFault::NotEncrypted));
    let stranger = key(KeyManagement::EcdhEsA128Kw);
    let error = log_in(&client, &id_token, |nonce| usual(&stranger, &signed(nonce))).await.unwrap_err();
    assert_eq!(error, fault(EncryptionFault::Message(JweError::Undecryptable)));
    let other_kind = key(KeyManagement::RsaOaep256);
    let encrypted =
        |nonce: &str| encrypt(&other_kind, KeyManagement::RsaOaep256, ContentEncryption::A256Gcm, &signed(nonce));
    let error = log_in(&client, &id_token, encrypted).await.unwrap_err();
    assert_eq!(error, fault(EncryptionFault::Message(JweError::NoMatchingKey)));
    let keyless = builder(&server).build().unwrap();
    let error = log_in(&keyless, &id_token, |nonce| usual(&mine, &signed(nonce))).await.unwrap_err();
    assert_eq!(error, fault(EncryptionFault::NoKey));

    *user_info.lock().unwrap() = provider_key().sign(None, &json!({ "sub": "alice" })).unwrap();
    let error = client.user_info(&TokenSet::new("at")).await.unwrap_err();
    assert_eq!(error, Error::UserInfo(IdTokenFault::Encryption(EncryptionFault::NotEncrypted)));
}

#[tokio::test]
async fn encryption_does_not_stand_for_a_signature() {
    let (server, id_token, _) = start();
    let mine = key(KeyManagement::EcdhEsA128Kw);
    let client = demanding(builder(&server).decryption_key(mine.clone()));
    let payload = |nonce: &str| digest::base64url(claims(&server, nonce).to_string().as_bytes());
    let header = digest::base64url(br#"{"alg":"none"}"#);
    let unsigned = |nonce: &str| usual(&mine, &format!("{header}.{}.", payload(nonce)));
    let error = log_in(&client, &id_token, unsigned).await.unwrap_err();
    assert_eq!(error, Error::IdToken(IdTokenFault::Signature(JwsError::Unsigned)));

    let stranger = SigningKey::generate(Algorithm::ES256, "provider".into()).unwrap();
    let forged = |nonce: &str| usual(&mine, &stranger.sign(None, &claims(&server, nonce)).unwrap());
    let error = log_in(&client, &id_token, forged).await.unwrap_err();
    assert_eq!(error, Error::IdToken(IdTokenFault::Signature(JwsError::BadSignature)));

    for inside in [claims(&server, "n").to_string(), usual(&mine, "a.b.c"), String::new()] {
        let error = log_in(&client, &id_token, |_| usual(&mine, &inside)).await.unwrap_err();
        assert_eq!(error, Error::IdToken(IdTokenFault::Signature(JwsError::NotCompact)), "{inside}");
    }
}

#[tokio::test]
async fn what_is_inside_is_checked_like_what_comes_plain() {
    let (server, id_token, _) = start();
    let mine = key(KeyManagement::EcdhEsA128Kw);
    let client = demanding(builder(&server).decryption_key(mine.clone()));
    let with = |name: &str, value: Value| {
        let mut claims = claims(&server, "another nonce");
        claims[name] = value;
        usual(&mine, &provider_key().sign(None, &claims).unwrap())
    };
    for (name, value, fault) in [
        ("aud", json!("other"), IdTokenFault::Audience),
        ("exp", json!(NOW - 60), IdTokenFault::Expired),
        ("sub", json!("alice"), IdTokenFault::Nonce),
    ] {
        let error = log_in(&client, &id_token, |_| with(name, value.clone())).await.unwrap_err();
        assert_eq!(error, Error::IdToken(fault));
    }
}

#[tokio::test]
async fn encrypted_userinfo_may_be_signed_or_not() {
    let (server, _, user_info) = start();
    let mine = key(KeyManagement::EcdhEsA128Kw);
    let client = demanding(builder(&server).decryption_key(mine.clone()));
    let set = TokenSet::new("at");
    let signed = provider_key().sign(None, &json!({ "sub": "alice", "email": "a@b.c" })).unwrap();
    for content in [signed, json!({ "sub": "alice", "email": "a@b.c" }).to_string()] {
        *user_info.lock().unwrap() = usual(&mine, &content);
        let user = client.user_info(&set).await.unwrap();
        assert_eq!((user.subject.as_str(), user.standard.email.as_deref()), ("alice", Some("a@b.c")));
    }
    for odd in ["{\"sub\":\"alice\",\"sub\":\"bob\"}", "{", "{}"] {
        *user_info.lock().unwrap() = usual(&mine, odd);
        assert!(matches!(client.user_info(&set).await, Err(Error::UnexpectedAnswer(_))), "{odd}");
    }
    let plain = provider(json!({}), |_, _| json(200, &json!({ "sub": "alice" })));
    let client = demanding(builder(&plain).decryption_key(mine));
    let error = client.user_info(&set).await.unwrap_err();
    assert_eq!(error, Error::UserInfo(IdTokenFault::Encryption(EncryptionFault::NotEncrypted)));
}
