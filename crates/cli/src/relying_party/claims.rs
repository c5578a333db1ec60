//! What claims and members mean, in a sentence, and how their values are written.

use serde_json::Value;
use symbolon_types::timestamp;

/// A member of a token or an answer, ready to be shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) meaning: &'static str,
}

/// All members of an object, those that people look for first.
pub(super) fn rows(members: &serde_json::Map<String, Value>) -> Vec<Row> {
    let mut rows: Vec<_> = members
        .iter()
        .map(|(name, value)| Row { name: name.clone(), value: written(name, value), meaning: meaning(name) })
        .collect();
    // Stable, so that claims without a place of their own stay in alphabetical order at the end.
    rows.sort_by_key(|row| MEANINGS.iter().position(|(name, _)| *name == row.name).unwrap_or(usize::MAX));
    rows
}

fn meaning(name: &str) -> &'static str {
    MEANINGS.iter().find(|(known, _)| *known == name).map_or("", |(_, meaning)| meaning)
}

fn written(name: &str, value: &Value) -> String {
    let is_time = matches!(name, "exp" | "iat" | "nbf" | "auth_time" | "rat" | "updated_at");
    match (value, value.as_i64()) {
        (Value::String(text), _) => text.clone(),
        (_, Some(seconds)) if is_time => format!("{seconds} ({})", timestamp::format_seconds(seconds)),
        _ => value.to_string(),
    }
}

/// In the order in which they are shown.
const MEANINGS: [(&str, &str); 32] = [
    ("active", "Whether the token is valid now"),
    ("sub", "Who: the user's permanent id at this server"),
    ("name", "The user's full name"),
    ("given_name", "First name"),
    ("family_name", "Last name"),
    ("preferred_username", "What the user likes to be called; may change"),
    ("email", "The user's e-mail address"),
    ("email_verified", "Whether the address was proved to be the user's"),
    ("updated_at", "When the profile last changed"),
    ("iss", "Issuer: the server that vouches for this"),
    ("aud", "Audience: whom this is for"),
    ("azp", "Authorized party: the client that asked"),
    ("client_id", "The client that the token was issued to"),
    ("scope", "What the user allowed"),
    ("token_type", "How the token is presented"),
    ("token_use", "What kind of token this is"),
    ("username", "The user's name at the server"),
    ("auth_time", "When the user last proved who they are"),
    ("iat", "When this was issued"),
    ("nbf", "Not valid before"),
    ("exp", "When this expires"),
    ("rat", "When the sign-in was requested"),
    ("nonce", "The random value this application sent along: the token answers this very sign-in"),
    ("acr", "How strong the authentication was"),
    ("amr", "By what means the user was authenticated"),
    ("sid", "The session at the server, for logout"),
    ("at_hash", "A hash that ties this to the access token"),
    ("c_hash", "A hash that ties this to the code"),
    ("jti", "The id of this token"),
    ("ext", "Claims added for APIs"),
    ("obfuscated_subject", "The user's id as this client sees it"),
    ("website", "The user's home page"),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn known_claims_come_first_and_times_are_readable() {
        let claims = json!({ "aaa": [1], "exp": 1_800_000_000, "sub": "alice" });
        let rows = rows(claims.as_object().unwrap());
        let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["sub", "exp", "aaa"]);
        assert_eq!(rows[1].value, "1800000000 (2027-01-15T08:00:00Z)");
        assert_eq!(rows[2], Row { name: "aaa".into(), value: "[1]".into(), meaning: "" });
    }
}
