//! Login sessions and remembered consents: a browser's cookie from Hydra skips the pages that it skipped there, and no
//! others.

use serde_json::{Value, json};

use super::fixture::{Fixture, text};
use crate::support::{Answer, Browser, CODE_CHALLENGE, Call, REDIRECT_URI, STATE, TestServer};

/// The authorization request of a client for the scope `openid`.
fn request(fixture: &Fixture, client_id: &str, more: &[(&str, &str)]) -> String {
    let client = fixture.client(client_id);
    let redirect_uri = client["observed"]["admin_get"]["body"]["redirect_uris"][0].as_str().unwrap_or(REDIRECT_URI);
    let pairs = [
        ("client_id", client_id),
        ("response_type", "code"),
        ("scope", "openid"),
        ("redirect_uri", redirect_uri),
        ("state", STATE),
        ("nonce", STATE),
        ("code_challenge", CODE_CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    Call::get("/oauth2/auth").query(&[&pairs, more].concat()).target
}

/// What a page was asked, over the admin API.
async fn asked(server: &TestServer, step: &str, challenge: &str) -> Value {
    let name = format!("{step}_challenge");
    let call = Call::get(format!("/admin/oauth2/auth/requests/{step}")).query(&[(&name, challenge)]);
    server.admin(call).await.expect(200).json()
}

/// Accepts a page's request; where the browser goes next.
async fn accept(server: &TestServer, step: &str, challenge: &str, body: &Value) -> String {
    let name = format!("{step}_challenge");
    let call = Call::put(format!("/admin/oauth2/auth/requests/{step}/accept")).query(&[(&name, challenge)]);
    server.admin(call.json(body)).await.expect(200).member("redirect_to")
}

/// Goes through the pages, which accept; what each was asked, and how it ended.
async fn walk(server: &TestServer, browser: &mut Browser, target: &str) -> (Vec<Value>, Answer) {
    let (mut steps, mut answer) = (Vec::new(), browser.get(target).await);
    loop {
        if let Some(challenge) = answer.location_parameter("login_challenge") {
            let asked = asked(server, "login", &challenge).await;
            steps.push(json!({ "page": "login", "skip": asked["skip"], "subject": asked["subject"], "session_id": asked["session_id"] }));
            let next = accept(server, "login", &challenge, &json!({ "subject": asked["subject"] })).await;
            answer = browser.get(&next).await;
        } else if let Some(challenge) = answer.location_parameter("consent_challenge") {
            let asked = asked(server, "consent", &challenge).await;
            steps.push(json!({
                "page": "consent", "skip": asked["skip"], "subject": asked["subject"],
                "requested_scope": asked["requested_scope"], "login_session_id": asked["login_session_id"],
            }));
            let body = json!({ "grant_scope": asked["requested_scope"] });
            answer = browser.get(&accept(server, "consent", &challenge, &body).await).await;
        } else {
            return (steps, answer);
        }
    }
}

fn browser(server: &TestServer, login: &Value) -> Option<Browser> {
    let (name, value) = login["cookie"].as_object()?.iter().next()?;
    Some(Browser::with_cookie(server, name, value.as_str().unwrap()))
}

pub(super) async fn cookies_are_those_of_their_logins(fixture: &Fixture, server: &TestServer) {
    for login in fixture.items("logins") {
        let Some(mut browser) = browser(server, login) else { continue };
        let (name, observed) = (fixture.name, &login["observed_plain_request"]);
        let answer = browser.get(&request(fixture, "basic", &[])).await.expect(302);
        let shown = asked(server, "login", &answer.location_parameter("login_challenge").unwrap()).await;
        assert_eq!(shown["skip"], observed["skip"], "{name} {}", login["name"]);
        assert_eq!(shown["subject"], observed["subject"], "{name} {}", login["name"]);
        if observed["skip"] == true {
            assert_eq!(shown["session_id"], observed["session_id"], "{name} {}", login["name"]);
        }
    }
}

pub(super) async fn without_pages_the_same_clients_get_codes(fixture: &Fixture, server: &TestServer) {
    for login in fixture.items("logins") {
        for (client_id, observed) in login["observed_prompt_none"].as_object().into_iter().flatten() {
            let Some(mut browser) = browser(server, login) else { continue };
            let what = format!("{} {} at {client_id}", fixture.name, login["name"]);
            let target = request(fixture, client_id, &[("prompt", "none")]);
            let (steps, answer) = walk(server, &mut browser, &target).await;
            assert_eq!(json!(steps), observed["steps"], "{what}");
            assert_eq!(answer.location_parameter("error").as_deref(), observed["error"].as_str(), "{what}");
            assert_eq!(answer.location_parameter("code").is_some(), observed["code"] == true, "{what}");
        }
    }
}

fn client_of(consent: &Value) -> &str {
    let request = &consent["consent_request"];
    request["client"]["client_id"].as_str().or(request["client_id"].as_str()).unwrap()
}

pub(super) async fn consents_that_are_remembered_are_listed_as_hydra_listed_them(
    fixture: &Fixture,
    server: &TestServer,
) {
    for (subject, observed) in fixture.expectations["observed"]["consent_sessions"].as_object().unwrap() {
        let call = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", subject)]);
        let listed = server.admin(call).await.expect(200).json();
        let remembered = |all: &Value| -> Vec<Value> {
            all.as_array().unwrap().iter().filter(|one| one["remember"] == true).cloned().collect()
        };
        let (listed, observed) = (remembered(&listed), remembered(observed));
        // Here consents count together, so the newest of a client alone stays remembered, which is the one that counts there.
        let is_newest = |session: &&Value| {
            let later = |other: &&Value| text(other, "handled_at") > text(session, "handled_at");
            !observed.iter().filter(later).any(|other| client_of(other) == client_of(session))
        };
        for session in observed.iter().filter(is_newest) {
            let client = client_of(session);
            let what = format!("{} {subject} {client}", fixture.name);
            let found = listed.iter().find(|own| client_of(own) == client);
            let found = found.unwrap_or_else(|| panic!("{what} is not among {listed:#?}"));
            for member in ["grant_scope", "grant_access_token_audience", "session", "remember_for"] {
                assert_eq!(found[member], session[member], "{what} {member}");
            }
            let (found, session) = (&found["consent_request"], &session["consent_request"]);
            for member in ["requested_scope", "requested_access_token_audience", "subject", "login_session_id", "acr"] {
                // Hydra does not know the session any more where it was deleted; the tokens still name it.
                if session[member] != "" {
                    assert_eq!(found[member], session[member], "{what} {member}");
                }
            }
            for (member, value) in session["oidc_context"].as_object().into_iter().flatten() {
                assert_eq!(&found["oidc_context"][member], value, "{what} {member}");
            }
        }
    }
}

/// Hydra takes no hint that an older key signed: here it counts as long as the key does. And Hydra knows no login that was
/// not remembered: here it can be ended like any other.
pub(super) async fn id_tokens_are_hints_for_the_logout(fixture: &Fixture, server: &TestServer) {
    let deleted: Vec<&str> = fixture
        .clients()
        .filter(|client| client["state"] == "deleted")
        .map(|client| text(client, "client_id"))
        .collect();
    for token in fixture.items("id_tokens").filter(|token| !deleted.contains(&text(token, "client_id"))) {
        let (what, observed) = (format!("{} {}", fixture.name, token["name"]), &token["observed_logout_hint"]);
        let target = Call::get("/oauth2/sessions/logout").query(&[("id_token_hint", text(token, "value"))]).target;
        let answer = Browser::new(server).get(&target).await.expect(302);
        let Some(challenge) = answer.location_parameter("logout_challenge") else {
            assert_ne!(observed["to"], "logout page", "{what}: {}", answer.location());
            assert_eq!(answer.location(), "http://127.0.0.1:3000/logged-out", "{what}");
            continue;
        };
        let call = Call::get("/admin/oauth2/auth/requests/logout").query(&[("logout_challenge", &challenge)]);
        let shown = server.admin(call).await.expect(200).json();
        assert_eq!(shown["sid"], token["claims"]["sid"], "{what}");
        assert_eq!(shown["client"]["client_id"], token["client_id"], "{what}");
        if observed["to"] == "logout page" {
            assert_eq!(shown["subject"], observed["subject"], "{what}");
        }
    }
}
