//! The decision about the next step as a table: what the request says, what the browser has, what is remembered.

use std::sync::Arc;

use symbolon_store::{Cached, ClientRecord, Origin};
use symbolon_types::redirect_uri::match_redirect_uri;
use symbolon_types::{Client, FlowId, PromptSet, ResponseMode, Scope, ScopeStrategy};

use super::RawRequest;
use super::next::{
    AfterLogin, Authenticated, BeforeLogin, Circumstances, LoginPage, Remembered, after_login, before_login,
};
use super::session::CurrentSession;
use super::validate::{Reply, ReplyAddress, ValidRequest};
use crate::clients::RegisteredClient;
use crate::params::Params;

const NOW: i64 = 1_000_000;
const REDIRECT: &str = "https://app.example/callback";

fn client(metadata: Client) -> Arc<Cached<RegisteredClient>> {
    let record = ClientRecord {
        id: "client".to_owned(),
        created_at: 0,
        updated_at: 0,
        epoch: symbolon_store::ClientEpoch::default(),
        revision: 1,
        registration_generation: None,
        origin: Origin::Administrator,
        secrets: Vec::new(),
        metadata: serde_json::Value::Null,
        owner: String::new(),
        client_name: String::new(),
    };
    let parsed = RegisteredClient { metadata, keys: Arc::default() };
    Arc::new(Cached { record: Arc::new(record), parsed })
}

fn redirected(uri: &str) -> Reply {
    let redirect_uri = match_redirect_uri(&[uri.to_owned()], uri).unwrap();
    Reply::Redirect(ReplyAddress { redirect_uri, mode: ResponseMode::Query, state: None })
}

/// A request for `openid profile` with these values of `prompt` and `max_age`.
fn request(prompt: &str, max_age: Option<i64>) -> ValidRequest {
    ValidRequest {
        client: client(Client { token_endpoint_auth_method: "client_secret_basic".to_owned(), ..Client::default() }),
        reply: redirected(REDIRECT),
        redirect_uri_parameter: Some(REDIRECT.to_owned()),
        scope: Scope::parse("openid profile").unwrap(),
        audience: vec!["https://api.example".to_owned()],
        nonce: None,
        prompt: if prompt.is_empty() { PromptSet::default() } else { PromptSet::parse(prompt).unwrap() },
        max_age,
        id_token_hint: None,
        code_challenge: None,
        params: Params::default(),
        raw: RawRequest::kept(String::new()),
    }
}

fn session(age: i64) -> CurrentSession {
    CurrentSession {
        id: FlowId::from([7; 16]),
        subject: "alice".to_owned(),
        subject_epoch: 0,
        authenticated_at: NOW - age,
    }
}

fn before(prompt: &str, max_age: Option<i64>, session: Option<i64>) -> &'static str {
    let session = session.map(self::session);
    match before_login(&request(prompt, max_age), session.as_ref(), NOW) {
        BeforeLogin::Ask(LoginPage::Login) => "login",
        BeforeLogin::Ask(LoginPage::Registration) => "registration",
        BeforeLogin::Skip(_) => "skip",
        BeforeLogin::Refuse(error) => error.code.as_str(),
    }
}

#[test]
fn the_step_before_the_login_page() {
    // prompt, max_age, age of the session, next
    let table = [
        ("", None, None, "login"),
        ("", None, Some(100), "skip"),
        ("", Some(100), Some(100), "skip"),
        ("", Some(99), Some(100), "login"),
        ("", Some(0), Some(1), "login"),
        ("none", None, None, "login_required"),
        ("none", None, Some(100), "skip"),
        ("none", Some(99), Some(100), "login_required"),
        ("login", None, Some(100), "login"),
        ("login", None, None, "login"),
        ("select_account", None, Some(100), "login"),
        ("consent", None, Some(100), "skip"),
        ("create", None, Some(100), "registration"),
        ("registration", None, None, "registration"),
    ];
    for (prompt, max_age, age, expected) in table {
        assert_eq!(before(prompt, max_age, age), expected, "prompt {prompt:?}, max_age {max_age:?}, session {age:?}");
    }
}

/// A login `age` seconds before the request, with or without a question, and what is remembered.
struct Case {
    prompt: &'static str,
    max_age: Option<i64>,
    age: i64,
    skipped: bool,
    scope: &'static [&'static str],
    audience: &'static [&'static str],
    expected: &'static str,
}

const ALL: &[&str] = &["openid", "profile"];
const API: &[&str] = &["https://api.example"];

fn after(case: &Case, request: &ValidRequest) -> &'static str {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let remembered = Remembered { scope: texts(case.scope), audience: texts(case.audience) };
    let login =
        Authenticated { subject: "alice", at: NOW - case.age, session: FlowId::from([7; 16]), skipped: case.skipped };
    match after_login(
        request,
        login,
        &remembered,
        &Circumstances { requested_at: NOW, scopes: ScopeStrategy::Wildcard },
    ) {
        AfterLogin::Ask => "ask",
        AfterLogin::Skip => "skip",
        AfterLogin::Refuse(error) => error.code.as_str(),
    }
}

#[test]
fn the_step_after_the_login_page() {
    let fresh = Case { prompt: "", max_age: None, age: -5, skipped: false, scope: &[], audience: &[], expected: "ask" };
    let table = [
        Case { ..fresh },
        Case { scope: ALL, audience: API, expected: "skip", ..fresh },
        Case { scope: ALL, audience: &[], ..fresh },
        Case { scope: &["openid"], audience: API, ..fresh },
        Case { prompt: "consent", scope: ALL, audience: API, ..fresh },
        // A login made for this request is never too old, however long the pages took.
        Case { max_age: Some(0), ..fresh },
        Case { max_age: Some(10), age: 11, skipped: true, expected: "login_required", ..fresh },
        Case { prompt: "login", age: 1, skipped: true, expected: "login_required", ..fresh },
        Case { prompt: "none", age: 100, skipped: true, expected: "consent_required", ..fresh },
        Case { prompt: "none", age: 100, skipped: true, scope: ALL, audience: API, expected: "skip", ..fresh },
        Case { prompt: "none", scope: ALL, audience: API, expected: "login_required", ..fresh },
    ];
    for (number, case) in table.iter().enumerate() {
        assert_eq!(after(case, &request(case.prompt, case.max_age)), case.expected, "case {number}");
    }
}

#[test]
fn a_public_client_behind_a_scheme_that_anybody_can_claim_always_asks() {
    let case = Case { prompt: "", max_age: None, age: 0, skipped: true, scope: ALL, audience: API, expected: "skip" };
    let public = || client(Client { token_endpoint_auth_method: "none".to_owned(), ..Client::default() });
    let at = |uri: &str| ValidRequest { client: public(), reply: redirected(uri), ..request("", None) };
    assert_eq!(after(&case, &at("com.example.app:/callback")), "ask");
    assert_eq!(after(&case, &at("http://127.0.0.1:1234/callback")), "skip");
    assert_eq!(after(&case, &at(REDIRECT)), "skip");
}

#[test]
fn a_public_client_on_a_device_always_asks_and_a_confidential_one_need_not() {
    let case = Case { prompt: "", max_age: None, age: 0, skipped: true, scope: ALL, audience: API, expected: "skip" };
    let device = || Reply::Device(FlowId::from([9; 16]));
    assert_eq!(after(&case, &ValidRequest { reply: device(), ..request("", None) }), "skip");
    let public = client(Client { token_endpoint_auth_method: "none".to_owned(), ..Client::default() });
    assert_eq!(after(&case, &ValidRequest { client: public, reply: device(), ..request("", None) }), "ask");
}
