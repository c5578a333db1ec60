//! The members of a client: which there are, which a file may have, and which the server fills in.

use std::collections::BTreeSet;

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};
use symbolon_types::Client;

/// Members of a file that are none of a client: where its secret comes from.
pub(super) const SECRET_SOURCES: [&str; 2] = ["client_secret_file", "client_secret_env"];
/// What the server alone sets.
const SERVERS: [&str; 5] =
    ["created_at", "updated_at", "client_secret_expires_at", "registration_access_token", "registration_client_uri"];
/// What the server decides by its configuration where a client says nothing.
const DECIDED: [&str; 2] = ["scope", "subject_type"];
/// What a client has that says nothing, whatever the server.
const PRESUMED: [(&str, &str); 2] =
    [("token_endpoint_auth_method", "client_secret_basic"), ("userinfo_signed_response_alg", "none")];

/// The names of all members.
pub(super) struct Known(BTreeSet<String>);

impl Known {
    /// As the server's description of its API has them.
    pub(super) fn new() -> Self {
        let schema = SchemaGenerator::default().into_root_schema_for::<Client>();
        let members = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        Self(members.map(|(name, _)| name.clone()).collect())
    }

    /// What keeps a name from standing in a file.
    pub(super) fn fault(&self, name: &str) -> Option<String> {
        if SECRET_SOURCES.contains(&name) || is_localized(name) {
            return None;
        }
        if SERVERS.contains(&name) {
            return Some(format!("`{name}` is set by the server; leave it out"));
        }
        if name == "client_secret" {
            return Some(
                "a secret has no place in this file; name its file with `client_secret_file`, or the variable of the \
                 environment with `client_secret_env`"
                    .to_owned(),
            );
        }
        if self.0.contains(name) {
            return None;
        }
        let all = self.0.iter().map(String::as_str).chain(SECRET_SOURCES).filter(|known| !SERVERS.contains(known));
        let likeness = |known: &str| strsim::normalized_damerau_levenshtein(&name.to_lowercase(), known);
        let closest = all.map(|known| (likeness(known), known)).max_by(|left, right| left.0.total_cmp(&right.0));
        let hint = closest.filter(|(likeness, _)| *likeness >= 0.6);
        let hint = hint.map(|(_, known)| format!("; did you mean `{known}`?")).unwrap_or_default();
        Some(format!("`{name}` is no member of a client{hint}"))
    }
}

/// `client_name#de` and the like.
fn is_localized(name: &str) -> bool {
    let alone = json!({ name: "text" });
    serde_json::from_value::<Client>(alone).is_ok_and(|client| !client.localized.is_empty())
}

/// Why no client can have this value.
pub(super) fn misfit(name: &str, value: &Value) -> Option<String> {
    serde_json::from_value::<Client>(json!({ name: value })).err().map(|error| error.to_string())
}

/// The members of a client without what the server alone sets.
pub(super) fn of(client: &Client) -> Result<Map<String, Value>, serde_json::Error> {
    let Value::Object(mut members) = serde_json::to_value(client)? else { return Ok(Map::new()) };
    members.retain(|name, value| {
        !SERVERS.contains(&name.as_str()) && name != "client_secret" && !(name == "jwks" && *value == json!({}))
    });
    Ok(members)
}

/// Adds what the server fills in, where nothing is said; what it decides by its configuration is as it is.
pub(super) fn fill_in(members: &mut Map<String, Value>, current: Option<&Map<String, Value>>) {
    let is_open = |members: &Map<String, Value>, name: &str| members.get(name).is_none_or(|value| *value == json!(""));
    for (name, presumed) in PRESUMED {
        if is_open(members, name) {
            members.insert(name.to_owned(), presumed.into());
        }
    }
    for name in DECIDED.into_iter().filter(|name| current.is_some() && is_open(members, name)).collect::<Vec<_>>() {
        if let Some(decided) = current.and_then(|current| current.get(name)) {
            members.insert(name.to_owned(), decided.clone());
        }
    }
}
