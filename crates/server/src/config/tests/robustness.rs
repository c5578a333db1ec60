//! Whatever stands in a file or the environment: a configuration or an error of one line, never a panic.

use proptest::prelude::*;

use super::{development_flags, load_with};
use crate::config::keys;

/// A small YAML document near the real thing: known and mangled keys with values of every shape.
fn document() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        (0..keys::all().count())
            .prop_map(|index| keys::all().nth(index).map(|key| key.path.clone()).unwrap_or_default()),
        "[a-z_.]{0,12}",
    ];
    let value = prop_oneof![
        Just("null".to_owned()),
        Just("{}".to_owned()),
        Just("[[[]]]".to_owned()),
        Just("&a [*a]".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:e}")),
        "[0-9]{0,25}(h|m|s|ms|µs|x|-)",
        "(http|https|//|/|\\\\)[:/\\\\@?#*a-z.\\[\\]]{0,12}",
        "\\PC{0,20}",
    ];
    proptest::collection::vec((key, value), 0..5).prop_map(|entries| {
        let nested = |(path, value): (String, String)| {
            let depth = path.matches('.').count();
            path.replace('.', ": {") + ": " + &value + &"}".repeat(depth)
        };
        entries.into_iter().map(nested).collect::<Vec<_>>().join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_text_is_a_configuration_or_an_error(text in "\\PC{0,80}|[\\x00-\\x7f]{0,80}") {
        if let Err(error) = load_with(&text, &[], &development_flags()) {
            prop_assert!(!error.to_string().contains('\n'), "{error}");
        }
    }

    #[test]
    fn any_document_is_a_configuration_or_an_error(text in document()) {
        match load_with(&text, &[], &development_flags()) {
            Ok(config) => {
                prop_assert!(!config.secrets.system.is_empty());
                prop_assert!(config.ttl.access_token > 0);
            }
            Err(error) => prop_assert!(!error.to_string().contains('\n'), "{error}"),
        }
    }

    #[test]
    fn any_variable_is_a_value_or_an_error(index in 0..keys::all().count(), text in "\\PC{0,40}") {
        let name = keys::all().nth(index).unwrap().environment_name();
        let _ = load_with("", &[(&name, &text)], &development_flags());
    }
}

#[test]
fn documents_that_explode_or_are_too_deep_are_errors() {
    let deep = format!("tracing: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(load_with(&deep, &[], &development_flags()).is_err());
    let mut laughs = "a0: &a0 [lol]\n".to_owned();
    for level in 1..30 {
        let previous = format!("*a{}", level - 1);
        let line = format!("a{level}: &a{level} [{}]\n", [previous.as_str(); 10].join(", "));
        laughs.push_str(&line);
    }
    assert!(load_with(&laughs, &[], &development_flags()).is_err());
}
