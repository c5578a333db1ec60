//! A login from the authorization request to userinfo, with the checks that every module makes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use symbolon_jose::{Algorithm, half_hash};

use super::answers::shown;
use super::id_token::check;
use super::{RelyingParty, Visit};
use crate::fixtures::{text, verified_claims};
use crate::support::{Call, Pairs, pair};

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
    /// Sends the browser with a request.
    pub(crate) async fn visit(&mut self, request: &Pairs) -> Visit {
        self.person.visit(request).await
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
