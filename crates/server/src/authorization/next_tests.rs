//! The decision about the next step as a table: what the request says, what the browser has, what is remembered.

use std::sync::Arc;

use serde_json::json;
use symbolon_jose::Secret;
use symbolon_store::{ClientRecord, Origin, Persistence};
use symbolon_types::{GrantId, Scope, SessionId, Subject};

use super::next::{AfterLogin, Authenticated, BeforeLogin, LoginPage, after_login, decide_before_login};
use crate::clients::RegisteredClient;
use crate::config::{self, Config, Overrides};
use crate::grant::remembered::{Consent, Remembered};
use crate::request::{KeptRequest, ValidatedRequest};
use crate::session::{Authentication, CurrentSession};

const NOW: i64 = 1_000_000;
const REDIRECT: &str = "https://app.example/callback";

fn config(login: Option<&str>) -> Config {
    let overrides = Overrides {
        settings: vec![("dev".to_owned(), "true".to_owned())],
        development_secret: Some(Secret::new("a-secret-for-this-test".to_owned())),
    };
    let overrides = match login {
        Some(url) => overrides.set("urls.login", url).set("urls.consent", url),
        None => overrides,
    };
    config::load(&[], std::iter::empty(), &overrides).unwrap()
}

fn client(method: &str) -> Arc<RegisteredClient> {
    let record = ClientRecord {
        id: "client".into(),
        created_at: 0,
        updated_at: 0,
        epoch: symbolon_store::ClientEpoch::default(),
        access_revocations: 0,
        revision: 1,
        registration_generation: None,
        origin: Origin::Administrator,
        secrets: Vec::new(),
        metadata: json!({
            "client_id": "client",
            "token_endpoint_auth_method": method,
            "redirect_uris": [REDIRECT, "com.example.app:/callback", "http://127.0.0.1:1234/callback"],
        }),
        owner: String::new(),
        client_name: String::new(),
    };
    Arc::new(RegisteredClient::parse(Arc::new(record)).unwrap())
}

/// A request as a flow keeps it.
fn kept(client: Arc<RegisteredClient>, parameters: &[(&str, &str)], device: bool) -> ValidatedRequest {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.append_pair("client_id", "client").append_pair("response_type", "code");
    text.extend_pairs(parameters);
    let mut value = json!({ "q": text.finish(), "v": 1 });
    if device {
        value["d"] = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    }
    let kept: KeptRequest = serde_json::from_value(value).unwrap();
    ValidatedRequest { request: kept.restore().unwrap(), client }
}

/// A request for `openid profile` with these values of `prompt` and `max_age`.
fn request(prompt: &str, max_age: Option<i64>) -> ValidatedRequest {
    let max_age = max_age.map(|seconds| seconds.to_string()).unwrap_or_default();
    let parameters = [
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile"),
        ("audience", "https://api.example"),
        ("prompt", prompt),
        ("max_age", &max_age),
    ];
    kept(client("client_secret_basic"), &parameters, false)
}

fn session(age: i64, persistence: Persistence) -> CurrentSession {
    let authentication =
        Authentication { subject: Subject::from("alice"), acr: String::new(), amr: Vec::new(), at: NOW - age };
    let id = SessionId::from([7; 16]);
    CurrentSession { id, authentication, subject_epoch: 0, persistence, identity_provider_session_id: String::new() }
}

fn before_with(config: &Config, request: &ValidatedRequest, session: Option<&CurrentSession>) -> &'static str {
    match decide_before_login(config, request, session, NOW) {
        BeforeLogin::Ask(LoginPage::Login) => "login",
        BeforeLogin::Ask(LoginPage::Registration) => "registration",
        BeforeLogin::Skip(_) => "skip",
        BeforeLogin::Refuse(error) => error.code.as_str(),
    }
}

#[test]
fn a_session_that_is_not_remembered_spares_nobody_an_external_page() {
    let unremembered = session(100, Persistence::UntilClosed);
    let before = |config: &Config, prompt: &str| before_with(config, &request(prompt, None), Some(&unremembered));
    let external = config(Some("https://pages.example/login"));
    assert_eq!((before(&external, ""), before(&external, "none")), ("login", "login_required"));
    let built_in = config(None);
    assert_eq!((before(&built_in, ""), before(&built_in, "none")), ("skip", "skip"));
    let mut told_to = config(Some("https://pages.example/login"));
    told_to.symbolon.sessions.skip_unremembered = true;
    assert_eq!(before(&told_to, ""), "skip");
}

fn before(prompt: &str, max_age: Option<i64>, age: Option<i64>) -> &'static str {
    let session = age.map(|age| session(age, Persistence::Remembered));
    before_with(&config(Some("https://pages.example/login")), &request(prompt, max_age), session.as_ref())
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
        ("", Some(0), Some(0), "login"),
        ("none", Some(0), Some(0), "login_required"),
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

fn after(case: &Case, request: &ValidatedRequest) -> &'static str {
    let consent = Consent {
        id: GrantId::from([1; 16]),
        until: Some(i64::MAX),
        scope: Scope::parse(&case.scope.join(" ")).unwrap(),
        audience: case.audience.iter().map(|text| (*text).to_owned()).collect(),
        claims: Vec::new(),
    };
    let remembered = Remembered::new(if case.scope.is_empty() { Vec::new() } else { vec![consent] });
    let subject = Subject::from("alice");
    let session = SessionId::from([7; 16]);
    let (at, skipped) = (NOW - case.age, case.skipped);
    let login = Authenticated { subject: &subject, at, session, forced_subject: "", acr: "", skipped };
    match after_login(&config(None), request, login, &remembered, NOW) {
        AfterLogin::Ask => "ask",
        AfterLogin::Skip(consents) => {
            assert_eq!(consents, [GrantId::from([1; 16])]);
            "skip"
        }
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
    let at = |uri: &str| kept(client("none"), &[("redirect_uri", uri), ("scope", "openid profile")], false);
    assert_eq!(after(&case, &at("com.example.app:/callback")), "ask");
    assert_eq!(after(&case, &at("http://127.0.0.1:1234/callback")), "skip");
    assert_eq!(after(&case, &at("http://127.0.0.1:1235/callback")), "ask");
    assert_eq!(after(&case, &at(REDIRECT)), "skip");
}

#[test]
fn a_public_client_on_a_device_always_asks_and_a_confidential_one_need_not() {
    let case = Case { prompt: "", max_age: None, age: 0, skipped: true, scope: ALL, audience: API, expected: "skip" };
    let device = |method: &str| kept(client(method), &[("scope", "openid profile")], true);
    assert_eq!(after(&case, &device("client_secret_basic")), "skip");
    assert_eq!(after(&case, &device("none")), "ask");
}
