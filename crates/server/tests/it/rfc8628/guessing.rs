//! User codes against guessing and typing errors (RFC 8628 §5.1, §6.1).

use symbolon_server::config::{Config, UserCode};

use super::{DeviceFlow, device_client};
use crate::fixtures::text;
use crate::support::TestServer;

#[tokio::test]
async fn the_management_api_says_what_is_wrong() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let challenge = flow.challenge().await;
    let accept = async |challenge: &str, code: &str| server.admin(DeviceFlow::accept_call(challenge, code)).await;
    assert_eq!(accept(&challenge, "").await.expect(400).error().as_deref(), Some("invalid_request"));
    assert_eq!(accept(&challenge, "wrongcod").await.expect(400).error().as_deref(), Some("invalid_request"));
    assert_eq!(accept("nope", "x").await.expect(404).error().as_deref(), Some("Not Found"));
    let codes = flow.ask().await;
    server.clock.advance(600);
    let expired = accept(&challenge, text(&codes, "user_code")).await.expect(400);
    assert_eq!(expired.error().as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn guesses_are_bounded_by_challenge_and_by_address() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let challenge = flow.challenge().await;
    let mut allowed = 0;
    let mut guess = async |challenge: &str| {
        let answer = server.admin(DeviceFlow::accept_call(challenge, "wrongcod")).await;
        allowed += usize::from(answer.status == 400);
        answer.status
    };
    for _ in 0..10 {
        assert_eq!(guess(&challenge).await, 400);
    }
    assert_eq!(guess(&challenge).await, 429);
    // The right one does not help any more either.
    server.admin(DeviceFlow::accept_call(&challenge, text(&codes, "user_code"))).await.expect(429);
    // New challenges are free, but the address stays the same.
    for _ in 0..20 {
        let other = DeviceFlow::new(&server, &flow.client).challenge().await;
        for _ in 0..10 {
            guess(&other).await;
        }
    }
    assert_eq!(allowed, 60);
    server.clock.advance(60);
    server.admin(DeviceFlow::accept_call(&challenge, text(&codes, "user_code"))).await.expect(200);
}

#[tokio::test]
async fn a_code_may_be_typed_in_groups_and_in_any_case_where_there_is_no_doubt() {
    let server = TestServer::with(|config: &mut Config| {
        config.oauth2.device_authorization.user_code =
            UserCode { length: 8, character_set: "BCDFGHJKLMNPQRSTVWXZ".to_owned() };
    })
    .await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let (first, second) = text(&codes, "user_code").split_at(4);
    let challenge = flow.challenge().await;
    let typed = format!(" {}-{second} ", first.to_lowercase());
    server.admin(DeviceFlow::accept_call(&challenge, &typed)).await.expect(200);
}

#[tokio::test]
async fn a_code_is_of_no_use_once_the_device_was_answered() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    flow.connect(&codes).await.expect(302);
    let challenge = DeviceFlow::new(&server, &flow.client).challenge().await;
    let answer = server.admin(DeviceFlow::accept_call(&challenge, text(&codes, "user_code"))).await;
    assert_eq!(answer.expect(400).error().as_deref(), Some("invalid_request"));
}
