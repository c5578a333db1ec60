//! `DELETE …/sessions/login`.

use serde_json::json;

use super::LOGINS;
use crate::fixtures::{confidential, text};
use crate::oidc_logout::{SignedIn, ask, assert_error, sign_in};
use crate::support::{Call, CodeFlow, TestServer};

fn delete(parameters: &[(&str, &str)]) -> Call {
    Call::delete(LOGINS).query(parameters)
}

#[tokio::test]
async fn one_session_ends_and_the_others_go_on() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let (mut one, mut other) = (sign_in(server, &client).await, sign_in(server, &client).await);
        let answer = server.admin(delete(&[("sid", &one.sid())])).await.expect(204);
        assert!(answer.body.is_empty());
        assert!(!one.stands(server, &client).await && other.stands(server, &client).await);
        // What was issued goes on, and ending it again is no fault.
        assert_eq!(server.introspect(text(&one.tokens, "access_token")).await["active"], true);
        server.admin(delete(&[("sid", &one.sid())])).await.expect(204);
        assert!(other.stands(server, &client).await);
    })
    .await;
}

#[tokio::test]
async fn all_sessions_of_a_subject_end_and_those_of_others_go_on() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let (mut one, mut two) = (sign_in(server, &client).await, sign_in(server, &client).await);
        let mut flow =
            CodeFlow::new(server, &client.id).secret(&client.secret).subject("bob").login("remember", json!(true));
        let tokens = flow.tokens().await;
        let mut bob = SignedIn { browser: flow.browser, tokens };
        server.clock.advance(1);
        server.admin(delete(&[("subject", "alice")])).await.expect(204);
        assert!(!one.stands(server, &client).await && !two.stands(server, &client).await);
        assert!(bob.stands(server, &client).await);
        // A login after that counts.
        server.clock.advance(1);
        let mut again = sign_in(server, &client).await;
        assert!(again.stands(server, &client).await);
    })
    .await;
}

#[tokio::test]
async fn which_sessions_must_be_said() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut person = sign_in(&server, &client).await;
    for parameters in [
        vec![],
        vec![("sid", "")],
        vec![("subject", "")],
        vec![("sid", ""), ("subject", "alice")],
        vec![("sid", "x"), ("subject", "")],
        vec![("login_session_id", "x")],
    ] {
        let answer = server.admin(delete(&parameters)).await.expect(400);
        assert_eq!(answer.member("error"), "invalid_request", "{parameters:?}");
    }
    // Unknown ones are ended already.
    for parameters in
        [vec![("sid", "x")], vec![("sid", "00000000-0000-4000-8000-000000000000")], vec![("subject", "nobody")]]
    {
        server.admin(delete(&parameters)).await.expect(204);
    }
    assert!(person.stands(&server, &client).await);
    // The session wins over the subject.
    let mut other = sign_in(&server, &client).await;
    server.admin(delete(&[("subject", "alice"), ("sid", &person.sid())])).await.expect(204);
    assert!(!person.stands(&server, &client).await && other.stands(&server, &client).await);
    server.public(delete(&[("subject", "alice")])).await.expect(404);
}

#[tokio::test]
async fn a_logout_that_waits_for_its_page_finds_the_session_gone() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut person = sign_in(&server, &client).await;
    let asked = ask(&mut person.browser, &[]).await;
    let next = crate::oidc_logout::accept(&server, &crate::oidc_logout::challenge(&asked)).await;
    server.admin(delete(&[("sid", &person.sid())])).await.expect(204);
    assert_eq!(person.browser.get(&next).await.expect(302).location(), crate::oidc_logout::DONE);
    assert_error(&ask(&mut person.browser, &[("id_token_hint", "x")]).await, "invalid_request");
}
