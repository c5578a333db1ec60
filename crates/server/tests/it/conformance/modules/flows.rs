//! Ordinary logins, and parameters that must not make them fail.

use serde_json::json;

use crate::conformance::relying_party::{Method, RelyingParty, Run, error};
use crate::fixtures::{part, set, unset};

/// One login, with these parameters set.
async fn logs_in(run: Run, changes: &[(&str, &str)]) {
    let mut party = RelyingParty::register(run, json!({})).await;
    party.log_in_with(changes).await;
    party.unregister().await;
}

pub(crate) async fn server(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let login = party.log_in_with(&[]).await;
    login.assert_ordinary();
    party.unregister().await;
}

pub(crate) async fn server_client_secret_post(run: Run) {
    server(run.by(Method::Post)).await;
}

pub(crate) async fn response_type_missing(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let request = unset(&party.request(), "response_type");
    let visit = party.visit(&request).await;
    assert_eq!((error(&party, &request, &visit.answer).as_str(), visit.asked), ("unsupported_response_type", false));
    party.unregister().await;
}

pub(crate) async fn idtoken_signature(run: Run) {
    let mut party = RelyingParty::register(run, json!({ "id_token_signed_response_alg": null })).await;
    let login = party.log_in_with(&[]).await;
    let tokens = [login.shown.get("id_token").map(String::as_str), login.tokens["id_token"].as_str()];
    let headers: Vec<_> = tokens.into_iter().flatten().map(|token| part(token, 0)).collect();
    assert!(!headers.is_empty());
    assert!(headers.iter().all(|header| header["alg"] == "RS256" && header["kid"].is_string()), "{headers:?}");
    party.unregister().await;
}

pub(crate) async fn ensure_request_without_nonce_succeeds_for_code_flow(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let request = unset(&party.request(), "nonce");
    let login = party.complete(&request).await;
    assert!(!login.id_token.contains_key("nonce"));
    party.unregister().await;
}

pub(crate) async fn ensure_request_without_nonce_fails(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let request = unset(&party.request(), "nonce");
    let visit = party.visit(&request).await;
    assert_eq!((error(&party, &request, &visit.answer).as_str(), visit.asked), ("invalid_request", false));
    party.unregister().await;
}

pub(crate) async fn display_page(run: Run) {
    logs_in(run, &[("display", "page")]).await;
}

pub(crate) async fn display_popup(run: Run) {
    logs_in(run, &[("display", "popup")]).await;
}

pub(crate) async fn ensure_request_with_unknown_parameter_succeeds(run: Run) {
    logs_in(run, &[("extra", "foobar")]).await;
}

pub(crate) async fn login_hint(run: Run) {
    logs_in(run, &[("login_hint", "buffy@op.example")]).await;
}

pub(crate) async fn ui_locales(run: Run) {
    logs_in(run, &[("ui_locales", "se")]).await;
}

pub(crate) async fn claims_locales(run: Run) {
    logs_in(run, &[("claims_locales", "se")]).await;
}

pub(crate) async fn ensure_request_with_acr_values_succeeds(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let request = set(&party.request(), "acr_values", "1 2");
    let login = party.complete(&request).await;
    assert_eq!(login.id_token["acr"], "1");
    party.unregister().await;
}
