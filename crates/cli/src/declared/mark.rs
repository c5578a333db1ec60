//! Whose a client is: `apply` writes the name of its set into the metadata of what it registers, and deletes only what has
//! it. The mark is seen by administrators alone, like the rest of the metadata, and is no member of a file.

use serde_json::{Map, Value};

/// The member of the metadata.
pub(super) const NAME: &str = "symbolon_apply_set";
const METADATA: &str = "metadata";

/// The set that a client belongs to.
pub(super) fn of(members: &Map<String, Value>) -> Option<&str> {
    members.get(METADATA)?.get(NAME)?.as_str()
}

/// What keeps metadata from having the mark.
pub(super) fn fault(metadata: &Value) -> Option<String> {
    match metadata {
        Value::Object(members) if members.contains_key(NAME) => {
            Some(format!("`metadata.{NAME}` is written by apply; leave it out"))
        }
        Value::Null | Value::Object(_) => None,
        _ => Some("`metadata` has to be a mapping, as apply keeps the name of the set in it".to_owned()),
    }
}

/// Puts a client into a set.
pub(super) fn put(members: &mut Map<String, Value>, set: &str) {
    let metadata = members.entry(METADATA).or_insert(Value::Null);
    if metadata.is_null() {
        *metadata = Value::Object(Map::new());
    }
    if let Some(metadata) = metadata.as_object_mut() {
        metadata.insert(NAME.to_owned(), set.into());
    }
}

/// Takes the mark away, for a file.
pub(super) fn take_away(members: &mut Map<String, Value>) {
    let Some(metadata) = members.get_mut(METADATA).and_then(Value::as_object_mut) else { return };
    metadata.remove(NAME);
    if metadata.is_empty() {
        members.remove(METADATA);
    }
}
