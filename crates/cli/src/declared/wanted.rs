//! A client as a file wants it: checked as far as that goes without the server, with all that is wrong told at once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value};
use symbolon_client::Secret;
use symbolon_types::{Client, ClientAuthenticationMethod};

use super::document::{Entry, Place};
use super::members::{self, Known, SECRET_SOURCES};
use super::{mark, node::Node};
use crate::environment;
use crate::failure::Failure;
use crate::secret::source;

/// A client that shall be.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Its `client_id`.
    pub(super) id: String,
    /// Where it is written.
    pub(super) place: Place,
    /// Everything that it has, with the mark of the set.
    pub(super) members: Map<String, Value>,
    /// Where its secret comes from, if the file says so.
    pub(super) secret: Option<SecretSource>,
}

/// Where a secret comes from.
#[derive(Debug)]
pub(super) enum SecretSource {
    /// A file; a relative name counts from the place of the file that names it.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
}

/// The clients of all entries, in the order of their ids.
pub(super) fn check(entries: Vec<Entry>, set: &str) -> Result<BTreeMap<String, Wanted>, Vec<String>> {
    let known = Known::new();
    let (mut wanted, mut problems) = (BTreeMap::<String, Wanted>::new(), Vec::new());
    for entry in entries {
        let place = entry.place.clone();
        let Some(client) = one(entry, &known, set, &mut problems) else { continue };
        match wanted.get(&client.id) {
            Some(first) => {
                let earlier = first.place.problem("");
                let earlier = earlier.trim_end_matches([':', ' ']);
                problems.push(place.problem(&format!("client '{}' is declared already at {earlier}", client.id)));
            }
            None => {
                wanted.insert(client.id.clone(), client);
            }
        }
    }
    if problems.is_empty() { Ok(wanted) } else { Err(problems) }
}

/// One client, or `None` with what is wrong with it among the problems.
fn one(entry: Entry, known: &Known, set: &str, problems: &mut Vec<String>) -> Option<Wanted> {
    let Entry { place, members } = entry;
    let before = problems.len();
    let id = members.iter().find_map(|member| match &member.node {
        Node::Plain(Value::String(id)) if member.name == "client_id" => Some(id.clone()),
        _ => None,
    });
    let whose = id.as_ref().map_or_else(|| "client".to_owned(), |id| format!("client '{id}'"));
    let (mut values, mut secrets) = (Map::new(), Vec::new());
    for member in members {
        let mut wrong = |reason: &str| problems.push(place.at(member.line).problem(&format!("{whose}: {reason}")));
        if let Some(fault) = known.fault(&member.name) {
            wrong(&fault);
            continue;
        }
        let value = member.node.into_value();
        if SECRET_SOURCES.contains(&member.name.as_str()) {
            match value {
                Value::String(named) if !named.is_empty() => secrets.push((member.name, named)),
                _ => wrong(&format!("`{}` has to be a name", member.name)),
            }
            continue;
        }
        let misfit = members::misfit(&member.name, &value);
        match misfit.map(|reason| format!("`{}`: {reason}", member.name)) {
            Some(reason) => wrong(&reason),
            None if member.name == "metadata" => mark::fault(&value).iter().for_each(|fault| wrong(fault)),
            None => {}
        }
        values.insert(member.name, value);
    }
    match &id {
        None if problems.len() == before => {
            problems.push(place.problem("a client without a `client_id`; it is what a client is found by"));
        }
        Some(id) if matches!(id.as_str(), "" | "." | "..") || id.chars().any(char::is_control) => {
            problems.push(place.problem(&format!("{id:?} cannot be a `client_id`")));
        }
        _ => {}
    }
    if secrets.len() > 1 {
        problems.push(place.problem(&format!("{whose}: name one of `client_secret_file` and `client_secret_env`")));
    }
    if problems.len() > before {
        return None;
    }
    let client = serde_json::from_value::<Client>(Value::Object(values)).and_then(|client| members::of(&client));
    let mut members = client.map_err(|error| problems.push(place.problem(&format!("{whose}: {error}")))).ok()?;
    mark::put(&mut members, set);
    let secret = secrets.pop().map(|(member, named)| match member.as_str() {
        "client_secret_env" => SecretSource::Variable(named),
        _ => SecretSource::File(place.file.parent().map_or_else(|| named.clone().into(), |folder| folder.join(&named))),
    });
    Some(Wanted { id: id?, place, members, secret })
}

impl Wanted {
    /// Whether it authenticates with a secret.
    pub(super) fn needs_secret(&self) -> bool {
        let method = self.members.get("token_endpoint_auth_method").and_then(Value::as_str).unwrap_or_default();
        let by_secret = [
            ClientAuthenticationMethod::ClientSecretBasic,
            ClientAuthenticationMethod::ClientSecretPost,
            ClientAuthenticationMethod::ClientSecretJwt,
        ];
        by_secret.iter().any(|known| known.as_str() == method)
    }

    /// Its secret, as it is now; `None` where the file names none.
    pub(super) fn secret(&self) -> Result<Option<Secret<String>>, String> {
        let secret = match &self.secret {
            None => return Ok(None),
            Some(SecretSource::File(file)) => {
                source::read_line(file, "client_secret_file").map_err(|failure| match failure {
                    Failure::Message(reason) => reason,
                    other => format!("{other:?}"),
                })
            }
            Some(SecretSource::Variable(name)) => {
                let found = environment::variables().find(|(variable, text)| variable == name && !text.is_empty());
                let found = found.map(|(_, text)| Secret::new(text));
                found.ok_or_else(|| format!("the environment variable {name}, of `client_secret_env`, is not set"))
            }
        };
        secret.map(Some).map_err(|reason| self.place.problem(&format!("client '{}': {reason}", self.id)))
    }
}
