//! Requested audiences of any shape: what is allowed lies below what was registered, also as a browser reads it.

use proptest::prelude::*;
use url::Url;

use super::first_foreign_audience;

fn audience() -> impl Strategy<Value = String> {
    let origin = prop::sample::select(vec![
        "https://a.example",
        "https://a.example:8443",
        "http://a.example",
        "https://a.example.evil.example",
        "https://a.example@evil.example",
        "https://A.example",
        "a",
        "urn:a",
        "https:",
        "",
    ]);
    let segment =
        prop::sample::select(vec!["x", "xy", "", ".", "..", "%2e%2E", ".%2e", "%2f", "x?q", "x#f", "\\", "y"]);
    (origin, prop::collection::vec(segment, 0..5)).prop_map(|(origin, segments)| {
        segments.iter().fold(origin.to_owned(), |audience, segment| format!("{audience}/{segment}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_allowed_lies_below_what_was_registered(
        registered in prop::collection::vec(audience(), 0..4), requested in audience(),
    ) {
        let allowed = first_foreign_audience(&registered, std::slice::from_ref(&requested)).is_none();
        prop_assert!(allowed || !registered.contains(&requested), "{requested} is registered");
        if allowed && !registered.contains(&requested) {
            let above = |own: &String| {
                let own = own.trim_end_matches('/');
                requested.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            prop_assert!(registered.iter().any(above), "{requested} is below none of {registered:?}");
            // No dot segment, in whatever spelling, leads out again.
            if let Ok(read) = Url::parse(&requested) {
                let (read, requested) = (read.as_str().trim_end_matches('/'), requested.trim_end_matches('/'));
                prop_assert!(read.eq_ignore_ascii_case(requested), "{requested} is read as {read}");
            }
        }
    }

    #[test]
    fn lists_are_judged_one_by_one(registered in prop::collection::vec(audience(), 0..4),
        requested in prop::collection::vec(audience(), 0..4)) {
        let foreign = |value: &&String| first_foreign_audience(&registered, std::slice::from_ref(*value)).is_some();
        let expected = requested.iter().find(foreign).map(String::as_str);
        prop_assert_eq!(first_foreign_audience(&registered, &requested), expected);
    }
}
