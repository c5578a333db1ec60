//! FAPI 2.0: pushed requests, and requests that are refused.

use crate::conformance::fapi_client::{FapiClient, Plan};
use crate::conformance::relying_party::{CLIENT, page_error};
use crate::fixtures::{borrowed, set, unset};
use crate::support::{Call, Pairs};

/// What a push of a changed request is refused with.
async fn refused(plan: Plan, change: impl FnOnce(&Pairs) -> Pairs) -> String {
    let one = FapiClient::new(plan).await;
    let answer = one.server.public(one.push(&change(&one.request()))).await.expect(400);
    answer.error().unwrap()
}

pub(crate) async fn ensure_request_object_without_redirect_uri_fails(plan: Plan) {
    assert_eq!(refused(plan, |request| unset(request, "redirect_uri")).await, "invalid_request");
}

pub(crate) async fn ensure_redirect_uri_in_authorization_request(plan: Plan) {
    assert_eq!(refused(plan, |request| unset(request, "redirect_uri")).await, "invalid_request");
}

pub(crate) async fn plain_fapi_tolerate_unregistered_redirect_uri(plan: Plan) {
    let other = format!("{CLIENT}/callback/unregistered");
    assert_eq!(refused(plan, |request| set(request, "redirect_uri", &other)).await, "invalid_request");
}

pub(crate) async fn ensure_response_type_code_idtoken_fails(plan: Plan) {
    let error = refused(plan, |request| set(request, "response_type", "code id_token")).await;
    assert_eq!(error, "unsupported_response_type");
}

pub(crate) async fn ensure_response_type_token_fails(plan: Plan) {
    let error = refused(plan, |request| set(request, "response_type", "token")).await;
    assert_eq!(error, "unsupported_response_type");
}

pub(crate) async fn par_ensure_pkce_required(plan: Plan) {
    let error = refused(plan, |request| unset(&unset(request, "code_challenge"), "code_challenge_method")).await;
    assert_eq!(error, "invalid_request");
}

pub(crate) async fn par_plain_pkce_rejected(plan: Plan) {
    let error = refused(plan, |request| set(request, "code_challenge_method", "plain")).await;
    assert_eq!(error, "invalid_request");
}

pub(crate) async fn ensure_unsigned_authorization_request_without_using_par_fails(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let request = unset(&one.request(), "response_mode");
    let visit = one.person.visit(&request).await;
    assert_eq!((visit.answer.status, visit.answer.error().as_deref()), (303, Some("invalid_request")));
    assert!(!visit.answer.location().contains("code="));
}

pub(crate) async fn par_without_duplicate_parameters(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let request = one.request();
    let uri = one.uri(&request).await;
    let visit = one.visit(&uri, &[]).await;
    assert!(one.shown(&visit.answer).await.contains_key("code"));
}

pub(crate) async fn par_authorization_request_containing_request_uri_form_param(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let form = set(&one.pushed(&one.request()), "request_uri", "urn:ietf:params:oauth:request_uri:0123456789");
    let answer = one.server.public(one.push_form(&form)).await;
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")));
}

pub(crate) async fn par_attempt_invalid_http_method(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let form = one.request();
    one.server.public(Call::get("/oauth2/par").query(&borrowed(&form))).await.expect(405);
    one.server.public(Call::put("/oauth2/par").form(&borrowed(&form))).await.expect(405);
}

pub(crate) async fn par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let request = one.request();
    let uri = one.uri(&request).await;
    let target = Call::get("/oauth2/auth").query(&[("client_id", one.id), ("request_uri", &uri)]).target;
    let first = one.person.browser.get(&target).await.expect(302);
    assert!(first.location().starts_with("http://127.0.0.1:3000/login?"));
    let visit = one.visit(&uri, &[]).await;
    let shown = one.shown(&visit.answer).await;
    one.redeem(&shown["code"], crate::support::pair(&request, "nonce")).await;
}

/// A visit with this `request_uri` shows an error and gives no code.
async fn dead(client: &mut FapiClient, uri: &str) {
    let visit = client.visit(uri, &[]).await;
    assert_eq!((page_error(&visit.answer).as_str(), visit.asked), ("invalid_request_uri", false));
}

pub(crate) async fn par_attempt_reuse_request_uri(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let request = one.request();
    let uri = one.uri(&request).await;
    let visit = one.visit(&uri, &[]).await;
    assert!(one.shown(&visit.answer).await.contains_key("code"));
    dead(&mut one, &uri).await;
}

pub(crate) async fn par_attempt_to_use_expired_request_uri(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let uri = one.uri(&one.request()).await;
    one.server.clock.advance(61);
    dead(&mut one, &uri).await;
}

pub(crate) async fn par_attempt_to_use_request_uri_for_different_client(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let mut two = FapiClient::beside(&one).await;
    let uri = one.uri(&one.request()).await;
    dead(&mut two, &uri).await;
}
