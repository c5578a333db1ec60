//! Types are read at start, and what could not be understood stops it.

use serde_json::{Value, json};
use symbolon_server::config::DetailsTypes;

fn one(changes: &Value) -> Value {
    let kind =
        json!({ "title": "Pay {to}", "schema": { "type": "object", "properties": { "to": { "type": "string" } } } });
    json!({ "payment": crate::fixtures::with(kind, changes) })
}

#[test]
fn a_type_that_is_not_understood_stops_the_start() {
    assert!(DetailsTypes::read(&one(&json!({}))).is_ok());
    for (value, told) in [
        (json!([]), "no mapping"),
        (json!({ "": {} }), "must have a name"),
        (json!({ "payment": {} }), "missing field"),
        (one(&json!({ "schem": {} })), "unknown field `schem`"),
        (one(&json!({ "title": null })), "missing field `title`"),
        (one(&json!({ "title": "Pay {from}" })), "`{from}`"),
        (one(&json!({ "title": "" })), "`title`"),
        (one(&json!({ "schema": { "type": "object", "pattern": "x" }, "title": "x" })), "`pattern`"),
        (one(&json!({ "schema": { "type": "string" }, "title": "x" })), "of an object"),
    ] {
        let fault = DetailsTypes::read(&value).map(|_| ()).unwrap_err();
        assert!(fault.contains(told), "{value}: {fault}");
    }
}
