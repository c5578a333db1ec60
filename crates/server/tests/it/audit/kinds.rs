//! That no kind of event is without a test which causes it.

use std::collections::BTreeSet;

use serde_json::Value;

/// The tests that cause events.
const TESTS: [&str; 11] = [
    include_str!("accounts.rs"),
    include_str!("chain.rs"),
    include_str!("clients.rs"),
    include_str!("refusals.rs"),
    include_str!("tokens.rs"),
    include_str!("../admin/reload.rs"),
    include_str!("../challenge_api/audited.rs"),
    include_str!("../ciba/audited.rs"),
    include_str!("../global_token_revocation/audited.rs"),
    include_str!("../keys/audited.rs"),
    concat!(include_str!("../rfc8693/audited.rs"), include_str!("../rfc7523_id_jag/audited.rs")),
];

/// Every value that the schema lets `event` have.
fn kinds(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(kind) = members.get("event").and_then(|event| event["const"].as_str()) {
                found.insert(kind.to_owned());
            }
            members.values().for_each(|member| kinds(member, found));
        }
        Value::Array(members) => members.iter().for_each(|member| kinds(member, found)),
        _ => {}
    }
}

#[test]
fn every_kind_of_event_has_a_test_that_causes_it() {
    let mut all = BTreeSet::new();
    kinds(&symbolon_server::audit::schema(), &mut all);
    assert!(all.len() > 50, "{all:?}");
    let caused = |kind: &String| TESTS.iter().any(|test| test.contains(&format!("\"{kind}\"")));
    let missing: Vec<_> = all.iter().filter(|kind| !caused(kind)).collect();
    assert_eq!(missing, [""; 0]);
}
