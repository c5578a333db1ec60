//! Scope matching for lists of any shape, held against the rule as one would say it, pattern by pattern.

use proptest::prelude::*;

use super::{Scope, ScopeStrategy};

/// One pattern and one scope-token, segment by segment: `*` stands for a segment that is not empty, and at the end of the
/// pattern for all that remains as well.
fn covers(pattern: &[&str], token: &[&str]) -> bool {
    match (pattern, token) {
        ([], []) => true,
        (["*"], [first, ..]) => !first.is_empty(),
        (["*", pattern @ ..], [first, token @ ..]) => !first.is_empty() && covers(pattern, token),
        ([own, pattern @ ..], [first, token @ ..]) => own == first && covers(pattern, token),
        _ => false,
    }
}

fn segments(token: &str) -> Vec<&str> {
    token.split('.').collect()
}

/// Few segments, so that many tokens begin alike; some are empty.
fn token() -> impl Strategy<Value = String> {
    let segment = prop_oneof![4 => Just("a"), 4 => Just("b"), 3 => Just("*"), 1 => Just(""), 1 => Just("a*")];
    let joined = prop::collection::vec(segment, 1..6).prop_map(|segments| segments.join("."));
    joined.prop_filter("a scope-token is not empty", |token| !token.is_empty())
}

fn scope(most: usize) -> impl Strategy<Value = Scope> {
    prop::collection::vec(token(), 0..most).prop_map(|tokens| Scope::from_list(tokens).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn wildcards_cover_what_the_rule_says(registered in scope(8), requested in scope(5)) {
        let covered = |token: &str| registered.iter().any(|own| covers(&segments(own), &segments(token)));
        let expected = requested.iter().find(|token| !covered(token));
        prop_assert_eq!(ScopeStrategy::Wildcard.first_uncovered(&registered, &requested), expected);
    }

    #[test]
    fn exact_is_membership_and_wildcards_allow_no_less(registered in scope(8), requested in scope(5)) {
        let expected = requested.iter().find(|token| !registered.contains(token));
        prop_assert_eq!(ScopeStrategy::Exact.first_uncovered(&registered, &requested), expected);
        let wildcard = ScopeStrategy::Wildcard.first_uncovered(&registered, &requested);
        prop_assert!(expected.is_some() || wildcard.is_none());
    }

    #[test]
    fn more_registered_scopes_never_cover_less(registered in scope(6), more in scope(6), requested in scope(5)) {
        let both = Scope::from_list([registered.to_vec(), more.to_vec()].concat()).unwrap();
        for strategy in [ScopeStrategy::Exact, ScopeStrategy::Wildcard] {
            if strategy.first_uncovered(&registered, &requested).is_none() {
                prop_assert_eq!(strategy.first_uncovered(&both, &requested), None);
            }
        }
    }

    #[test]
    fn any_text_is_a_scope_that_is_written_the_same_way_again_or_none(text in any::<String>()) {
        let parsed = Scope::parse(&text);
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let allowed = |word: &&str| word.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
        prop_assert_eq!(parsed.is_ok(), words.iter().all(allowed));
        if let Ok(scope) = parsed {
            prop_assert_eq!(Scope::parse(&scope.to_string()), Ok(scope.clone()));
            prop_assert!(words.iter().all(|word| scope.contains(word)));
        }
    }
}
