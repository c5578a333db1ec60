//! JSON Patch (RFC 6902) of a client: its operations on the client as the administration API shows it. What comes out is
//! a client like that of a replacement, and is checked as one. As in Hydra, `replace` adds a member that is not there
//! yet, because members without a value are not shown. A few operations can make a document grow and nest without end:
//! their number, what they move about, and how deep it ends up are bounded.

use json_patch::{AddOperation, PatchErrorKind, PatchOperation, ReplaceOperation};
use serde_json::Value;
use symbolon_store::ClientRecord;
use symbolon_types::Client;

use super::metadata;
use crate::control_characters;
use crate::error::{OAuthError, decoding_fault};

/// Most operations of one patch.
const MOST_OPERATIONS: usize = 256;
/// How much all operations of a patch may put into the client, in bytes: each `copy` may double it.
const LARGEST_MOVEMENT: usize = 1024 * 1024;
/// Deepest that a patch nests a value. What is stored is read with a bound of 128.
const DEEPEST: usize = 100;
/// Members that name the client. Whoever is called otherwise is another client.
const IDENTITY: [&str; 2] = ["client_id", "id"];

/// The operations, in their order.
#[derive(Debug)]
pub struct ClientPatch(Vec<PatchOperation>);

/// Why a patch was not applied.
#[derive(Debug)]
pub enum PatchFault {
    /// It cannot be read, or not be applied to this client. The text is for whoever sent it and repeats no value.
    Refused(String),
    /// A text of the result has a control character.
    ControlCharacter(OAuthError),
    /// The stored client cannot be read.
    Record(serde_json::Error),
}

fn refused<T>(description: impl Into<String>) -> Result<T, PatchFault> {
    Err(PatchFault::Refused(description.into()))
}

impl ClientPatch {
    /// Reads a JSON Patch document (§3).
    pub fn parse(body: &[u8]) -> Result<Self, PatchFault> {
        let operations: Vec<PatchOperation> = serde_json::from_slice(body).map_err(|fault| {
            let place = decoding_fault(&fault);
            PatchFault::Refused(format!(
                "The body must be a JSON Patch, an array of operations with 'op', 'path' and 'value' or 'from': {place}."
            ))
        })?;
        if operations.len() > MOST_OPERATIONS {
            return refused(format!("A patch may have {MOST_OPERATIONS} operations at most."));
        }
        Ok(Self(operations))
    }

    /// The client that comes out; nothing is stored. The first operation that cannot be applied ends it all (§5).
    pub fn apply(&self, record: &ClientRecord) -> Result<Client, PatchFault> {
        let shown = metadata(record).and_then(|client| serde_json::to_value(&client)).map_err(PatchFault::Record)?;
        let document = self.applied(shown)?;
        if document.get("client_id").and_then(Value::as_str) != Some(record.id.as_str()) {
            return refused("The 'client_id' of a client cannot be changed.");
        }
        // In the result, not in the patch: a `move` takes a text to where other rules hold.
        let text = serde_json::to_vec(&document).map_err(PatchFault::Record)?;
        control_characters::check_json(&text).map_err(PatchFault::ControlCharacter)?;
        let misfit = misfit(&document);
        serde_json::from_value(document)
            .or_else(|_| refused(format!("The patch gives {misfit} a value of the wrong type.")))
    }

    fn applied(&self, mut document: Value) -> Result<Value, PatchFault> {
        let mut room = LARGEST_MOVEMENT;
        for (index, operation) in self.0.iter().enumerate() {
            let number = index + 1;
            if names_identity(operation) {
                return refused(format!("Operation {number} would change the 'client_id' of the client."));
            }
            if let Some(value) = placed(operation, &document) {
                let size = Size::of(value);
                let path = operation.path();
                if size.depth + path.tokens().count() > DEEPEST {
                    return refused(format!("Operation {number} nests values deeper than {DEEPEST} levels."));
                }
                let Some(left) = room.checked_sub(size.bytes) else {
                    return refused(format!(
                        "Operation {number}: a patch may put {} KiB into a client at most.",
                        LARGEST_MOVEMENT / 1024
                    ));
                };
                room = left;
            }
            let added = added_instead(operation, &document);
            let operation = added.as_ref().unwrap_or(operation);
            json_patch::patch(&mut document, std::slice::from_ref(operation)).or_else(|fault| {
                refused(format!("Operation {number} ('{}') {}.", name(operation), problem(&fault.kind)))
            })?;
        }
        Ok(document)
    }
}

/// Whether an operation writes to, or takes away, what names the client.
fn names_identity(operation: &PatchOperation) -> bool {
    let of_identity =
        |path: &json_patch::jsonptr::Pointer| path.first().is_some_and(|name| IDENTITY.contains(&&*name.decoded()));
    match operation {
        PatchOperation::Test(_) => false,
        PatchOperation::Move(operation) => of_identity(&operation.path) || of_identity(&operation.from),
        other => of_identity(other.path()),
    }
}

/// The value that an operation puts somewhere.
fn placed<'v>(operation: &'v PatchOperation, document: &'v Value) -> Option<&'v Value> {
    match operation {
        PatchOperation::Add(operation) => Some(&operation.value),
        PatchOperation::Replace(operation) => Some(&operation.value),
        PatchOperation::Move(operation) => document.pointer(operation.from.as_str()),
        PatchOperation::Copy(operation) => document.pointer(operation.from.as_str()),
        PatchOperation::Remove(_) | PatchOperation::Test(_) => None,
    }
}

/// The `add` that a `replace` of a missing member stands for.
fn added_instead(operation: &PatchOperation, document: &Value) -> Option<PatchOperation> {
    let PatchOperation::Replace(ReplaceOperation { path, value }) = operation else { return None };
    let (parent, member) = path.split_back()?;
    let object = document.pointer(parent.as_str())?.as_object()?;
    let is_missing = !object.contains_key(&*member.decoded());
    is_missing.then(|| PatchOperation::Add(AddOperation { path: path.clone(), value: value.clone() }))
}

fn name(operation: &PatchOperation) -> &'static str {
    match operation {
        PatchOperation::Add(_) => "add",
        PatchOperation::Remove(_) => "remove",
        PatchOperation::Replace(_) => "replace",
        PatchOperation::Move(_) => "move",
        PatchOperation::Copy(_) => "copy",
        PatchOperation::Test(_) => "test",
    }
}

fn problem(kind: &PatchErrorKind) -> &'static str {
    match kind {
        PatchErrorKind::TestFailed => "does not hold: the client has another value there",
        PatchErrorKind::InvalidFromPointer => "has a 'from' that names nothing of the client",
        PatchErrorKind::CannotMoveInsideItself => "would move a value into itself",
        _ => "has a 'path' that names nothing of the client",
    }
}

/// The first member whose value no client can have, for the error.
fn misfit(document: &Value) -> String {
    let fits = |name: &String, value: &Value| {
        let alone = serde_json::Map::from_iter([(name.clone(), value.clone())]);
        serde_json::from_value::<Client>(Value::Object(alone)).is_ok()
    };
    let members = document.as_object().into_iter().flatten();
    let found = members.into_iter().find(|(name, value)| !fits(name, value));
    found.map_or_else(|| "the client".to_owned(), |(name, _)| format!("'{name}'"))
}

/// How large a value is, nearly as in its JSON text, and how deep.
struct Size {
    bytes: usize,
    depth: usize,
}

impl Size {
    fn of(value: &Value) -> Self {
        let nested = |sizes: &mut dyn Iterator<Item = Self>| {
            let all = sizes.fold(Self { bytes: 2, depth: 0 }, |sum, one| Self {
                bytes: sum.bytes.saturating_add(one.bytes).saturating_add(1),
                depth: sum.depth.max(one.depth),
            });
            Self { depth: all.depth + 1, ..all }
        };
        match value {
            Value::Array(values) => nested(&mut values.iter().map(Self::of)),
            Value::Object(members) => nested(&mut members.iter().map(|(name, value)| {
                let size = Self::of(value);
                Self { bytes: size.bytes.saturating_add(name.len() + 3), ..size }
            })),
            Value::String(text) => Self { bytes: text.len() + 2, depth: 0 },
            Value::Null | Value::Bool(_) | Value::Number(_) => Self { bytes: 8, depth: 0 },
        }
    }
}

#[cfg(test)]
mod tests;
