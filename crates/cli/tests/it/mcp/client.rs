//! An MCP client with its OAuth part, as far as one needs it to look at a server: it registers, sends a browser through
//! login and consent, redeems, refreshes, and calls.

use serde_json::{Value, json};
use symbolon_client::{Rng, Url, code_challenge};

use crate::browser::{Answer, Browser, request};
use crate::quickstart::{Quickstart, allow};

/// Where a client of this test would listen. Nobody does: the address has the code.
const REDIRECT_URI: &str = "http://127.0.0.1:9/callback";

/// A registered client.
pub(crate) struct Connector<'a> {
    quickstart: &'a Quickstart,
    metadata: Value,
    client_id: String,
}

/// What the token endpoint answered.
pub(crate) struct Tokens(pub(crate) Value);

impl Tokens {
    pub(crate) fn access(&self) -> &str {
        self.0["access_token"].as_str().unwrap_or_else(|| panic!("{}", self.0))
    }
}

impl<'a> Connector<'a> {
    /// Registers as a public client for loopback, with the one scope that the first challenge names, as SDKs do.
    pub(crate) fn register(quickstart: &'a Quickstart) -> Self {
        let metadata = get(&format!("{}/.well-known/oauth-authorization-server", quickstart.issuer()));
        let registration = json!({
            "client_name": "Test", "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "scope": "notes.read",
        });
        let url = Url::parse(metadata["registration_endpoint"].as_str().unwrap()).unwrap();
        let answer = request("POST", &url, &[("content-type", "application/json")], &registration.to_string()).unwrap();
        assert_eq!(answer.status, 201, "{}", answer.body);
        let registered: Value = serde_json::from_str(&answer.body).unwrap();
        Self { quickstart, metadata, client_id: registered["client_id"].as_str().unwrap().to_owned() }
    }

    /// Logs in for these scopes at `resource`, saying yes to everything.
    pub(crate) fn authorize(&self, browser: &mut Browser, resource: &str, scope: &str) -> Tokens {
        let verifier = Rng::system().token(32);
        let challenge = code_challenge(&verifier);
        let mut url = Url::parse(self.metadata["authorization_endpoint"].as_str().unwrap()).unwrap();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", REDIRECT_URI),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("state", "a-state-of-the-test"),
            ("scope", scope),
            ("resource", resource),
        ]);
        browser.destination = Some(REDIRECT_URI.to_owned());
        browser.visit(url.as_str());
        if browser.has("login-form") {
            self.quickstart.log_in(browser);
        }
        if browser.has("consent-form") {
            allow(browser);
        }
        let back = browser.url.clone();
        let find =
            |name: &str| back.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned());
        let code = find("code").unwrap_or_else(|| panic!("{back}"));
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", &verifier),
            ("resource", resource),
        ])
    }

    pub(crate) fn refresh(&self, tokens: &Tokens, resource: &str) -> Tokens {
        let refresh_token = tokens.0["refresh_token"].as_str().unwrap_or_else(|| panic!("{}", tokens.0));
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("resource", resource)])
    }

    fn token(&self, form: &[(&str, &str)]) -> Tokens {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form).append_pair("client_id", &self.client_id);
        let url = Url::parse(self.metadata["token_endpoint"].as_str().unwrap()).unwrap();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = request("POST", &url, &headers, &body.finish()).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        Tokens(serde_json::from_str(&answer.body).unwrap())
    }
}

/// A request of the MCP protocol with these further header fields.
pub(crate) fn call(url: &str, token: Option<&str>, headers: &[(&str, &str)], message: &Value) -> Answer {
    let authorization = token.map(|token| format!("Bearer {token}"));
    let mut fields = vec![
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("mcp-protocol-version", "2025-11-25"),
    ];
    fields.extend(authorization.as_deref().map(|value| ("authorization", value)));
    fields.extend(headers);
    request("POST", &Url::parse(url).unwrap(), &fields, &message.to_string()).unwrap()
}

pub(crate) fn message(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

pub(crate) fn get(url: &str) -> Value {
    let answer = request("GET", &Url::parse(url).unwrap(), &[("mcp-protocol-version", "2025-11-25")], "").unwrap();
    assert_eq!(answer.status, 200, "{url}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}
