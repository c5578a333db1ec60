//! FAPI 2.0 Message Signing: what a request object must say, and who must have signed it.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use crate::conformance::fapi_client::{FapiClient, Plan};
use crate::credentials::{Holder, encoded};
use crate::fixtures::{signing_key, with};
use crate::support::Answer;

/// A push of an object.
async fn pushed(one: &FapiClient, object: String) -> Answer {
    let form = vec![("request".to_owned(), object)];
    one.server.public(one.push_form(&form)).await
}

/// A push of an object with changed claims.
async fn changed(plan: Plan, changes: impl FnOnce(&FapiClient) -> Value) -> Answer {
    let one = FapiClient::new(plan).await;
    let claims = with(one.object_claims(&one.request()), &changes(&one));
    let object = one.key.sign(Some("oauth-authz-req+jwt"), &claims).unwrap();
    pushed(&one, object).await
}

/// Fails unless the object was refused.
#[track_caller]
fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request_object")), "{}", answer.text());
}

pub(crate) async fn ensure_request_object_with_multiple_aud_succeeds(plan: Plan) {
    let own = |one: &FapiClient| json!({ "aud": [one.server.public_url(), "https://other.example"] });
    changed(plan, own).await.expect(201);
}

pub(crate) async fn ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted(plan: Plan) {
    changed(plan, |one| json!({ "nbf": one.now() + 8 })).await.expect(201);
}

pub(crate) async fn ensure_request_object_without_exp_fails(plan: Plan) {
    assert_refused(&changed(plan, |_| json!({ "exp": null })).await);
}

pub(crate) async fn ensure_request_object_without_nbf_fails(plan: Plan) {
    assert_refused(&changed(plan, |_| json!({ "nbf": null })).await);
}

pub(crate) async fn ensure_expired_request_object_fails(plan: Plan) {
    assert_refused(&changed(plan, |one| json!({ "exp": one.now() - 300, "nbf": one.now() - 600 })).await);
}

pub(crate) async fn ensure_request_object_with_bad_aud_fails(plan: Plan) {
    assert_refused(&changed(plan, |_| json!({ "aud": "https://op.example/WRONG" })).await);
}

pub(crate) async fn ensure_request_object_with_exp_over_60_fails(plan: Plan) {
    assert_refused(&changed(plan, |one| json!({ "exp": one.now() + 70 * 60 })).await);
}

pub(crate) async fn ensure_request_object_with_nbf_over_60_fails(plan: Plan) {
    assert_refused(&changed(plan, |one| json!({ "nbf": one.now() - 70 * 60 })).await);
}

pub(crate) async fn ensure_signed_request_object_with_rs256_fails(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let header = json!({ "alg": "RS256", "kid": one.id, "typ": "oauth-authz-req+jwt" });
    let object = Holder::new(Algorithm::RS256).sign_parts(&header, &one.object_claims(&one.request()));
    assert_refused(&pushed(&one, object).await);
}

pub(crate) async fn ensure_request_object_signature_algorithm_is_not_none(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let claims = one.object_claims(&one.request());
    let object = format!("{}.{}.", encoded(&json!({ "alg": "none" })), encoded(&claims));
    assert_refused(&pushed(&one, object).await);
}

pub(crate) async fn ensure_request_object_with_invalid_signature_fails(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let object = one.key.sign(None, &one.object_claims(&one.request())).unwrap();
    let cut = object.rsplit_once('.').unwrap().0;
    let other = one.key.sign(None, &one.object_claims(&one.request())).unwrap();
    let signature = other.rsplit_once('.').unwrap().1;
    assert_refused(&pushed(&one, format!("{cut}.{signature}")).await);
}

pub(crate) async fn ensure_matching_key_in_authorization_request(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let two = FapiClient::beside(&one).await;
    let object = two.key.sign(None, &one.object_claims(&one.request())).unwrap();
    assert_refused(&pushed(&one, object).await);
    let (stranger, _) = signing_key(Algorithm::ES256, one.id);
    let object = stranger.sign(None, &one.object_claims(&one.request())).unwrap();
    assert_refused(&pushed(&one, object).await);
}

pub(crate) async fn ensure_unsigned_request_at_par_endpoint_fails(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let answer = one.server.public(one.push_form(&one.request())).await;
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{}", answer.text());
}

pub(crate) async fn par_authorization_request_containing_request_uri(plan: Plan) {
    let uri = "urn:ietf:params:oauth:request_uri:0123456789";
    assert_refused(&changed(plan, |_| json!({ "request_uri": uri })).await);
}
