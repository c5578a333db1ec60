//! FAPI 2.0: how a client proves who it is, and whose a code is.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use crate::conformance::fapi_client::{FapiClient, Plan};
use crate::credentials::Holder;
use crate::fixtures::text;
use crate::support::{Answer, CODE_VERIFIER, Call};

/// Fails unless it is this error.
#[track_caller]
fn assert_error(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, answer.error().as_deref()), (status, Some(error)), "{}", answer.text());
}

/// A client that has a code.
async fn with_code(plan: Plan) -> (FapiClient, String) {
    let mut one = FapiClient::new(plan).await;
    let request = one.request();
    let code = one.code(&request).await;
    (one, code)
}

/// The answer to a token request with an assertion.
async fn asserted(one: &FapiClient, code: &str, assertion: &str) -> Answer {
    one.server.public(one.held(FapiClient::token_request(&one.redemption(code), assertion))).await
}

/// An assertion of these claims is refused, and a good one with the same code is not.
async fn refused(plan: Plan, changes: &Value) {
    let (one, code) = with_code(plan).await;
    assert_error(&asserted(&one, &code, &one.assertion(changes)).await, 401, "invalid_client");
    one.redeem(&code, Some("nonce-0-0123456789")).await;
}

pub(crate) async fn ensure_signed_client_assertion_with_rs256_fails(plan: Plan) {
    let (one, code) = with_code(plan).await;
    let rsa = Holder::new(Algorithm::RS256);
    let header = json!({ "alg": "RS256", "kid": one.id });
    let assertion = rsa.sign_parts(&header, &one.assertion_claims(&json!({})));
    assert_error(&asserted(&one, &code, &assertion).await, 401, "invalid_client");
}

pub(crate) async fn ensure_client_assertion_in_token_endpoint(plan: Plan) {
    let (one, code) = with_code(plan).await;
    let form = [&one.redemption(&code)[..], &[("client_id", one.id)]].concat();
    let answer = one.server.public(one.held(Call::post("/oauth2/token").form(&form))).await;
    assert_error(&answer, 401, "invalid_client");
}

pub(crate) async fn ensure_client_assertion_with_exp_is_5_minutes_in_past_fails(plan: Plan) {
    let past = 1_800_000_000 - 300;
    refused(plan, &json!({ "exp": past })).await;
}

pub(crate) async fn ensure_client_assertion_with_wrong_aud_fails(plan: Plan) {
    refused(plan, &json!({ "aud": "https://op.example/WRONG" })).await;
}

pub(crate) async fn ensure_client_assertion_with_no_sub_fails(plan: Plan) {
    refused(plan, &json!({ "sub": null })).await;
}

pub(crate) async fn ensure_client_id_in_token_endpoint(plan: Plan) {
    let (one, code) = with_code(plan).await;
    let two = FapiClient::beside(&one).await;
    let form = [&one.redemption(&code)[..], &[("client_id", two.id)]].concat();
    let answer = one.server.public(one.held(FapiClient::token_request(&form, &one.assertion(&json!({}))))).await;
    assert_error(&answer, 401, "invalid_client");
}

/// A push with an assertion of these claims.
async fn pushed(plan: Plan, changes: impl FnOnce(&FapiClient) -> Value) -> Answer {
    let one = FapiClient::new(plan).await;
    let assertion = one.assertion(&changes(&one));
    one.server.public(one.push_asserted(&one.pushed(&one.request()), &assertion)).await
}

pub(crate) async fn par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(plan: Plan) {
    let ahead = |one: &FapiClient| json!({ "iat": one.now() + 8, "nbf": one.now() + 8 });
    pushed(plan, ahead).await.expect(201);
}

pub(crate) async fn par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails(plan: Plan) {
    let ahead = |one: &FapiClient| json!({ "nbf": one.now() + 61, "exp": one.now() + 120 });
    assert_error(&pushed(plan, ahead).await, 401, "invalid_client");
}

pub(crate) async fn par_test_array_as_audience_fails(plan: Plan) {
    let own = |one: &FapiClient| json!({ "aud": [one.server.public_url(), "https://other.example"] });
    assert_error(&pushed(plan, own).await, 401, "invalid_client");
    let own = |one: &FapiClient| json!({ "aud": [one.server.public_url()] });
    assert_error(&pushed(plan, own).await, 401, "invalid_client");
}

pub(crate) async fn par_test_par_endpoint_url_as_audience_fails(plan: Plan) {
    let own = |one: &FapiClient| json!({ "aud": format!("{}/oauth2/par", one.server.public_url()) });
    assert_error(&pushed(plan, own).await, 401, "invalid_client");
}

pub(crate) async fn par_test_token_endpoint_url_as_audience_fails(plan: Plan) {
    let own = |one: &FapiClient| json!({ "aud": format!("{}/oauth2/token", one.server.public_url()) });
    assert_error(&pushed(plan, own).await, 401, "invalid_client");
}

pub(crate) async fn ensure_authorization_code_is_bound_to_client(plan: Plan) {
    let (one, code) = with_code(plan).await;
    let two = FapiClient::beside(&one).await;
    assert_error(&one.server.public(two.ask(&one.redemption(&code))).await, 400, "invalid_grant");
}

pub(crate) async fn attempt_reuse_authorization_code_after_one_second(plan: Plan) {
    let (one, code) = with_code(plan).await;
    let tokens = one.redeem(&code, Some("nonce-0-0123456789")).await;
    one.server.clock.advance(1);
    assert_error(&one.server.public(one.ask(&one.redemption(&code))).await, 400, "invalid_grant");
    one.server.public(one.resource(text(&tokens, "access_token"))).await.expect(401);
}

pub(crate) async fn ensure_token_endpoint_fails_with_expired_auth_code(plan: Plan) {
    let (one, code) = with_code(plan).await;
    one.server.clock.advance(62);
    assert_error(&one.server.public(one.ask(&one.redemption(&code))).await, 400, "invalid_grant");
}

/// A redemption with another verifier, or with none, is refused.
async fn verified_by(plan: Plan, verifier: Option<&str>, error: &str) {
    let (one, code) = with_code(plan).await;
    let mut form = one.redemption(&code);
    form.retain(|(name, _)| *name != "code_verifier");
    form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    assert_error(&one.server.public(one.ask(&form)).await, 400, error);
}

pub(crate) async fn ensure_pkce_code_verifier_required(plan: Plan) {
    verified_by(plan, None, "invalid_grant").await;
}

pub(crate) async fn incorrect_pkce_code_verifier_rejected(plan: Plan) {
    let mut other = CODE_VERIFIER.to_owned();
    other.push('x');
    verified_by(plan, Some(&other), "invalid_grant").await;
}
