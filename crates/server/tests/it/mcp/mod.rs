//! The Model Context Protocol's authorization (revision 2026-07-28): what its clients send, as they send it, to a server
//! that is configured with one switch, `symbolon.mcp`. The payloads follow what the clients named in each table were seen to
//! send. Nothing here knows a client's software: the official SDKs run against the server in `tests/external/mcp`.

mod answers;
mod authorization;
mod discovery;
mod errors;
mod many;
mod preflights;
mod redirect_uris;
mod refresh;
mod registration;
mod scopes;
mod secrets;

use std::collections::BTreeSet;

use serde_json::Value;
use symbolon_server::config::{self, Config, Overrides};

use crate::support::{Answer, Browser, CODE_CHALLENGE, CODE_VERIFIER, Call, LoginApplication, Pairs, TestServer, pair};

/// An MCP server with a path.
const NOTES: &str = "https://notes.example/mcp";
/// One without.
const FILES: &str = "https://files.example";

/// A configuration with one switch, and what every server needs: addresses and secrets.
fn config() -> Config {
    let resources = format!(
        r#"[{{"identifier": "{NOTES}", "scopes": ["notes.read", "notes.write"]}},
            {{"identifier": "{FILES}", "scopes": ["files.read"]}}]"#
    );
    configured(&[("symbolon.mcp.resources", &resources)])
}

/// The same with other keys, where the MCP servers are among them.
fn configured(keys: &[(&str, &str)]) -> Config {
    let pages = "http://127.0.0.1:3000";
    let flags = Overrides::default()
        .set("dev", "true")
        .set("dsn", "memory")
        .set("symbolon.mcp.enabled", "true")
        .set("urls.self.issuer", "http://127.0.0.1:4444")
        .set("urls.login", format!("{pages}/login"))
        .set("urls.consent", format!("{pages}/consent"))
        .set("urls.error", format!("{pages}/error"))
        .set("secrets.system", "a-system-secret-of-the-tests-0001");
    let flags = keys.iter().fold(flags, |flags, (key, value)| flags.set(*key, *value));
    config::load(&[], std::iter::empty(), &flags).unwrap_or_else(|error| panic!("{error}"))
}

async fn server() -> TestServer {
    TestServer::start(config()).await
}

/// A client as its registration was answered, with what a browser and the token endpoint see of it.
struct Client {
    server: TestServer,
    shown: Value,
    browser: Browser,
}

impl Client {
    async fn register(server: &TestServer, metadata: &Value) -> Self {
        let shown = server.public(Call::post("/oauth2/register").json(metadata)).await.expect(201).json();
        Self { server: server.clone(), shown, browser: Browser::new(server) }
    }

    fn id(&self) -> &str {
        self.shown["client_id"].as_str().unwrap()
    }

    /// An authorization request with what every client of MCP sends, and these parameters.
    fn request(&self, redirect_uri: &str, more: &[(&str, &str)]) -> Call {
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", self.id()),
            ("redirect_uri", redirect_uri),
            ("code_challenge", CODE_CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        pairs.extend(more);
        Call::get("/oauth2/auth").query(&pairs)
    }

    /// Goes through login and consent; the redirect to the client.
    async fn answer(&mut self, redirect_uri: &str, more: &[(&str, &str)]) -> Answer {
        let target = self.request(redirect_uri, more).target;
        self.answer_to(&target).await
    }

    /// The same for an address.
    async fn answer_to(&mut self, target: &str) -> Answer {
        let person = LoginApplication::new(&self.server, "alice");
        self.answer_of(&person, target).await
    }

    /// The same with a person of the test's.
    async fn answer_of(&mut self, person: &LoginApplication, target: &str) -> Answer {
        let mut answer = self.browser.get(target).await;
        for _ in 0..4 {
            let to = answer.location().to_owned();
            let next = if to.starts_with("http://127.0.0.1:3000/login?") {
                person.accept_login(&to).await
            } else if to.starts_with("http://127.0.0.1:3000/consent?") {
                person.accept_consent(&to).await
            } else {
                return answer;
            };
            answer = self.browser.get(&next).await;
        }
        panic!("no end, last at {}", answer.location());
    }

    /// A code.
    async fn code(&mut self, redirect_uri: &str, more: &[(&str, &str)]) -> String {
        let answer = self.answer(redirect_uri, more).await;
        answer.location_parameter("code").unwrap_or_else(|| panic!("no code: {}", answer.location()))
    }

    /// A form to an endpoint, authenticated with the method of the registration's answer.
    fn form(&self, endpoint: &str, form: &[(&str, &str)]) -> Call {
        let (id, secret) = (self.id(), self.shown["client_secret"].as_str().unwrap_or_default());
        let mut form = form.to_vec();
        match self.shown["token_endpoint_auth_method"].as_str().unwrap() {
            "none" => form.push(("client_id", id)),
            "client_secret_post" => form.extend([("client_id", id), ("client_secret", secret)]),
            "client_secret_basic" => return Call::post(endpoint).form(&form).basic(id, secret),
            other => panic!("no test has {other}"),
        }
        Call::post(endpoint).form(&form)
    }

    fn redemption(&self, code: &str, redirect_uri: &str, more: &[(&str, &str)]) -> Call {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", CODE_VERIFIER),
            ("redirect_uri", redirect_uri),
        ];
        form.extend(more);
        self.form("/oauth2/token", &form)
    }

    fn refresh(&self, token: &str, more: &[(&str, &str)]) -> Call {
        let form = [&[("grant_type", "refresh_token"), ("refresh_token", token)], more].concat();
        self.form("/oauth2/token", &form)
    }

    /// Everything up to tokens for [`NOTES`], with `resource` in both requests.
    async fn tokens(&mut self, redirect_uri: &str, scope: &str) -> Value {
        let code = self.code(redirect_uri, &[("scope", scope), ("resource", NOTES)]).await;
        let redemption = self.redemption(&code, redirect_uri, &[("resource", NOTES)]);
        self.server.public(redemption).await.expect(200).json()
    }
}

/// The names of an object's members.
#[track_caller]
fn members(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap_or_else(|| panic!("no object: {object}")).keys().map(String::as_str).collect()
}

/// Fails if anything in a document has no value: decoders of clients refuse `null`, an empty text where they expect a URL, and
/// an empty object where they expect keys.
#[track_caller]
fn assert_nothing_is_empty(document: &Value) {
    match document {
        Value::Null => panic!("null"),
        Value::String(text) => assert!(!text.is_empty(), "an empty text"),
        Value::Array(list) => {
            assert!(!list.is_empty(), "an empty list");
            list.iter().for_each(assert_nothing_is_empty);
        }
        Value::Object(object) => {
            assert!(!object.is_empty(), "an empty object");
            for (name, value) in object {
                let is_empty = match value {
                    Value::Null => true,
                    Value::String(text) => text.is_empty(),
                    Value::Array(list) => list.is_empty(),
                    Value::Object(object) => object.is_empty(),
                    _ => false,
                };
                assert!(!is_empty, "{name} is {value}");
                assert_nothing_is_empty(value);
            }
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Fails unless an answer is JSON.
#[track_caller]
fn assert_json(answer: &Answer) {
    let kind = answer.content_type().unwrap_or_else(|| panic!("no content type: {}", answer.text()));
    assert_eq!(kind.split(';').next(), Some("application/json"), "{}", answer.text());
    assert!(answer.json().is_object(), "{}", answer.text());
}

/// Fails unless an address is absolute.
#[track_caller]
fn assert_url(value: &Value) {
    let text = value.as_str().unwrap_or_else(|| panic!("no text: {value}"));
    let scheme = text.split_once("://").unwrap_or_else(|| panic!("no address: {text}")).0;
    assert!(scheme == "http" || scheme == "https", "{text}");
    assert!(text.parse::<http::Uri>().is_ok(), "{text}");
}

/// A parameter of the redirect to a client.
#[track_caller]
fn answered(answer: &Answer, name: &str) -> Option<String> {
    let pairs: Pairs = answer.location_query();
    pair(&pairs, name).map(str::to_owned)
}
