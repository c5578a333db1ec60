//! `symbolon.token_exchange.*`: who may exchange which tokens for which (RFC 8693), and which clients may have assertions for
//! which other authorization servers (ID-JAG). Nothing is allowed but what a row says; without any row there is no token
//! exchange.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use symbolon_types::Scope;
use symbolon_types::scope::{self, is_pattern};

use super::keys::Kind::Records;
use super::keys::Preset::Unset;
use super::keys::Standing::Added;
use super::keys::Structure;
use super::kind::seconds;
use super::section::section;

/// How many exchanges may follow each other at most, and how many actors one token may name.
pub const LONGEST_CHAIN: usize = 4;

section! {
    /// Token exchange (RFC 8693).
    #[derive(Debug, Clone)]
    pub struct TokenExchange {
        /// Which tokens a client may exchange, for which audience and scope, one row each; without any row there is no exchange.
        policies: ExchangePolicies = "symbolon.token_exchange.policies", Records(Structure::ExchangePolicies), Unset, Added;
        /// Which assertions (ID-JAG) for other authorization servers a client may have, one row each.
        assertions: AssertionPolicies = "symbolon.token_exchange.assertions", Records(Structure::AssertionPolicies), Unset,
            Added;
    }
}

impl TokenExchange {
    /// Whether any client may exchange anything.
    pub fn is_on(&self) -> bool {
        !self.policies.0.is_empty() || !self.assertions.0.is_empty()
    }

    /// Whether a client has a row.
    pub fn names(&self, client_id: &str) -> bool {
        self.policies.of(client_id).next().is_some() || self.assertions.of(client_id).next().is_some()
    }
}

/// A kind of token that a row lets a client exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectTokenKind {
    /// An access token of this server.
    AccessToken,
    /// An ID token of this server that was issued to the client.
    IdToken,
    /// A JWT of an issuer that an administrator trusts.
    Jwt,
}

/// What one client may exchange.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangePolicy {
    /// The client.
    pub client: String,
    /// Kinds of subject tokens.
    pub subject_token_types: Vec<SubjectTokenKind>,
    /// Clients to which an access token may have been issued; any where there are none.
    #[serde(default)]
    pub subject_clients: Vec<String>,
    /// Audiences of which an access token must have one; any where there are none.
    #[serde(default)]
    pub subject_audience: Vec<String>,
    /// Issuers of JWTs.
    #[serde(default)]
    pub subject_issuers: Vec<String>,
    /// Audiences of the new token.
    pub audience: Vec<String>,
    /// The most that the new token may do.
    #[serde(default, deserialize_with = "scope::list::deserialize")]
    pub scopes: Scope,
    /// Whether the new token may name no actor.
    #[serde(default)]
    pub impersonation: bool,
    /// Whether the new token may name an actor.
    #[serde(default)]
    pub delegation: bool,
    /// How many exchanges may follow each other.
    #[serde(default = "once")]
    pub depth: usize,
}

fn once() -> usize {
    1
}

/// For which other authorization server a client may have assertions, and what they say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssertionPolicy {
    /// The client.
    pub client: String,
    /// The issuer of the other server.
    pub audience: String,
    /// The client's id there.
    pub client_id: String,
    /// Resources that the client may name there.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Scopes that the client may ask for there.
    #[serde(default, deserialize_with = "scope::list::deserialize")]
    pub scopes: Scope,
    /// The client of this server under which the other server knows people; without one `sub` is as the client knows them.
    #[serde(default)]
    pub subject_client: Option<String>,
    /// Of which one the login must be, where any are listed.
    #[serde(default)]
    pub acr_values: Vec<String>,
    #[serde(default)]
    max_age: Option<String>,
}

impl AssertionPolicy {
    /// How old the login may be, in seconds.
    pub fn max_age_seconds(&self) -> Option<i64> {
        self.max_age.as_deref().and_then(seconds)
    }
}

/// All rows of `symbolon.token_exchange.policies`.
#[derive(Debug, Clone, Default)]
pub struct ExchangePolicies(Vec<ExchangePolicy>);

/// All rows of `symbolon.token_exchange.assertions`.
#[derive(Debug, Clone, Default)]
pub struct AssertionPolicies(Vec<AssertionPolicy>);

/// The rows of a list; the error says what is wrong, to follow "is".
fn rows<T: DeserializeOwned>(value: &Value, fault: fn(&T) -> Option<String>) -> Result<Vec<T>, String> {
    let entries = value.as_array().ok_or("no list")?;
    let read = |(index, entry): (usize, &Value)| {
        let row: T =
            T::deserialize(entry).map_err(|fault| format!("a list whose entry {} is wrong: {fault}", index + 1))?;
        match fault(&row) {
            None => Ok(row),
            Some(fault) => Err(format!("a list whose entry {} {fault}", index + 1)),
        }
    };
    entries.iter().enumerate().map(read).collect()
}

impl ExchangePolicies {
    pub(super) const EXPECTED: &str = "a list of rows, each with `client`, `subject_token_types` (of `access_token`, \
        `id_token`, `jwt`), `audience`, `impersonation` or `delegation` and, where needed, `subject_clients`, \
        `subject_audience`, `subject_issuers`, `scopes`, `depth` (1 to 4)";

    /// Reads the list. The error says what is wrong, to follow "is".
    pub fn read(value: &Value) -> Result<Self, String> {
        rows(value, policy_fault).map(Self)
    }

    /// The rows of a client.
    pub fn of(&self, client_id: &str) -> impl Iterator<Item = &ExchangePolicy> {
        self.0.iter().filter(move |row| row.client == client_id)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl AssertionPolicies {
    pub(super) const EXPECTED: &str = "a list of rows, each with `client`, `audience` (the issuer of the other server), \
        `client_id` and, where needed, `resources`, `scopes`, `subject_client`, `acr_values`, `max_age`";

    /// Reads the list. The error says what is wrong, to follow "is".
    pub fn read(value: &Value) -> Result<Self, String> {
        rows(value, assertion_fault).map(Self)
    }

    /// The rows of a client.
    pub fn of(&self, client_id: &str) -> impl Iterator<Item = &AssertionPolicy> {
        self.0.iter().filter(move |row| row.client == client_id)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A row that would allow nothing, or more than its author may have meant.
fn policy_fault(row: &ExchangePolicy) -> Option<String> {
    let takes = |kind| row.subject_token_types.contains(&kind);
    let empty = |values: &[String]| values.iter().any(String::is_empty);
    let of_anybody = row.subject_clients.is_empty() && row.subject_audience.is_empty();
    let fault = if row.client.is_empty() {
        "has no `client`"
    } else if row.subject_token_types.is_empty() {
        "has no `subject_token_types`"
    } else if row.audience.is_empty() || empty(&row.audience) {
        "has no `audience`, or an empty one"
    } else if empty(&row.subject_clients) || empty(&row.subject_audience) || empty(&row.subject_issuers) {
        "has an empty text in a list"
    } else if takes(SubjectTokenKind::AccessToken) && of_anybody {
        "takes access tokens of anybody: name `subject_clients` or `subject_audience`"
    } else if !takes(SubjectTokenKind::AccessToken) && !of_anybody {
        "has `subject_clients` or `subject_audience`, which are about an `access_token`"
    } else if takes(SubjectTokenKind::Jwt) == row.subject_issuers.is_empty() {
        "must have `subject_issuers` if it takes a `jwt`, and only then"
    } else if !row.impersonation && !row.delegation {
        "allows nothing: set `delegation` or `impersonation`"
    } else if !(1..=LONGEST_CHAIN).contains(&row.depth) {
        "has a `depth` that is not 1 to 4"
    } else {
        return pattern_fault(&row.scopes);
    };
    Some(fault.to_owned())
}

fn assertion_fault(row: &AssertionPolicy) -> Option<String> {
    let fault = if row.client.is_empty() || row.audience.is_empty() || row.client_id.is_empty() {
        "must have `client`, `audience` and `client_id`"
    } else if row.resources.iter().chain(&row.acr_values).chain(&row.subject_client).any(String::is_empty) {
        "has an empty text in it"
    } else if row.max_age.as_deref().is_some_and(|text| seconds(text).is_none()) {
        "has a `max_age` that is no time span"
    } else {
        return pattern_fault(&row.scopes);
    };
    Some(fault.to_owned())
}

fn pattern_fault(scopes: &Scope) -> Option<String> {
    let pattern = scopes.iter().find(|token| is_pattern(token))?;
    Some(format!("has the scope `{pattern}`, which is a pattern: name the scopes one by one"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(changes: &Value) -> Value {
        let mut row = json!({ "client": "gateway", "subject_token_types": ["access_token"], "subject_clients": ["shop"],
            "audience": ["https://orders.example"], "scopes": ["orders.read"], "delegation": true });
        row.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        json!([row])
    }

    #[test]
    fn rows_are_found_by_their_client() {
        let rows = ExchangePolicies::read(&policy(&json!({}))).unwrap();
        let row = rows.of("gateway").next().unwrap();
        assert_eq!((row.depth, row.impersonation, rows.of("shop").count()), (1, false, 0));
        let rows = json!([{ "client": "wiki", "audience": "https://b.example", "client_id": "x", "max_age": "8h" }]);
        let rows = AssertionPolicies::read(&rows).unwrap();
        assert_eq!(rows.of("wiki").next().unwrap().max_age_seconds(), Some(28_800));
        assert!(ExchangePolicies::read(&json!([])).unwrap().is_empty());
    }

    #[test]
    fn a_row_that_is_wrong_or_too_wide_is_named() {
        let table = [
            (json!({ "client": "" }), "entry 1 has no `client`"),
            (json!({ "subject_token_types": [] }), "has no `subject_token_types`"),
            (json!({ "subject_token_types": ["refresh_token"] }), "unknown variant `refresh_token`"),
            (json!({ "audience": [] }), "has no `audience`"),
            (json!({ "audience": [""] }), "has no `audience`"),
            (json!({ "subject_clients": [] }), "takes access tokens of anybody"),
            (json!({ "subject_clients": [""] }), "an empty text"),
            (json!({ "subject_token_types": ["id_token"] }), "which are about an `access_token`"),
            (json!({ "subject_token_types": ["access_token", "jwt"] }), "must have `subject_issuers`"),
            (json!({ "subject_issuers": ["https://a.example"] }), "must have `subject_issuers`"),
            (json!({ "delegation": false }), "allows nothing"),
            (json!({ "depth": 0 }), "has a `depth`"),
            (json!({ "depth": 5 }), "has a `depth`"),
            (json!({ "scopes": ["orders.*"] }), "is a pattern"),
            (json!({ "scope": "orders.read" }), "unknown field `scope`"),
        ];
        for (changes, part) in table {
            let fault = ExchangePolicies::read(&policy(&changes)).map(|_| ()).unwrap_err();
            assert!(fault.contains(part), "{changes}: {fault}");
        }
        assert_eq!(ExchangePolicies::read(&json!({})).map(|_| ()), Err("no list".to_owned()));
        for (row, part) in [
            (json!({ "client": "a", "audience": "b" }), "missing field `client_id`"),
            (json!({ "client": "a", "audience": "", "client_id": "c" }), "must have `client`"),
            (json!({ "client": "a", "audience": "b", "client_id": "c", "max_age": "soon" }), "max_age"),
            (json!({ "client": "a", "audience": "b", "client_id": "c", "resources": [""] }), "an empty text"),
        ] {
            let fault = AssertionPolicies::read(&json!([row])).map(|_| ()).unwrap_err();
            assert!(fault.contains(part), "{row}: {fault}");
        }
    }
}
