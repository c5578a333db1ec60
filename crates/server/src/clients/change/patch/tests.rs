//! Whatever a patch says, it is applied as RFC 6902 says or refused, within its bounds.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn patch(operations: &Value) -> Result<Value, PatchFault> {
    ClientPatch::parse(operations.to_string().as_bytes())?.applied(document())
}

fn document() -> Value {
    json!({ "client_id": "app", "contacts": ["a", "b"], "metadata": { "a": 1, "b/c": { "d": [] } }, "owner": "" })
}

/// Values of a few levels.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-c~/]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c~/]{0,2}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

/// Pointers that often name something.
fn pointer() -> impl Strategy<Value = String> {
    let token =
        prop_oneof![Just("metadata"), Just("contacts"), Just("a"), Just("b~1c"), Just("d"), Just("0"), Just("-")];
    prop::collection::vec(token, 0..4).prop_map(|tokens| tokens.iter().flat_map(|token| ["/", *token]).collect())
}

fn operation() -> impl Strategy<Value = Value> {
    (0..6_usize, pointer(), pointer(), value()).prop_map(|(kind, path, from, value)| match kind {
        0 => json!({ "op": "add", "path": path, "value": value }),
        1 => json!({ "op": "remove", "path": path }),
        2 => json!({ "op": "replace", "path": path, "value": value }),
        3 => json!({ "op": "move", "from": from, "path": path }),
        4 => json!({ "op": "copy", "from": from, "path": path }),
        _ => json!({ "op": "test", "path": path, "value": value }),
    })
}

proptest! {
    #[test]
    fn any_operations_end_within_the_bounds(operations in prop::collection::vec(operation(), 0..40)) {
        if let Ok(result) = patch(&Value::Array(operations)) {
            let size = Size::of(&result);
            prop_assert!(size.bytes <= 2 * LARGEST_MOVEMENT);
            prop_assert!(size.depth <= DEEPEST);
        }
    }

    #[test]
    fn what_was_added_is_there_and_goes_again(name in "[a-c~/]{1,4}", value in value()) {
        let path = format!("/metadata/new{}", name.replace('~', "~0").replace('/', "~1"));
        let add = json!({ "op": "add", "path": path, "value": value });
        let test = json!({ "op": "test", "path": path, "value": value });
        let remove = json!({ "op": "remove", "path": path });
        let added = patch(&json!([add, test])).unwrap();
        prop_assert_eq!(&added["metadata"][format!("new{name}")], &value);
        prop_assert_eq!(patch(&json!([add, test, remove])).unwrap(), document());
    }

    #[test]
    fn replacing_the_whole_gives_the_whole(value in value()) {
        let operations = json!([{ "op": "replace", "path": "", "value": value }]);
        prop_assert_eq!(patch(&operations).unwrap(), value);
    }

    #[test]
    fn a_move_is_a_copy_and_a_removal(target in "[x-z]{1,3}") {
        let to = format!("/metadata/{target}");
        let moved = patch(&json!([{ "op": "move", "from": "/metadata/a", "path": to }])).unwrap();
        let copied = json!([{ "op": "copy", "from": "/metadata/a", "path": to }, { "op": "remove", "path": "/metadata/a" }]);
        prop_assert_eq!(moved, patch(&copied).unwrap());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = ClientPatch::parse(&bytes).map(|patch| patch.applied(document()));
    }
}

fn refusal(operations: &Value) -> String {
    match patch(operations) {
        Err(PatchFault::Refused(description)) => description,
        other => panic!("{other:?}"),
    }
}

#[test]
fn copies_that_double_a_value_are_refused_before_it_is_large() {
    let double = json!({ "op": "copy", "from": "/contacts", "path": "/contacts/-" });
    let text = json!({ "op": "add", "path": "/contacts/-", "value": "x".repeat(1_000) });
    let mut operations = vec![text];
    operations.extend(std::iter::repeat_n(double, 60));
    assert!(refusal(&Value::Array(operations)).contains("1024 KiB"));
}

#[test]
fn values_that_are_nested_again_and_again_are_refused_before_they_are_deep() {
    let deep = (0..90).fold(json!(1), |inner, _| json!([inner]));
    let down = format!("/metadata/deep{}", "/0".repeat(88));
    let operations = json!([
        { "op": "add", "path": "/metadata/deep", "value": deep },
        { "op": "copy", "from": "/metadata/deep", "path": down },
    ]);
    assert!(refusal(&operations).contains("levels"));
    let wrap = json!({ "op": "copy", "from": "/metadata", "path": "/metadata/a" });
    let wrapped: Vec<_> = std::iter::repeat_n(wrap, 250).collect();
    assert!(refusal(&Value::Array(wrapped)).contains("levels"));
}

#[test]
fn more_operations_than_the_bound_are_refused() {
    let test = json!({ "op": "test", "path": "/owner", "value": "" });
    assert!(patch(&Value::Array(vec![test.clone(); MOST_OPERATIONS])).is_ok());
    assert!(refusal(&Value::Array(vec![test; MOST_OPERATIONS + 1])).contains("256"));
}

/// The examples of RFC 6902 appendix A that say more than the sections do.
#[test]
fn examples_of_the_rfc() {
    let apply = |document: Value, operations: Value| {
        ClientPatch::parse(operations.to_string().as_bytes()).and_then(|patch| patch.applied(document))
    };
    // A.2, A.4, A.6, A.7
    let added = apply(json!({ "foo": ["bar", "baz"] }), json!([{ "op": "add", "path": "/foo/1", "value": "qux" }]));
    assert_eq!(added.unwrap(), json!({ "foo": ["bar", "qux", "baz"] }));
    let removed = apply(json!({ "foo": ["bar", "qux", "baz"] }), json!([{ "op": "remove", "path": "/foo/1" }]));
    assert_eq!(removed.unwrap(), json!({ "foo": ["bar", "baz"] }));
    let moved = apply(
        json!({ "foo": { "bar": "baz", "waldo": "fred" }, "qux": { "corge": "grault" } }),
        json!([{ "op": "move", "from": "/foo/waldo", "path": "/qux/thud" }]),
    );
    assert_eq!(moved.unwrap(), json!({ "foo": { "bar": "baz" }, "qux": { "corge": "grault", "thud": "fred" } }));
    let moved = apply(
        json!({ "foo": ["all", "grass", "cows", "eat"] }),
        json!([{ "op": "move", "from": "/foo/1", "path": "/foo/3" }]),
    );
    assert_eq!(moved.unwrap(), json!({ "foo": ["all", "cows", "eat", "grass"] }));
    // A.9, A.12, A.14, A.15
    assert!(apply(json!({ "baz": "qux" }), json!([{ "op": "test", "path": "/baz", "value": "bar" }])).is_err());
    assert!(apply(json!({ "foo": "bar" }), json!([{ "op": "add", "path": "/baz/bat", "value": "qux" }])).is_err());
    let tested = apply(json!({ "/": 9, "~1": 10 }), json!([{ "op": "test", "path": "/~01", "value": 10 }]));
    assert!(tested.is_ok());
    assert!(apply(json!({ "/": 9, "~1": 10 }), json!([{ "op": "test", "path": "/~01", "value": "10" }])).is_err());
}
