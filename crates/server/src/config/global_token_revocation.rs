//! `symbolon.global_token_revocation*`: whether one call ends everything of a person, and who may make it. A right of its own:
//! whose assertions are taken as grants, or whose keys are a client's, may not sign anybody out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::issuer_keys::{self, IssuerKeys};
use super::keys::Form;
use super::keys::Form::Word;
use super::keys::Kind::{Records, Text};
use super::keys::Preset::{self, Unset};
use super::keys::Standing::Added;
use super::keys::Structure;
use super::section::{section, words};

section! {
    /// Global token revocation.
    #[derive(Debug, Clone)]
    pub struct GlobalTokenRevocation {
        /// Lets `/global-token-revocation` end everything of a person at once, by this revision of the draft.
        revision: RevocationDraft = "symbolon.global_token_revocation", Text(Word(RevocationDraft::WORDS)),
            Preset::Value("off"), Added;
        /// Issuers whose JWTs may call it, and which serve no other purpose here.
        issuers: RevocationIssuers = "symbolon.global_token_revocation_issuers", Records(Structure::RevocationIssuers),
            Unset, Added;
        /// Scope with which a person's own access token may call it for that person; no token may where it is not set.
        scope: Option<String> = "symbolon.global_token_revocation_scope", Text(Form::Scope), Unset, Added;
    }
}

words! {
    /// Which text the endpoint speaks. A later revision that breaks callers is another word.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum RevocationDraft {
        /// There is no such endpoint.
        Off = "off";
        /// That of July 2025 (draft-parecki-oauth-global-token-revocation-05).
        Draft05 = "draft-05";
    }
}

/// One issuer.
#[derive(Debug, Clone)]
pub struct RevocationIssuer {
    /// Its keys.
    pub keys: IssuerKeys,
    /// The domains of the e-mail addresses by which it may name people, and then in no other way; everybody without.
    pub email_domains: Vec<String>,
}

/// All of them, by `iss`.
#[derive(Debug, Clone, Default)]
pub struct RevocationIssuers(BTreeMap<String, RevocationIssuer>);

/// An issuer as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    issuer: String,
    #[serde(default)]
    jwks_uri: Option<String>,
    #[serde(default)]
    jwks: Option<Value>,
    #[serde(default)]
    email_domains: Vec<String>,
}

impl RevocationIssuers {
    /// What a list looks like, to follow "expected".
    pub(super) const EXPECTED: &str = "a list of issuers, each with `issuer`, one of `jwks_uri` and `jwks`, and where needed \
        `email_domains`";

    /// Where the keys of each issuer are.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &IssuerKeys> {
        self.0.values().map(|issuer| &issuer.keys)
    }

    /// Reads the list. The error says what is wrong, to follow "is".
    pub fn read(value: &Value) -> Result<Self, String> {
        let entries = value.as_array().ok_or("no list")?;
        let mut all = BTreeMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let fault = |reason: String| format!("a list whose entry {} {reason}", index + 1);
            let (issuer, read) = Self::entry(entry).map_err(fault)?;
            if all.insert(issuer, read).is_some() {
                return Err(fault("has the `issuer` of another one".to_owned()));
            }
        }
        Ok(Self(all))
    }

    fn entry(entry: &Value) -> Result<(String, RevocationIssuer), String> {
        let written: Written = Deserialize::deserialize(entry).map_err(|fault| format!("is wrong: {fault}"))?;
        issuer_keys::check_issuer(&written.issuer)?;
        let keys = IssuerKeys::read(written.jwks_uri.as_deref(), written.jwks.as_ref())?;
        let is_domain = |name: &String| !name.is_empty() && !name.contains(['@', ' ', '*']);
        if !written.email_domains.iter().all(is_domain) {
            return Err("has an entry of `email_domains` that is no domain".to_owned());
        }
        let email_domains = written.email_domains.iter().map(|name| name.to_ascii_lowercase()).collect();
        Ok((written.issuer, RevocationIssuer { keys, email_domains }))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The issuer of that name.
    pub fn get(&self, issuer: &str) -> Option<&RevocationIssuer> {
        self.0.get(issuer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn issuers_are_found_by_name_and_what_is_wrong_is_named() {
        let good = json!({ "issuer": "https://idp.example", "jwks_uri": "https://idp.example/k", "email_domains": ["A.Example"] });
        let all = RevocationIssuers::read(&json!([good])).unwrap();
        assert_eq!(all.get("https://idp.example").unwrap().email_domains, ["a.example"]);
        assert!(all.get("https://idp.example/").is_none());
        let changed = |name: &str, value: Value| {
            let mut entry = good.clone();
            entry[name] = value;
            json!([entry])
        };
        let table = [
            (json!({}), "no list"),
            (json!([{}]), "entry 1 is wrong: missing field `issuer`"),
            (changed("issuer", json!("")), "entry 1 has an `issuer`"),
            (changed("issuer", json!("a b")), "entry 1 has an `issuer`"),
            (changed("jwks_uri", json!("http://idp.example")), "no https address"),
            (changed("email_domains", json!(["x@y"])), "no domain"),
            (changed("email_domains", json!(["*.y"])), "no domain"),
            (changed("scopes", json!([])), "unknown field `scopes`"),
            (json!([good, good]), "entry 2 has the `issuer` of another one"),
        ];
        for (value, part) in table {
            let fault = RevocationIssuers::read(&value).map(|_| ()).unwrap_err();
            assert!(fault.contains(part), "{value}: {fault}");
        }
    }
}
