//! OpenID Connect Core §3.1.2.1, OpenID Connect Prompt Create: what `prompt` asks for.

use serde_json::json;

use super::{consent_request, login_request, remembered, skips};
use crate::endings::{ENDINGS, Person};
use crate::fixtures::{authorize, claims, confidential, outcome, request, set, text};
use crate::support::{Call, CodeFlow, TestServer};

#[tokio::test]
async fn none_without_a_session_is_login_required_and_shows_no_page() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let answer = authorize(&server, &set(&request("confidential"), "prompt", "none")).await;
    assert_eq!(outcome(&answer), "client login_required");
    assert!(answer.cookies().is_empty());
}

#[tokio::test]
async fn none_with_a_remembered_login_and_consent_gives_a_code_and_asks_nothing() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow: CodeFlow = remembered(server, &client).await.parameter("prompt", "none");
        assert_eq!(skips(server, &mut flow).await, (true, true));
        let tokens = flow.tokens().await;
        assert_eq!(claims(text(&tokens, "id_token"))["sub"], "alice");
    })
    .await;
}

#[tokio::test]
async fn none_without_a_remembered_consent_is_consent_required() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).login("remember", json!(true));
    flow.tokens().await;
    let mut flow = flow.parameter("prompt", "none");
    assert_eq!(outcome(&flow.log_in().await), "client consent_required");
    let mut more = remembered(&server, &client).await.parameter("prompt", "none").scope("openid offline email");
    assert_eq!(outcome(&more.log_in().await), "client consent_required");
}

#[tokio::test]
async fn none_is_refused_when_the_session_ends_before_the_login_page_answers() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for ending in ENDINGS {
            let person = Person::for_ending(server, ending).await.signs_in(server, &client).await;
            let mut flow = person.flow(server, &client).parameter("prompt", "none");
            let login_page = flow.authorize().await.expect(302).location().to_owned();
            ending.happen(server, &person.subject, &mut flow.browser).await;
            // Somebody logs in anew at that page: that would be a question, and none is allowed.
            let challenge = crate::fixtures::parameter(&login_page, "login_challenge");
            let accept =
                Call::put("/admin/oauth2/auth/requests/login/accept").query(&[("login_challenge", &challenge)]);
            let next = server.admin(accept.json(&json!({ "subject": person.subject }))).await.expect(200);
            let answer = flow.browser.get(&next.member("redirect_to")).await;
            assert_eq!(outcome(&answer), "client login_required", "{ending:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn login_asks_again_and_keeps_the_session() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for (name, value) in [("prompt", "login"), ("prompt", "select_account"), ("max_age", "5")] {
            let mut flow = client.flow(server).login("remember", json!(true)).consent("remember", json!(true));
            let first = claims(text(&flow.tokens().await, "id_token"));
            server.clock.advance(10);
            let second = claims(text(&flow.tokens().await, "id_token"));
            assert_eq!((&second["sid"], &second["auth_time"]), (&first["sid"], &first["auth_time"]));
            let mut flow = flow.parameter(name, value);
            assert_eq!(skips(server, &mut flow).await, (false, true), "the consent is still remembered");
            server.clock.advance(10);
            let third = claims(text(&flow.tokens().await, "id_token"));
            // OpenID Connect Back-Channel Logout §2.1: it is the same person at the same browser.
            assert_eq!(third["sid"], first["sid"], "{name}={value}");
            assert_eq!(third["auth_time"], server.clock.now(), "{name}={value}");
        }
    })
    .await;
}

#[tokio::test]
async fn consent_and_select_account_ask_what_they_name() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for (prompt, expected) in [
        ("consent", (true, false)),
        ("select_account", (false, true)),
        ("login consent", (false, false)),
        ("consent login", (false, false)),
        ("select_account consent", (false, false)),
    ] {
        let mut flow = remembered(&server, &client).await.parameter("prompt", prompt);
        assert_eq!(skips(&server, &mut flow).await, expected, "{prompt}");
    }
    let mut plain = remembered(&server, &client).await;
    assert_eq!(skips(&server, &mut plain).await, (true, true));
}

#[tokio::test]
async fn create_goes_to_the_registration_page_even_with_a_session() {
    let server =
        TestServer::with(|config| config.urls.registration = Some("http://127.0.0.1:3000/register".to_owned())).await;
    let client = confidential(&server).await;
    for prompt in ["create", "registration"] {
        let mut flow = remembered(&server, &client).await.parameter("prompt", prompt);
        let page = flow.authorize().await.expect(302).location().to_owned();
        assert!(page.starts_with("http://127.0.0.1:3000/register?login_challenge="), "{page}");
        assert_eq!(login_request(&server, &page).await["skip"], false);
        let next = flow.application.accept_login(&page).await;
        assert_eq!(outcome(&flow.browser.get(&next).await), "consent");
    }
    let plain = TestServer::new().await;
    confidential(&plain).await;
    assert_eq!(outcome(&authorize(&plain, &set(&request("confidential"), "prompt", "create")).await), "login");
}

#[tokio::test]
async fn a_cancelled_re_authentication_does_not_fall_back_to_the_old_session() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = remembered(&server, &client).await.parameter("prompt", "login");
    let page = flow.authorize().await.expect(302).location().to_owned();
    let challenge = crate::fixtures::parameter(&page, "login_challenge");
    let reject = Call::put("/admin/oauth2/auth/requests/login/reject");
    let body = json!({ "error": "access_denied", "error_description": "The user cancelled." });
    let answer = server.admin(reject.query(&[("login_challenge", &challenge)]).json(&body)).await.expect(200);
    let ended = flow.browser.get(&answer.member("redirect_to")).await;
    assert_eq!(outcome(&ended), "client access_denied");
    // The same verifier again, with the session cookie still there, leads nowhere either.
    assert_eq!(outcome(&flow.browser.get(&answer.member("redirect_to")).await), "client access_denied");
}

#[tokio::test]
async fn another_subject_than_the_sessions_starts_over_with_a_real_login() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for prompt in [None, Some("consent"), Some("none")] {
        let mut flow = remembered(&server, &client).await;
        if let Some(prompt) = prompt {
            flow = flow.parameter("prompt", prompt);
        }
        let page = flow.authorize().await.expect(302).location().to_owned();
        flow = flow.subject("bob");
        let next = flow.application.accept_login(&page).await;
        assert!(!next.contains("login_verifier"), "{next}");
        let page = flow.browser.get(&next).await.expect(302).location().to_owned();
        let described = login_request(&server, &page).await;
        assert_eq!((&described["skip"], &described["subject"]), (&json!(false), &json!("")), "{prompt:?}");
        let next = flow.application.accept_login(&page).await;
        let page = flow.browser.get(&next).await.expect(302).location().to_owned();
        assert_eq!(consent_request(&server, &page).await["subject"], "bob");
    }
}
