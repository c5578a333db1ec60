//! Every artefact at every endpoint: each counts where it belongs and nowhere else, whole and unaltered.

use http::header::COOKIE;
use serde_json::json;

use super::artefacts::{Artefact, Stages, cookies, one_of_each, stages};
use crate::fixtures::{CONFIDENTIAL, Registered, altered, authorize, outcome, parameter, register, request, set};
use crate::rfc8628::GRANT_TYPE;
use crate::support::{Answer, Call, STATE, TestServer};

/// All but those of these kinds.
fn others<'a>(all: &'a [Artefact], own: &'a [&str]) -> impl Iterator<Item = &'a Artefact> {
    all.iter().filter(|(kind, _)| !own.contains(kind))
}

fn client(all: &[Artefact]) -> Registered {
    let secret = all.iter().find(|(kind, _)| *kind == "client secret").unwrap().1.clone();
    Registered { id: CONFIDENTIAL.to_owned(), secret }
}

/// Lets the client use the device grant too, so that it is the code that decides.
async fn allow_devices(server: &TestServer) {
    let target = format!("/admin/clients/{CONFIDENTIAL}");
    let mut current = server.admin(Call::get(&target)).await.expect(200).json();
    current["grant_types"] = json!(["authorization_code", "refresh_token", "client_credentials", GRANT_TYPE]);
    server.admin(Call::put(&target).json(&current)).await.expect(200);
}

async fn walked(server: &TestServer) -> Stages {
    stages(server, &register(server, "walker", &json!({})).await).await
}

#[tokio::test]
async fn the_token_endpoint_takes_each_kind_only_where_it_belongs() {
    let server = TestServer::new().await;
    let all = one_of_each(&server).await;
    let client = client(&all);
    allow_devices(&server).await;
    for (parameter, grant_type, own) in [
        ("code", "authorization_code", "authorization code"),
        ("refresh_token", "refresh_token", "refresh token"),
        ("device_code", GRANT_TYPE, "device code"),
    ] {
        for (kind, value) in others(&all, &[own]) {
            let bare = value.split_once('_').map_or(value.as_str(), |_| value.get(7..).unwrap_or(value));
            for presented in [
                value,
                &bare.to_owned(),
                &format!("ory_ac_{bare}"),
                &format!("ory_rt_{bare}"),
                &format!("ory_dc_{bare}"),
            ] {
                let form = [("grant_type", grant_type), (parameter, presented)];
                let answer = server.public(client.token_request(&form)).await;
                assert_eq!(
                    (answer.status, answer.error().as_deref()),
                    (400, Some("invalid_grant")),
                    "{kind} as {parameter}"
                );
            }
        }
    }
    for (kind, value) in &all {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", crate::rfc7523::JWT_BEARER),
            ("client_assertion", value.as_str()),
        ];
        let answer = server.public(Call::post("/oauth2/token").form(&form)).await;
        assert_eq!(
            (answer.status, answer.error().as_deref()),
            (401, Some("invalid_client")),
            "{kind} as client_assertion"
        );
    }
    for (kind, value) in others(&all, &["client secret"]) {
        let answer = server
            .public(client.token_request(&[("grant_type", "client_credentials")]).basic(CONFIDENTIAL, value))
            .await;
        assert_eq!(
            (answer.status, answer.error().as_deref()),
            (401, Some("invalid_client")),
            "{kind} as client_secret"
        );
    }
}

#[tokio::test]
async fn userinfo_and_introspection_take_tokens_only() {
    let server = TestServer::new().await;
    let all = one_of_each(&server).await;
    let active = [
        "access token",
        "refresh token",
        "JWT access token",
        "access token of a client",
        "JWT access token of a client",
    ];
    for (kind, value) in &all {
        let described = server.introspect(value).await;
        assert_eq!(described["active"], active.contains(kind), "{kind}");
        let expected = match *kind {
            "access token" | "JWT access token" => 200,
            "access token of a client" | "JWT access token of a client" => 403,
            _ => 401,
        };
        assert_eq!(server.public(Call::get("/userinfo").bearer(value)).await.status, expected, "{kind}");
    }
}

#[tokio::test]
async fn revoking_something_else_revokes_nothing() {
    let server = TestServer::new().await;
    let all = one_of_each(&server).await;
    let client = client(&all);
    for (_, value) in others(&all, &["access token", "refresh token", "access token of a client"]) {
        let answer = server.public(client.form("/oauth2/revoke", &[("token", value)])).await.expect(200);
        assert!(answer.body.is_empty());
    }
    for (kind, value) in &all {
        if matches!(*kind, "access token" | "refresh token" | "access token of a client" | "JWT access token") {
            assert_eq!(server.introspect(value).await["active"], true, "{kind}");
        }
    }
}

#[tokio::test]
async fn challenges_cannot_stand_for_each_other() {
    let server = TestServer::new().await;
    let all = one_of_each(&server).await;
    for (step, own) in [
        ("login", "login challenge"),
        ("consent", "consent challenge"),
        ("logout", "logout challenge"),
        ("device", "device challenge"),
    ] {
        for (kind, value) in others(&all, &[own]) {
            let name = format!("{step}_challenge");
            let query = [(name.as_str(), value.as_str())];
            let base = format!("/admin/oauth2/auth/requests/{step}");
            let accept = Call::put(format!("{base}/accept")).query(&query);
            let mut calls = vec![accept.json(&json!({ "subject": "mallory", "user_code": "x" }))];
            if step != "device" {
                calls.push(Call::get(&base).query(&query));
                calls.push(Call::put(format!("{base}/reject")).query(&query).json(&json!({})));
            }
            for call in calls {
                let answer = server.admin(call).await.expect(404);
                assert_eq!(answer.member("error"), "Not Found", "{kind} as {own}");
            }
        }
    }
}

#[tokio::test]
async fn verifiers_cannot_stand_for_each_other() {
    let server = TestServer::new().await;
    let all = one_of_each(&server).await;
    for (name, own) in [("login_verifier", "login verifier"), ("consent_verifier", "consent verifier")] {
        for (kind, value) in others(&all, &[own]) {
            let answer = authorize(&server, &set(&request(CONFIDENTIAL), name, value)).await;
            assert_eq!(outcome(&answer), "client access_denied", "{kind} as {name}");
            assert_eq!(answer.location_parameter("state").as_deref(), Some(STATE));
        }
    }
}

#[tokio::test]
async fn only_an_id_token_is_a_hint() {
    let server = TestServer::new().await;
    let all = one_of_each(&server).await;
    for (kind, value) in &all {
        let expected = if *kind == "ID token" { "login" } else { "client invalid_request" };
        let answer = authorize(&server, &set(&request(CONFIDENTIAL), "id_token_hint", value)).await;
        assert_eq!(outcome(&answer), expected, "{kind} as id_token_hint");
    }
}

#[tokio::test]
async fn a_client_is_managed_by_its_registration_token_only() {
    let server = TestServer::new().await;
    let all = one_of_each(&server).await;
    for (kind, value) in &all {
        // The registration token in the list is another client's.
        for method in ["GET", "PUT", "DELETE"] {
            let call = Call::new(method.parse().unwrap(), format!("/oauth2/register/{CONFIDENTIAL}"));
            let answer = server.public(call.json(&json!({})).bearer(value)).await.expect(401);
            assert_eq!(answer.member("error"), "invalid_token", "{kind}");
        }
    }
    server.admin(Call::get(format!("/admin/clients/{CONFIDENTIAL}"))).await.expect(200);
}

#[tokio::test]
async fn a_page_token_is_sealed_and_of_its_own_list() {
    let server = TestServer::new().await;
    let all = one_of_each(&server).await;
    for (kind, value) in &all {
        for (list, own) in [("/admin/clients", *kind == "page token"), ("/admin/accounts", false)] {
            let answer = server.admin(Call::get(list).query(&[("page_token", value)])).await;
            assert_eq!(answer.status, if own { 200 } else { 400 }, "{kind} at {list}");
        }
    }
    let (_, token) = all.iter().find(|(kind, _)| *kind == "page token").unwrap();
    for (how, changed) in altered(token) {
        let answer = server.admin(Call::get("/admin/clients").query(&[("page_token", &changed)])).await;
        assert_eq!(answer.status, 400, "{how}");
    }
}

/// The third visit of a walked flow, with one cookie changed.
async fn third_visit(server: &TestServer, stages: &Stages, changed: &str, value: &str) -> Answer {
    let cookies = cookies(server, &stages.flow.browser).into_iter().map(|(name, own)| {
        let value = if name.contains(changed) { value.to_owned() } else { own };
        (name, value)
    });
    let target = server.public_target(&stages.after_consent).unwrap();
    server.public(Call::get(target).navigating().cookies(&cookies.collect::<Vec<_>>())).await
}

#[tokio::test]
async fn a_cookie_counts_only_as_what_it_was_made_for_and_for_its_own_flow() {
    let server = TestServer::new().await;
    let all = one_of_each(&server).await;
    let stages = walked(&server).await;
    for (kind, value) in &all {
        // The consent cookie in the list belongs to another flow.
        let answer = third_visit(&server, &stages, "consent_csrf", value).await;
        assert_eq!(outcome(&answer), "client request_forbidden", "{kind} as consent cookie");
    }
    let (_, own) =
        cookies(&server, &stages.flow.browser).into_iter().find(|(name, _)| name.contains("consent_csrf")).unwrap();
    for (how, changed) in altered(&own).into_iter().filter(|(_, changed)| !changed.contains('\n')) {
        let answer = third_visit(&server, &stages, "consent_csrf", &changed).await;
        assert_eq!(outcome(&answer), "client request_forbidden", "{how}");
    }
    assert_eq!(outcome(&third_visit(&server, &stages, "consent_csrf", &own).await), "code");
}

#[tokio::test]
async fn a_session_is_named_by_its_own_cookie_only() {
    let server = TestServer::new().await;
    let all = one_of_each(&server).await;
    let silent = set(&request(CONFIDENTIAL), "prompt", "none");
    let visit = async |value: &str| {
        let call = Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&silent)).navigating();
        outcome(&server.public(call.header(COOKIE, &format!("ory_hydra_session_dev={value}"))).await)
    };
    for (kind, value) in others(&all, &["client secret"]) {
        let expected = if *kind == "session cookie" { "login" } else { "client login_required" };
        assert_eq!(visit(value).await, expected, "{kind} as session cookie");
    }
    let (_, own) = all.iter().find(|(kind, _)| *kind == "session cookie").unwrap();
    for (how, changed) in altered(own).into_iter().filter(|(_, changed)| !changed.contains(['\n', '='])) {
        assert_eq!(visit(&changed).await, "client login_required", "{how}");
    }
}

#[tokio::test]
async fn altered_challenges_and_verifiers_are_refused() {
    let server = TestServer::new().await;
    let mut stages = walked(&server).await;
    let steps =
        [("login", "login_challenge", &stages.login_page), ("consent", "consent_challenge", &stages.consent_page)];
    for (step, name, page) in steps {
        for (how, changed) in altered(&parameter(page, name)) {
            let call = Call::get(format!("/admin/oauth2/auth/requests/{step}")).query(&[(name, &changed)]);
            assert_eq!(server.admin(call).await.status, 404, "{name} {how}");
        }
    }
    let consent_verifier = parameter(&stages.after_consent, "consent_verifier");
    for (how, changed) in altered(&consent_verifier) {
        let target = Call::get("/oauth2/auth").query(&[("consent_verifier", &changed)]);
        let target = format!(
            "{}&{}",
            target.target,
            crate::fixtures::borrowed(&request("walker")).iter().fold(String::new(), |text, (name, value)| {
                format!("{text}&{}", Call::get("").query(&[(name, value)]).target.trim_start_matches('?'))
            })
        );
        let answer = stages.flow.browser.get(&target).await;
        assert_eq!(outcome(&answer), "client access_denied", "{how}");
    }
    assert_eq!(outcome(&stages.flow.browser.get(&stages.after_consent).await), "code");
}
