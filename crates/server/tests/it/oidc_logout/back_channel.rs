//! Back-Channel Logout §2: what the logout token says, to whom it goes, and how it is queued.

use serde_json::{Value, json};
use symbolon_store::{LogoutDelivery, Origin};

use super::{DONE, accept, ask, challenge, client, log_out, sign_in, sign_in_with};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{Registered, part, text, verified_claims};
use crate::support::{Call, TestServer};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

pub(super) async fn told(server: &TestServer, id: &str, receiver: &ClientServer, changes: &Value) -> Registered {
    let settings = json!({ "backchannel_logout_uri": format!("{}/{id}?x=1", receiver.url) });
    client(server, id, &crate::fixtures::with(settings, changes)).await
}

/// How many logout tokens are waiting, for a moment of the next half hour: the longest distance between two attempts.
pub(super) async fn queued(server: &TestServer) -> usize {
    due(server, server.clock.now() + 1800).await.len()
}

/// The logout tokens that are due at an instant.
pub(super) async fn due(server: &TestServer, at: i64) -> Vec<LogoutDelivery> {
    let mut all = Vec::new();
    for origin in [Origin::Administrator, Origin::SelfService] {
        all.extend(server.server.store().due_logout_deliveries(origin, at, 1000, 1000).await.unwrap());
    }
    all
}

#[tokio::test]
async fn the_logout_token_is_verifiable_and_says_which_session_ended() {
    TestServer::each_database(async |server| {
        let receiver = ClientServer::listen(Reply::Status(200)).await;
        for algorithm in ["RS256", "ES256"] {
            let client =
                told(server, algorithm, &receiver, &json!({ "id_token_signed_response_alg": algorithm })).await;
            let mut person = sign_in(server, &client).await;
            log_out(server, &mut person.browser, &[]).await.expect(302);
            assert_eq!(server.server.deliver_logout_tokens().await, 1);
            let calls = receiver.take();
            assert_eq!(calls.len(), 1);
            let call = &calls[0];
            assert_eq!((call.method.as_str(), call.target.as_str()), ("POST", format!("/{algorithm}?x=1").as_str()));
            assert_eq!(call.header("content-type"), Some("application/x-www-form-urlencoded"));
            assert!(call.body.starts_with("logout_token=") && !call.body.contains('&'), "{}", call.body);
            let token = call.form("logout_token").unwrap();
            let header = part(&token, 0);
            assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!(algorithm)));
            let claims = verified_claims(server, &token).await;
            let now = server.clock.now();
            assert_eq!((&claims["iss"], &claims["aud"]), (&json!(server.public_url()), &json!([algorithm])));
            assert_eq!((&claims["iat"], &claims["exp"]), (&json!(now), &json!(now + 120)));
            assert_eq!((&claims["sid"], &claims["events"]), (&json!(person.sid()), &json!({ EVENT: {} })));
            assert!(claims["jti"].is_string());
            let mut names: Vec<&String> = claims.keys().collect();
            names.sort();
            assert_eq!(
                names,
                ["aud", "events", "exp", "iat", "iss", "jti", "sid"],
                "no nonce, and no sub as on Hydra's wire"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn every_client_of_the_session_is_told_once_and_no_other() {
    let server = TestServer::new().await;
    let receiver = ClientServer::listen(Reply::Status(204)).await;
    let one = told(&server, "one", &receiver, &json!({})).await;
    let two = told(&server, "two", &receiver, &json!({})).await;
    let absent = told(&server, "absent", &receiver, &json!({})).await;
    sign_in(&server, &absent).await;
    let mut person = sign_in(&server, &one).await;
    for client in [&two, &one] {
        person = sign_in_with(&server, client, person.browser.clone()).await;
    }
    log_out(&server, &mut person.browser, &[]).await.expect(302);
    assert_eq!(queued(&server).await, 2);
    assert_eq!(server.server.deliver_logout_tokens().await, 2);
    let mut paths: Vec<String> = receiver.take().into_iter().map(|call| call.target).collect();
    paths.sort();
    assert_eq!(paths, ["/one?x=1", "/two?x=1"]);
    assert_eq!(queued(&server).await, 0);
    assert_eq!(server.server.deliver_logout_tokens().await, 0);
}

#[tokio::test]
async fn tokens_are_queued_with_the_logout_and_the_browser_waits_for_nobody() {
    TestServer::each_database(async |server| {
        let receiver = ClientServer::listen(Reply::Slow(std::time::Duration::from_secs(60))).await;
        let client = told(server, "rp", &receiver, &json!({})).await;
        let mut person = sign_in(server, &client).await;
        let asked = ask(&mut person.browser, &[]).await;
        let next = accept(server, &challenge(&asked)).await;
        assert_eq!(queued(server).await, 0, "nothing has ended yet");
        let begin = std::time::Instant::now();
        assert_eq!(person.browser.get(&next).await.expect(302).location(), DONE);
        assert!(begin.elapsed() < std::time::Duration::from_secs(5));
        assert_eq!(
            (queued(server).await, receiver.count()),
            (1, 0),
            "queued in the transaction that ended the session"
        );
        // A replay queues nothing.
        person.browser.get(&next).await.expect(302);
        assert_eq!(queued(server).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_verifiers_at_once_one_tells_the_clients() {
    TestServer::each_database(async |server| {
        let receiver = ClientServer::listen(Reply::Status(200)).await;
        let client = told(server, "rp", &receiver, &json!({})).await;
        let mut person = sign_in(server, &client).await;
        let hint = person.id_token().to_owned();
        let asked = ask(&mut person.browser, &[("id_token_hint", &hint)]).await;
        let next = accept(server, &challenge(&asked)).await;
        let target = server.public_target(&next).unwrap();
        let cookies = person.browser.jar().sent("/", server.clock.now());
        let calls = (0..16).map(|_| Call::get(&target).cookies(&cookies).navigating()).collect();
        let answers = crate::fixtures::race(server, crate::support::Listener::Public, calls).await;
        assert!(answers.iter().all(|answer| answer.location() == DONE));
        assert_eq!(queued(server).await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_administrator_ends_a_session_and_its_clients_are_told() {
    let server = TestServer::new().await;
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    let client = told(&server, "rp", &receiver, &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let call = || Call::delete("/admin/oauth2/auth/sessions/login").query(&[("sid", &person.sid())]);
    for _ in 0..2 {
        server.admin(call()).await.expect(204);
    }
    assert_eq!(server.server.deliver_logout_tokens().await, 1);
    let token = receiver.take()[0].form("logout_token").unwrap();
    assert_eq!(verified_claims(&server, &token).await["sid"], json!(person.sid()));
    assert!(!person.stands(&server, &client).await);
    // Ending all sessions of a subject tells nobody, as in Hydra.
    let mut person = sign_in(&server, &client).await;
    let call = Call::delete("/admin/oauth2/auth/sessions/login").query(&[("subject", "alice")]);
    server.admin(call).await.expect(204);
    assert_eq!(queued(&server).await, 0);
    assert!(!person.stands(&server, &client).await);
}

#[tokio::test]
async fn a_logout_token_is_no_token_of_another_kind() {
    let server = TestServer::new().await;
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    let client = told(&server, "rp", &receiver, &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    log_out(&server, &mut person.browser, &[]).await.expect(302);
    server.server.deliver_logout_tokens().await;
    let token = receiver.take()[0].form("logout_token").unwrap();
    let answer = ask(&mut person.browser, &[("id_token_hint", &token)]).await;
    super::assert_error(&answer, "invalid_request");
    server.public(Call::get("/userinfo").bearer(&token)).await.expect(401);
    assert_eq!(server.introspect(&token).await, json!({ "active": false }));
    let silent = client.flow(&server).parameter("prompt", "none").parameter("id_token_hint", &token).authorize().await;
    assert!(silent.error().is_some());
    let form = [("grant_type", "authorization_code"), ("code", token.as_str())];
    server.public(client.token_request(&form)).await.expect(400);
    assert!(text(&person.tokens, "id_token") != token);
}

#[tokio::test]
async fn a_client_whose_tokens_have_expired_is_told_too() {
    let server = TestServer::new().await;
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    let client = told(&server, "rp", &receiver, &json!({})).await;
    let mut flow = client.flow(&server).scope("openid").login("remember", json!(true));
    flow.tokens().await;
    server.clock.advance(20 * 24 * 3600);
    server.server.purge().await.unwrap();
    log_out(&server, &mut flow.browser, &[]).await.expect(302);
    assert_eq!(server.server.deliver_logout_tokens().await, 1);
}
