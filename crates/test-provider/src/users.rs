//! The people who log in, and what the provider tells clients about them.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use serde_json::{Map, Value};

/// Claims with the scope that asks for them (OpenID Connect Core §5.4).
const OF_SCOPE: &[(&str, &[&str])] = &[
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

/// Users by their name, which is their `sub`.
#[derive(Default)]
pub(crate) struct Users(Mutex<BTreeMap<String, Map<String, Value>>>);

impl Users {
    pub(crate) fn add(&self, subject: &str, claims: Value) {
        let Value::Object(claims) = claims else { panic!("the claims of '{subject}' are no JSON object: {claims}") };
        for name in ["sub", "iss", "aud"] {
            assert!(!claims.contains_key(name), "claim '{name}' is the provider's");
        }
        self.0.lock().insert(subject.to_owned(), claims);
    }

    /// What a client with this scope may learn of somebody. Claims of no standard scope go to every client.
    pub(crate) fn claims(&self, subject: &str, scope: &[&str]) -> Map<String, Value> {
        let mut claims = self.0.lock().get(subject).cloned().unwrap_or_default();
        claims.retain(|claim, _| {
            let asks = OF_SCOPE.iter().find(|(_, claims)| claims.contains(&claim.as_str())).map(|(name, _)| name);
            asks.is_none_or(|name| scope.contains(name))
        });
        claims
    }
}
