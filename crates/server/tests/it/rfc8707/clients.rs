//! Which client may ask for which resource: what an administrator listed for it, and otherwise what is open to all.

use serde_json::{Value, json};
use symbolon_server::config::RegistrationRights;

use super::{CALENDAR, CONTACTS, NOTES, changes, configure, server};
use crate::fixtures::{authorize, outcome, register, request, set, text, with};
use crate::support::{Call, REDIRECT_URI, TestServer};

#[tokio::test]
async fn a_list_says_it_and_without_one_what_is_open() {
    let server = server().await;
    for (id, allowed, expected) in [
        ("no-list", json!(null), [false, true, true]),
        ("none", json!([]), [false, false, false]),
        ("calendar", json!([CALENDAR]), [true, false, false]),
        ("by-alias", json!(["https://calendar.example"]), [true, false, false]),
        ("gone", json!(["https://gone.example"]), [false, false, false]),
    ] {
        let client = register(&server, id, &with(changes(), &json!({ "allowed_resources": allowed }))).await;
        for (resource, may) in [CALENDAR, CONTACTS, NOTES].into_iter().zip(expected) {
            let answer = authorize(&server, &set(&request(id), "resource", resource)).await;
            assert_eq!(outcome(&answer), if may { "login" } else { "client invalid_target" }, "{id} {resource}");
            let form = [("grant_type", "client_credentials"), ("resource", resource)];
            let answer = server.public(client.token_request(&form)).await;
            assert_eq!(answer.status, if may { 200 } else { 400 }, "{id} {resource}");
        }
    }
}

/// What changed while the user was at the pages counts.
#[tokio::test]
async fn a_right_that_is_taken_away_ends_what_rests_on_it() {
    let server = server().await;
    let client = super::client(&server).await;
    let mut flow = super::flow(&server, &client, "openid offline", &[CALENDAR]);
    let tokens = flow.tokens().await;
    let mut half = super::flow(&server, &client, "openid offline", &[CALENDAR]);
    let page = half.authorize().await.expect(302).location().to_owned();
    let allow = |resources: Value| {
        let patch = json!([{ "op": "replace", "path": "/allowed_resources", "value": resources }]);
        Call::patch("/admin/clients/resourceful").json(&patch)
    };
    server.admin(allow(json!([CONTACTS]))).await.expect(200);
    let refused = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
    assert_eq!(refused.member("error"), "invalid_target");
    let challenge = crate::fixtures::parameter(&page, "login_challenge");
    let accept = Call::put("/admin/oauth2/auth/requests/login/accept").query(&[("login_challenge", &challenge)]);
    server.admin(accept.json(&json!({ "subject": "alice" }))).await.expect(400);
    server.admin(allow(json!([CALENDAR]))).await.expect(200);
    server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200);
}

#[tokio::test]
async fn only_an_administrator_sets_them_and_they_are_addresses() {
    let server = server().await;
    for (name, value) in [
        ("allowed_resources", json!(["x"])),
        ("allowed_resources", json!(["https://a.example#f"])),
        ("allowed_resources", json!([""])),
        ("default_resource", json!("/relative")),
    ] {
        let body = with(crate::fixtures::metadata("wrong"), &json!({ name: value }));
        let refused = server.admin(Call::post("/admin/clients").json(&body)).await.expect(400);
        assert!(refused.member("error_description").contains(name), "{}", refused.text());
    }
}

/// A client that chose an audience for itself has not chosen a resource that was not open to it.
#[tokio::test]
async fn a_self_registered_audience_is_no_way_to_a_resource() {
    for policy in [RegistrationRights::Restricted, RegistrationRights::Open] {
        let server = TestServer::with(|config| {
            configure(config);
            config.symbolon.registration.policy = policy;
        })
        .await;
        let open = policy == RegistrationRights::Open;
        let mut body = json!({ "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none" });
        if open {
            body["audience"] = json!([CALENDAR, "https://cal.example", "https://calendar.example"]);
        }
        let made = server.public(Call::post("/oauth2/register").json(&body)).await.expect(201).json();
        let id = text(&made, "client_id");
        let asked = set(&request(id), "scope", "openid");
        for (name, value, expected) in [
            ("resource", CALENDAR, "client invalid_target"),
            ("resource", CONTACTS, "login"),
            ("audience", CALENDAR, "client invalid_target"),
            ("audience", "https://calendar.example", "client invalid_target"),
            ("audience", "https://cal.example:443/v1", "client invalid_target"),
            ("audience", CONTACTS, "login"),
        ] {
            assert_eq!(outcome(&authorize(&server, &set(&asked, name, value)).await), expected, "{name} {value}");
        }
    }
}

/// A client may replace itself with the answer that it got, and what an administrator chose stays.
#[tokio::test]
async fn a_clients_own_change_leaves_them() {
    let server = server().await;
    let made = server
        .create_client(&with(
            crate::fixtures::metadata("own"),
            &json!({ "allowed_resources": [CALENDAR], "default_resource": CALENDAR }),
        ))
        .await;
    let secret = text(&made, "client_secret").to_owned();
    let call = |body: &Value| Call::put("/oauth2/register/own").basic("own", &secret).json(body);
    let read = server.public(Call::get("/oauth2/register/own").basic("own", &secret)).await.expect(200).json();
    for body in [read.clone(), with(read.clone(), &json!({ "allowed_resources": null, "default_resource": null }))] {
        server.public(call(&body)).await.expect(200);
        let kept = server.admin(Call::get("/admin/clients/own")).await.expect(200).json();
        assert_eq!((&kept["allowed_resources"], &kept["default_resource"]), (&json!([CALENDAR]), &json!(CALENDAR)));
    }
    for change in [json!({ "allowed_resources": [CONTACTS] }), json!({ "default_resource": CONTACTS })] {
        server.public(call(&with(read.clone(), &change))).await.expect(400);
    }
}
