//! `session_state` in the answers of the authorization endpoint (§2, §4.2).

use serde_json::json;

use super::{ORIGIN, STATE_COOKIE, is_made_of, named, server, session_state, state_of, switch_on};
use crate::fixtures::{Registered, borrowed, confidential, parameter, part, public, register, request, set};
use crate::support::{Answer, Call, CodeFlow, TestServer, pair};
use crate::ui::Form;

/// Every response type of OpenID Connect; each answer names a session.
const RESPONSE_TYPES: [&str; 6] =
    ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];
const MODES: [&str; 4] = ["", "fragment", "form_post", "jwt"];

/// A client of every response type.
async fn client(server: &TestServer) -> Registered {
    let everything = json!({
        "grant_types": ["authorization_code", "implicit", "refresh_token"],
        "response_types": RESPONSE_TYPES.iter().chain(&["none", "token"]).collect::<Vec<_>>(),
    });
    register(server, "everything", &everything).await
}

/// The parameter, wherever an answer of that mode has it.
#[track_caller]
fn shown(answer: &Answer, mode: &str) -> Option<String> {
    if mode == "form_post" {
        return pair(&Form::of(answer, "form-post").fields, "session_state").map(str::to_owned);
    }
    let Some(jwt) = named(answer, "response") else { return named(answer, "session_state") };
    assert_eq!((mode, named(answer, "session_state")), ("jwt", None));
    part(&jwt, 1).get("session_state").map(|value| value.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn every_response_type_has_it_in_every_mode() {
    let server = server().await;
    let client = client(&server).await;
    for response_type in RESPONSE_TYPES {
        for mode in MODES {
            let mut flow = client.flow(&server).parameter("response_type", response_type);
            if !mode.is_empty() {
                flow = flow.parameter("response_mode", mode);
            }
            let answer = flow.answer().await;
            let value = shown(&answer, mode).unwrap_or_else(|| panic!("{response_type}, {mode}"));
            let state = state_of(&server, &flow.browser).unwrap();
            assert!(is_made_of(&value, &client.id, ORIGIN, &state), "{response_type}, {mode}: {value}");
        }
    }
}

#[tokio::test]
async fn each_answer_has_a_salt_of_its_own_and_each_client_a_value() {
    let server = server().await;
    let (one, other) = (confidential(&server).await, public(&server).await);
    let mut flow = one.flow(&server);
    let first = session_state(&flow.answer().await);
    let mut again = one.flow(&server);
    again.browser = flow.browser.clone();
    let second = session_state(&again.answer().await);
    let mut elsewhere = other.flow(&server);
    elsewhere.browser = flow.browser.clone();
    let third = session_state(&elsewhere.answer().await);
    let salt = |value: &str| value.split_once('.').unwrap().1.to_owned();
    assert_ne!(salt(&first), salt(&second));
    assert_ne!(salt(&second), salt(&third));
    let state = state_of(&server, &flow.browser).unwrap();
    assert!(is_made_of(&third, &other.id, ORIGIN, &state));
    assert!(!is_made_of(&third, &one.id, ORIGIN, &state), "the client is a part of it");
    assert!(!is_made_of(&third, &other.id, "http://127.0.0.1:5556", &state), "the origin is a part of it");
}

#[tokio::test]
async fn the_origin_is_that_of_the_redirect_uri_as_browsers_write_it() {
    let server = server().await;
    let uris = [
        ("https://Shop.Example:443/a/callback?x=y", "https://shop.example"),
        ("https://shop.example:8443/callback", "https://shop.example:8443"),
        ("http://localhost:80/callback", "http://localhost"),
        ("http://[::1]:5555/callback", "http://[::1]:5555"),
        ("https://xn--mnchen-3ya.example/callback", "https://xn--mnchen-3ya.example"),
    ];
    for (number, (uri, origin)) in uris.into_iter().enumerate() {
        let id = format!("client-{number}");
        register(&server, &id, &json!({ "redirect_uris": [uri], "token_endpoint_auth_method": "none" })).await;
        let mut flow = CodeFlow::new(&server, &id).parameter("redirect_uri", uri);
        let value = session_state(&flow.answer().await);
        let state = state_of(&server, &flow.browser).unwrap();
        assert!(is_made_of(&value, &id, origin, &state), "{uri}");
    }
}

#[tokio::test]
async fn a_private_scheme_has_no_origin_and_no_session_state() {
    let server = server().await;
    let uri = "com.example.app:/callback";
    let native = json!({ "redirect_uris": [uri], "token_endpoint_auth_method": "none", "application_type": "native" });
    register(&server, "native", &native).await;
    let mut flow = CodeFlow::new(&server, "native").parameter("redirect_uri", uri);
    let answer = flow.answer().await.expect(303);
    assert!(answer.location_parameter("code").is_some());
    assert_eq!(answer.location_parameter("session_state"), None);
    let mut quiet = CodeFlow::new(&server, "native").parameter("redirect_uri", uri).parameter("prompt", "none");
    let answer = quiet.authorize().await;
    assert_eq!(answer.error().as_deref(), Some("login_required"));
    assert_eq!(answer.location_parameter("session_state"), None);
}

#[tokio::test]
async fn what_is_no_authentication_has_none() {
    let server = server().await;
    let client = client(&server).await;
    for (response_type, scope) in [("code", "offline"), ("token", "offline"), ("none", "offline")] {
        let mut flow = client.flow(&server).parameter("response_type", response_type).scope(scope);
        let answer = flow.answer().await.expect(303);
        assert_eq!(shown(&answer, ""), None, "{response_type}");
    }
    // Asked for, and not granted.
    let mut flow = client.flow(&server).consent("grant_scope", json!(["offline"]));
    assert_eq!(shown(&flow.answer().await.expect(303), ""), None);
}

#[tokio::test]
async fn a_quiet_request_hears_it_with_its_error() {
    let server = server().await;
    let client = client(&server).await;
    for mode in MODES {
        let mut flow = client.flow(&server).parameter("prompt", "none");
        if !mode.is_empty() {
            flow = flow.parameter("response_mode", mode);
        }
        let answer = flow.authorize().await;
        let value = shown(&answer, mode).unwrap_or_else(|| panic!("{mode}"));
        let state = state_of(&server, &flow.browser).unwrap();
        assert!(is_made_of(&value, &client.id, ORIGIN, &state), "{mode}");
        // The second time nothing has changed, and nothing is set.
        let answer = flow.authorize().await;
        assert!(answer.cookies().iter().all(|cookie| cookie.name != STATE_COOKIE), "{mode}");
        assert!(is_made_of(&shown(&answer, mode).unwrap(), &client.id, ORIGIN, &state), "{mode}");
    }
}

#[tokio::test]
async fn other_errors_say_nothing_of_it() {
    let server = server().await;
    let client = confidential(&server).await;
    let mut refused = client.flow(&server);
    let page = refused.log_in().await.expect(302).location().to_owned();
    let challenge = parameter(&page, "consent_challenge");
    let call = Call::put("/admin/oauth2/auth/requests/consent/reject").query(&[("consent_challenge", &challenge)]);
    let next = server.admin(call.json(&json!({}))).await.expect(200).member("redirect_to");
    let answer = refused.browser.get(&next).await;
    assert_eq!(answer.error().as_deref(), Some("access_denied"));
    assert_eq!(answer.location_parameter("session_state"), None);
    let answer = client.flow(&server).parameter("prompt", "unknown").authorize().await;
    assert_eq!((answer.error().is_some(), answer.location_parameter("session_state")), (true, None));
}

#[tokio::test]
async fn the_answer_to_a_second_click_has_it_too() {
    let server = server().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let page = flow.log_in().await.expect(302).location().to_owned();
    let one = flow.application.accept_consent(&page).await;
    let two = flow.application.accept_consent(&page).await;
    // The browser drops the answer to the first click, with its cookies.
    let mut first = flow.browser.clone();
    let first = session_state(&first.get(&one).await);
    let second = session_state(&flow.browser.get(&two).await);
    let state = state_of(&server, &flow.browser).unwrap();
    assert!(first != second && is_made_of(&second, &client.id, ORIGIN, &state));
}

#[tokio::test]
async fn two_nodes_say_the_same_of_one_browser() {
    TestServer::two_nodes_with(switch_on, async |one, other| {
        let client = confidential(one).await;
        let mut flow = client.flow(one).login("remember", json!(true));
        flow.answer().await.expect(303);
        let state = state_of(one, &flow.browser).unwrap();
        one.clock.advance(1);
        // Too old a login for the other node, which so tells the client of an error.
        let query = request(&client.id);
        let query = set(&set(&query, "prompt", "none"), "max_age", "0");
        let cookies = flow.browser.jar().sent("/oauth2/auth", one.clock.now());
        let answer = other.public(Call::get("/oauth2/auth").query(&borrowed(&query)).cookies(&cookies)).await;
        assert_eq!(answer.error().as_deref(), Some("login_required"));
        assert!(is_made_of(&session_state(&answer), &client.id, ORIGIN, &state));
        assert!(answer.cookies().is_empty());
    })
    .await;
}
