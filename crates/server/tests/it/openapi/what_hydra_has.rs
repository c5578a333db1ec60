//! Hydra's own description, held against ours: every operation, parameter, member and status is in ours, or here with the
//! reason. The file is beside the recordings and not part of this repository.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{TestServer, described, golden_folder, left_out};

/// Places where Hydra describes what it does not do, or what is described otherwise here.
const OTHERWISE: &[(&str, &str)] = &[
    ("isAlive 500", "a process that does not answer cannot answer 500"),
    ("* genericError", "Hydra sends it nowhere: its errors have `error` and `error_description`, as ours do"),
    ("* error_debug", "never sent by Hydra either; private reasons stay in the log"),
    ("* error_hint", "never sent by Hydra either; the hint is part of the description"),
    ("* status_code", "never sent by Hydra either; it is the status of the answer"),
];

/// Is an entry of the list, whose `*` stands for any operation.
fn otherwise(place: &str) -> Option<&'static str> {
    let found = OTHERWISE.iter().find(|(listed, _)| {
        listed.strip_prefix("* ").map_or(*listed == place, |end| place.ends_with(&format!(" {end}")))
    });
    found.map(|(listed, _)| *listed)
}

fn hydra() -> Option<Value> {
    let file = golden_folder().join("../reference/hydra-api.json");
    let Ok(text) = std::fs::read_to_string(&file) else {
        left_out("the interface is not compared with Hydra's: its description is not beside the recorded exchanges");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(document, document.pointer(reference.strip_prefix('#').unwrap()).unwrap()),
        None => schema,
    }
}

/// The alternatives of a schema, and itself.
fn alternatives<'d>(document: &'d Value, schema: &'d Value) -> Vec<&'d Value> {
    let schema = resolved(document, schema);
    let parts = ["allOf", "anyOf", "oneOf"].iter().filter_map(|word| schema[*word].as_array()).flatten();
    let mut all = vec![schema];
    all.extend(parts.flat_map(|part| alternatives(document, part)));
    all
}

/// Members of an object, or of the objects in a list, that Hydra has and we do not.
fn missing(
    place: &str,
    (theirs, their): (&Value, &Value),
    (ours, our): (&Value, &Value),
    found: &mut BTreeSet<String>,
) {
    if their["$ref"] == "#/components/schemas/genericError" {
        found.insert(format!("{place} genericError"));
        return;
    }
    let our = alternatives(ours, our);
    if our.iter().any(|our| our["additionalProperties"] == true && our.get("properties").is_none()) {
        return;
    }
    for their in alternatives(theirs, their) {
        if let Some(items) = their.get("items") {
            match our.iter().find_map(|our| our.get("items")) {
                Some(our_items) => missing(place, (theirs, items), (ours, our_items), found),
                None => _ = found.insert(format!("{place} []")),
            }
        }
        for (name, member) in their["properties"].as_object().into_iter().flatten() {
            let place = format!("{place} {name}");
            match our.iter().find_map(|our| our["properties"].get(name)) {
                Some(our_member) => missing(&place, (theirs, member), (ours, our_member), found),
                None => _ = found.insert(place),
            }
        }
    }
}

fn parameters(operation: &Value) -> BTreeSet<&str> {
    operation["parameters"].as_array().into_iter().flatten().map(|it| it["name"].as_str().unwrap()).collect()
}

/// What Hydra describes of an operation and we do not.
fn compare(id: &str, (theirs, their): (&Value, &Value), (ours, our): (&Value, &Value), found: &mut BTreeSet<String>) {
    for name in parameters(their).difference(&parameters(our)) {
        found.insert(format!("{id} parameter {name}"));
    }
    for (media_type, content) in their["requestBody"]["content"].as_object().into_iter().flatten() {
        match our["requestBody"]["content"].get(media_type) {
            Some(carried) => missing(id, (theirs, &content["schema"]), (ours, &carried["schema"]), found),
            None => _ = found.insert(format!("{id} body {media_type}")),
        }
    }
    for (status, reply) in their["responses"].as_object().unwrap() {
        let reply = resolved(theirs, reply);
        // An error without a form of its own is in `default`.
        let replies = &our["responses"];
        let listed = replies.get(status).or_else(|| status.starts_with('4').then(|| &replies["default"]));
        let Some(listed) = listed else {
            found.insert(format!("{id} {status}"));
            continue;
        };
        for (media_type, content) in reply["content"].as_object().into_iter().flatten() {
            match listed["content"].get(media_type) {
                Some(carried) => missing(id, (theirs, &content["schema"]), (ours, &carried["schema"]), found),
                None => _ = found.insert(format!("{id} {status} {media_type}")),
            }
        }
    }
}

#[tokio::test]
async fn everything_is_described_here_too() {
    let Some(theirs) = hydra() else { return };
    let server = TestServer::with(|_| {}).await;
    let ours = &described(&server).await.document;
    let mut found = BTreeSet::new();
    for (path, operations) in theirs["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            // Hydra describes paths of the admin listener without their prefix where they are at both.
            let our = [path.clone(), format!("/admin{path}")]
                .iter()
                .map(|path| &ours["paths"][path][method])
                .find(|our| our["operationId"] == id);
            match our {
                Some(our) => compare(id, (&theirs, operation), (ours, our), &mut found),
                None => _ = found.insert(format!("{id} {method} {path}")),
            }
        }
    }
    let unlisted: Vec<_> = found.iter().filter(|place| otherwise(place).is_none()).collect();
    assert!(unlisted.is_empty(), "{unlisted:#?}");
    let used: BTreeSet<_> = found.iter().filter_map(|place| otherwise(place)).collect();
    assert_eq!(used, OTHERWISE.iter().map(|(place, _)| *place).collect(), "entries that no longer apply");
    assert!(OTHERWISE.iter().all(|(_, reason)| !reason.is_empty()));
}

/// The list by which programs in other languages know that they called everything.
#[test]
fn the_list_of_operations_is_complete() {
    let Some(theirs) = hydra() else { return };
    let lines = include_str!("../../../../../tests/external/operations.txt").lines();
    let listed = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let (operation, _statuses) = line.rsplit_once(' ').unwrap();
        operation.to_owned()
    });
    let mut expected = BTreeSet::new();
    for (path, operations) in theirs["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            expected.insert(format!("{id} {} {path}", method.to_ascii_uppercase()));
        }
    }
    assert_eq!(listed.collect::<BTreeSet<_>>(), expected);
}
