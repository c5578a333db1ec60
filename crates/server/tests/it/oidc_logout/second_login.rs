//! A login session belongs to a browser and a person. Whoever authenticates again keeps it, so that a logout ends it and
//! all its clients are told (RP-Initiated Logout §2, Back-Channel Logout §2.3, Front-Channel Logout §3). Another person's
//! login ends it.

use serde_json::{Value, json};

use super::back_channel::{queued, told};
use super::{BYE, DONE, SignedIn, ask, challenge, client, log_out, request, sign_in};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{Registered, register, verified_claims};
use crate::support::{Browser, Profile, TestServer};

/// What makes the same person authenticate again.
const AGAIN: [(&str, &str); 3] = [("prompt", "login"), ("prompt", "select_account"), ("max_age", "0")];

/// Signs in at a client in the browser of before.
async fn sign_in_again(
    server: &TestServer,
    client: &Registered,
    before: &SignedIn,
    (name, value): (&str, &str),
    login: Value,
) -> SignedIn {
    let mut flow = client.flow(server).parameter(name, value);
    flow.application.login = login;
    flow.browser = before.browser.clone();
    let tokens = flow.tokens().await;
    SignedIn { browser: flow.browser, tokens }
}

#[tokio::test]
async fn logout_with_the_first_id_token_ends_the_login_of_the_second() {
    TestServer::each_database(async |server| {
        let client = client(server, "rp", &json!({})).await;
        for again in AGAIN {
            for remember in [true, false] {
                let first = sign_in(server, &client).await;
                server.clock.advance(1);
                let login = json!({ "subject": "alice", "remember": remember });
                let mut second = sign_in_again(server, &client, &first, again, login).await;
                assert_eq!(second.sid(), first.sid());
                let hint = first.id_token().to_owned();
                let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
                let ended = log_out(server, &mut second.browser, &parameters).await.expect(302);
                assert_eq!(ended.location(), BYE);
                assert!(ended.cookies()[0].is_deletion());
                assert!(!second.stands(server, &client).await, "{again:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn logout_at_the_second_client_is_told_to_the_first() {
    TestServer::each_database(async |server| {
        let receiver = ClientServer::listen(Reply::Status(200)).await;
        let one = told(server, "one", &receiver, &json!({})).await;
        let two = told(server, "two", &receiver, &json!({})).await;
        let front = json!({ "frontchannel_logout_uri": "http://127.0.0.1:5555/front" });
        let three = client(server, "three", &front).await;
        for again in AGAIN {
            let mut person = sign_in(server, &one).await;
            let sid = person.sid();
            for client in [&three, &two] {
                let login = json!({ "subject": "alice", "remember": true });
                person = sign_in_again(server, client, &person, again, login).await;
            }
            let hint = person.id_token().to_owned();
            let page = log_out(server, &mut person.browser, &[("id_token_hint", &hint)]).await.expect(200);
            assert!(page.text().contains("http://127.0.0.1:5555/front?"), "{again:?}");
            assert_eq!(server.server.deliver_logout_tokens().await, 2, "{again:?}");
            let mut calls = receiver.take();
            calls.sort_by(|a, b| a.target.cmp(&b.target));
            assert_eq!(calls.iter().map(|call| call.target.as_str()).collect::<Vec<_>>(), ["/one?x=1", "/two?x=1"]);
            for call in calls {
                let claims = verified_claims(server, &call.form("logout_token").unwrap()).await;
                assert_eq!(claims["sid"], json!(sid), "{again:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_of_before_is_told_however_much_longer_the_session_lasts() {
    TestServer::each_database(async |server| {
        let receiver = ClientServer::listen(Reply::Status(200)).await;
        let one = told(server, "one", &receiver, &json!({})).await;
        let two = client(server, "two", &json!({})).await;
        for extended_by in ["a login", "an extension"] {
            let mut flow = one.flow(server).scope("openid").login("remember", json!(true));
            flow = flow.login("remember_for", json!(7200));
            flow.tokens().await;
            server.clock.advance(7000);
            let mut later =
                two.flow(server).login("remember", json!(true)).login("remember_for", json!(30 * 24 * 3600));
            later.browser = flow.browser;
            later = match extended_by {
                "a login" => later.parameter("prompt", "login"),
                _ => later.login("extend_session_lifespan", json!(true)),
            };
            later.tokens().await;
            server.clock.advance(20 * 24 * 3600);
            server.server.purge().await.unwrap();
            log_out(server, &mut later.browser, &[]).await.expect(302);
            assert_eq!(server.server.deliver_logout_tokens().await, 1, "{extended_by}");
            receiver.take();
        }
    })
    .await;
}

#[tokio::test]
async fn another_persons_login_ends_the_session_and_its_clients_are_told() {
    TestServer::each_database(async |server| {
        let receiver = ClientServer::listen(Reply::Status(200)).await;
        let one = told(server, "one", &receiver, &json!({})).await;
        let two = client(server, "two", &json!({})).await;
        for remember in [true, false] {
            let alice = sign_in(server, &one).await;
            let login = json!({ "subject": "bob", "remember": remember });
            let mut bob = sign_in_again(server, &two, &alice, ("prompt", "login"), login).await;
            assert_ne!(bob.sid(), alice.sid());
            assert_eq!(server.server.deliver_logout_tokens().await, 1);
            let token = receiver.take()[0].form("logout_token").unwrap();
            assert_eq!(verified_claims(server, &token).await["sid"], json!(alice.sid()));
            // The old cookie names nothing, and the new session ends by itself.
            let mut before = SignedIn { browser: alice.browser.clone(), tokens: alice.tokens.clone() };
            assert!(!before.stands(server, &one).await);
            let sealed = challenge(&ask(&mut bob.browser, &[]).await);
            assert_eq!(server.admin(request("", &sealed)).await.expect(200).member("subject"), "bob");
        }
    })
    .await;
}

#[tokio::test]
async fn another_person_who_does_not_get_in_ends_nothing() {
    TestServer::each_database(async |server| {
        let receiver = ClientServer::listen(Reply::Status(200)).await;
        let one = told(server, "one", &receiver, &json!({})).await;
        let mut alice = sign_in(server, &one).await;
        // The hint asks for alice, and bob has signed in.
        let hint = alice.id_token().to_owned();
        let mut flow = one.flow(server).parameter("prompt", "login").parameter("id_token_hint", &hint).subject("bob");
        flow.browser = alice.browser.clone();
        assert_eq!(flow.log_in().await.error().as_deref(), Some("login_required"));
        alice.browser = flow.browser;
        assert!(alice.stands(server, &one).await);
        assert_eq!(queued(server).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_hint_of_a_session_that_is_over_means_its_person_in_this_browser() {
    TestServer::each_database(async |server| {
        let client = client(server, "rp", &json!({})).await;
        let mut flow = client.flow(server).login("remember", json!(true)).login("remember_for", json!(60));
        let tokens = flow.tokens().await;
        let first = SignedIn { browser: flow.browser, tokens };
        server.clock.advance(60);
        let login = json!({ "subject": "alice", "remember": true });
        let mut second = sign_in_again(server, &client, &first, ("prompt", ""), login).await;
        assert_ne!(second.sid(), first.sid());
        let hint = first.id_token().to_owned();
        let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
        // Nobody else's session is meant, and no other browser's.
        let mut elsewhere = sign_in(server, &client).await;
        let login = json!({ "subject": "bob", "remember": true });
        let fresh = SignedIn { browser: Browser::new(server), tokens: Value::Null };
        let mut bob = sign_in_again(server, &client, &fresh, ("prompt", ""), login).await;
        for browser in [&mut Browser::new(server), &mut bob.browser] {
            assert_eq!(ask(browser, &parameters).await.expect(302).location(), BYE);
        }
        let asked = challenge(&ask(&mut second.browser, &parameters).await);
        assert_eq!(server.admin(request("", &asked)).await.expect(200).member("sid"), second.sid());
        assert_eq!(log_out(server, &mut second.browser, &parameters).await.expect(302).location(), BYE);
        assert!(!second.stands(server, &client).await);
        assert!(bob.stands(server, &client).await && elsewhere.stands(server, &client).await);
        assert_eq!(ask(&mut second.browser, &parameters).await.expect(302).location(), BYE, "nobody is left to ask");
    })
    .await;
}

#[tokio::test]
async fn a_hint_for_a_pairwise_client_means_its_person_too() {
    let server = TestServer::start(Profile::Strict.config()).await;
    let client = register(&server, "pairwise", &json!({ "subject_type": "pairwise" })).await;
    let mut flow = client.flow(&server).login("remember", json!(true)).login("remember_for", json!(60));
    let tokens = flow.tokens().await;
    let first = SignedIn { browser: flow.browser.clone(), tokens };
    server.clock.advance(60);
    flow.tokens().await;
    let hint = first.id_token().to_owned();
    let asked = ask(&mut flow.browser, &[("id_token_hint", &hint)]).await.expect(302);
    assert!(asked.location_parameter("logout_challenge").is_some(), "{} is not {DONE}", asked.location());
}
