//! Tests of the login, consent and logout bodies: exact out, lenient in.

use serde_json::json;

use super::*;
use crate::{Client, Scope, Subject};

fn member_names(value: &Value) -> Vec<String> {
    let text = serde_json::to_string(value).unwrap();
    let object: Map<String, Value> = serde_json::from_str(&text).unwrap();
    object.into_iter().map(|(name, _)| name).collect()
}

/// The order of the members in the text itself, as `Value` sorts them.
fn assert_order(text: &str, members: &[&str]) {
    let mut from = 0;
    for member in members {
        let found = text[from..].find(&format!("\"{member}\":")).unwrap_or_else(|| panic!("{member} in {text}"));
        from += found + 1;
    }
}

#[test]
fn login_request_has_exactly_hydras_members() {
    let request = LoginRequest {
        challenge: "c".to_owned(),
        requested_scope: Scope::parse("openid offline").unwrap(),
        requested_access_token_audience: Vec::new(),
        skip: false,
        subject: Subject::default(),
        oidc_context: Some(OidcContext::default()),
        client: Client::default(),
        request_url: "https://op.example/oauth2/auth?x".to_owned(),
        session_id: "s".to_owned(),
    };
    let text = serde_json::to_string(&request).unwrap();
    let order = [
        "challenge",
        "requested_scope",
        "requested_access_token_audience",
        "skip",
        "subject",
        "oidc_context",
        "client",
        "request_url",
        "session_id",
    ];
    assert_order(&text, &order);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(member_names(&value).len(), order.len());
    assert_eq!(value["requested_scope"], json!(["openid", "offline"]));
    assert_eq!(value["subject"], "");
    assert_eq!(value["oidc_context"], json!({}));
    assert_eq!(serde_json::from_str::<LoginRequest>(&text).unwrap(), request);
}

#[test]
fn consent_request_has_exactly_hydras_members() {
    let text = serde_json::to_string(&ConsentRequest::default()).unwrap();
    let order = [
        "challenge",
        "consent_request_id",
        "requested_scope",
        "requested_access_token_audience",
        "skip",
        "subject",
        "oidc_context",
        "client",
        "request_url",
        "login_challenge",
        "login_session_id",
        "acr",
        "amr",
        "context",
    ];
    assert_order(&text, &order);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(member_names(&value).len(), order.len());
    assert_eq!((&value["context"], &value["oidc_context"], &value["amr"]), (&Value::Null, &Value::Null, &json!([])));
}

#[test]
fn bodies_of_login_applications_are_read_leniently() {
    let login: AcceptLogin = serde_json::from_value(json!({
        "subject": "alice", "remember": null, "amr": null, "context": {"a": 1}, "unknown": 1
    }))
    .unwrap();
    assert_eq!((login.subject.as_str(), login.remember, login.remember_for), ("alice", false, 0));
    assert_eq!(login.context, Some(json!({"a": 1})));
    assert_eq!(serde_json::from_str::<AcceptLogin>("{}").unwrap(), AcceptLogin::default());

    let consent: AcceptConsent = serde_json::from_value(json!({
        "grant_scope": null, "session": {"id_token": {"email": "a@b.example"}, "access_token": null}, "handled_at": "x"
    }))
    .unwrap();
    assert!(consent.grant_scope.is_empty() && consent.session.access_token.is_empty());
    assert_eq!(consent.session.id_token["email"], "a@b.example");
    assert_eq!(serde_json::from_str::<AcceptConsent>(r#"{"session":null}"#).unwrap(), AcceptConsent::default());

    let reject: RejectRequest = serde_json::from_value(json!({"error": null, "status_code": 403})).unwrap();
    assert_eq!((reject.error.as_str(), reject.status_code), ("", 403));
    assert!(serde_json::from_value::<AcceptLogin>(json!({"subject": 7})).is_err());
}

#[test]
fn logout_request_names_its_times() {
    let request = LogoutRequest { requested_at: 1_795_426_617, expires_at: 1_795_428_417, ..LogoutRequest::default() };
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        r#"{"challenge":"","subject":"","sid":"","request_url":"","rp_initiated":false,"expires_at":"2026-11-23T10:06:57Z","requested_at":"2026-11-23T09:36:57Z","client":null}"#
    );
}
