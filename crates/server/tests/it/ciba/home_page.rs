//! The home page of who is signed in: what waits is accepted or denied there, and access is taken away.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use super::{ask, ask_with, asking_client, hears, poll, waiting};
use crate::fixtures::{Registered, claims, confidential, text};
use crate::support::{Answer, Browser, Call, TestServer};
use crate::ui::{Form, PASSWORD, account, built_in, log_in, submit, visit};

struct SignedIn {
    server: TestServer,
    bank: Registered,
    shop: Registered,
    subject: String,
    browser: Browser,
    tokens: Value,
}

fn on(config: &mut Config) {
    built_in(config);
    config.symbolon.ciba.enabled = true;
    config.symbolon.ciba.pause_seconds = 0;
}

/// Alice has signed in at the shop; the bank asks for her.
async fn signed_in() -> SignedIn {
    let server = TestServer::with(on).await;
    let bank = asking_client(&server, "bank", &json!({ "client_name": "The bank" })).await;
    let shop = confidential(&server).await;
    let subject = account(&server, "alice").await;
    let mut flow = shop.flow(&server);
    let page = visit(&mut flow).await;
    let page = log_in(&mut flow, &page, "alice", PASSWORD).await;
    let back = submit(&mut flow, &Form::of(&page, "consent-form").press("accept")).await;
    let redemption = flow.redemption(&back.location_parameter("code").unwrap());
    let tokens = server.public(redemption).await.expect(200).json();
    SignedIn { browser: flow.browser.clone(), server, bank, shop, subject, tokens }
}

async fn press(browser: &mut Browser, page: &Answer, form: &str, action: &str) -> Answer {
    let form = Form::of(page, form).press(action);
    browser.post(&form.action, &form.fields).await
}

#[tokio::test]
async fn who_is_signed_in_accepts_as_that_person() {
    let mut alice = signed_in().await;
    let asked = ask(&alice.server, &alice.bank).await;
    let page = alice.browser.get("/").await.expect(200);
    let html = page.text();
    for shown in ["The bank", "K7-Q2", "Name of alice", "<code>offline</code>"] {
        let plain = html.contains(shown);
        assert!(plain || shown.starts_with("<code>"), "{shown} is not shown: {html}");
    }
    let done = press(&mut alice.browser, &page, "request-form-0", "accept").await.expect(303);
    assert_eq!(done.location(), "/");
    assert!(!alice.browser.get("/").await.expect(200).text().contains("K7-Q2"));
    let tokens = poll(&alice.server, &alice.bank, &asked).await.expect(200).json();
    let id_token = claims(text(&tokens, "id_token"));
    let own = claims(text(&alice.tokens, "id_token"));
    for same in ["sub", "sid", "auth_time", "acr", "amr"] {
        assert_eq!(id_token.get(same), own.get(same), "{same}");
    }
}

#[tokio::test]
async fn who_is_signed_in_denies() {
    let mut alice = signed_in().await;
    let (first, second) = (ask(&alice.server, &alice.bank).await, ask_with(&alice.server, &alice.bank, &[]).await);
    let page = alice.browser.get("/").await.expect(200);
    press(&mut alice.browser, &page, "request-form-1", "deny").await.expect(303);
    let denied = [&first, &second];
    let mut heard = Vec::new();
    for asked in denied {
        heard.push(poll(&alice.server, &alice.bank, asked).await.error().unwrap());
    }
    heard.sort();
    assert_eq!(heard, ["access_denied", "authorization_pending"]);
    // The page was open all the time; the button is there no more, and pressing it again says so.
    press(&mut alice.browser, &page, "request-form-1", "accept").await.expect(410);
}

#[tokio::test]
async fn nobody_else_sees_or_answers() {
    let mut alice = signed_in().await;
    let asked = ask(&alice.server, &alice.bank).await;
    let stranger = Browser::new(&alice.server).get("/").await.expect(200).text();
    assert!(!stranger.contains("K7-Q2") && !stranger.contains("Name of alice"));
    account(&alice.server, "bob").await;
    let mut flow = alice.shop.flow(&alice.server);
    let page = visit(&mut flow).await;
    log_in(&mut flow, &page, "bob", PASSWORD).await;
    let bobs = flow.browser.get("/").await.expect(200);
    assert!(!bobs.text().contains("K7-Q2"));
    let page = alice.browser.get("/").await.expect(200);
    let own = Form::of(&page, "request-form-0").press("accept");
    // Her form in his browser; his session with her request; nobody's.
    flow.browser.post("/", &own.fields).await.expect(403);
    let no_form = own.clone().set("form", "made-up");
    alice.browser.post("/", &no_form.fields).await.expect(403);
    Browser::new(&alice.server).post("/", &own.fields).await.expect(403);
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
    {
        let cookies = alice.browser.jar().sent("/", alice.server.clock.now());
        let call = Call::post("/").form_of(&own.fields).cookies(&cookies);
        let call = call.header(name.parse().unwrap(), value);
        alice.server.public(call).await.expect(403);
    }
    hears(&alice.server, &alice.bank, &asked, "authorization_pending").await;
    assert_eq!(waiting(&alice.server, &alice.subject).await.len(), 1);
}

#[tokio::test]
async fn a_session_that_ended_answers_nothing() {
    let mut alice = signed_in().await;
    let asked = ask(&alice.server, &alice.bank).await;
    let page = alice.browser.get("/").await.expect(200);
    let target = format!("/admin/subjects/{}/sign-out", alice.subject);
    alice.server.admin(Call::post(target)).await.expect(204);
    press(&mut alice.browser, &page, "request-form-0", "accept").await.expect(403);
    assert!(!alice.browser.get("/").await.expect(200).text().contains("K7-Q2"));
    hears(&alice.server, &alice.bank, &asked, "authorization_pending").await;
}

#[tokio::test]
async fn a_login_that_is_too_old_for_the_client_does_not_accept() {
    let mut alice = signed_in().await;
    let asked = ask_with(&alice.server, &alice.bank, &[("max_age", "60")]).await;
    alice.server.clock.advance(61);
    let page = alice.browser.get("/").await.expect(200);
    press(&mut alice.browser, &page, "request-form-0", "accept").await.expect(400);
    hears(&alice.server, &alice.bank, &asked, "authorization_pending").await;
}

#[tokio::test]
async fn access_is_listed_and_taken_away() {
    let mut alice = signed_in().await;
    let page = alice.browser.get("/").await.expect(200);
    assert!(page.text().contains("Client confidential"), "{}", page.text());
    let access = text(&alice.tokens, "access_token").to_owned();
    assert_eq!(alice.server.introspect(&access).await["active"], true);
    let form = Form::of(&page, "application-form-0").press("revoke");
    // Another client's name in the form takes nothing of this one.
    let other = form.clone().set("client", "nobody");
    alice.browser.post(&other.action, &other.fields).await.expect(303);
    assert_eq!(alice.server.introspect(&access).await["active"], true);
    alice.browser.post(&form.action, &form.fields).await.expect(303);
    assert_eq!(alice.server.introspect(&access).await["active"], false);
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&alice.tokens, "refresh_token"))];
    let refused = alice.server.public(alice.shop.token_request(&refresh)).await.expect(400);
    assert_eq!(refused.error().as_deref(), Some("invalid_grant"));
    let page = alice.browser.get("/").await.expect(200).text();
    assert!(!page.contains("Client confidential") && page.contains("Name of alice"));
}

#[tokio::test]
async fn without_the_back_channel_the_page_still_shows_who_has_access() {
    let mut alice = signed_in().await;
    ask(&alice.server, &alice.bank).await;
    let quiet = alice.server.beside(9, built_in).await;
    let cookies = alice.browser.jar().sent("/", quiet.clock.now());
    let page = quiet.public(Call::get("/").navigating().cookies(&cookies)).await.expect(200);
    assert!(page.text().contains("Client confidential") && !page.text().contains("K7-Q2"));
    let own = Form::of(&alice.browser.get("/").await, "request-form-0").press("accept");
    quiet.public(Call::post("/").form_of(&own.fields).cookies(&cookies)).await.expect(404);
}

#[tokio::test]
async fn forms_that_say_nothing_do_nothing() {
    let mut alice = signed_in().await;
    ask(&alice.server, &alice.bank).await;
    let page = alice.browser.get("/").await.expect(200);
    let form = Form::of(&page, "request-form-0");
    for broken in [
        form.clone(),
        form.clone().press("other"),
        form.clone().set("request", "x").press("accept"),
        form.clone().set("request", "").press("accept"),
        form.clone().set("form", "").press("accept"),
    ] {
        alice.browser.post("/", &broken.fields).await.expect(400);
    }
    let unknown = form.set("request", &"0".repeat(32)).press("accept");
    alice.browser.post("/", &unknown.fields).await.expect(404);
    assert_eq!(waiting(&alice.server, &alice.subject).await.len(), 1);
}
