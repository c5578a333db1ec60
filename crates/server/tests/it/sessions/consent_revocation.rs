//! `DELETE …/sessions/consent`: exactly what is named, with all tokens that came of it.

use serde_json::{Value, json};

use super::{CONSENTS, consents};
use crate::fixtures::{Registered, register, text};
use crate::support::{Browser, Call, TestServer};

struct Given {
    client: Registered,
    subject: &'static str,
    tokens: Value,
    browser: Browser,
    id: String,
}

/// Consents of two people to two clients, all remembered.
async fn given(server: &TestServer) -> Vec<Given> {
    let mut all = Vec::new();
    let clients = [register(server, "one", &json!({})).await, register(server, "two", &json!({})).await];
    for subject in ["alice", "bob"] {
        for client in &clients {
            let mut flow =
                client.flow(server).subject(subject).login("remember", json!(true)).consent("remember", json!(true));
            let tokens = flow.tokens().await;
            let listed = consents(server, subject).await;
            let own =
                listed.iter().find(|consent| consent["consent_request"]["client"]["client_id"] == json!(client.id));
            let id = own.unwrap()["consent_request_id"].as_str().unwrap().to_owned();
            all.push(Given { client: client.clone(), subject, tokens, browser: flow.browser, id });
        }
    }
    all
}

/// Whether a consent still counts: listed, its tokens active, and passed over at the next visit. All three agree.
async fn stands(server: &TestServer, given: &Given) -> bool {
    let listed =
        consents(server, given.subject).await.iter().any(|consent| consent["consent_request_id"] == json!(given.id));
    let mut silent = given.client.flow(server).parameter("prompt", "none");
    silent.browser = given.browser.clone();
    // Without a session it is the person that is unknown, not the consent: the session stays in any case.
    let asks = silent.authorize().await.error();
    assert_ne!(asks.as_deref(), Some("login_required"));
    for name in ["access_token", "refresh_token"] {
        assert_eq!(server.introspect(text(&given.tokens, name)).await["active"], listed, "{name}");
    }
    listed
}

async fn standing(server: &TestServer, all: &[Given]) -> Vec<bool> {
    let mut standing = Vec::new();
    for given in all {
        standing.push(stands(server, given).await);
    }
    standing
}

#[tokio::test]
async fn each_legal_combination_revokes_what_it_names() {
    TestServer::each_database(async |server| {
        let all = given(server).await;
        let delete = |parameters: &[(&str, &str)]| Call::delete(CONSENTS).query(parameters);
        assert_eq!(standing(server, &all).await, [true, true, true, true]);
        let answer = server.admin(delete(&[("consent_request_id", &all[1].id)])).await.expect(204);
        assert!(answer.body.is_empty());
        assert_eq!(standing(server, &all).await, [true, false, true, true]);
        server.admin(delete(&[("subject", "bob"), ("client", "one")])).await.expect(204);
        assert_eq!(standing(server, &all).await, [true, false, false, true]);
        server.admin(delete(&[("subject", "alice"), ("all", "true")])).await.expect(204);
        assert_eq!(standing(server, &all).await, [false, false, false, true]);
        // What matches nothing is no fault.
        for parameters in [
            vec![("consent_request_id", all[1].id.as_str())],
            vec![("consent_request_id", "x")],
            vec![("subject", "nobody"), ("all", "true")],
            vec![("subject", "bob"), ("client", "unknown")],
        ] {
            server.admin(delete(&parameters)).await.expect(204);
        }
        assert_eq!(standing(server, &all).await, [false, false, false, true]);
    })
    .await;
}

#[tokio::test]
async fn every_other_combination_revokes_nothing() {
    let server = TestServer::new().await;
    let all = given(&server).await;
    let id = all[0].id.as_str();
    for parameters in [
        vec![],
        vec![("subject", "alice")],
        vec![("client", "one")],
        vec![("all", "true")],
        vec![("client", "one"), ("all", "true")],
        vec![("subject", "alice"), ("all", "false")],
        vec![("subject", "alice"), ("all", "1")],
        vec![("subject", "alice"), ("client", "one"), ("all", "true")],
        vec![("subject", "alice"), ("client", ""), ("all", "true")],
        vec![("subject", "alice"), ("client", "")],
        vec![("subject", ""), ("all", "true")],
        vec![("consent_request_id", id), ("subject", "alice")],
        vec![("consent_request_id", id), ("client", "one")],
        vec![("consent_request_id", id), ("all", "true")],
        vec![("consent_request_id", ""), ("subject", "alice"), ("all", "true")],
        vec![("consent_challenge_id", id)],
    ] {
        let answer = server.admin(Call::delete(CONSENTS).query(&parameters)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{parameters:?}");
    }
    assert_eq!(standing(&server, &all).await, [true, true, true, true]);
    server.public(Call::delete(CONSENTS).query(&[("subject", "alice"), ("all", "true")])).await.expect(404);
}

#[tokio::test]
async fn a_revoked_consent_is_asked_for_again_and_its_tokens_do_not_come_back() {
    let server = TestServer::new().await;
    let client = register(&server, "c", &json!({})).await;
    let mut flow = client.flow(&server).login("remember", json!(true)).consent("remember", json!(true));
    let tokens = flow.tokens().await;
    let code = {
        let mut second = client.flow(&server);
        second.browser = flow.browser.clone();
        second.code().await
    };
    server.admin(Call::delete(CONSENTS).query(&[("subject", "alice"), ("client", "c")])).await.expect(204);
    let mut silent = client.flow(&server).parameter("prompt", "none");
    silent.browser = flow.browser.clone();
    let login = silent.authorize().await;
    let answer = if login.error().is_some() {
        login
    } else {
        let next = silent.application.accept_login(login.location()).await;
        silent.browser.get(&next).await
    };
    assert_eq!(answer.error().as_deref(), Some("consent_required"), "{}", answer.location());
    server.public(flow.redemption(&code)).await.expect(400);
    server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
    server.clock.advance(1);
    let fresh = flow.tokens().await;
    assert_eq!(server.introspect(text(&fresh, "access_token")).await["active"], true);
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], false);
}
