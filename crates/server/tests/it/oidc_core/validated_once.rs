//! An authorization request is validated once, when it comes. Later steps and pages work with what was found, and look
//! only at what may have changed since.

use serde_json::json;
use symbolon_server::config::Config;

use crate::fixtures::{Registered, confidential, outcome, text};
use crate::rfc8628::{DeviceFlow, device_client};
use crate::support::{CodeFlow, TestServer};
use crate::ui::{Form, PASSWORD, account, built_in, log_in, submit, visit};

/// How many requests were validated while `during` ran.
async fn validated<T>(server: &TestServer, during: impl Future<Output = T>) -> (T, u64) {
    let before = server.server.validated_requests();
    let outcome = during.await;
    (outcome, server.server.validated_requests() - before)
}

/// Through the built-in pages, with a wrong password and reloads on the way; the ID token.
async fn walk(server: &TestServer, flow: &mut CodeFlow) -> String {
    let login_page = visit(flow).await.expect(200);
    let challenge = Form::of(&login_page, "login-form").value("login_challenge").unwrap().to_owned();
    let reload = format!("{}?login_challenge={challenge}", crate::ui::LOGIN);
    flow.browser.get(&reload).await.expect(200);
    log_in(flow, &login_page, "alice", "wrong-password").await.expect(400);
    let consent_page = log_in(flow, &login_page, "alice", PASSWORD).await.expect(200);
    let form = Form::of(&consent_page, "consent-form");
    let reload = format!("{}?consent_challenge={}", crate::ui::CONSENT, form.value("consent_challenge").unwrap());
    flow.browser.get(&reload).await.expect(200);
    let answer = submit(flow, &form.press("accept")).await.expect(303);
    let code = answer.location_parameter("code").unwrap();
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    text(&tokens, "id_token").to_owned()
}

async fn built_in_server(server: &TestServer) -> Registered {
    account(server, "alice").await;
    confidential(server).await
}

#[tokio::test]
async fn a_login_through_the_built_in_pages_validates_its_request_once() {
    TestServer::each_database_with(built_in, async |server| {
        let client = built_in_server(server).await;
        let mut flow = client.flow(server);
        let (hint, count) = validated(server, walk(server, &mut flow)).await;
        assert_eq!(count, 1);
        // With a hint, whose signature is verified then.
        let mut hinted = client.flow(server).parameter("id_token_hint", &hint).parameter("prompt", "login");
        let (_, count) = validated(server, walk(server, &mut hinted)).await;
        assert_eq!(count, 1);
        // A request too large for its challenge is kept, and not validated again when it is read.
        let mut large = client.flow(server).parameter("purpose", &"x y%".repeat(600)).parameter("id_token_hint", &hint);
        let (_, count) = validated(server, walk(server, &mut large)).await;
        assert_eq!(count, 1);
        // Nothing to ask: the session spares the login.
        let (_, count) = validated(server, visit(&mut large)).await;
        assert_eq!(count, 1);
    })
    .await;
}

#[tokio::test]
async fn a_login_through_pages_of_ones_own_validates_its_request_once() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server).login("remember", json!(true)).consent("remember", json!(true));
        let (tokens, count) = validated(server, flow.tokens()).await;
        assert_eq!(count, 1);
        let hint = text(&tokens, "id_token").to_owned();
        let mut silent = flow.parameter("prompt", "none").parameter("id_token_hint", &hint);
        let (tokens, count) = validated(server, silent.tokens()).await;
        assert_eq!(count, 1);
        // Tokens have nothing to do with it.
        let refresh = silent.refresh(text(&tokens, "refresh_token"));
        let (_, count) = validated(server, server.public(refresh)).await;
        assert_eq!(count, 0);
        // A client that was changed meanwhile is compared with the request, which is not validated again.
        let page = silent.authorize().await.expect(302).location().to_owned();
        let target = format!("/admin/clients/{}", client.id);
        let current = server.admin(crate::support::Call::get(&target)).await.expect(200).json();
        server.admin(crate::support::Call::put(&target).json(&current)).await.expect(200);
        let rest = async {
            let next = silent.application.accept_login(&page).await;
            let page = silent.browser.get(&next).await.expect(302).location().to_owned();
            let next = silent.application.accept_consent(&page).await;
            outcome(&silent.browser.get(&next).await)
        };
        assert_eq!(validated(server, rest).await, ("code".to_owned(), 0));
    })
    .await;
}

#[tokio::test]
async fn a_device_and_the_browser_of_its_user_validate_once_each() {
    TestServer::each_database(async |server| {
        let mut flow = DeviceFlow::new(server, &device_client(server).await);
        let (codes, count) = validated(server, flow.ask()).await;
        assert_eq!(count, 1, "the device");
        let (_, count) = validated(server, flow.connect(&codes)).await;
        assert_eq!(count, 1, "the browser, whose address may add what the login page needs");
        let (tokens, count) = validated(server, flow.poll(&codes)).await;
        assert_eq!(count, 0);
        let hint = tokens.member("id_token");
        let codes = flow.ask().await;
        let hinted = async {
            let next = flow.enter(&codes).await;
            let page =
                flow.browser.get(&format!("{next}&id_token_hint={hint}")).await.expect(302).location().to_owned();
            let next = flow.application.accept_login(&page).await;
            let page = flow.browser.get(&next).await.expect(302).location().to_owned();
            let next = flow.application.accept_consent(&page).await;
            flow.browser.get(&next).await.expect(302)
        };
        let (done, count) = validated(server, hinted).await;
        assert_eq!((done.error(), count), (None, 1));
    })
    .await;
}

#[tokio::test]
async fn a_device_through_the_built_in_pages_too() {
    let server = TestServer::with(|config: &mut Config| {
        built_in(config);
        config.urls.device_verification = None;
        config.urls.device_success = None;
    })
    .await;
    account(&server, "alice").await;
    let client = device_client(&server).await;
    let flow = DeviceFlow::new(&server, &client);
    let (codes, count) = validated(&server, flow.ask()).await;
    assert_eq!(count, 1);
    let browser = async {
        let mut person = client.flow(&server);
        let page = person.browser.follow(text(&codes, "verification_uri_complete")).await.expect(200);
        let form = Form::of(&page, "device-form").press("continue");
        let page = submit(&mut person, &form).await.expect(200);
        let page = submit(&mut person, &Form::of(&page, "device-confirm-form").press("accept")).await.expect(200);
        let page = log_in(&mut person, &page, "alice", PASSWORD).await.expect(200);
        submit(&mut person, &Form::of(&page, "consent-form").press("accept")).await.expect(200)
    };
    let (done, count) = validated(&server, browser).await;
    assert!(done.text().contains("Your device is connected"), "{}", done.text());
    assert_eq!(count, 1);
}
