//! `symbolon.id_jag.*`: identity assertion authorization grants (ID-JAG) of other identity providers, and what each of them
//! may give to whom.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use symbolon_types::scope::is_pattern;
use symbolon_types::{ResourceIndicator, Scope};

use super::issuer_keys::{self, IssuerKeys};
use super::keys::Kind::Records;
use super::keys::Preset::Unset;
use super::keys::Standing::Added;
use super::keys::Structure;
use super::kind::seconds;
use super::section::section;

/// Longest life of an ID-JAG, in seconds.
const LONGEST_LIFE: i64 = 300;

section! {
    /// Identity assertions of other identity providers (ID-JAG).
    #[derive(Debug, Clone)]
    pub struct IdJag {
        /// Identity providers whose ID-JAGs are grants at the token endpoint, with what each may give; none without any.
        issuers: IdJagIssuers = "symbolon.id_jag.issuers", Records(Structure::IdJagIssuers), Unset, Added;
    }
}

/// One identity provider.
#[derive(Debug, Clone)]
pub struct IdJagIssuer {
    /// Its keys.
    pub keys: IssuerKeys,
    /// Clients that may show its assertions.
    pub clients: Vec<String>,
    /// Resources that its tokens may be for, by any of their names; `None` for those that the client may ask for anyway.
    pub resources: Option<Vec<ResourceIndicator>>,
    /// All that its tokens may have.
    pub scopes: Scope,
    /// Whom its assertions are about.
    pub subject: IdJagSubject,
    /// How long its assertions may live, in seconds.
    pub longest_seconds: i64,
    /// Whether an assertion may be shown again until it ends.
    pub allow_resubmission: bool,
}

/// Who the subject of an assertion is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdJagSubject {
    /// Nobody else: a subject that is made of issuer and subject.
    Derived,
    /// The one that the claim `aud_sub` names.
    AudSub,
    /// The one account with the verified address of the claim `email`.
    Email,
    /// Those that the operator listed, by the issuer's own names.
    Linked(BTreeMap<String, String>),
}

/// All of them, by `iss`.
#[derive(Debug, Clone, Default)]
pub struct IdJagIssuers(BTreeMap<String, IdJagIssuer>);

/// An identity provider as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    issuer: String,
    #[serde(default)]
    jwks_uri: Option<String>,
    #[serde(default)]
    jwks: Option<Value>,
    clients: Vec<String>,
    #[serde(default)]
    resources: Option<Vec<String>>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    subject: SubjectWord,
    #[serde(default)]
    links: Option<BTreeMap<String, String>>,
    #[serde(default)]
    max_ttl: Option<String>,
    #[serde(default)]
    allow_resubmission: bool,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum SubjectWord {
    #[default]
    Derived,
    AudSub,
    TrustEmail,
    Linked,
}

impl IdJagIssuers {
    /// What a list looks like, to follow "expected".
    pub(super) const EXPECTED: &str = "a list of issuers, each with `issuer`, one of `jwks_uri` and `jwks`, `clients`, and where \
        needed `resources`, `scopes`, `subject` (`derived`, `aud_sub`, `trust_email`, or `linked` with `links`), `max_ttl`, \
        `allow_resubmission`";

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
            let written: Written =
                Deserialize::deserialize(entry).map_err(|reason| fault(format!("is wrong: {reason}")))?;
            let issuer = written.issuer.clone();
            if all.insert(issuer, written.check().map_err(fault)?).is_some() {
                return Err(fault("has the `issuer` of another one".to_owned()));
            }
        }
        Ok(Self(all))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The issuer of that name.
    pub fn get(&self, issuer: &str) -> Option<&IdJagIssuer> {
        self.0.get(issuer)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &IdJagIssuer)> {
        self.0.iter().map(|(issuer, row)| (issuer.as_str(), row))
    }
}

impl Written {
    fn check(self) -> Result<IdJagIssuer, String> {
        issuer_keys::check_issuer(&self.issuer)?;
        let keys = IssuerKeys::read(self.jwks_uri.as_deref(), self.jwks.as_ref())?;
        if self.clients.is_empty() || self.clients.iter().any(String::is_empty) {
            return Err("must name its `clients`, one by one".to_owned());
        }
        let name = |text: &String| {
            ResourceIndicator::parse(text).map_err(|fault| format!("has the resource `{text}`, which {fault}"))
        };
        let resources = self.resources.map(|names| names.iter().map(name).collect::<Result<_, _>>()).transpose()?;
        let scopes = Scope::from_list(self.scopes).map_err(|fault| format!("has a wrong scope: {fault}"))?;
        if let Some(pattern) = scopes.iter().find(|token| is_pattern(token)) {
            return Err(format!("has the scope `{pattern}`, which is a pattern: name the scopes one by one"));
        }
        let subject = match (self.subject, self.links) {
            (SubjectWord::Linked, Some(links)) if !links.is_empty() => IdJagSubject::Linked(links),
            (SubjectWord::Linked, _) => return Err("needs `links` for the subject `linked`".to_owned()),
            (_, Some(_)) => return Err("has `links` that its `subject` has no use for".to_owned()),
            (SubjectWord::Derived, None) => IdJagSubject::Derived,
            (SubjectWord::AudSub, None) => IdJagSubject::AudSub,
            (SubjectWord::TrustEmail, None) => IdJagSubject::Email,
        };
        let longest_seconds = match self.max_ttl.as_deref() {
            None => LONGEST_LIFE,
            Some(text) => seconds(text)
                .filter(|seconds| (1..=LONGEST_LIFE).contains(seconds))
                .ok_or_else(|| "has a `max_ttl` that is no time span from 1s to 5m".to_owned())?,
        };
        let allow_resubmission = self.allow_resubmission;
        Ok(IdJagIssuer { keys, clients: self.clients, resources, scopes, subject, longest_seconds, allow_resubmission })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row() -> Value {
        json!({ "issuer": "https://idp.example", "jwks_uri": "https://idp.example/keys", "clients": ["app"] })
    }

    fn changed(name: &str, value: Value) -> Value {
        let mut row = row();
        row[name] = value;
        json!([row])
    }

    #[test]
    fn what_is_not_said_is_the_narrowest() {
        let all = IdJagIssuers::read(&json!([row()])).unwrap();
        let read = all.get("https://idp.example").unwrap();
        assert!(read.scopes.is_empty() && read.resources.is_none() && !read.allow_resubmission);
        assert_eq!((&read.subject, read.longest_seconds), (&IdJagSubject::Derived, 300));
        let linked = json!({ "subject": "linked", "links": { "their": "ours" }, "max_ttl": "1m" });
        let mut more = row();
        more.as_object_mut().unwrap().extend(linked.as_object().unwrap().clone());
        let all = IdJagIssuers::read(&json!([more])).unwrap();
        let read = all.get("https://idp.example").unwrap();
        let links = BTreeMap::from([("their".to_owned(), "ours".to_owned())]);
        assert_eq!((&read.subject, read.longest_seconds), (&IdJagSubject::Linked(links), 60));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let table = [
            (json!({}), "no list"),
            (json!([{}]), "entry 1 is wrong: missing field `issuer`"),
            (json!([row(), row()]), "entry 2 has the `issuer` of another one"),
            (changed("issuer", json!("a b")), "has an `issuer`"),
            (changed("jwks", json!({ "keys": [] })), "one of `jwks_uri` and `jwks`"),
            (changed("clients", json!([])), "must name its `clients`"),
            (changed("clients", json!([""])), "must name its `clients`"),
            (changed("resources", json!(["a"])), "has the resource `a`"),
            (changed("scopes", json!(["a b"])), "wrong scope"),
            (changed("scopes", json!(["a.*"])), "is a pattern"),
            (changed("subject", json!("same")), "unknown variant `same`"),
            (changed("subject", json!("linked")), "needs `links`"),
            (changed("links", json!({ "a": "b" })), "no use for"),
            (changed("max_ttl", json!("6m")), "`max_ttl`"),
            (changed("max_ttl", json!("0s")), "`max_ttl`"),
            (changed("audience", json!([])), "unknown field `audience`"),
        ];
        for (value, part) in table {
            let fault = IdJagIssuers::read(&value).map(|_| ()).unwrap_err();
            assert!(fault.contains(part), "{value}: {fault}");
        }
    }
}
