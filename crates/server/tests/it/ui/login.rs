//! The login page: a right password goes on, everything else stays and tells nobody more than he may know.

use serde_json::json;

use super::{CONSENT, Form, LOGIN, PASSWORD, account, built_in, log_in, server, submit, visit};
use crate::endings::Ending;
use crate::fixtures::{claims, confidential, text};
use crate::support::{Answer, Browser, Call, CodeFlow, REDIRECT_URI, TestServer};

#[tokio::test]
async fn a_person_logs_in_agrees_and_arrives_with_an_id_token() {
    TestServer::each_database_with(built_in, async |server| {
        let client = confidential(server).await;
        let subject = account(server, "alice").await;
        let mut flow = client.flow(server);
        let page = visit(&mut flow).await.expect(200);
        assert!(page.text().contains("id=\"username\"") && page.text().contains("Client confidential"));
        let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
        assert!(page.text().contains("Name of alice"));
        let answer = submit(&mut flow, &Form::of(&page, "consent-form").press("accept")).await.expect(303);
        assert!(answer.location().starts_with(REDIRECT_URI));
        let code = answer.location_parameter("code").unwrap();
        let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
        let claims = claims(text(&tokens, "id_token"));
        assert_eq!((&claims["sub"], &claims["amr"]), (&json!(subject), &json!(["pwd"])));
        assert_eq!(claims["auth_time"], server.clock.now());
    })
    .await;
}

#[tokio::test]
async fn an_id_token_says_what_the_login_was_worth_in_words_that_discovery_knows() {
    let (server, client) = server().await;
    let document = crate::oidc_discovery::document(&server).await;
    let supported = crate::oidc_discovery::list(&document, "acr_values_supported");
    let all = supported.join(" ");
    for requested in ["", &all, "1 2", &format!("1 {all}")] {
        let mut flow = client.flow(&server).scope("openid").parameter("acr_values", requested);
        let page = visit(&mut flow).await.expect(200);
        let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
        let answer = submit(&mut flow, &Form::of(&page, "consent-form").press("accept")).await.expect(303);
        let code = answer.location_parameter("code").unwrap();
        let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
        let reported = claims(text(&tokens, "id_token"))["acr"].clone();
        assert!(supported.iter().any(|own| reported == *own), "{requested}: {reported}");
    }
}

/// The page after a failed attempt, without what the person typed and what is new with each flow.
fn without_name(page: &Answer, username: &str) -> String {
    let challenge = Form::of(page, "login-form").value("login_challenge").unwrap().to_owned();
    page.text().replace(username, "NAME").replace(&challenge, "CHALLENGE")
}

#[tokio::test]
async fn wrong_password_unknown_user_and_disabled_account_look_the_same() {
    let (server, client) = server().await;
    let disabled = account(&server, "disabled").await;
    let disable = Call::patch(format!("/admin/accounts/{disabled}")).json(&json!({ "disabled": true }));
    server.admin(disable).await.expect(200);
    let attempt = async |username: &str, password: &str| {
        let mut flow = client.flow(&server);
        let page = visit(&mut flow).await;
        log_in(&mut flow, &page, username, password).await.expect(400)
    };
    let wrong = attempt("alice", "wrong-password").await;
    assert!(wrong.text().contains("The username or the password is not right."));
    for (username, password) in
        [("nobody", "wrong-password"), ("disabled", PASSWORD), ("disabled", "wrong-password"), ("nobody", PASSWORD)]
    {
        let answer = attempt(username, password).await;
        assert_eq!(answer.status, wrong.status);
        assert_eq!(without_name(&answer, username), without_name(&wrong, "alice"), "{username}");
        let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&answer), names(&wrong));
        assert!(!answer.text().contains(password), "the password is sent back");
    }
}

#[tokio::test]
async fn after_a_wrong_password_the_right_one_goes_on_from_the_same_page() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    let page = log_in(&mut flow, &page, "alice", "wrong-password").await.expect(400);
    assert_eq!(Form::of(&page, "login-form").value("username"), Some("alice"));
    let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
    assert!(page.text().contains("consent-form"));
}

#[tokio::test]
async fn what_is_left_out_is_asked_for_again_and_no_attempt() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let mut page = visit(&mut flow).await;
    for (username, password) in
        [("", ""), ("alice", ""), ("", PASSWORD), ("   ", PASSWORD)].into_iter().cycle().take(12)
    {
        page = log_in(&mut flow, &page, username, password).await.expect(400);
        assert!(page.text().contains("Enter your username and your password."));
    }
    log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn names_are_compared_as_people_write_them_and_odd_input_is_just_wrong() {
    TestServer::each_database_with(built_in, async |server| {
        let client = confidential(server).await;
        account(server, "alice").await;
        for username in ["ALICE", " alice ", "Alice\u{a0}"] {
            let mut flow = client.flow(server);
            let page = visit(&mut flow).await;
            log_in(&mut flow, &page, username, PASSWORD).await.expect(200);
        }
        let huge = "x".repeat(30_000);
        for (username, password) in [
            ("alice", "CORRECT HORSE BATTERY"),
            ("alice", "correct horse battery "),
            ("alice\0", PASSWORD),
            ("a\u{2028}b", PASSWORD),
            ("' OR 1=1 --", "' OR 1=1 --"),
            ("alice", huge.as_str()),
            (huge.as_str(), PASSWORD),
        ] {
            let mut flow = client.flow(server);
            let page = visit(&mut flow).await;
            let answer = log_in(&mut flow, &page, username, password).await;
            assert!(matches!(answer.status, 400 | 429), "{}", answer.status);
        }
    })
    .await;
}

#[tokio::test]
async fn cancelling_tells_the_client_and_needs_no_password() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    let answer = submit(&mut flow, &Form::of(&page, "login-form").press("reject")).await.expect(303);
    assert!(answer.location().starts_with(REDIRECT_URI));
    assert_eq!(answer.error().as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn a_hint_is_filled_in() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server).parameter("login_hint", "alice@example.org");
    let page = visit(&mut flow).await.expect(200);
    assert_eq!(Form::of(&page, "login-form").value("username"), Some("alice@example.org"));
}

#[tokio::test]
async fn who_stays_signed_in_and_agreed_for_good_is_asked_nothing_more() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    let form = Form::of(&page, "login-form").set("username", "alice").set("password", PASSWORD).set("remember", "1");
    let page = submit(&mut flow, &form.press("accept")).await.expect(200);
    let agree = Form::of(&page, "consent-form").set("remember", "1").press("accept");
    submit(&mut flow, &agree).await.expect(303);
    let answer = visit(&mut flow).await.expect(303);
    assert!(answer.location_parameter("code").is_some(), "{}", answer.location());
    let mut silent = flow.parameter("prompt", "none");
    assert!(visit(&mut silent).await.expect(303).location_parameter("code").is_some());
    let mut again = silent.parameter("prompt", "login");
    assert!(visit(&mut again).await.expect(200).text().contains("login-form"));
}

#[tokio::test]
async fn a_login_that_is_not_remembered_spares_the_page_until_the_browser_is_closed() {
    TestServer::each_database_with(built_in, async |server| {
        let client = confidential(server).await;
        account(server, "alice").await;
        let mut flow = client.flow(server);
        let page = visit(&mut flow).await.expect(200);
        let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
        let agree = Form::of(&page, "consent-form").set("remember", "1").press("accept");
        let first = submit(&mut flow, &agree).await.expect(303);
        let token = async |flow: &CodeFlow, answer: &Answer| {
            let code = answer.location_parameter("code").unwrap();
            let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
            claims(text(&tokens, "id_token"))
        };
        let first = token(&flow, &first).await;
        server.clock.advance(3600);
        let mut silent = flow.parameter("prompt", "none");
        let second = visit(&mut silent).await.expect(303);
        let second = token(&silent, &second).await;
        for claim in ["sub", "sid", "auth_time", "amr"] {
            assert_eq!(first[claim], second[claim], "{claim}");
        }
        // The browser was closed: cookies without an age are gone, and nobody is signed in.
        let mut closed = client.flow(server).parameter("prompt", "none");
        assert_eq!(closed.authorize().await.expect(303).error().as_deref(), Some("login_required"));
        // The server ends it all the same.
        server.clock.advance(23 * 3600);
        assert_eq!(silent.authorize().await.expect(303).error().as_deref(), Some("login_required"));
    })
    .await;
}

#[tokio::test]
async fn a_session_that_ends_before_its_page_is_reached_leads_to_the_start() {
    TestServer::each_database_with(built_in, async |server| {
        let client = confidential(server).await;
        let subject = account(server, "alice").await;
        for ending in [Ending::AdministratorEndsSession, Ending::AdministratorEndsSubject, Ending::SignedOutEverywhere]
        {
            let mut flow = client.flow(server);
            let page = visit(&mut flow).await.expect(200);
            log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
            let skipped = flow.authorize().await.expect(302).location().to_owned();
            ending.happen(server, &subject, &mut flow.browser).await;
            let answer = flow.browser.get(&skipped).await.expect(302);
            assert!(answer.location().starts_with("http://127.0.0.1:4444/oauth2/auth?"), "{}", answer.location());
            assert!(!answer.location().contains("verifier"), "{ending:?}: {}", answer.location());
            let to = answer.location().to_owned();
            let page = flow.browser.follow(&to).await.expect(200);
            server.clock.advance(5);
            let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
            let answer = submit(&mut flow, &Form::of(&page, "consent-form").press("accept")).await.expect(303);
            let code = answer.location_parameter("code").unwrap();
            let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
            let auth_time = claims(text(&tokens, "id_token"))["auth_time"].clone();
            assert_eq!(auth_time, server.clock.now(), "{ending:?}: the time of this login");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_that_ends_while_a_page_is_open_is_told_to_the_client() {
    TestServer::each_database_with(built_in, async |server| {
        let client = confidential(server).await;
        let subject = account(server, "alice").await;
        for ending in [Ending::AdministratorEndsSession, Ending::AdministratorEndsSubject, Ending::SignedOutEverywhere]
        {
            let mut flow = client.flow(server);
            let page = visit(&mut flow).await.expect(200);
            let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
            ending.happen(server, &subject, &mut flow.browser).await;
            let answer = submit(&mut flow, &Form::of(&page, "consent-form").press("accept")).await.expect(303);
            assert!(answer.location().starts_with(REDIRECT_URI));
            assert_eq!(answer.error().as_deref(), Some("login_required"), "{ending:?}");
            server.clock.advance(1);
        }
    })
    .await;
}

#[tokio::test]
async fn pages_of_flows_that_are_over_say_so() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let login_page = flow.authorize().await.expect(302).location().to_owned();
    let page = flow.browser.get(&login_page).await.expect(200);
    log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
    let gone = flow.browser.get(&login_page).await.expect(410);
    assert!(gone.text().contains("This step is already done"));
    let again = submit(
        &mut flow,
        &Form::of(&page, "login-form").set("username", "alice").set("password", PASSWORD).press("accept"),
    )
    .await;
    assert_eq!(again.status, 410);
    let mut late = client.flow(&server);
    let late_page = late.authorize().await.expect(302).location().to_owned();
    server.clock.advance(1801);
    let answer = late.browser.get(&late_page).await;
    assert!(matches!(answer.status, 401 | 403), "{}", answer.status);
    for target in [format!("{LOGIN}?login_challenge=nonsense"), format!("{CONSENT}?consent_challenge=nonsense")] {
        let answer = Browser::new(&server).get(&target).await;
        assert!(matches!(answer.status, 403 | 404), "{target}: {}", answer.status);
        assert!(answer.content_type().unwrap().starts_with("text/html"));
    }
}

#[tokio::test]
async fn without_a_challenge_the_addresses_of_the_pages_say_what_this_is() {
    let (server, _) = server().await;
    for target in ["/", LOGIN, CONSENT] {
        let page = server.public(Call::get(target).navigating()).await.expect(200);
        assert!(page.text().contains("http://127.0.0.1:4444"), "{target}");
        assert!(!page.text().contains("login-form"));
    }
}

#[tokio::test]
async fn where_another_login_page_is_configured_the_built_in_one_is_off() {
    let server = TestServer::with(|config| config.symbolon.ui.enabled = false).await;
    let client = confidential(&server).await;
    account(&server, "alice").await;
    let page = client.flow(&server).authorize().await.expect(302).location().to_owned();
    let challenge = crate::fixtures::parameter(&page, "login_challenge");
    let shown =
        server.public(Call::get(LOGIN).query(&[("login_challenge", &challenge)]).navigating()).await.expect(200);
    assert!(!shown.text().contains("login-form") && shown.text().contains("urls.login"));
    let form =
        [("login_challenge", challenge.as_str()), ("username", "alice"), ("password", PASSWORD), ("action", "accept")];
    let posted = server.public(Call::post(LOGIN).form(&form).navigating()).await;
    assert!(posted.header("location").is_none());
}

#[tokio::test]
async fn who_cancels_many_logins_waits() {
    let (server, client) = server().await;
    let cancel = async || {
        let mut flow = client.flow(&server);
        let page = visit(&mut flow).await.expect(200);
        submit(&mut flow, &Form::of(&page, "login-form").press("reject")).await.status
    };
    for _ in 0..60 {
        assert_eq!(cancel().await, 303);
    }
    let before = server.server.store().statistics();
    assert_eq!(cancel().await, 503);
    assert_eq!(server.server.store().statistics(), before, "nothing is kept for it");
    server.clock.advance(1);
    assert_eq!(cancel().await, 303);
}
