//! How a session ends, and from when on applications see it (§3).

use serde_json::json;

use super::{ask_quietly, frame, server, session_state, state_of};
use crate::fixtures::{Registered, confidential};
use crate::oidc_logout::{SignedIn, ask, client, log_out, sign_in};
use crate::sessions::LOGINS;
use crate::support::{Browser, Call, TestServer};

/// Somebody who is signed in, and what the client was told.
async fn watched(server: &TestServer, client: &Registered) -> (SignedIn, String) {
    let mut person = sign_in(server, client).await;
    let mut flow = client.flow(server);
    flow.browser = person.browser.clone();
    let value = session_state(&flow.answer().await);
    person.browser = flow.browser;
    assert_eq!(frame(server, &person.browser, &client.id, &value), "unchanged");
    (person, value)
}

#[tokio::test]
async fn a_logout_is_seen_at_once_by_each_application() {
    let server = server().await;
    let (one, other) = (client(&server, "one", &json!({})).await, client(&server, "two", &json!({})).await);
    let (mut person, first) = watched(&server, &one).await;
    let mut flow = other.flow(&server);
    flow.browser = person.browser.clone();
    let second = session_state(&flow.answer().await);
    let hint = person.id_token().to_owned();
    let ended = log_out(&server, &mut person.browser, &[("id_token_hint", &hint)]).await.expect(302);
    assert_eq!(ended.cookies().len(), 2, "the login's goes, and the state is another");
    assert_eq!(frame(&server, &person.browser, &one.id, &first), "changed");
    assert_eq!(frame(&server, &person.browser, &other.id, &second), "changed");
    // Somebody else's browser is as before.
    let (stranger, value) = watched(&server, &one).await;
    assert_eq!(frame(&server, &stranger.browser, &one.id, &value), "unchanged");
}

#[tokio::test]
async fn who_is_not_signed_in_is_given_a_state_by_asking_for_a_logout_and_keeps_it() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    ask(&mut browser, &[]).await.expect(302);
    let state = state_of(&server, &browser).unwrap();
    ask(&mut browser, &[]).await.expect(302);
    assert_eq!(state_of(&server, &browser), Some(state));
}

#[tokio::test]
async fn what_an_administrator_ends_is_seen_after_the_next_quiet_request() {
    TestServer::each_database_with(super::switch_on, async |server| {
        let client = confidential(server).await;
        for by_sid in [true, false] {
            let (mut person, value) = watched(server, &client).await;
            let sid = person.sid();
            let named = if by_sid { ("sid", sid.as_str()) } else { ("subject", "alice") };
            server.clock.advance(1);
            server.admin(Call::delete(LOGINS).query(&[named])).await.expect(204);
            // The server cannot reach into a browser.
            assert_eq!(frame(server, &person.browser, &client.id, &value), "unchanged");
            let answer = ask_quietly(server, &mut person, &client).await;
            assert_eq!(answer.error().as_deref(), Some("login_required"));
            assert_eq!(frame(server, &person.browser, &client.id, &value), "changed");
            let now = session_state(&answer);
            assert_eq!(frame(server, &person.browser, &client.id, &now), "unchanged");
            // It changes once.
            let again = ask_quietly(server, &mut person, &client).await;
            assert!(again.cookies().is_empty());
            assert_eq!(frame(server, &person.browser, &client.id, &now), "unchanged");
            server.clock.advance(1);
        }
    })
    .await;
}

#[tokio::test]
async fn what_an_administrator_ends_is_seen_after_a_request_for_a_logout() {
    let server = server().await;
    let client = confidential(&server).await;
    let (mut person, value) = watched(&server, &client).await;
    server.admin(Call::delete(LOGINS).query(&[("sid", &person.sid())])).await.expect(204);
    ask(&mut person.browser, &[]).await.expect(302);
    assert_eq!(frame(&server, &person.browser, &client.id, &value), "changed");
}

#[tokio::test]
async fn a_sign_out_of_the_subject_is_seen_likewise() {
    let server = server().await;
    let client = confidential(&server).await;
    let (mut person, value) = watched(&server, &client).await;
    server.admin(Call::post("/admin/subjects/alice/sign-out")).await.expect(204);
    assert_eq!(frame(&server, &person.browser, &client.id, &value), "unchanged");
    ask_quietly(&server, &mut person, &client).await;
    assert_eq!(frame(&server, &person.browser, &client.id, &value), "changed");
}

#[tokio::test]
async fn a_session_that_ends_by_its_time_takes_the_state_along() {
    let server = server().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).login("remember", json!(true)).login("remember_for", json!(600));
    let value = session_state(&flow.answer().await);
    server.clock.advance(599);
    assert_eq!(frame(&server, &flow.browser, &client.id, &value), "unchanged");
    server.clock.advance(1);
    assert_eq!(
        (state_of(&server, &flow.browser), frame(&server, &flow.browser, &client.id, &value)),
        (None, "changed")
    );
}
