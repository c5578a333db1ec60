//! What happened between recorded exchanges without being recorded: flows that gave a code or a token, changes to a
//! client, waiting. Each entry says what a step needs and makes it.

use serde_json::{Value, json};

use super::compare;
use super::jwt;
use super::replay::Replay;
use super::{prepare_credentials, prepare_devices, prepare_grants, prepare_hooks, prepare_sessions};
use crate::support::{Call, CodeFlow, Listener, LoginApplication};

/// Makes what the step needs and no recorded answer gave.
pub(super) async fn before(replay: &mut Replay, file: &str, step: &str) {
    match file {
        "admin_clients_lifespans" => admin_clients_lifespans(replay, step).await,
        "client_authentication" => client_authentication(replay, step),
        "code_redemption_errors" => code_redemption_errors(replay, step).await,
        "dcr_put_errors" => dcr_put_errors(replay),
        "expired_challenges" => expired_challenges(replay, step).await,
        "introspection" => introspection(replay, step).await,
        "jwt_bearer_grant" => prepare_grants::before(replay, step).await,
        "pkce_redemption" => pkce_redemption(replay, step).await,
        "refresh_grace_period" => refresh_grace_period(replay, step).await,
        "refresh_tokens" => refresh_tokens(replay, step).await,
        "remembered_session" => remembered_session(replay, step).await,
        "request_objects" => request_objects(replay, step).await,
        "revocation" => revocation(replay, step).await,
        "userinfo" => userinfo(replay, step).await,
        _ if file.ends_with("token_hook") => prepare_hooks::before(replay, step).await,
        _ if file.starts_with("device_") => prepare_devices::before(replay, file, step).await,
        _ if file.starts_with("verifiable_") => prepare_credentials::before(replay, file, step).await,
        _ => prepare_sessions::before(replay, file, step).await,
    }
}

async fn admin_clients_lifespans(replay: &mut Replay, step: &str) {
    if step == "access token of the code flow" {
        let mut flow = replay.flow("gold-lifespans").without_pkce().scope("openid offline");
        replay.tokens(&mut flow, ["<token:ory_at_:2>", "<token:ory_rt_:1>", ""]).await;
    }
}

fn client_authentication(replay: &mut Replay, step: &str) {
    let (placeholder, key) = match step {
        "expired" => ("<jwt:11>", None),
        "wrong key" => ("<jwt:17>", Some("auth-key-2")),
        _ => return,
    };
    if step == "expired" {
        replay.names.now -= 60;
    }
    let token = jwt::sign(&mut replay.names, &replay.keys, &replay.jwts[placeholder], key);
    replay.names.bind(placeholder, token);
}

/// Each attempt gets a code of its own, as a failed one burns it.
async fn code_redemption_errors(replay: &mut Replay, step: &str) {
    let attempts = [
        "other redirect_uri",
        "no redirect_uri",
        "other client",
        "verifier though no PKCE was used",
        "right, after all",
    ];
    if attempts.iter().any(|attempt| step.starts_with(attempt)) {
        let code = replay.flow("gold-redeem").without_pkce().code().await;
        replay.names.bind("<token:ory_ac_:1>", code);
    }
}

/// Where our server takes a PUT that Hydra refuses, the registration access token is a new one from then on.
fn dcr_put_errors(replay: &mut Replay) {
    if let Some(token) = replay.last_body["registration_access_token"].as_str() {
        replay.names.bind("<token:ory_at_:1>", token);
    }
}

async fn expired_challenges(replay: &mut Replay, step: &str) {
    if step != "get login request" {
        return;
    }
    let challenge = replay.flow("gold-expired").scope("openid").authorize().await;
    replay.learn("<login_challenge:1>", &challenge.location_parameter("login_challenge").unwrap());
    let mut flow = replay.flow("gold-expired").scope("openid");
    let page = flow.authorize().await.location().to_owned();
    let next = flow.application.accept_login(&page).await;
    replay.learn("<login_verifier:1>", &parameter(&next, "login_verifier"));
    let page = flow.log_in().await.location().to_owned();
    replay.learn("<consent_challenge:1>", &parameter(&page, "consent_challenge"));
    let next = flow.application.accept_consent(&page).await;
    replay.learn("<consent_verifier:1>", &parameter(&next, "consent_verifier"));
    replay.jars.add(flow.browser.jar().clone());
    replay.server.clock.advance(3);
}

async fn introspection(replay: &mut Replay, step: &str) {
    match step {
        "access token" => {
            let tier = json!({ "access_token": { "active": false, "sub": "evil", "tier": "gold" } });
            let flow = replay.flow("gold-introspect").without_pkce().scope("openid offline photos.read");
            let mut flow = flow.parameter("audience", "https://api.example.com").consent("session", tier);
            replay.tokens(&mut flow, ["<token:ory_at_:1>", "<token:ory_rt_:1>", "<jwt:1>"]).await;
        }
        "JWT access token" => {
            let tier = json!({ "access_token": { "tier": "gold" } });
            let mut flow = replay.flow("gold-introspect-jwt").without_pkce().consent("session", tier);
            replay.tokens(&mut flow, ["<jwt:2>", "", ""]).await;
            let broken = jwt::alter(replay.names.get("<jwt:2>").unwrap(), 2);
            replay.names.bind("<jwt:3>", broken);
        }
        _ => {}
    }
}

async fn pkce_redemption(replay: &mut Replay, step: &str) {
    let (client, number) = match step {
        "right" => ("gold-pkce", 1),
        "right #2" => ("gold-pkce-public", 2),
        "no verifier" => ("gold-pkce", 3),
        "42 characters" => ("gold-pkce", 4),
        "129 characters" => ("gold-pkce", 5),
        "bad character" => ("gold-pkce", 6),
        "mismatch" => ("gold-pkce", 7),
        "public client: no verifier" => ("gold-pkce-public", 8),
        _ => return,
    };
    let code = replay.flow(client).scope("openid").code().await;
    replay.names.bind(&format!("<token:ory_ac_:{number}>"), code);
}

async fn refresh_grace_period(replay: &mut Replay, step: &str) {
    match step {
        "first use" => {
            let mut flow = replay.flow("gold-grace");
            replay.tokens(&mut flow, ["<token:ory_at_:3>", "<token:ory_rt_:1>", ""]).await;
        }
        "use after the window" => replay.server.clock.advance(6),
        _ => {}
    }
}

async fn refresh_tokens(replay: &mut Replay, step: &str) {
    let flow = |replay: &Replay| replay.flow("gold-refresh").without_pkce().scope("openid offline photos.read");
    match step {
        "scope cannot be narrowed" => {
            let mut flow = flow(replay).consent("session", json!({ "id_token": { "email": "a@example.com" } }));
            replay.tokens(&mut flow, ["", "<token:ory_rt_:1>", ""]).await;
        }
        "without openid" => {
            let mut flow = flow(replay).scope("offline photos.read");
            replay.tokens(&mut flow, ["", "<token:ory_rt_:3>", ""]).await;
        }
        "client lost a granted scope" => {
            let mut flow = flow(replay);
            replay.tokens(&mut flow, ["", "<token:ory_rt_:5>", ""]).await;
            replay.change_client("gold-refresh", "scope", json!("openid offline")).await;
        }
        "client lost the grant" => {
            replay.change_client("gold-refresh", "grant_types", json!(["authorization_code"])).await;
        }
        "expired" => {
            let mut flow = replay.flow("gold-refresh-expiring").without_pkce();
            replay.tokens(&mut flow, ["<token:ory_at_:4>", "<token:ory_rt_:6>", ""]).await;
            replay.server.clock.advance(2);
        }
        _ => {}
    }
}

async fn remembered_session(replay: &mut Replay, step: &str) {
    match step {
        "id_token_hint of another subject, prompt=none" => {
            let mut flow = replay.flow("gold-remember").without_pkce().scope("openid").subject("bob");
            replay.tokens(&mut flow, ["", "", "<jwt:3>"]).await;
        }
        "max_age=1, prompt=none" => replay.server.clock.advance(2),
        _ => {}
    }
}

async fn request_objects(replay: &mut Replay, step: &str) {
    match step {
        "signed: final redirect has the state of the object" => {
            let challenge = replay.names.get("<login_challenge:1>").unwrap();
            let application = LoginApplication::new(&replay.server, "alice");
            let next = application.accept_login(&format!("/login?login_challenge={challenge}")).await;
            let target = replay.server.public_target(&next).unwrap();
            let cookies = ["ory_hydra_login_csrf_dev_<murmur3>".to_owned()];
            let (browser, cookies) = replay.jars.choose(&cookies, "/oauth2/auth");
            let visit = Call::get(target).navigating().cookies(&cookies);
            let answer = replay.server.call(Listener::Public, visit).await.expect(302);
            replay.jars.store(browser, &answer);
            let next = application.accept_consent(answer.location()).await;
            replay.learn("<consent_verifier:1>", &parameter(&next, "consent_verifier"));
        }
        "wrong key" => {
            let token = jwt::sign(&mut replay.names, &replay.keys, &replay.jwts["<jwt:7>"], None);
            replay.names.bind("<jwt:7>", jwt::alter(&token, 2));
        }
        _ => {}
    }
}

async fn revocation(replay: &mut Replay, step: &str) {
    let (client, tokens) = match step {
        "foreign token" => ("gold-revoke", ["<token:ory_at_:1>", "<token:ory_rt_:1>", ""]),
        "credentials in the body" => ("gold-revoke-post", ["<token:ory_at_:2>", "", ""]),
        "public client" => ("gold-revoke-none", ["", "<token:ory_rt_:2>", ""]),
        "admin: delete all access tokens of a client" => ("gold-revoke", ["<token:ory_at_:3>", "", ""]),
        _ => return,
    };
    let mut flow = replay.flow(client).without_pkce();
    replay.tokens(&mut flow, tokens).await;
}

async fn userinfo(replay: &mut Replay, step: &str) {
    let email = json!({ "id_token": { "email": "a@example.com" } });
    match step {
        "header" => {
            let claims = json!({
                "email": "a@example.com", "email_verified": true, "custom": { "k": [1] }, "updated_at": 1_700_000_000
            });
            let flow =
                replay.flow("gold-userinfo").without_pkce().login("acr", json!("1")).login("amr", json!(["pwd"]));
            let mut flow = flow.consent("session", json!({ "id_token": claims }));
            replay.tokens(&mut flow, ["<token:ory_at_:1>", "<token:ory_rt_:1>", "<jwt:1>"]).await;
        }
        "random part altered, signature part known" | "signature part altered" => {
            let token = replay.names.get("<token:ory_at_:1>").unwrap();
            let (placeholder, part) = if step.starts_with("random") { ("2", 0) } else { ("3", 1) };
            let altered = jwt::alter(token, part);
            replay.names.bind(&format!("<token:ory_at_:{placeholder}>"), altered);
        }
        "signed" => {
            let mut flow = replay.flow("gold-userinfo-signed").without_pkce().scope("openid").consent("session", email);
            replay.tokens(&mut flow, ["<token:ory_at_:4>", "", ""]).await;
        }
        "JWT access token" => {
            let mut flow = replay.flow("gold-userinfo-jwt").without_pkce().scope("openid");
            replay.tokens(&mut flow, ["<jwt:4>", "", ""]).await;
            let broken = jwt::alter(replay.names.get("<jwt:4>").unwrap(), 2);
            replay.names.bind("<jwt:5>", broken);
        }
        "expired" => {
            let mut flow = replay.flow("gold-userinfo-exp").without_pkce().scope("openid");
            replay.tokens(&mut flow, ["<token:ory_at_:5>", "", ""]).await;
            let mut flow = replay.flow("gold-userinfo-expjwt").without_pkce().scope("openid");
            replay.tokens(&mut flow, ["<jwt:6>", "", ""]).await;
            replay.server.clock.advance(2);
        }
        _ => {}
    }
}

fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    crate::support::pair(&crate::support::pairs_of(query), name)
        .unwrap_or_else(|| panic!("no {name} in {url}"))
        .to_owned()
}

impl Replay {
    /// A flow of a client that the recording set up, with its own authentication.
    pub(super) fn flow(&self, client_id: &str) -> CodeFlow {
        let client = self.client(client_id);
        let flow = CodeFlow::new(&self.server, client_id);
        let secret = client.get("client_secret").and_then(Value::as_str);
        match client.get("token_endpoint_auth_method").and_then(Value::as_str).unwrap_or("client_secret_basic") {
            "client_secret_basic" => flow.secret(secret.unwrap()),
            "client_secret_post" => flow.posted_secret(secret.unwrap()),
            _ => flow,
        }
    }

    pub(super) fn client(&self, client_id: &str) -> &Value {
        self.clients.iter().find(|client| client["client_id"] == client_id).unwrap()
    }

    /// Runs the flow; its access token, refresh token and ID token are what the placeholders stand for.
    pub(super) async fn tokens(&mut self, flow: &mut CodeFlow, placeholders: [&str; 3]) -> Value {
        let tokens = flow.tokens().await;
        for (placeholder, member) in placeholders.into_iter().zip(["access_token", "refresh_token", "id_token"]) {
            if !placeholder.is_empty() {
                let token = tokens[member].as_str().unwrap_or_else(|| panic!("no {member}: {tokens}"));
                self.learn(placeholder, token);
            }
        }
        tokens
    }

    /// Like [`Replay::tokens`], with a browser that the recording goes on with.
    pub(super) async fn sign_in(&mut self, mut flow: CodeFlow, placeholders: [&str; 3]) -> Value {
        let tokens = self.tokens(&mut flow, placeholders).await;
        self.jars.add(flow.browser.jar().clone());
        tokens
    }

    /// Takes in a value that was not part of a recorded answer, compared like one that was.
    pub(super) fn learn(&mut self, placeholder: &str, value: &str) {
        self.names.now = self.server.clock.now();
        let found = compare::compare_token(&mut self.names, &self.jwts, placeholder, value);
        self.found.extend(found);
    }

    /// Replaces a client with itself, one member changed.
    async fn change_client(&mut self, client_id: &str, member: &str, value: Value) {
        let mut client = self.client(client_id).clone();
        client[member] = value;
        self.server.admin(Call::put(format!("/admin/clients/{client_id}")).json(&client)).await.expect(200);
    }
}
