//! Tokens and codes: each is worth what it was worth at Hydra.

use serde_json::{Value, json};
use symbolon_server::hydra_import::ImportReport;

use super::fixture::{Fixture, call_of, text};
use crate::support::{Answer, Call, TestServer};

fn token_request(server: &TestServer, client: &Value, form: &[(&str, &str)]) -> Option<Call> {
    call_of(server, client, text(client, "secret"), "/oauth2/token", form)
}

async fn refresh(server: &TestServer, fixture: &Fixture, token: &Value) -> Option<Answer> {
    let client = fixture.client(text(token, "client_id"));
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(token, "value"))];
    Some(server.public(token_request(server, client, &form)?).await)
}

pub(super) fn all_is_taken_but_codes_of_devices(fixture: &Fixture, report: &ImportReport) {
    let left_out = |kind: &str| -> u64 {
        report.kinds.get(kind).map_or(0, |counted| counted.left_out.values().map(|(count, _)| count).sum())
    };
    let devices = fixture.expectations["devices"].as_array().map_or(&[][..], Vec::as_slice);
    let live = devices.iter().filter(|device| text(device, "state") != "redeemed").count() as u64;
    assert_eq!(left_out("device codes"), live, "{} {report:#?}", fixture.name);
    for kind in report.kinds.keys().filter(|kind| **kind != "device codes") {
        assert_eq!(left_out(kind), 0, "{} {kind} {report:#?}", fixture.name);
    }
}

pub(super) async fn introspection_says_what_hydra_said(fixture: &Fixture, server: &TestServer) {
    let name = fixture.name;

    for token in fixture.items("tokens") {
        let found = server.introspect(text(token, "value")).await;
        for (member, value) in token["observed"]["introspection"]["body"].as_object().unwrap() {
            let shown = &found[member];
            assert_eq!(shown, value, "{name} {}: {member} of {found}", token["name"]);
        }
    }
}

pub(super) async fn userinfo_says_what_hydra_said(fixture: &Fixture, server: &TestServer) {
    let name = fixture.name;
    for token in fixture.items("tokens").filter(|token| token["observed"]["userinfo"]["status"] == 200) {
        let observed = &token["observed"]["userinfo"];
        // Hydra answers about a client, too, without the `sub` that OpenID Connect Core §5.3.2 requires.
        if observed["body"].is_object() && observed["body"]["sub"].is_null() {
            continue;
        }
        let answer = server.public(Call::get("/userinfo").bearer(text(token, "value"))).await.expect(200);
        if !observed["content_type"].as_str().unwrap().starts_with("application/json") {
            continue;
        }
        let claims = answer.json();
        // `rat` is told where `symbolon.compatibility.id_token_rat` is on.
        for (member, value) in observed["body"].as_object().unwrap().iter().filter(|(member, _)| *member != "rat") {
            assert_eq!(&claims[member], value, "{name} {}: {member} of {claims}", token["name"]);
        }
    }
}

pub(super) async fn refresh_tokens_become_ours_and_access_tokens_of_before_end(fixture: &Fixture, server: &TestServer) {
    let name = fixture.name;
    for token in fixture.items("tokens").filter(|token| token["observed"]["refresh"]["status"] == 200) {
        let Some(answer) = refresh(server, fixture, token).await else { continue };
        let observed = &token["observed"]["refresh"];
        let response = answer.expect(200).json();
        assert_eq!(response["scope"], observed["scope"], "{name} {}", token["name"]);
        let members: Vec<&String> = response.as_object().unwrap().keys().collect();
        assert_eq!(json!(members), observed["members"], "{name} {}", token["name"]);
        assert_eq!(server.introspect(text(token, "value")).await, json!({"active": false}), "{name}");
        let again = fixture.client(text(token, "client_id"));
        let form = [("grant_type", "refresh_token"), ("refresh_token", text(&response, "refresh_token"))];
        server.public(token_request(server, again, &form).unwrap()).await.expect(200);
    }
}

pub(super) async fn a_refresh_token_that_was_used_at_hydra_ends_its_grant(fixture: &Fixture, server: &TestServer) {
    let name = fixture.name;
    for token in fixture
        .items("tokens")
        .filter(|token| token["observed"]["refresh"]["status"].as_u64().is_some_and(|status| status >= 400))
    {
        let Some(answer) = refresh(server, fixture, token).await else { continue };
        assert!(answer.status >= 400, "{name} {}", token["name"]);
        if let Some(active) = token["observed"]["after_that_the_successor_is_active"].as_bool() {
            let successor = fixture.items("tokens").find(|other| other["name"] == token["successor"]).unwrap();
            let found = server.introspect(text(successor, "value")).await;
            assert_eq!(found["active"], json!(active), "{name} {}", token["name"]);
        }
    }
}

pub(super) async fn codes_are_redeemed_once(fixture: &Fixture, server: &TestServer) {
    let name = fixture.name;
    for code in fixture.items("codes") {
        let client = fixture.client(text(code, "client_id"));
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", text(code, "value")),
            ("redirect_uri", text(code, "redirect_uri")),
        ];
        if let Some(verifier) = code["code_verifier"].as_str() {
            form.push(("code_verifier", verifier));
        }
        let observed = &code["observed"];
        let Some(call) = token_request(server, client, &form) else { continue };
        let answer = server.public(call.clone()).await;
        assert_eq!(answer.status == 200, observed["status"] == 200, "{name} {}: {answer:?}", code["name"]);
        if observed["status"] == 200 {
            assert_eq!(answer.json()["scope"], observed["scope"], "{name} {}", code["name"]);
            server.public(call).await.expect(400);
        }
    }
}

pub(super) async fn a_second_run_changes_nothing_that_happened_here(
    fixture: &Fixture,
    server: &TestServer,
    first: &ImportReport,
) {
    let name = fixture.name;
    let live: Vec<&Value> = fixture
        .items("tokens")
        .filter(|token| token["kind"] == "refresh_token" && token["observed"]["refresh"]["status"] == 200)
        .collect();
    let used = live.iter().find(|token| text(token, "client_id") == "basic").unwrap();
    let response = refresh(server, fixture, used).await.unwrap().expect(200).json();
    let second = fixture.bring(server).await;
    for (kind, counted) in &second.kinds {
        let new = counted.taken + counted.followed + counted.ended;
        assert_eq!(new, 0, "{name} {kind}: {first:?} {second:?}");
    }
    let ours = server.introspect(text(&response, "access_token")).await;
    assert_eq!(ours["active"], json!(true), "{name}");
    assert_eq!(server.introspect(text(used, "value")).await, json!({"active": false}), "{name}");
    for token in live.iter().filter(|token| token["name"] != used["name"]) {
        assert_eq!(server.introspect(text(token, "value")).await["active"], json!(true), "{name} {}", token["name"]);
    }
}
