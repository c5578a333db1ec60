//! A login that is not remembered is a session too: whoever was signed in with it hears of its end, by each channel.

use serde_json::json;

use super::back_channel::{queued, told};
use super::{BYE, DONE, accept, ask, challenge, client, log_out, request};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{Registered, claims, text, verified_claims};
use crate::support::{Browser, Call, TestServer};

/// Signs in without being remembered, in this browser; the browser, and the session as the ID token names it.
async fn sign_in(server: &TestServer, client: &Registered, browser: Browser) -> (Browser, String, String) {
    let mut flow = client.flow(server).scope("openid");
    flow.browser = browser;
    let tokens = flow.tokens().await;
    let id_token = text(&tokens, "id_token").to_owned();
    let sid = claims(&id_token)["sid"].as_str().unwrap().to_owned();
    (flow.browser, sid, id_token)
}

#[tokio::test]
async fn its_person_logs_out_and_its_clients_hear_of_it_by_both_channels() {
    TestServer::each_database(async |server| {
        let receiver = ClientServer::listen(Reply::Status(200)).await;
        let back = told(server, "back", &receiver, &json!({})).await;
        let front = client(server, "front", &json!({ "frontchannel_logout_uri": "http://127.0.0.1:5555/front" })).await;
        let (browser, sid, _) = sign_in(server, &back, Browser::new(server)).await;
        let (mut browser, second, _) = sign_in(server, &front, browser).await;
        assert_eq!(sid, second, "one browser, one person, one session");
        let page = log_out(server, &mut browser, &[]).await.expect(200);
        assert!(page.text().contains("http://127.0.0.1:5555/front?"), "{}", page.text());
        assert!(page.text().contains(&sid));
        assert!(page.cookies()[0].is_deletion());
        assert_eq!(server.server.deliver_logout_tokens().await, 1);
        let token = receiver.take()[0].form("logout_token").unwrap();
        assert_eq!(verified_claims(server, &token).await["sid"], json!(sid));
        assert_eq!(ask(&mut browser, &[]).await.expect(302).location(), DONE, "nobody is signed in");
    })
    .await;
}

#[tokio::test]
async fn a_client_ends_it_with_its_id_token_and_so_does_the_administrator() {
    TestServer::each_database(async |server| {
        let receiver = ClientServer::listen(Reply::Status(200)).await;
        let client = told(server, "rp", &receiver, &json!({})).await;
        let (mut browser, _, hint) = sign_in(server, &client, Browser::new(server)).await;
        let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
        assert_eq!(log_out(server, &mut browser, &parameters).await.expect(302).location(), BYE);
        assert_eq!(queued(server).await, 1);
        let (mut browser, sid, _) = sign_in(server, &client, Browser::new(server)).await;
        let call = Call::delete("/admin/oauth2/auth/sessions/login").query(&[("sid", &sid)]);
        server.admin(call).await.expect(204);
        assert_eq!(queued(server).await, 2);
        assert_eq!(ask(&mut browser, &[]).await.expect(302).location(), DONE);
    })
    .await;
}

#[tokio::test]
async fn its_clients_are_told_until_its_own_end_and_nobody_is_asked_after_that() {
    let server = TestServer::new().await;
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    let client = told(&server, "rp", &receiver, &json!({})).await;
    let (mut browser, _, _) = sign_in(&server, &client, Browser::new(&server)).await;
    // Longer than any of its tokens lives.
    server.clock.advance(23 * 3600);
    server.server.purge().await.unwrap();
    let sealed = challenge(&ask(&mut browser, &[]).await);
    server.admin(request("", &sealed)).await.expect(200);
    let next = accept(&server, &sealed).await;
    browser.clone().get(&next).await.expect(302);
    assert_eq!(queued(&server).await, 1);
    let (mut browser, _, _) = sign_in(&server, &client, Browser::new(&server)).await;
    server.clock.advance(24 * 3600);
    assert_eq!(ask(&mut browser, &[]).await.expect(302).location(), DONE);
}
