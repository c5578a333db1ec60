//! A login page that was told it has nothing to ask, whose session ends before the page answers. Nobody can say whether
//! the page asked anything, so the flow starts again, and an old login is never told as a new one.

use serde_json::json;

use super::{AtPage, Registered};
use crate::endings::{ENDINGS, Ending, Person};
use crate::fixtures::{claims, confidential, outcome, parameter, text};
use crate::support::{Call, TestServer};

/// At the login page, which has nothing to ask.
async fn at_skipped_login(server: &TestServer, client: &Registered, person: &Person) -> AtPage {
    let at = AtPage::login_of(person.flow(server, client)).await;
    assert_eq!(at.get(server).await.expect(200).json()["skip"], true);
    at
}

/// Follows the address that starts the flow again, signs in there, and gives the claims of the ID token.
async fn walk_again(server: &TestServer, mut at: AtPage, again: &str) -> serde_json::Map<String, serde_json::Value> {
    assert!(!again.contains("verifier"), "{again}");
    let page = at.flow.browser.get(again).await.expect(302).location().to_owned();
    let fresh = AtPage { flow: at.flow, page, step: "login" };
    let described = fresh.get(server).await.expect(200).json();
    assert_eq!((&described["skip"], &described["subject"]), (&json!(false), &json!("")));
    let AtPage { mut flow, page, .. } = fresh;
    let next = flow.application.accept_login(&page).await;
    let page = flow.browser.get(&next).await.expect(302).location().to_owned();
    let next = flow.application.accept_consent(&page).await;
    let code = flow.browser.get(&next).await.expect(303).location_parameter("code").unwrap();
    claims(text(&server.public(flow.redemption(&code)).await.expect(200).json(), "id_token"))
}

#[tokio::test]
async fn its_challenge_is_gone_with_an_address_that_starts_again() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for ending in ENDINGS.into_iter().filter(|ending| *ending != Ending::AccountDisabled) {
            let person = Person::for_ending(server, ending).await.signs_in(server, &client).await;
            let mut at = at_skipped_login(server, &client, &person).await;
            ending.happen(server, &person.subject, &mut at.flow.browser).await;
            let answer = at.get(server).await.expect(410);
            assert_eq!(answer.json().as_object().unwrap().len(), 1, "{ending:?}: {}", answer.text());
            let again = answer.member("redirect_to");
            server.clock.advance(5);
            let claims = walk_again(server, at, &again).await;
            assert_eq!(claims["auth_time"], server.clock.now(), "{ending:?}: this login and no other");
        }
    })
    .await;
}

#[tokio::test]
async fn a_disabled_person_starts_again_and_does_not_get_in() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let person = Person::for_ending(server, Ending::AccountDisabled).await.signs_in(server, &client).await;
        let mut at = at_skipped_login(server, &client, &person).await;
        Ending::AccountDisabled.happen(server, &person.subject, &mut at.flow.browser).await;
        let again = at.get(server).await.expect(410).member("redirect_to");
        let page = at.flow.browser.get(&again).await.expect(302).location().to_owned();
        let fresh = AtPage { flow: at.flow, page, step: "login" };
        assert_eq!(fresh.get(server).await.expect(200).json()["skip"], false);
        let AtPage { mut flow, page, .. } = fresh;
        let next = flow.application.accept_login(&page).await;
        assert_eq!(outcome(&flow.browser.get(&next).await), "client login_required");
    })
    .await;
}

#[tokio::test]
async fn its_accept_leads_to_the_start_and_makes_no_login() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for ending in ENDINGS {
            let person = Person::for_ending(server, ending).await.signs_in(server, &client).await;
            let mut at = at_skipped_login(server, &client, &person).await;
            ending.happen(server, &person.subject, &mut at.flow.browser).await;
            let body = json!({ "subject": person.subject, "remember": true });
            let again = at.accept(server, &body).await.expect(200).member("redirect_to");
            assert!(!again.contains("login_verifier"), "{ending:?}: {again}");
            // Nor does another subject, and nothing was written: the challenge says the same as before.
            let other = at.accept(server, &json!({ "subject": "mallory" })).await.expect(200).member("redirect_to");
            assert!(!other.contains("login_verifier"), "{ending:?}: {other}");
            at.get(server).await.expect(410);
            let page = at.flow.browser.get(&again).await.expect(302).location().to_owned();
            let fresh = AtPage { flow: at.flow, page, step: "login" };
            assert_eq!(fresh.get(server).await.expect(200).json()["skip"], false, "{ending:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn with_prompt_none_the_start_is_refused() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let person = Person::new(&server).signs_in(&server, &client).await;
    let flow = person.flow(&server, &client).parameter("prompt", "none");
    let mut at = AtPage::login_of(flow).await;
    Ending::AdministratorEndsSession.happen(&server, &person.subject, &mut at.flow.browser).await;
    let again = at.accept(&server, &json!({ "subject": person.subject })).await.expect(200).member("redirect_to");
    assert_eq!(outcome(&at.flow.browser.get(&again).await), "client login_required");
}

#[tokio::test]
async fn rejecting_needs_no_session() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let person = Person::new(&server).signs_in(&server, &client).await;
    let mut at = at_skipped_login(&server, &client, &person).await;
    Ending::Logout.happen(&server, &person.subject, &mut at.flow.browser).await;
    let next = at.reject(&server, &json!({})).await.expect(200).member("redirect_to");
    assert_eq!(outcome(&at.flow.browser.get(&next).await), "client access_denied");
}

#[tokio::test]
async fn a_login_that_is_spared_the_question_keeps_its_time_however_late_it_is_answered() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let person = Person::new(server).signs_in(server, &client).await;
        let login_at = server.clock.now();
        server.clock.advance(100);
        let mut at = at_skipped_login(server, &client, &person).await;
        server.clock.advance(100);
        // What the page says about the login does not make it a new one.
        let body = json!({ "subject": person.subject, "remember": true, "remember_for": 9000, "acr": "2" });
        let next = at.accept(server, &body).await.expect(200).member("redirect_to");
        let page = at.flow.browser.get(&next).await.expect(302).location().to_owned();
        let next = at.flow.application.accept_consent(&page).await;
        let code = at.flow.browser.get(&next).await.expect(303).location_parameter("code").unwrap();
        let tokens = server.public(at.flow.redemption(&code)).await.expect(200).json();
        let claims = claims(text(&tokens, "id_token"));
        assert_eq!((&claims["auth_time"], &claims["acr"]), (&json!(login_at), &json!("2")));
    })
    .await;
}

#[tokio::test]
async fn a_session_that_began_meanwhile_is_no_substitute() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let person = Person::new(&server).signs_in(&server, &client).await;
    let mut at = at_skipped_login(&server, &client, &person).await;
    Ending::Logout.happen(&server, &person.subject, &mut at.flow.browser).await;
    let mut second = person.flow(&server, &client);
    second.browser = at.flow.browser.clone();
    second.tokens().await;
    at.flow.browser = second.browser;
    let again = at.get(&server).await.expect(410).member("redirect_to");
    let page = at.flow.browser.get(&again).await.expect(302).location().to_owned();
    // The new session spares the question at the start.
    let challenge = parameter(&page, "login_challenge");
    let call = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &challenge)]);
    assert_eq!(server.admin(call).await.expect(200).json()["skip"], true);
}
