//! How keys are shown: a line each, or everything with the name of the set, as in Ory Hydra's command line.

use clap::Args;
use serde_json::{Value, json};
use symbolon_client::{Jwk, JwkSet};

use crate::failure::Failure;
use crate::output::ListResult;

/// How much of a key is shown.
#[derive(Debug, Args)]
pub(super) struct PublicFlag {
    /// Show the public keys only
    #[arg(long)]
    public: bool,
}

impl PublicFlag {
    /// The set as it is to be shown.
    pub(super) fn apply(&self, set: JwkSet) -> JwkSet {
        if self.public { public(&set) } else { set }
    }
}

/// The set without what must be kept secret.
pub(super) fn public(set: &JwkSet) -> JwkSet {
    JwkSet { keys: set.keys.iter().map(Jwk::to_public).collect() }
}

/// Sets with their names as the result of a command: one as an object, several as a list of those.
pub(super) fn shown(sets: &[(String, JwkSet)]) -> Result<ListResult, Failure> {
    let mut list = ListResult::of(Vec::new(), &["SET ID", "KEY ID", "ALGORITHM", "USE"]);
    let mut objects = Vec::with_capacity(sets.len());
    for (name, set) in sets {
        let mut keys = Vec::with_capacity(set.keys.len());
        for key in &set.keys {
            let text = |member: &Option<String>| member.clone().unwrap_or_default();
            list.rows.push(vec![name.clone(), text(&key.kid), text(&key.alg), text(&key.use_)]);
            list.ids.push(text(&key.kid));
            let mut object = serde_json::to_value(key)
                .map_err(|error| Failure::message(format!("a key cannot be written as JSON: {error}")))?;
            object["set"] = json!(name);
            keys.push(object);
        }
        objects.push(json!({ "set": name, "keys": keys }));
    }
    list.object = if objects.len() == 1 { objects.remove(0) } else { Value::Array(objects) };
    Ok(list)
}
