//! What is kept of a client with a document, and from when on: nothing before somebody has logged in.

use serde_json::json;

use super::documents::percent;
use super::{Described, any, asks, clients_kept, document, flow, is_admitted};
use crate::client_side::{Authority, ClientServer, Reply};
use crate::fixtures::{RACERS, text};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn a_stranger_writes_nothing() {
    let described = Described::new(&json!({})).await;
    for number in 0..10 {
        let id = format!("{}/{number}.json", described.host.url);
        described.host.set(Reply::Json(document(&id)));
        assert!(is_admitted(&asks(&described.server, &id).await));
    }
    assert_eq!(clients_kept(&described.server).await, 0);
}

#[tokio::test]
async fn an_accepted_login_keeps_the_client() {
    let described = Described::new(&json!({})).await;
    let mut flow = described.flow();
    let page = flow.authorize().await.expect(302).location().to_owned();
    assert_eq!(clients_kept(&described.server).await, 0);
    let next = flow.application.accept_login(&page).await;
    assert_eq!(clients_kept(&described.server).await, 1);
    flow.browser.get(&next).await.expect(302);
    let path = format!("/admin/clients/{}", percent(&described.id));
    let client = described.server.admin(Call::get(&path)).await.expect(200).json();
    assert_eq!(client["client_name"], "Example Agent");
}

#[tokio::test]
async fn one_person_makes_five_clients_of_documents_in_a_minute() {
    let described = Described::new(&json!({})).await;
    let accept = async |id: &str, subject: &str| {
        let mut flow = flow(&described.server, id);
        let page = flow.authorize().await.expect(302).location().to_owned();
        let challenge = page.split_once("login_challenge=").unwrap().1;
        let path = format!("/admin/oauth2/auth/requests/login/accept?login_challenge={challenge}");
        described.server.admin(Call::put(&path).json(&json!({ "subject": subject }))).await.status
    };
    for number in 0..8 {
        let id = format!("{}/{number}.json", described.host.url);
        described.host.set(Reply::Json(document(&id)));
        assert_eq!(accept(&id, "alice").await, if number < 5 { 200 } else { 503 }, "{number}");
        assert_eq!(clients_kept(&described.server).await, (number + 1).min(5));
    }
    let last = format!("{}/7.json", described.host.url);
    assert_eq!(accept(&last, "bob").await, 200, "others are nothing to her");
    assert_eq!(accept(&last, "alice").await, 200, "and it is not new any more");
}

#[tokio::test]
async fn sixty_four_first_logins_make_one_client_on_both_databases() {
    let authority = Authority::new();
    let host = ClientServer::listen_tls(Reply::Status(404), &authority).await;
    let id = format!("{}/client.json", host.url);
    host.set(Reply::Json(document(&id)));
    TestServer::each_database_with(
        |config| any(config, &authority),
        async |server| {
            let tasks: Vec<_> = (0..RACERS)
                .map(|number| {
                    let mut flow = flow(server, &id).subject(&format!("person-{number}"));
                    tokio::spawn(async move { flow.tokens().await["access_token"].is_string() })
                })
                .collect();
            for task in tasks {
                assert!(task.await.unwrap());
            }
            assert_eq!(clients_kept(server).await, 1);
        },
    )
    .await;
}

#[tokio::test]
async fn a_restart_between_the_request_and_the_token_changes_nothing() {
    let described = Described::new(&json!({})).await;
    let mut one = described.flow();
    let page = one.authorize().await.expect(302).location().to_owned();
    // Nothing is kept yet: the next process reads the document again.
    let second = described.server.beside(2, |config| any(config, &described.authority)).await;
    let mut flow = flow(&second, &described.id);
    let next = flow.application.accept_login(&page).await;
    let consent = second.clone();
    std::mem::swap(&mut flow.browser, &mut one.browser);
    let mut browser = flow.browser;
    browser.get(&next).await.expect(302);
    assert_eq!(described.host.count(), 2);
    let third = consent.beside(3, |config| any(config, &described.authority)).await;
    let mut flow = super::flow(&third, &described.id);
    let code = flow.code().await;
    described.host.set(Reply::HangUp);
    let fourth = third.beside(4, |config| any(config, &described.authority)).await;
    let tokens = fourth.public(flow.redemption(&code)).await.expect(200).json();
    fourth.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200);
}

#[tokio::test]
async fn a_dead_host_logs_nobody_out() {
    let described = Described::new(&json!({})).await;
    let mut flow = described.flow();
    let mut tokens = flow.tokens().await;
    let Described { host, server, .. } = described;
    drop(host);
    for _ in 0..5 {
        server.clock.advance(86_400);
        tokens = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
    }
    server
        .public(
            Call::post("/oauth2/revoke")
                .form(&[("token", text(&tokens, "refresh_token")), ("client_id", &described.id)]),
        )
        .await
        .expect(200);
    server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
}

#[tokio::test]
async fn a_document_that_changed_after_the_code_was_issued_does_not_matter_to_the_code() {
    let described = Described::new(&json!({})).await;
    let mut flow = described.flow();
    let code = flow.code().await;
    described.publish(&json!({ "redirect_uris": ["http://127.0.0.1/elsewhere"] }));
    described.server.clock.advance(5);
    described.server.public(flow.redemption(&code)).await.expect(200);
}

#[tokio::test]
async fn a_document_that_changed_is_followed_at_the_next_request() {
    let described = Described::new(&json!({})).await;
    described.flow().code().await;
    described.publish(&json!({ "client_name": "Renamed Agent", "redirect_uris": ["http://127.0.0.1/elsewhere"] }));
    described.server.clock.advance(3600);
    assert!(!is_admitted(&described.asks().await), "the redirect URI is gone");
    let path = format!("/admin/clients/{}", percent(&described.id));
    let client = described.server.admin(Call::get(&path)).await.expect(200).json();
    assert_eq!(client["client_name"], "Renamed Agent");
    described.flow().parameter("redirect_uri", "http://127.0.0.1:7/elsewhere").code().await;
    assert_eq!(clients_kept(&described.server).await, 1);
}

#[tokio::test]
async fn a_node_that_read_an_older_document_does_not_bring_it_back() {
    let described = Described::new(&json!({})).await;
    let one = &described.server;
    described.flow().code().await;
    one.clock.advance(1800);
    described.publish(&json!({ "redirect_uris": ["http://127.0.0.1/elsewhere"] }));
    let other = one.beside(2, |config| any(config, &described.authority)).await;
    assert!(!is_admitted(&asks(&other, &described.id).await), "the other node reads it now");
    for _ in 0..3 {
        assert!(!is_admitted(&described.asks().await), "and this one read it before");
        assert!(is_admitted(&super::asks_at(&other, &described.id, "http://127.0.0.1/elsewhere").await));
    }
    assert_eq!(described.host.count(), 2);
}

#[tokio::test]
async fn a_client_that_nobody_uses_goes_and_comes_back() {
    let described = Described::new(&json!({})).await;
    described.flow().tokens().await;
    described.server.clock.advance(366 * 86_400);
    described.server.server.keep_house().await;
    assert_eq!(clients_kept(&described.server).await, 0);
    described.flow().tokens().await;
    assert_eq!(clients_kept(&described.server).await, 1);
}

#[tokio::test]
async fn two_nodes_know_one_client() {
    let authority = Authority::new();
    let host = ClientServer::listen_tls(Reply::Status(404), &authority).await;
    let id = format!("{}/client.json", host.url);
    host.set(Reply::Json(document(&id)));
    TestServer::two_nodes_with(
        |config| any(config, &authority),
        async |one, other| {
            let mut flow = flow(one, &id);
            let page = flow.authorize().await.expect(302).location().to_owned();
            let challenge = page.split_once("login_challenge=").unwrap().1;
            let path = format!("/admin/oauth2/auth/requests/login/accept?login_challenge={challenge}");
            let accepted = other.admin(Call::put(&path).json(&json!({ "subject": "alice" }))).await.expect(200).json();
            let consent = flow.browser.get(text(&accepted, "redirect_to")).await.expect(302).location().to_owned();
            let next = flow.application.accept_consent(&consent).await;
            let answer = flow.browser.get(&next).await.expect(303);
            let code = answer.location_parameter("code").unwrap();
            let tokens = other.public(flow.redemption(&code)).await.expect(200).json();
            one.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200);
            assert_eq!(clients_kept(one).await, 1);
            assert_eq!(host.count(), 2, "once at each node");
        },
    )
    .await;
}
