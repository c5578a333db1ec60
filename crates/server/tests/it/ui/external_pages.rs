//! Pages of the operator's own: each of them alone, while all others are the built-in ones.

use symbolon_server::config::Config;

use super::{Form, PASSWORD, account, log_in, submit, visit};
use crate::fixtures::{Registered, confidential, parameter};
use crate::rfc8628::{DeviceFlow, device_client};
use crate::support::{Answer, Call, CodeFlow, Listener, TestServer};

const EXTERNAL: &str = "http://127.0.0.1:3000/page";

/// Built-in pages only, but for one.
async fn server(external: impl FnOnce(&mut Config)) -> (TestServer, Registered) {
    let server = TestServer::with(|config| {
        let urls = &mut config.urls;
        for page in [
            &mut urls.login,
            &mut urls.registration,
            &mut urls.consent,
            &mut urls.logout,
            &mut urls.error,
            &mut urls.post_logout_redirect,
            &mut urls.device_verification,
            &mut urls.device_success,
        ] {
            *page = None;
        }
        config.symbolon.ui.enabled = true;
        external(config);
    })
    .await;
    let client = confidential(&server).await;
    account(&server, "alice").await;
    (server, client)
}

fn page() -> String {
    EXTERNAL.to_owned()
}

#[track_caller]
fn leads_outside(answer: &Answer) {
    let location = answer.location();
    assert!(location == EXTERNAL || location.starts_with(&format!("{EXTERNAL}?")), "{location}");
}

/// Agrees on the built-in consent page; the answer at the client.
async fn agree(flow: &mut CodeFlow, consent: &Answer) -> Answer {
    submit(flow, &Form::of(consent, "consent-form").press("accept")).await.expect(303)
}

async fn redeem(server: &TestServer, flow: &CodeFlow, answer: &Answer) {
    let code = answer.location_parameter("code").unwrap();
    server.public(flow.redemption(&code)).await.expect(200);
}

/// Signs in at the built-in pages, all the way.
async fn sign_in(flow: &mut CodeFlow) {
    let login = visit(flow).await.expect(200);
    let consent = log_in(flow, &login, "alice", PASSWORD).await.expect(200);
    agree(flow, &consent).await;
}

#[tokio::test]
async fn login_alone() {
    let (server, client) = server(|config| config.urls.login = Some(page())).await;
    let mut flow = client.flow(&server).scope("openid");
    let asked = flow.authorize().await;
    leads_outside(&asked);
    let next = flow.application.accept_login(asked.location()).await;
    let consent = flow.browser.follow(&next).await.expect(200);
    let answer = agree(&mut flow, &consent).await;
    redeem(&server, &flow, &answer).await;
}

#[tokio::test]
async fn registration_alone() {
    let (server, client) = server(|config| config.urls.registration = Some(page())).await;
    for prompt in ["registration", "create"] {
        leads_outside(&client.flow(&server).parameter("prompt", prompt).authorize().await);
    }
    let mut flow = client.flow(&server);
    let login = visit(&mut flow).await.expect(200);
    assert!(login.text().contains("id=\"login-form\""), "without that prompt it is the built-in login page");
}

#[tokio::test]
async fn consent_alone() {
    let (server, client) = server(|config| config.urls.consent = Some(page())).await;
    let mut flow = client.flow(&server).scope("openid");
    let login = visit(&mut flow).await.expect(200);
    let asked = log_in(&mut flow, &login, "alice", PASSWORD).await;
    leads_outside(&asked);
    let next = flow.application.accept_consent(asked.location()).await;
    let answer = flow.browser.follow(&next).await;
    redeem(&server, &flow, &answer).await;
}

#[tokio::test]
async fn error_alone() {
    let (server, client) = server(|config| config.urls.error = Some(page())).await;
    let call = Call::get("/oauth2/auth").query(&[("client_id", "no-such-client"), ("response_type", "code")]);
    let refused = server.public(call.navigating()).await;
    leads_outside(&refused);
    assert_eq!(refused.location_parameter("error").as_deref(), Some("invalid_client"));
    sign_in(&mut client.flow(&server).scope("openid")).await;
}

#[tokio::test]
async fn logout_alone() {
    let (server, client) = server(|config| config.urls.logout = Some(page())).await;
    let mut flow = client.flow(&server).scope("openid");
    sign_in(&mut flow).await;
    let asked = flow.browser.get("/oauth2/sessions/logout").await.expect(302);
    leads_outside(&asked);
    let challenge = parameter(asked.location(), "logout_challenge");
    let accept = Call::put("/admin/oauth2/auth/requests/logout/accept").query(&[("logout_challenge", &challenge)]);
    let next = server.call(Listener::Admin, accept).await.expect(200).member("redirect_to");
    let done = flow.browser.follow(&next).await.expect(200);
    assert!(done.content_type().unwrap().starts_with("text/html"), "the built-in page says that it is done");
}

#[tokio::test]
async fn post_logout_redirect_alone() {
    let (server, client) = server(|config| config.urls.post_logout_redirect = Some(page())).await;
    let mut flow = client.flow(&server).scope("openid");
    sign_in(&mut flow).await;
    let question = flow.browser.follow("/oauth2/sessions/logout").await.expect(200);
    let form = Form::of(&question, "logout-form").press("accept");
    let agreed = flow.browser.post(&form.action, &form.fields).await.expect(303);
    let to = agreed.location().to_owned();
    leads_outside(&flow.browser.follow(&to).await);
}

#[tokio::test]
async fn device_verification_alone() {
    let (server, _) = server(|config| config.urls.device_verification = Some(page())).await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    leads_outside(&flow.browser.get("/oauth2/device/verify").await);
    let next = flow.enter(&codes).await;
    let login = flow.browser.follow(&next).await.expect(200);
    let form = Form::of(&login, "login-form").set("username", "alice").set("password", PASSWORD).press("accept");
    let next = flow.browser.post(&form.action, &form.fields).await.expect(303).location().to_owned();
    let consent = flow.browser.follow(&next).await.expect(200);
    let form = Form::of(&consent, "consent-form").press("accept");
    let next = flow.browser.post(&form.action, &form.fields).await.expect(303).location().to_owned();
    let done = flow.browser.follow(&next).await.expect(200);
    assert!(done.text().contains("Your device is connected"), "{}", done.text());
    flow.poll(&codes).await.expect(200);
}

#[tokio::test]
async fn device_success_alone() {
    let (server, _) = server(|config| config.urls.device_success = Some(page())).await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let next = flow.enter(&codes).await;
    let login = flow.browser.follow(&next).await.expect(200);
    let form = Form::of(&login, "login-form").set("username", "alice").set("password", PASSWORD).press("accept");
    let next = flow.browser.post(&form.action, &form.fields).await.expect(303).location().to_owned();
    let consent = flow.browser.follow(&next).await.expect(200);
    let form = Form::of(&consent, "consent-form").press("accept");
    let next = flow.browser.post(&form.action, &form.fields).await.expect(303).location().to_owned();
    leads_outside(&flow.browser.follow(&next).await);
    flow.poll(&codes).await.expect(200);
}

#[tokio::test]
async fn an_address_keeps_its_own_parameters() {
    let (server, client) = server(|config| config.urls.login = Some(format!("{EXTERNAL}?theme=a%20b"))).await;
    let answer = client.flow(&server).authorize().await;
    leads_outside(&answer);
    assert_eq!(answer.location_parameter("theme").as_deref(), Some("a b"));
    assert!(answer.location_parameter("login_challenge").is_some());
}
