//! RFC 8628.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use symbolon_client::{Client, DeviceAuthorization, DeviceAuthorizationRequest, Error, IdTokenFault};

use super::{CREDENTIALS, Issuer, NOW, code, id_token, merge, refusal, tokens};
use crate::eventually;
use crate::server::{answer, json};

const POLL: &str = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=dc-1";

fn begun() -> Value {
    json!({
        "device_code": "dc-1", "user_code": "WDJB-MJHT", "verification_uri": "https://as.example/device",
        "verification_uri_complete": "https://as.example/device?user_code=WDJB-MJHT", "expires_in": 1800, "interval": 5,
    })
}

/// Gives each question its answer; no bytes where the connection breaks.
fn answering(answers: Vec<Vec<u8>>) -> Issuer {
    Issuer::start(move |request, count, _| match request.line.as_str() {
        "POST /device" => json(200, &begun()),
        _ => answers.get(count).cloned().unwrap_or_else(|| json(200, &tokens())),
    })
}

async fn started(client: &Client) -> DeviceAuthorization {
    client.authorize_device(&DeviceAuthorizationRequest::new("files")).await.unwrap()
}

#[tokio::test]
async fn requests_are_those_of_the_standard() {
    let provider = answering(vec![refusal("authorization_pending")]);
    let client = provider.client();
    let mut device = started(&client).await;
    assert_eq!((device.user_code.as_str(), device.expires_at()), ("WDJB-MJHT", NOW + 1800));
    let tokens = client.device_tokens(&mut device).await.unwrap();
    assert_eq!((tokens.access_token.as_str(), tokens.scope.to_string().as_str()), ("at-1", "files"));
    let start = provider.only("/device");
    assert_eq!((start.body.as_str(), start.authorization.as_str()), ("scope=files", CREDENTIALS));
    assert_eq!(provider.bodies("/token"), [POLL, POLL]);
    assert_eq!(provider.time.pauses(), [5, 5], "the first question waits, too");
}

#[tokio::test]
async fn pace_is_that_of_the_server() {
    let (pending, slower) = (refusal("authorization_pending"), refusal("slow_down"));
    let (lost, busy) = (Vec::new(), answer(503, "retry-after: 90\r\n", ""));
    // GitHub refuses with status 200.
    let odd = json(200, &json!({ "error": "authorization_pending" }));
    for (answers, pauses) in [
        (vec![pending.clone(), slower.clone(), pending.clone(), slower.clone()], vec![5, 5, 10, 10, 15]),
        (vec![lost.clone(), lost.clone(), pending.clone(), lost.clone(), lost], vec![5, 10, 20, 20, 40, 60]),
        (vec![busy, pending], vec![5, 90, 90]),
        (vec![odd, slower], vec![5, 5, 10]),
    ] {
        let provider = answering(answers);
        let client = provider.client();
        client.device_tokens(&mut started(&client).await).await.unwrap();
        assert_eq!(provider.time.pauses(), pauses);
    }
}

#[tokio::test]
async fn refusals_end_it() {
    for refused in ["access_denied", "expired_token", "invalid_grant", "invalid_client", "own_code"] {
        let provider = answering(vec![refusal("authorization_pending"), refusal(refused)]);
        let client = provider.client();
        let error = client.device_tokens(&mut started(&client).await).await.unwrap_err();
        assert_eq!(code(&error), refused);
        assert_eq!(provider.server.count("POST /token"), 2);
    }
}

#[tokio::test]
async fn nobody_asks_beyond_the_end() {
    let provider = answering(vec![refusal("authorization_pending"); 1000]);
    let client = provider.client();
    let mut device = started(&client).await;
    let error = client.device_tokens(&mut device).await.unwrap_err();
    assert_eq!((&error, code(&error)), (&Error::AuthorizationExpired, "expired_token"));
    assert_eq!(provider.server.count("POST /token"), 1800 / 5 - 1);
    assert_eq!(client.poll_device(&mut device).await.unwrap_err(), Error::AuthorizationExpired);
}

#[tokio::test]
async fn asking_goes_on_after_a_restart() {
    let provider = answering(vec![refusal("slow_down")]);
    let client = provider.client();
    let mut device = started(&client).await;
    assert!(client.poll_device(&mut device).await.unwrap().is_none());
    let kept = serde_json::to_string(&device).unwrap();
    let mut device: DeviceAuthorization = serde_json::from_str(&kept).unwrap();
    assert_eq!(device.interval_seconds(), 10);
    provider.time.advance(4);
    assert!(provider.client().poll_device(&mut device).await.unwrap().is_some());
    assert_eq!(provider.time.pauses(), [5, 7], "what had passed of the pause, in whole seconds");
}

#[tokio::test]
async fn flow_of_another_client_is_not_asked_about() {
    let provider = answering(vec![]);
    let mut device = started(&provider.client()).await;
    let other = provider.prepared(Client::builder(&provider.server.url, "other"));
    let error = other.device_tokens(&mut device).await.unwrap_err();
    assert!(matches!(error, Error::ForeignAuthorization { .. }), "{error}");
    assert_eq!(provider.server.count("POST /token"), 0);
}

#[tokio::test]
async fn answer_is_not_lost_with_the_caller() {
    let open = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&open);
    let provider = Issuer::start(move |request, count, _| match (request.line.as_str(), count) {
        ("POST /device", _) => json(200, &begun()),
        (_, 0) => {
            while !gate.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            json(200, &tokens())
        }
        _ => refusal("invalid_grant"),
    });
    let client = provider.client();
    let device = started(&client).await;
    let (asking, mut asked) = (client.clone(), device.clone());
    let waiting = tokio::spawn(async move { asking.device_tokens(&mut asked).await });
    eventually(|| provider.server.count("POST /token") == 1).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    open.store(true, Ordering::SeqCst);
    assert_eq!(client.device_tokens(&mut device.clone()).await.unwrap().access_token.as_str(), "at-1");
    assert_eq!(provider.server.count("POST /token"), 1);
}

#[tokio::test]
async fn answers_of_the_world_are_read_and_odd_ones_refused() {
    let start = |changes: Value| async move {
        let mut body = begun();
        merge(&mut body, &changes);
        let provider = Issuer::always(200, body);
        provider.client().authorize_device(&DeviceAuthorizationRequest::new("files")).await
    };
    for (changes, lifetime, interval) in [
        (json!({ "expires_in": "900", "interval": "7" }), 900, 7),
        (json!({ "interval": null }), 1800, 5),
        (json!({ "interval": 0 }), 1800, 1),
        (json!({ "verification_uri": null, "verification_url": "https://www.google.com/device" }), 1800, 5),
    ] {
        let device = start(changes.clone()).await.unwrap();
        assert_eq!((device.expires_at() - NOW, device.interval_seconds()), (lifetime, interval), "{changes}");
    }
    for changes in [
        json!({ "device_code": null }),
        json!({ "device_code": 7 }),
        json!({ "user_code": "" }),
        json!({ "user_code": "\u{1b}[2J" }),
        json!({ "verification_uri": null }),
        json!({ "verification_uri": "javascript:alert(1)" }),
        json!({ "verification_uri_complete": "file:///etc/passwd" }),
        json!({ "expires_in": null }),
        json!({ "expires_in": "soon" }),
        json!({ "interval": -1 }),
        json!({ "interval": [5] }),
    ] {
        let error = start(changes.clone()).await.unwrap_err();
        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{changes}: {error}");
    }
    let error = start(json!({ "error": "invalid_scope" })).await.unwrap_err();
    assert_eq!(code(&error), "invalid_scope");
}

#[tokio::test]
async fn openid_demands_a_checked_id_token() {
    for (claims, fault) in [
        (Some(json!({})), None),
        (None, Some(IdTokenFault::Missing)),
        (Some(json!({ "aud": "other" })), Some(IdTokenFault::Audience)),
        (Some(json!({ "at_hash": "AAAA" })), Some(IdTokenFault::AccessTokenHash)),
    ] {
        let provider = Issuer::start(move |request, _, url| {
            if request.line == "POST /device" {
                return json(200, &begun());
            }
            let mut answer = tokens();
            merge(&mut answer, &json!({ "id_token": claims.as_ref().map(|claims| id_token(url, claims)) }));
            json(200, &answer)
        });
        let client = provider.client();
        let mut device = client.authorize_device(&DeviceAuthorizationRequest::new("openid")).await.unwrap();
        assert_eq!(client.device_tokens(&mut device).await.err(), fault.map(Error::IdToken));
    }
}

#[tokio::test]
async fn debug_shows_no_code() {
    let provider = answering(vec![]);
    let shown = format!("{:?}", started(&provider.client()).await);
    assert!(shown.contains("DeviceAuthorization") && !shown.contains("dc-1") && !shown.contains("WDJB"), "{shown}");
}
