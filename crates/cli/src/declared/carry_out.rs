//! Doing what a plan says, one change after the other. A refusal keeps the others from nothing; after a lost connection
//! nothing more is tried, and running the same again does what is left.

use std::io::Write as _;

use serde_json::{Map, Value, json};
use symbolon_client::{AdminClient, Error, Secret};
use symbolon_types::Client;

use super::difference::{Action, Change, kept_otherwise};
use crate::failure::Failure;

/// What became of a plan.
#[derive(Default)]
pub(super) struct Outcome {
    /// The ids of the clients that are changed.
    pub(super) done: Vec<String>,
    /// The secrets that the server made.
    pub(super) secrets: Vec<(String, Secret<String>)>,
    /// What kept the rest from being done.
    pub(super) failure: Option<Failure>,
}

pub(super) async fn carry_out(admin: &AdminClient, changes: &[Change]) -> Outcome {
    let (mut outcome, mut failures) = (Outcome::default(), Vec::new());
    for change in changes {
        match one(admin, change, &mut outcome).await {
            Ok(()) => outcome.done.push(change.id.clone()),
            Err(error) => {
                let goes_on = matches!(error, Error::Api(_) | Error::Argument(_));
                failures.push(Failure::message(format!("client '{}': {}", change.id, reason(&error))));
                if !goes_on {
                    break;
                }
            }
        }
    }
    if !failures.is_empty() {
        let (done, total) = (outcome.done.len(), changes.len());
        let rest = format!("{done} of {total} changes are done; run the same again for the rest");
        failures.push(Failure::Message(rest));
        outcome.failure = Some(Failure::Several(failures));
    }
    outcome
}

fn reason(error: &Error) -> String {
    match error {
        Error::Api(refusal) if refusal.description.starts_with("Operation 1 ('test')") => CHANGED_MEANWHILE.to_owned(),
        other => other.to_string(),
    }
}

const CHANGED_MEANWHILE: &str = "somebody changed it since it was compared; nothing was done with it";

async fn one(admin: &AdminClient, change: &Change, outcome: &mut Outcome) -> Result<(), Error> {
    match &change.action {
        Action::Create { members, secret } => {
            let mut client: Client = serde_json::from_value(Value::Object(members.clone()))
                .map_err(|error| Error::Argument(error.to_string()))?;
            client.client_secret = secret.as_ref().map(|secret| secret.expose().clone());
            let created = admin.create_client(&client).await?;
            if let (None, Some(generated)) = (secret, &created.client_secret) {
                outcome.secrets.push((change.id.clone(), Secret::new(generated.clone())));
            }
            warn(&change.id, &created, members);
        }
        Action::Update { operations, secret } => {
            let mut operations = operations.clone();
            let sent = operations.iter().filter_map(|operation| {
                let name = operation["path"].as_str()?.strip_prefix('/')?.to_owned();
                (operation["op"] == "add").then(|| (name, operation["value"].clone()))
            });
            let sent: Map<String, Value> = sent.collect();
            if let Some(secret) = secret {
                operations.push(json!({ "op": "add", "path": "/client_secret", "value": secret.expose() }));
            }
            let changed = admin.patch_client(&change.id, &Value::Array(operations)).await?;
            if let (None, Some(generated)) = (secret, &changed.client_secret) {
                outcome.secrets.push((change.id.clone(), Secret::new(generated.clone())));
            }
            warn(&change.id, &changed, &sent);
        }
        Action::Delete { updated_at } => {
            // Deleting has no condition, so what is gone or changed is looked for right before.
            if admin.get_client(&change.id).await?.updated_at != *updated_at {
                return Err(Error::Argument(CHANGED_MEANWHILE.to_owned()));
            }
            admin.delete_client(&change.id).await?;
        }
    }
    Ok(())
}

/// What the server writes in its own way differs from the file the next time, too.
fn warn(id: &str, answer: &Client, sent: &Map<String, Value>) {
    for name in kept_otherwise(answer, sent) {
        let kept = json!(answer).get(&name).cloned().unwrap_or_default();
        // Nothing is left to be done when standard error is closed.
        let _ = writeln!(
            std::io::stderr().lock(),
            "Warning: client '{id}': the server keeps `{name}` as {kept}; write it so, or it differs each time"
        );
    }
}
