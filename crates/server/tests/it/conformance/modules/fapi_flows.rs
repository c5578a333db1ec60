//! FAPI 2.0: ordinary logins, and what may differ in them.

use serde_json::json;

use crate::conformance::fapi_client::{FapiClient, Plan, Proof};
use crate::fixtures::{parameter, set, text, unset};
use crate::support::{Call, pair};

pub(crate) async fn happy_flow(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let mut two = FapiClient::beside(&one).await;
    let tokens = one.tokens().await;
    assert!(text(&tokens, "access_token").len() >= 43);
    two.tokens().await;
}

pub(crate) async fn user_rejects_authentication(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let request = one.request();
    let uri = one.uri(&request).await;
    let target = Call::get("/oauth2/auth").query(&[("client_id", one.id), ("request_uri", &uri)]).target;
    let page = one.person.browser.get(&target).await.expect(302).location().to_owned();
    let reject = Call::put("/admin/oauth2/auth/requests/login/reject")
        .query(&[("login_challenge", &parameter(&page, "login_challenge"))])
        .json(&json!({ "error": "access_denied" }));
    let next = one.server.admin(reject).await.expect(200).member("redirect_to");
    let answer = one.person.browser.get(&next).await;
    let shown = one.shown(&answer).await;
    assert_eq!((shown["error"].as_str(), shown.get("code")), ("access_denied", None));
    assert_eq!(shown.get("state").map(String::as_str), pair(&request, "state"));
}

pub(crate) async fn ensure_authorization_request_without_state_success(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let request = unset(&one.request(), "state");
    one.complete(&request).await;
}

pub(crate) async fn ensure_authorization_request_without_nonce_success(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let request = unset(&one.request(), "nonce");
    one.complete(&request).await;
}

/// The whole way with one parameter set.
async fn with_parameter(plan: Plan, name: &str, value: &str) {
    let mut one = FapiClient::new(plan).await;
    let request = set(&one.request(), name, value);
    one.complete(&request).await;
}

pub(crate) async fn ensure_authorization_request_with_64_char_nonce_success(plan: Plan) {
    with_parameter(plan, "nonce", &"n".repeat(64)).await;
}

pub(crate) async fn ensure_authorization_request_with_long_nonce(plan: Plan) {
    with_parameter(plan, "nonce", &"n".repeat(384)).await;
}

pub(crate) async fn ensure_authorization_request_with_long_state(plan: Plan) {
    with_parameter(plan, "state", &"s".repeat(384)).await;
}

pub(crate) async fn ensure_other_scope_order_succeeds(plan: Plan) {
    with_parameter(plan, "scope", "offline_access email openid").await;
}

pub(crate) async fn test_claims_parameter_identity_claims(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let asked = json!({ "userinfo": { "name": null }, "id_token": { "email": null } }).to_string();
    let request = set(&one.request(), "claims", &asked);
    let tokens = one.complete(&request).await;
    assert_eq!(crate::fixtures::claims(text(&tokens, "id_token"))["email"], "alice@client.example");
    let userinfo = one.server.public(one.resource(text(&tokens, "access_token"))).await.expect(200).json();
    assert_eq!(userinfo["name"], "Alice Example");
}

pub(crate) async fn access_token_type_header_case_sensitivity(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let tokens = one.tokens().await;
    let token = text(&tokens, "access_token");
    let schemes = match plan.sender {
        Proof::Key => ["dpop", "DPOP", "dPoP"],
        Proof::Certificate => ["bearer", "BEARER", "bEaReR"],
    };
    for scheme in schemes {
        one.server.public(one.resource_as(token, scheme)).await.expect(200);
    }
}

/// What the browser adds to a pushed request counts for nothing: neither code nor state nor ID token know of it.
async fn added_in_the_browser(plan: Plan, pushed_without: Option<&str>, added: (&str, &str)) {
    let mut one = FapiClient::new(plan).await;
    let mut request = one.request();
    request.retain(|(name, _)| Some(name.as_str()) != pushed_without);
    let uri = one.uri(&request).await;
    let visit = one.visit(&uri, &[added]).await;
    let shown = one.shown(&visit.answer).await;
    assert_eq!(shown.get("state").map(String::as_str), pair(&request, "state"));
    one.redeem(&shown["code"], pair(&request, "nonce")).await;
}

pub(crate) async fn ensure_different_nonce_inside_and_outside_request_object(plan: Plan) {
    added_in_the_browser(plan, None, ("nonce", "another-nonce-0123456789")).await;
}

pub(crate) async fn ensure_different_state_inside_and_outside_request_object(plan: Plan) {
    added_in_the_browser(plan, None, ("state", "another-state-0123456789")).await;
}

pub(crate) async fn state_only_outside_request_object_not_used(plan: Plan) {
    added_in_the_browser(plan, Some("state"), ("state", "another-state-0123456789")).await;
}

pub(crate) async fn refresh_token(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let two = FapiClient::beside(&one).await;
    let tokens = one.tokens().await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    one.server.clock.advance(1);
    let refreshed = one.server.public(one.ask(&form)).await.expect(200).json();
    one.server.public(one.resource(text(&refreshed, "access_token"))).await.expect(200);
    // A confidential client may go on with another key.
    one.change_holder();
    let refreshed = one.server.public(one.ask(&form)).await.expect(200).json();
    one.server.public(one.resource(text(&refreshed, "access_token"))).await.expect(200);
    let answer = one.server.public(two.ask(&form)).await;
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_grant")));
}
