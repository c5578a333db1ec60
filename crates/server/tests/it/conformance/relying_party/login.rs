//! A login from the authorization request to userinfo, with the checks that every module makes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use symbolon_jose::{Algorithm, half_hash};

use super::RelyingParty;
use super::answers::shown;
use super::id_token::check;
use crate::fixtures::{parameter, text, verified_claims};
use crate::support::{Answer, Call, Pairs, pair};

/// Where the browser has arrived, and what happened on the way.
pub(crate) struct Visit {
    pub(crate) answer: Answer,
    /// Whether somebody had to log in.
    pub(crate) asked: bool,
}

/// What the client has in the end.
pub(crate) struct Login {
    /// Whether somebody had to log in.
    pub(crate) asked: bool,
    /// The parameters of the authorization endpoint's answer.
    pub(crate) shown: BTreeMap<String, String>,
    /// The token endpoint's answer, or `null`.
    pub(crate) tokens: Value,
    /// The claims of the ID token of the token endpoint, or else of the other one.
    pub(crate) id_token: Map<String, Value>,
    pub(crate) access_token: Option<String>,
    /// What userinfo says, or `null`.
    pub(crate) userinfo: Value,
}

impl RelyingParty {
    /// Opens an address of the provider, logs in and agrees where that is asked.
    pub(crate) async fn open(&mut self, target: &str) -> Visit {
        let answer = self.browser.get(target).await;
        self.walk(answer).await
    }

    /// Sends the browser with a request.
    pub(crate) async fn visit(&mut self, request: &Pairs) -> Visit {
        self.open(&Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(request)).target).await
    }

    /// Goes on from an answer of the provider.
    pub(crate) async fn walk(&mut self, mut answer: Answer) -> Visit {
        let mut asked = false;
        loop {
            let to = answer.header("location").unwrap_or_default().to_owned();
            let next = if to.starts_with("http://127.0.0.1:3000/login?") {
                asked |= self.log_in(&to).await;
                self.application.accept_login(&to).await
            } else if to.starts_with("http://127.0.0.1:3000/consent?") {
                self.agree(&to).await;
                self.application.accept_consent(&to).await
            } else {
                return Visit { answer, asked };
            };
            answer = self.browser.get(&next).await;
        }
    }

    /// What a page is told.
    async fn page(&self, step: &str, page: &str) -> Value {
        let name = format!("{step}_challenge");
        let challenge = parameter(page, &name);
        let call = Call::get(format!("/admin/oauth2/auth/requests/{step}")).query(&[(&name, &challenge)]);
        self.server.admin(call).await.expect(200).json()
    }

    /// Prepares the login page's answer, of the first class that is asked for; whether it has to ask.
    async fn log_in(&mut self, page: &str) -> bool {
        let told = self.page("login", page).await;
        let acr = told["oidc_context"]["acr_values"][0].as_str().unwrap_or_default();
        self.application.login =
            json!({ "subject": "alice", "remember": true, "remember_for": 3600, "amr": ["pwd"], "acr": acr });
        told["skip"] == false
    }

    /// Prepares the consent page's answer: everything, with the claims that the scope stands for and those asked for.
    async fn agree(&mut self, page: &str) {
        let told = self.page("consent", page).await;
        let mut claims = Map::new();
        for (scope, own) in CLAIMS.iter().map(|(scope, claims)| (*scope, claims())) {
            let scoped = super::contains(&told["requested_scope"], scope);
            let asked = ["userinfo", "id_token"].map(|place| told["oidc_context"]["claims"][place].clone());
            claims
                .extend(own.into_iter().filter(|(name, _)| scoped || asked.iter().any(|one| one.get(name).is_some())));
        }
        self.application.consent = json!({ "remember": true, "session": { "id_token": claims } });
    }

    /// The whole way with an ordinary request.
    pub(crate) async fn log_in_with(&mut self, changes: &[(&str, &str)]) -> Login {
        let mut request = self.request();
        for (name, value) in changes {
            request = crate::fixtures::set(&request, name, value);
        }
        self.complete(&request).await
    }

    /// The whole way with a request.
    pub(crate) async fn complete(&mut self, request: &Pairs) -> Login {
        let visit = self.visit(request).await;
        let shown = shown(self, request, &visit.answer);
        self.finish(request, &visit, shown).await
    }

    /// What follows the answer of the authorization endpoint.
    pub(crate) async fn finish(&self, request: &Pairs, visit: &Visit, shown: BTreeMap<String, String>) -> Login {
        assert_eq!(shown.get("error"), None, "{shown:?}");
        for (word, member) in [("code", "code"), ("token", "access_token"), ("id_token", "id_token")] {
            assert_eq!(shown.contains_key(member), self.run.has(word), "{member}: {shown:?}");
        }
        let nonce = pair(request, "nonce");
        let mut id_token = Map::new();
        if let Some(token) = shown.get("id_token") {
            id_token = check(self, token, nonce).await;
            for (claim, beside) in [("at_hash", "access_token"), ("c_hash", "code")] {
                let expected = shown.get(beside).map(|beside| json!(half_hash(Algorithm::RS256, beside)));
                assert_eq!(id_token.get(claim), expected.as_ref(), "{claim}");
            }
        }
        let mut access_token = shown.get("access_token").cloned();
        let mut tokens = Value::Null;
        if let Some(code) = shown.get("code") {
            assert!(code.len() >= 43, "a code of less than 256 bits: {code}");
            tokens = self.redeem(code).await;
            let second = check(self, text(&tokens, "id_token"), nonce).await;
            for name in ["iss", "sub", "aud", "auth_time"] {
                assert!(id_token.is_empty() || id_token[name] == second[name], "{name}: two ID tokens differ");
            }
            id_token = second;
            access_token = Some(text(&tokens, "access_token").to_owned());
        }
        let mut userinfo = Value::Null;
        if let Some(token) = &access_token {
            userinfo = self.userinfo(Call::get("/userinfo").bearer(token), &id_token).await;
        }
        Login { asked: visit.asked, shown, tokens, id_token, access_token, userinfo }
    }

    /// Redeems a code.
    pub(crate) async fn redeem(&self, code: &str) -> Value {
        let answer = self.server.public(self.token_request(&self.redemption(code))).await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let tokens = answer.json();
        assert_eq!((&tokens["token_type"], tokens.get("error")), (&json!("bearer"), None));
        assert_eq!(tokens["expires_in"], 3600, "{tokens}");
        assert!(text(&tokens, "access_token").len() >= 43);
        tokens
    }

    /// Asks userinfo, which knows the person of the ID token.
    pub(crate) async fn userinfo(&self, call: Call, id_token: &Map<String, Value>) -> Value {
        let answer = self.server.public(call).await.expect(200);
        if answer.content_type() == Some("application/jwt") {
            return json!(verified_claims(&self.server, &answer.text()).await);
        }
        assert_eq!(answer.content_type(), Some("application/json; charset=utf-8"));
        let userinfo = answer.json();
        assert_eq!(userinfo["sub"], id_token["sub"]);
        let members = userinfo.as_object().unwrap();
        assert!(members.values().all(|value| !value.is_null() && *value != json!("")), "{userinfo}");
        userinfo
    }
}

/// The claims of each scope (OpenID Connect Core §5.4).
pub(crate) const CLAIMS: [(&str, fn() -> Map<String, Value>); 4] =
    [("profile", profile), ("email", email), ("phone", phone), ("address", address)];

fn members(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

fn profile() -> Map<String, Value> {
    members(json!({
        "name": "Alice Example", "given_name": "Alice", "family_name": "Example", "middle_name": "Ann",
        "nickname": "al", "preferred_username": "alice", "profile": "https://client.example/alice",
        "picture": "https://client.example/alice.png", "website": "https://client.example/", "gender": "female",
        "birthdate": "1990-01-02", "zoneinfo": "Europe/Berlin", "locale": "en-GB", "updated_at": 1_700_000_000,
    }))
}

fn email() -> Map<String, Value> {
    members(json!({ "email": "alice@client.example", "email_verified": true }))
}

fn phone() -> Map<String, Value> {
    members(json!({ "phone_number": "+49 30 123456", "phone_number_verified": false }))
}

fn address() -> Map<String, Value> {
    members(json!({ "address": { "street_address": "Main Street 1", "locality": "Berlin", "country": "Germany" } }))
}
