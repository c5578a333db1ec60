//! Both languages are complete, and the operator's words win over ours.

use std::collections::{BTreeMap, BTreeSet};

use super::Texts;

fn overrides(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

/// The `{names}` in a sentence.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn both_languages_have_every_sentence_with_the_same_placeholders() {
    let (english, german) = (Texts::english(), Texts::german());
    for key in Texts::KEYS {
        let (en, de) = (english.get(key).unwrap(), german.get(key).unwrap());
        assert!(!en.trim().is_empty() && !de.trim().is_empty(), "{key} is empty");
        assert_eq!(placeholders(en), placeholders(de), "{key}");
        assert_eq!(en.matches('`').count() % 2, 0, "{key}");
        assert_eq!(de.matches('`').count() % 2, 0, "{key}");
    }
}

#[test]
fn the_first_available_language_wins_and_regions_fall_back() {
    let none = BTreeMap::new();
    assert_eq!(Texts::for_locales(&["de-AT", "en"], &none).language, "de");
    assert_eq!(Texts::for_locales(&["fr", "DE"], &none).login_heading, "Anmelden");
    assert_eq!(Texts::for_locales(&["fr", "tlh"], &none).language, "en");
    assert_eq!(Texts::for_locales(&[], &none).login_heading, "Sign in");
}

#[test]
fn an_override_without_language_holds_for_all_and_one_with_language_for_that_one() {
    let own =
        overrides(&[("login_heading", "Acme"), ("de.login_heading", "Acme-Anmeldung"), ("de.login_submit", "Los")]);
    let english = Texts::for_locales(&["en"], &own);
    assert_eq!((&*english.login_heading, &*english.login_submit), ("Acme", "Sign in"));
    let german = Texts::for_locales(&["de-CH"], &own);
    assert_eq!((&*german.login_heading, &*german.login_submit), ("Acme-Anmeldung", "Los"));
}

#[test]
fn overrides_add_a_language_and_a_region_builds_on_its_language() {
    let own =
        overrides(&[("he.login_heading", "כניסה"), ("de.login_submit", "Los"), ("de-CH.login_heading", "Grüezi")]);
    let hebrew = Texts::for_locales(&["he-IL"], &own);
    assert_eq!((&*hebrew.login_heading, &*hebrew.login_submit), ("כניסה", "Sign in"));
    assert_eq!((&*hebrew.language, hebrew.direction()), ("he", "rtl"));
    let swiss = Texts::for_locales(&["de-ch"], &own);
    assert_eq!((&*swiss.login_heading, &*swiss.login_submit, &*swiss.login_cancel), ("Grüezi", "Los", "Abbrechen"));
    assert_eq!((&*swiss.language, swiss.direction()), ("de-ch", "ltr"));
}

#[test]
fn scopes_of_the_operator_get_words() {
    let own = overrides(&[
        ("scope.orders.read.title", "See your orders"),
        ("de.scope.orders.read.title", "Ihre Bestellungen sehen"),
        ("scope.orders.read.description", "All of them."),
    ]);
    let german = Texts::for_locales(&["de"], &own);
    assert_eq!(german.scopes["orders.read"].title.as_deref(), Some("Ihre Bestellungen sehen"));
    assert_eq!(german.scopes["orders.read"].description.as_deref(), Some("All of them."));
    let english = Texts::for_locales(&["en"], &own);
    assert_eq!(english.scopes["orders.read"].title.as_deref(), Some("See your orders"));
}

#[test]
fn only_known_keys_are_keys() {
    for key in ["login_heading", "de.login_heading", "pt-BR.login_heading", "scope.a.b.title", "fr.scope.x.description"]
    {
        assert!(Texts::is_key(key), "{key}");
    }
    for key in ["login_headline", "de.login_headline", "language", "scope.title", "scope.x.heading", "", "."] {
        assert!(!Texts::is_key(key), "{key}");
    }
}

#[test]
fn durations_are_rounded_up_and_agree_in_number() {
    let english = Texts::english();
    let words = |seconds| english.duration(seconds);
    assert_eq!([words(0), words(1), words(59)], ["1 second", "1 second", "59 seconds"]);
    assert_eq!([words(60), words(61), words(600)], ["1 minute", "2 minutes", "10 minutes"]);
}
