//! One of everything that the server gives out, made by ordinary requests.

use serde_json::{Value, json};

use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{Registered, claims, confidential, parameter, register, text};
use crate::rfc8628::{DeviceFlow, device_client};
use crate::support::{Browser, Call, CodeFlow, TestServer, pair, pairs_of};
use crate::ui;

/// What is known by a name, and one example of it.
pub(crate) type Artefact = (&'static str, String);

/// The flow of a client that has come to the login page, the consent page or the way back from there.
pub(super) struct Stages {
    pub(super) flow: CodeFlow,
    pub(super) login_page: String,
    pub(super) after_login: String,
    pub(super) consent_page: String,
    pub(super) after_consent: String,
}

/// Walks a flow up to the third visit, which is not made.
pub(super) async fn stages(server: &TestServer, client: &Registered) -> Stages {
    let mut flow = client.flow(server).login("remember", json!(true));
    let login_page = flow.authorize().await.expect(302).location().to_owned();
    let after_login = flow.application.accept_login(&login_page).await;
    let consent_page = flow.browser.get(&after_login).await.expect(302).location().to_owned();
    let after_consent = flow.application.accept_consent(&consent_page).await;
    Stages { flow, login_page, after_login, consent_page, after_consent }
}

/// One of each kind. The client is [`confidential`]'s.
pub(crate) async fn one_of_each(server: &TestServer) -> Vec<Artefact> {
    let client = confidential(server).await;
    let jwt = register(server, "jwt", &json!({ "access_token_strategy": "jwt" })).await;
    let mut all: Vec<Artefact> = Vec::new();
    let mut flow = client.flow(server);
    all.push(("authorization code", flow.code().await));
    let tokens = flow.tokens().await;
    let jwt_tokens = jwt.flow(server).tokens().await;
    let member = |tokens: &Value, name: &str| text(tokens, name).to_owned();
    all.push(("access token", member(&tokens, "access_token")));
    all.push(("refresh token", member(&tokens, "refresh_token")));
    all.push(("ID token", member(&tokens, "id_token")));
    all.push(("JWT access token", member(&jwt_tokens, "access_token")));
    let jti = claims(text(&jwt_tokens, "access_token"))["jti"].as_str().unwrap().to_owned();
    all.push(("jti of a JWT access token", jti));
    for (name, client) in [("access token of a client", &client), ("JWT access token of a client", &jwt)] {
        let answer = server.public(client.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
        all.push((name, answer.member("access_token")));
    }
    let jti = claims(&all.last().unwrap().1)["jti"].as_str().unwrap().to_owned();
    all.push(("jti of a JWT access token of a client", jti));
    let registered = server.public(Call::post("/oauth2/register").json(&json!({}))).await.expect(201);
    all.push(("registration access token", registered.member("registration_access_token")));
    all.push(("client secret", client.secret.clone()));
    all.extend(of_a_flow(server, &client).await);
    all.extend(of_a_device(server).await);
    all.extend(of_a_logout(server).await);
    all.push(("known browser cookie", known_browser(server, &client).await));
    all.push(("signed userinfo answer", signed_userinfo(server).await));
    let page = server.admin(Call::get("/admin/clients").query(&[("page_size", "1")])).await.expect(200);
    let next = page.header("link").unwrap().split("page_token=").nth(1).unwrap().split('>').next().unwrap();
    all.push(("page token", pair(&pairs_of(&format!("x={next}")), "x").unwrap().to_owned()));
    all
}

async fn of_a_flow(server: &TestServer, client: &Registered) -> Vec<Artefact> {
    let stages = stages(server, client).await;
    let mut all = vec![
        ("login challenge", parameter(&stages.login_page, "login_challenge")),
        ("login verifier", parameter(&stages.after_login, "login_verifier")),
        ("consent challenge", parameter(&stages.consent_page, "consent_challenge")),
        ("consent verifier", parameter(&stages.after_consent, "consent_verifier")),
    ];
    for (name, value) in cookies(server, &stages.flow.browser) {
        let kind = match name.as_str() {
            name if name.contains("login_csrf") => "login cookie",
            name if name.contains("consent_csrf") => "consent cookie",
            name if name.contains("session") => "session cookie",
            other => panic!("an unknown cookie {other}"),
        };
        all.push((kind, value));
    }
    assert_eq!(all.len(), 7);
    all
}

async fn of_a_device(server: &TestServer) -> Vec<Artefact> {
    let client = device_client(server).await;
    let mut flow = DeviceFlow::new(server, &client);
    let codes = flow.ask().await;
    let challenge = flow.challenge().await;
    let entered = server.admin(DeviceFlow::accept_call(&challenge, text(&codes, "user_code"))).await.expect(200);
    let cookies = cookies(server, &flow.browser);
    vec![
        ("device code", text(&codes, "device_code").to_owned()),
        ("user code", text(&codes, "user_code").to_owned()),
        ("device challenge", challenge),
        ("device verifier", parameter(&entered.member("redirect_to"), "device_verifier")),
        ("device cookie", cookies[0].1.clone()),
    ]
}

async fn of_a_logout(server: &TestServer) -> Vec<Artefact> {
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    let told = json!({ "backchannel_logout_uri": format!("{}/told", receiver.url) });
    let client = register(server, "told", &told).await;
    let mut flow = client.flow(server).login("remember", json!(true));
    flow.tokens().await;
    let asked = flow.browser.get("/oauth2/sessions/logout").await.expect(302).location().to_owned();
    let challenge = parameter(&asked, "logout_challenge");
    let accept = Call::put("/admin/oauth2/auth/requests/logout/accept").query(&[("logout_challenge", &challenge)]);
    let next = server.admin(accept).await.expect(200).member("redirect_to");
    flow.browser.get(&next).await.expect(302);
    server.server.deliver_logout_tokens().await;
    let token = receiver.take()[0].form("logout_token").unwrap().clone();
    let verifier = parameter(&next, "logout_verifier");
    vec![("logout challenge", challenge), ("logout verifier", verifier), ("logout token", token)]
}

/// Only the built-in login page gives one out; another node serves it, under the same secrets.
async fn known_browser(server: &TestServer, client: &Registered) -> String {
    let pages = server.beside(2, ui::built_in).await;
    ui::account(&pages, "somebody").await;
    let mut flow = client.flow(&pages);
    let page = ui::visit(&mut flow).await;
    ui::log_in(&mut flow, &page, "somebody", ui::PASSWORD).await;
    let all = cookies(&pages, &flow.browser);
    all.iter().find(|(name, _)| name.contains("known_browser")).unwrap().1.clone()
}

async fn signed_userinfo(server: &TestServer) -> String {
    let client = register(server, "signed", &json!({ "userinfo_signed_response_alg": "RS256" })).await;
    let tokens = client.flow(server).tokens().await;
    server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).text()
}

/// Names and values of a browser's cookies.
pub(super) fn cookies(server: &TestServer, browser: &Browser) -> Vec<(String, String)> {
    browser.jar().sent("/", server.clock.now())
}
