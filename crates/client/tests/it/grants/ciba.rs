//! `OpenID` Connect Client-Initiated Backchannel Authentication 1.0.

use serde_json::{Value, json};
use symbolon_client::{
    BackchannelAuthentication, BackchannelAuthenticationRequest, BackchannelNotification, Error, IdTokenFault,
    NotificationFault,
};
use symbolon_jose::{Algorithm, half_hash};

use super::{CREDENTIALS, Issuer, NOW, code, id_token, merge, refusal, tokens};
use crate::server::json;

const REQUEST: &str = "urn:openid:params:jwt:claim:auth_req_id";
const REFRESH: &str = "urn:openid:params:jwt:claim:rt_hash";
const POLL: &str = "grant_type=urn%3Aopenid%3Aparams%3Agrant-type%3Aciba&auth_req_id=r-1";

fn hinted() -> BackchannelAuthenticationRequest {
    BackchannelAuthenticationRequest::for_login_hint("alice")
}

/// Gives each question its answer, and tokens after them whose ID token is changed by `claims`.
fn answering(answers: Vec<Vec<u8>>, claims: Value) -> Issuer {
    Issuer::start(move |request, count, url| match request.line.as_str() {
        "POST /backchannel" => json(200, &json!({ "auth_req_id": "r-1", "expires_in": 300, "interval": 5 })),
        _ => answers.get(count).cloned().unwrap_or_else(|| {
            let mut answer = tokens();
            answer["id_token"] = json!(id_token(url, &claims));
            json(200, &answer)
        }),
    })
}

#[tokio::test]
async fn requests_are_those_of_the_standard() {
    let provider = answering(vec![refusal("authorization_pending"), refusal("slow_down")], json!({}));
    let client = provider.client();
    let request = hinted()
        .scope("openid pay")
        .binding_message("K7 Q2")
        .user_code("1234")
        .requested_expiry_seconds(120)
        .acr_values("gold silver");
    assert!(!format!("{request:?}").contains("1234"));
    let mut pending = client.authenticate_backchannel(&request).await.unwrap();
    assert_eq!((pending.id(), pending.expires_at(), pending.interval_seconds()), ("r-1", NOW + 300, 5));
    let tokens = client.backchannel_tokens(&mut pending).await.unwrap();
    assert_eq!(tokens.id_token.unwrap().claims.subject, "alice");
    let sent = provider.only("/backchannel");
    assert_eq!(
        (sent.body.as_str(), sent.authorization.as_str()),
        (
            "login_hint=alice&user_code=1234&scope=openid+pay&binding_message=K7+Q2&requested_expiry=120\
             &acr_values=gold+silver",
            CREDENTIALS
        )
    );
    assert_eq!(provider.bodies("/token"), [POLL, POLL, POLL]);
    assert_eq!(provider.time.pauses(), [5, 5, 10]);
}

#[tokio::test]
async fn exactly_one_hint_is_sent_and_openid_asked_for() {
    let provider = answering(vec![], json!({}));
    let client = provider.client();
    let by_token = BackchannelAuthenticationRequest::for_login_hint_token("t");
    client.authenticate_backchannel(&by_token).await.unwrap();
    let raw = id_token(&provider.server.url, &json!({}));
    let id_token = client.verify_id_token(&raw, None).await.unwrap();
    client.authenticate_backchannel(&BackchannelAuthenticationRequest::for_id_token(&id_token)).await.unwrap();
    let expected = ["login_hint_token=t&scope=openid".to_owned(), format!("id_token_hint={raw}&scope=openid")];
    assert_eq!(provider.bodies("/backchannel"), expected);
    for wrong in [
        hinted().scope("pay"),
        BackchannelAuthenticationRequest::for_login_hint(""),
        hinted().parameter("login_hint", "bob"),
    ] {
        let error = client.authenticate_backchannel(&wrong).await.unwrap_err();
        assert!(matches!(error, Error::Argument(_)), "{error}");
    }
    assert_eq!(provider.server.count("POST /backchannel"), 2);
}

#[tokio::test]
async fn refusals_have_their_code() {
    for refused in ["unknown_user_id", "invalid_binding_message", "missing_user_code", "expired_login_hint_token"] {
        let provider = Issuer::always(400, json!({ "error": refused }));
        assert_eq!(code(&provider.client().authenticate_backchannel(&hinted()).await.unwrap_err()), refused);
    }
    for refused in ["access_denied", "expired_token", "invalid_grant"] {
        let provider = answering(vec![refusal(refused)], json!({}));
        let client = provider.client();
        let mut pending = client.authenticate_backchannel(&hinted()).await.unwrap();
        assert_eq!(code(&client.backchannel_tokens(&mut pending).await.unwrap_err()), refused);
    }
    for odd in [json!({}), json!({ "auth_req_id": "r" }), json!({ "auth_req_id": 7, "expires_in": 5 })] {
        let error = Issuer::always(200, odd).client().authenticate_backchannel(&hinted()).await.unwrap_err();
        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{error}");
    }
}

#[tokio::test]
async fn answer_to_a_question_names_the_right_request_where_it_names_one() {
    for (claims, fault) in [
        (json!({ REQUEST: "r-1" }), None),
        (json!({ REQUEST: "r-2" }), Some(IdTokenFault::AuthenticationRequest)),
        (json!({ REQUEST: 7 }), Some(IdTokenFault::Claim(REQUEST))),
        (json!({ "at_hash": "AAAA" }), Some(IdTokenFault::AccessTokenHash)),
        (json!({ "iss": "https://evil.example" }), Some(IdTokenFault::Issuer("https://evil.example".to_owned()))),
    ] {
        let provider = answering(vec![], claims);
        let client = provider.client();
        let mut pending = client.authenticate_backchannel(&hinted()).await.unwrap();
        assert_eq!(client.backchannel_tokens(&mut pending).await.err(), fault.map(Error::IdToken));
    }
    let provider = answering(vec![json(200, &tokens())], json!({}));
    let client = provider.client();
    let mut pending = client.authenticate_backchannel(&hinted()).await.unwrap();
    let error = client.backchannel_tokens(&mut pending).await.unwrap_err();
    assert_eq!(error, Error::IdToken(IdTokenFault::Missing));
}

/// A request with a notification token, and that token.
async fn notified(provider: &Issuer) -> (BackchannelAuthentication, String) {
    let pending = provider.client().authenticate_backchannel(&hinted().notified()).await.unwrap();
    let body = provider.bodies("/backchannel").pop().unwrap();
    let token = body.split('&').find_map(|pair| pair.strip_prefix("client_notification_token=")).unwrap().to_owned();
    assert!(token.len() >= 43, "256 bits");
    assert!(!format!("{pending:?}").contains(&token) && !format!("{pending:?}").contains("r-1"));
    // It survives a restart.
    (serde_json::from_str(&serde_json::to_string(&pending).unwrap()).unwrap(), token)
}

#[tokio::test]
async fn ping_lets_the_client_ask_at_once() {
    let provider = answering(vec![], json!({}));
    let (mut pending, token) = notified(&provider).await;
    let ping = BackchannelNotification::parse(&format!("Bearer {token}"), br#"{"auth_req_id":"r-1"}"#).unwrap();
    assert_eq!(ping.id(), "r-1");
    pending.take_ping(&ping).unwrap();
    provider.client().backchannel_tokens(&mut pending).await.unwrap();
    assert_eq!(provider.time.pauses(), [0_u64; 0]);
}

#[tokio::test]
async fn ping_of_somebody_else_is_refused() {
    let provider = answering(vec![], json!({}));
    let (mut pending, token) = notified(&provider).await;
    let good: &[u8] = br#"{"auth_req_id":"r-1"}"#;
    for (authorization, body, fault) in [
        (String::new(), good, NotificationFault::Malformed),
        ("Bearer".to_owned(), good, NotificationFault::Malformed),
        (format!("Basic {token}"), good, NotificationFault::Malformed),
        (format!("Bearer {token}"), b"", NotificationFault::Malformed),
        (format!("Bearer {token}"), br#"{"auth_req_id":7}"#, NotificationFault::Malformed),
        (format!("Bearer {token}x"), good, NotificationFault::Token),
        (format!("Bearer {token}"), br#"{"auth_req_id":"r-2"}"#, NotificationFault::Request),
    ] {
        let read = BackchannelNotification::parse(&authorization, body);
        let outcome = read.and_then(|ping| pending.take_ping(&ping));
        assert_eq!(outcome, Err(Error::Notification(fault)));
    }
    let mut polling = provider.client().authenticate_backchannel(&hinted()).await.unwrap();
    let ping = BackchannelNotification::parse(&format!("Bearer {token}"), good).unwrap();
    assert_eq!(polling.take_ping(&ping), Err(Error::Notification(NotificationFault::Unexpected)));
}

#[tokio::test]
async fn pushed_tokens_are_bound_to_the_request_and_to_each_other() {
    let provider = answering(vec![], json!({}));
    let (pending, token) = notified(&provider).await;
    let (client, url) = (provider.client(), provider.server.url.clone());
    let push = |body: Value| BackchannelNotification::parse(&format!("Bearer {token}"), body.to_string().as_bytes());
    let good = json!({
        REQUEST: "r-1", "at_hash": half_hash(Algorithm::ES256, "at-1"), REFRESH: half_hash(Algorithm::ES256, "rt-1"),
    });
    for (changes, fault) in [
        (json!({}), None),
        (json!({ REQUEST: null }), Some(IdTokenFault::Claim(REQUEST))),
        (json!({ REQUEST: "r-2" }), Some(IdTokenFault::AuthenticationRequest)),
        (json!({ "at_hash": null }), Some(IdTokenFault::Claim("at_hash"))),
        (json!({ "at_hash": "AAAA" }), Some(IdTokenFault::AccessTokenHash)),
        (json!({ REFRESH: null }), Some(IdTokenFault::Claim(REFRESH))),
        (json!({ REFRESH: "AAAA" }), Some(IdTokenFault::RefreshTokenHash)),
        (json!({ "aud": "other" }), Some(IdTokenFault::Audience)),
    ] {
        let mut claims = good.clone();
        merge(&mut claims, &changes);
        let mut body = tokens();
        let more = json!({ "auth_req_id": "r-1", "refresh_token": "rt-1", "id_token": id_token(&url, &claims) });
        merge(&mut body, &more);
        let outcome = client.take_push(&pending, &push(body).unwrap()).await;
        assert_eq!(outcome.err(), fault.map(Error::IdToken), "{changes}");
    }
    let failed = push(json!({ "auth_req_id": "r-1", "error": "transaction_failed" })).unwrap();
    assert_eq!(code(&client.take_push(&pending, &failed).await.unwrap_err()), "transaction_failed");
    let other = push(json!({ "auth_req_id": "r-2", "error": "access_denied" })).unwrap();
    let error = client.take_push(&pending, &other).await.unwrap_err();
    assert_eq!(error, Error::Notification(NotificationFault::Request));
}
