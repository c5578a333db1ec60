//! Forms count in the browser where the flow began (OWASP: cross-site request forgery, login CSRF). Another site can neither
//! send them nor log a person in as somebody else.

use super::{CONSENT, Form, LOGIN, PASSWORD, log_in, server, visit};
use crate::support::{Browser, Call};

#[tokio::test]
async fn a_login_form_without_the_cookie_of_its_flow_is_refused() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await.expect(200);
    let form = Form::of(&page, "login-form").set("username", "alice").set("password", PASSWORD);
    let mut stranger = client.flow(&server);
    visit(&mut stranger).await;
    for action in ["accept", "reject"] {
        let form = form.clone().press(action);
        let bare = Browser::new(&server).post(&form.action, &form.fields).await;
        assert_eq!(bare.status, 403, "no cookie");
        let other = stranger.browser.post(&form.action, &form.fields).await;
        assert_eq!(other.status, 403, "the cookie of another flow");
        assert!(bare.header("location").is_none() && bare.cookies().is_empty());
    }
    log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_consent_form_without_the_cookie_of_its_flow_is_refused() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
    let form = Form::of(&page, "consent-form");
    let mut stranger = client.flow(&server);
    let strangers_page = visit(&mut stranger).await;
    log_in(&mut stranger, &strangers_page, "alice", PASSWORD).await.expect(200);
    for action in ["accept", "reject"] {
        let form = form.clone().press(action);
        assert_eq!(Browser::new(&server).post(&form.action, &form.fields).await.status, 403);
        assert_eq!(stranger.browser.post(&form.action, &form.fields).await.status, 403);
    }
    flow.browser.post(&form.action, &form.clone().press("accept").fields).await.expect(303);
}

#[tokio::test]
async fn pages_are_shown_in_the_browser_of_their_flow_only() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let login = flow.authorize().await.expect(302).location().to_owned();
    let foreign = Browser::new(&server).get(&login).await;
    assert_eq!(foreign.status, 403, "whoever was sent somebody else's login types no password there");
    assert!(!foreign.text().contains("type=\"password\""));
    let page = flow.browser.get(&login).await.expect(200);
    let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
    let challenge = Form::of(&page, "consent-form").value("consent_challenge").unwrap().to_owned();
    let foreign = Browser::new(&server).get(&format!("{CONSENT}?consent_challenge={challenge}")).await;
    assert_eq!(foreign.status, 403);
    assert!(!foreign.text().contains("Name of alice"), "nobody else learns who logged in");
}

#[tokio::test]
async fn an_address_alone_decides_nothing() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await.expect(200);
    let challenge = Form::of(&page, "login-form").value("login_challenge").unwrap().to_owned();
    let form =
        [("login_challenge", challenge.as_str()), ("username", "alice"), ("password", PASSWORD), ("action", "accept")];
    let answer = flow.browser.get(&Call::get(LOGIN).query(&form).target).await.expect(200);
    assert!(answer.text().contains("login-form"), "the page is shown again");
    let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
    let challenge = Form::of(&page, "consent-form").value("consent_challenge").unwrap().to_owned();
    let form = [("consent_challenge", challenge.as_str()), ("grant_scope", "openid"), ("action", "accept")];
    let answer = flow.browser.get(&Call::get(CONSENT).query(&form).target).await.expect(200);
    assert!(answer.text().contains("consent-form"));
}

#[tokio::test]
async fn a_form_with_two_challenges_or_two_passwords_is_refused() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    let form = Form::of(&page, "login-form").set("username", "alice").set("password", PASSWORD).press("accept");
    for name in ["login_challenge", "username", "password", "action"] {
        let mut twice = form.clone();
        twice.fields.push((name.to_owned(), form.value(name).unwrap().to_owned()));
        assert_eq!(flow.browser.post(&twice.action, &twice.fields).await.status, 400, "{name}");
    }
    flow.browser.post(&form.action, &form.fields).await.expect(303);
}

#[tokio::test]
async fn a_posted_form_of_another_type_or_size_is_refused() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    let form = Form::of(&page, "login-form").set("username", "alice").set("password", PASSWORD).press("accept");
    let cookies = flow.browser.jar().sent("/", server.clock.now());
    let huge = Call::post(LOGIN).form_of(&form.fields).cookies(&cookies).raw(vec![b'a'; 2 * 1024 * 1024]);
    server.public(huge).await.expect(413);
    let empty = server.public(Call::post(LOGIN).cookies(&cookies).navigating()).await;
    assert_eq!(empty.status, 400);
}
