//! What is to be done: the declared clients beside those of the server, member by member. Nothing here talks to a server.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use symbolon_client::Secret;
use symbolon_types::Client;

use super::wanted::Wanted;
use super::{ApplyFlags, mark, members};

/// What shall be changed, and how much is as it should be.
pub(super) struct Plan {
    /// In the order in which they are carried out: what is new, what is changed, what goes.
    pub(super) changes: Vec<Change>,
    /// How many clients are as declared.
    pub(super) unchanged: usize,
}

/// What shall become of one client.
pub(super) struct Change {
    /// Its id.
    pub(super) id: String,
    /// What is done.
    pub(super) action: Action,
    /// What differs: the old and the new value of each member, without secrets.
    differences: Vec<Difference>,
}

struct Difference {
    member: String,
    old: Option<Value>,
    new: Option<Value>,
}

/// What is done with a client.
pub(super) enum Action {
    /// It is registered, with this secret if the file names one.
    Create { members: Map<String, Value>, secret: Option<Secret<String>> },
    /// It is changed by this JSON Patch, unless somebody else changed it since it was read.
    Update { operations: Vec<Value>, secret: Option<Secret<String>> },
    /// It is deleted, unless somebody changed it since then.
    Delete { updated_at: i64 },
}

impl Action {
    /// The word for it in JSON.
    fn word(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Update { .. } => "update",
            Self::Delete { .. } => "delete",
        }
    }

    fn sign(&self) -> char {
        match self {
            Self::Create { .. } => '+',
            Self::Update { .. } => '~',
            Self::Delete { .. } => '-',
        }
    }
}

/// Compares what shall be with what is; otherwise everything that keeps it from being done.
pub(super) fn plan(
    wanted: BTreeMap<String, Wanted>,
    current: &BTreeMap<String, Client>,
    flags: &ApplyFlags,
) -> Result<Plan, Vec<String>> {
    let mut problems = Vec::new();
    let (mut created, mut updated, mut unchanged) = (Vec::new(), Vec::new(), 0);
    let declared: BTreeSet<String> = wanted.keys().cloned().collect();
    for (id, wanted) in wanted {
        let change = match current.get(&id) {
            None => create(wanted, flags).map(Some),
            Some(client) => update(wanted, client, flags),
        };
        match change {
            Ok(None) => unchanged += 1,
            Ok(Some(change)) if matches!(change.action, Action::Create { .. }) => created.push(change),
            Ok(Some(change)) => updated.push(change),
            Err(problem) => problems.push(problem),
        }
    }
    let mut changes = created;
    changes.append(&mut updated);
    if flags.prune {
        for (id, client) in current.iter().filter(|(id, _)| !declared.contains(*id)) {
            let members = members::of(client).map_err(|error| vec![error.to_string()])?;
            if mark::of(&members) == Some(&flags.set) {
                let action = Action::Delete { updated_at: client.updated_at };
                changes.push(Change { id: id.clone(), action, differences: Vec::new() });
            }
        }
    }
    if problems.is_empty() { Ok(Plan { changes, unchanged }) } else { Err(problems) }
}

fn create(mut wanted: Wanted, flags: &ApplyFlags) -> Result<Change, String> {
    let differences = differences(&Map::new(), &wanted.members);
    members::fill_in(&mut wanted.members, None);
    let secret = wanted.secret()?;
    if secret.is_none() && wanted.needs_secret() && !flags.show_generated_secrets {
        return Err(wanted.place.problem(&format!(
            "client '{}' is new and authenticates with a secret: name it with `client_secret_file` or \
             `client_secret_env`, or let the server make one that is shown once with --show-generated-secrets",
            wanted.id
        )));
    }
    let mut change =
        Change { id: wanted.id, action: Action::Create { members: wanted.members, secret: None }, differences };
    change.take_secret(secret);
    Ok(change)
}

fn update(mut wanted: Wanted, client: &Client, flags: &ApplyFlags) -> Result<Option<Change>, String> {
    let current = members::of(client).map_err(|error| error.to_string())?;
    if let Some(other) = mark::of(&current).filter(|other| *other != flags.set) {
        return Err(wanted.place.problem(&format!(
            "client '{}' belongs to the set '{other}', not to '{}': say --set {other}, or delete it there first",
            wanted.id, flags.set
        )));
    }
    members::fill_in(&mut wanted.members, Some(&current));
    let differences = differences(&current, &wanted.members);
    let secret = if flags.set_secrets { wanted.secret()? } else { None };
    if differences.is_empty() && secret.is_none() {
        return Ok(None);
    }
    let seen = json!(client).get("updated_at").cloned().unwrap_or_default();
    let mut operations = vec![json!({ "op": "test", "path": "/updated_at", "value": seen })];
    operations.extend(differences.iter().map(|difference| {
        let path = format!("/{}", difference.member);
        match &difference.new {
            Some(value) => json!({ "op": "add", "path": path, "value": value }),
            None => json!({ "op": "remove", "path": path }),
        }
    }));
    let mut change = Change { id: wanted.id, action: Action::Update { operations, secret: None }, differences };
    change.take_secret(secret);
    Ok(Some(change))
}

/// The members that are not the same, in the order of their names.
fn differences(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<Difference> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).filter(|name| *name != "client_id").collect();
    let differing = names.into_iter().filter(|name| is_other(old.get(*name), new.get(*name)));
    let difference =
        |name: &String| Difference { member: name.clone(), old: old.get(name).cloned(), new: new.get(name).cloned() };
    differing.map(difference).collect()
}

/// Nothing, and what says nothing, are the same.
fn is_other(old: Option<&Value>, new: Option<&Value>) -> bool {
    let said = |value: Option<&Value>| value.filter(|value| !says_nothing(value)).cloned();
    said(old) != said(new)
}

/// `false` says something: where nothing is said about a member that has three states, it is `null`.
fn says_nothing(value: &Value) -> bool {
    value.is_null() || *value == json!("") || *value == json!([])
}

/// The named members of which the server keeps another value than the file has.
pub(super) fn kept_otherwise(answer: &Client, sent: &Map<String, Value>) -> Vec<String> {
    let Ok(kept) = members::of(answer) else { return Vec::new() };
    let said = sent.iter().filter(|(name, value)| *name != "client_id" && !says_nothing(value));
    said.filter(|(name, value)| is_other(kept.get(*name), Some(value))).map(|(name, _)| name.clone()).collect()
}

impl Change {
    fn take_secret(&mut self, new: Option<Secret<String>>) {
        if new.is_some() {
            let hidden = Some(json!("(secret)"));
            let old = hidden.clone().filter(|_| matches!(self.action, Action::Update { .. }));
            self.differences.push(Difference { member: "client_secret".to_owned(), old, new: hidden });
        }
        if let Action::Create { secret, .. } | Action::Update { secret, .. } = &mut self.action {
            *secret = new;
        }
    }

    /// For people: what is done, and each member.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{} client {}", self.action.sign(), self.id);
        for Difference { member, old, new } in &self.differences {
            let shown = |value: &Option<Value>| match value {
                None | Some(Value::Null) => "(nothing)".to_owned(),
                Some(Value::String(hidden)) if hidden == "(secret)" => hidden.clone(),
                Some(value) => value.to_string(),
            };
            // Writing into a text does not fail.
            let _ = match &self.action {
                Action::Create { .. } if new.as_ref().is_none_or(says_nothing) => Ok(()),
                Action::Create { .. } => write!(text, "\n    {member}: {}", shown(new)),
                _ => write!(text, "\n    {member}: {} -> {}", shown(old), shown(new)),
            };
        }
        text
    }

    /// For programs.
    pub(super) fn object(&self) -> Value {
        let members = self.differences.iter();
        let members =
            members.map(|Difference { member, old, new }| (member.clone(), json!({ "old": old, "new": new })));
        let members: Map<String, Value> = members.collect();
        json!({ "kind": "client", "id": self.id, "action": self.action.word(), "members": members })
    }
}
