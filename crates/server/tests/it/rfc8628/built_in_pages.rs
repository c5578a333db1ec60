//! The built-in pages of the device flow: a person with a browser and nothing else connects a device, or refuses one.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use super::{DeviceFlow, device_client};
use crate::fixtures::{claims, text};
use crate::support::{Answer, Browser, Call, Pairs, TestServer, pair};

const PAGE: &str = "/oauth2/fallbacks/device";

/// A server with its own pages and the account `ada`.
async fn server() -> TestServer {
    let server = TestServer::with(|config: &mut Config| {
        config.symbolon.ui.enabled = true;
        config.urls.login = None;
        config.urls.consent = None;
        config.urls.error = None;
        config.urls.device_verification = None;
        config.urls.device_success = None;
    })
    .await;
    let account = json!({ "username": "ada", "password": "correct horse battery" });
    server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201);
    server
}

fn form(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The browser goes where the device says; the page that asks for the code, and its challenge.
async fn visit(browser: &mut Browser, codes: &Value) -> (Answer, String) {
    let answer = browser.get(text(codes, "verification_uri_complete")).await.expect(302);
    let challenge = answer.location_parameter("device_challenge").unwrap();
    (browser.get(answer.location()).await.expect(200), challenge)
}

async fn submit(browser: &mut Browser, challenge: &str, code: &str, action: &str) -> Answer {
    let form = form(&[("device_challenge", challenge), ("user_code", code), ("action", action)]);
    browser.post(PAGE, &form).await
}

#[tokio::test]
async fn a_person_connects_a_device() {
    let server = server().await;
    let flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let code = text(&codes, "user_code");
    let mut browser = Browser::new(&server);

    let (page, challenge) = visit(&mut browser, &codes).await;
    let html = page.text();
    assert!(html.contains("id=\"device-form\"") && html.contains(&format!("value=\"{code}\"")), "{html}");
    assert!(!html.contains("Client tv"), "nobody knows yet whose code it is");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");

    let confirm = submit(&mut browser, &challenge, code, "continue").await.expect(200);
    let html = confirm.text();
    assert!(html.contains("Client tv") && html.contains("id=\"connect\"") && html.contains(code), "{html}");
    assert_eq!(flow.hears(&codes).await, "authorization_pending");

    let next = submit(&mut browser, &challenge, code, "accept").await.expect(303);
    let login = browser.follow(next.location()).await.expect(200);
    assert!(login.text().contains("id=\"login-form\""));
    let login_challenge = value_of(&login.text(), "login_challenge");
    let credentials = form(&[
        ("login_challenge", &login_challenge),
        ("username", "ada"),
        ("password", "correct horse battery"),
        ("action", "accept"),
    ]);
    let next = browser.post("/oauth2/fallbacks/login", &credentials).await.expect(303);
    let consent = browser.follow(next.location()).await.expect(200);
    let html = consent.text();
    assert!(html.contains("id=\"consent-form\"") && !html.contains("switch-account"), "{html}");
    assert!(!html.contains("127.0.0.1:5555"), "the browser returns to no client");
    let consent_challenge = value_of(&html, "consent_challenge");
    let granted = form(&[
        ("consent_challenge", &consent_challenge),
        ("grant_scope", "openid"),
        ("grant_scope", "offline"),
        ("action", "accept"),
    ]);
    let next = browser.post("/oauth2/fallbacks/consent", &granted).await.expect(303);
    let done = browser.follow(next.location()).await.expect(200);
    assert!(done.text().contains("Your device is connected"), "{}", done.text());

    let tokens = flow.poll(&codes).await.expect(200).json();
    assert!(claims(text(&tokens, "id_token")).contains_key("sub"));
}

/// The value of a hidden input.
fn value_of(html: &str, name: &str) -> String {
    let rest = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_person_refuses_a_device_that_is_not_theirs() {
    let server = server().await;
    let flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let mut browser = Browser::new(&server);
    let (_, challenge) = visit(&mut browser, &codes).await;
    let answer = submit(&mut browser, &challenge, text(&codes, "user_code"), "reject").await.expect(200);
    assert!(answer.text().contains("was not connected"));
    assert_eq!(flow.hears(&codes).await, "access_denied");
}

#[tokio::test]
async fn a_person_who_cancels_the_login_refuses() {
    let server = server().await;
    let flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let mut browser = Browser::new(&server);
    let (_, challenge) = visit(&mut browser, &codes).await;
    let next = submit(&mut browser, &challenge, text(&codes, "user_code"), "accept").await.expect(303);
    let login = browser.follow(next.location()).await.expect(200);
    let rejected = form(&[("login_challenge", &value_of(&login.text(), "login_challenge")), ("action", "reject")]);
    let next = browser.post("/oauth2/fallbacks/login", &rejected).await.expect(303);
    let page = browser.follow(next.location()).await.expect(403);
    assert!(page.text().contains("access_denied"));
    assert_eq!(flow.hears(&codes).await, "access_denied");
}

#[tokio::test]
async fn a_link_connects_nothing_by_itself() {
    let server = server().await;
    let flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let mut browser = Browser::new(&server);
    let (_, challenge) = visit(&mut browser, &codes).await;
    let code = text(&codes, "user_code");
    // Another site's form in a browser without the cookie, and in one with another cookie.
    let mut other = Browser::new(&server);
    for action in ["continue", "accept", "reject"] {
        submit(&mut other, &challenge, code, action).await.expect(403);
    }
    other.get("/oauth2/device/verify").await.expect(302);
    submit(&mut other, &challenge, code, "accept").await.expect(403);
    other.get(&format!("{PAGE}?device_challenge={challenge}")).await.expect(403);
    assert_eq!(flow.hears(&codes).await, "authorization_pending");
}

#[tokio::test]
async fn wrong_codes_are_told_in_words_and_bounded() {
    let server = server().await;
    let flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let mut browser = Browser::new(&server);
    let (_, challenge) = visit(&mut browser, &codes).await;
    for code in ["", "wrongcod", "<b>"] {
        let html = submit(&mut browser, &challenge, code, "continue").await.expect(400).text();
        assert!(html.contains("id=\"error\"") && !html.contains("<b>"), "{html}");
    }
    for _ in 0..7 {
        submit(&mut browser, &challenge, "wrongcod", "accept").await.expect(400);
    }
    let html = submit(&mut browser, &challenge, text(&codes, "user_code"), "accept").await.expect(429).text();
    assert!(html.contains("Too many attempts"), "{html}");
    let nonsense = submit(&mut browser, &challenge, "x", "other").await;
    assert_eq!(nonsense.status, 400);
}

#[tokio::test]
async fn pages_without_a_challenge_and_with_a_stale_one() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    browser.get(PAGE).await.expect(200);
    browser.get(&format!("{PAGE}?device_challenge=nope")).await.expect(404);
    let answer = browser.get("/oauth2/device/verify").await.expect(302);
    let challenge = pair(&answer.location_query(), "device_challenge").unwrap().to_owned();
    server.clock.advance(1801);
    browser.get(&format!("{PAGE}?device_challenge={challenge}")).await.expect(401);
    assert!(browser.get("/oauth2/fallbacks/device/done").await.expect(200).text().contains("connected"));
}

#[tokio::test]
async fn without_the_built_in_pages_the_key_is_named() {
    let server = TestServer::with(|config| {
        config.symbolon.ui.enabled = false;
    })
    .await;
    let key = |path: &'static str| {
        let server = server.clone();
        async move { server.public(Call::get(path)).await.expect(200).text() }
    };
    assert!(key(PAGE).await.contains("urls.device.verification"));
    assert!(key("/oauth2/fallbacks/device/done").await.contains("urls.device.success"));
    let submitted = server.public(Call::post(PAGE).form(&[("action", "accept")])).await.expect(200);
    assert!(submitted.text().contains("urls.device.verification"));
}
