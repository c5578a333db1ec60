//! Every bound from both sides, and how much work lists of ten times the bound make.

use serde_json::{Value, json};

use super::*;
use crate::membership::steps;
use crate::redirect_uri::{FreePort, match_redirect_uri};
use crate::{
    Client, OfferedAlgorithms, OfferedEncryption, PromptSet, Registrant, RegistrationPolicy, ScopeStrategy,
    SubjectType, first_foreign_audience, first_missing, parse_audience, validate, without_repeats,
};

fn client(members: &Value) -> Client {
    serde_json::from_value(members.clone()).unwrap()
}

fn fault(members: &Value, limits: MetadataLimits) -> String {
    limits.check(&client(members)).map_or_else(|fault| fault.to_string(), |()| String::new())
}

fn numbered(most: usize, form: impl Fn(usize) -> String) -> Vec<String> {
    (0..most).map(form).collect()
}

#[test]
fn each_list_of_metadata_has_a_bound() {
    let lists = [
        "redirect_uris",
        "request_uris",
        "post_logout_redirect_uris",
        "allowed_cors_origins",
        "audience",
        "allowed_resources",
        "grant_types",
        "response_types",
        "contacts",
        "default_acr_values",
        "authorization_details_types",
    ];
    for (limits, most) in [(MetadataLimits::SELF_REGISTERED, 32), (MetadataLimits::ADMINISTRATOR, 1_000)] {
        let words = |count| numbered(count, |number| format!("a:{number}"));
        for name in lists {
            assert_eq!(fault(&json!({ name: words(most) }), limits), "", "{name}");
            let expected = format!("'{name}' has more than {most} entries");
            assert_eq!(fault(&json!({ name: words(most + 1) }), limits), expected);
        }
        let scope = |count| json!({ "scope": words(count).join(" ") });
        assert_eq!(fault(&scope(most), limits), "");
        assert_eq!(fault(&scope(most + 1), limits), format!("'scope' has more than {most} entries"));
        let keys = |count| json!({ "jwks": { "keys": vec![json!({ "kty": "x" }); count] } });
        assert_eq!(fault(&keys(most), limits), "");
        assert_eq!(fault(&keys(most + 1), limits), format!("'jwks' has more than {most} entries"));
        let names = |count| numbered(count, |number| format!("client_name#l{number}"));
        let translated = |count| Value::Object(names(count).into_iter().map(|name| (name, json!("n"))).collect());
        assert_eq!(fault(&translated(most), limits), "");
        let expected = format!("'translated members' has more than {most} entries");
        assert_eq!(fault(&translated(most + 1), limits), expected);
    }
}

#[test]
fn each_text_of_metadata_has_a_bound() {
    let own = MetadataLimits::SELF_REGISTERED;
    let uris = ["policy_uri", "tos_uri", "client_uri", "logo_uri", "sector_identifier_uri", "jwks_uri"];
    let called = ["frontchannel_logout_uri", "backchannel_logout_uri", "initiate_login_uri"];
    for name in uris.into_iter().chain(called) {
        assert_eq!(fault(&json!({ name: "u".repeat(2_048) }), own), "");
        assert_eq!(fault(&json!({ name: "u".repeat(2_049) }), own), format!("'{name}' has more than 2048 bytes"));
    }
    for name in ["client_name", "owner", "software_id", "software_version", "subject_type", "client_id"] {
        assert_eq!(fault(&json!({ name: "n".repeat(512) }), own), "");
        assert_eq!(fault(&json!({ name: "n".repeat(513) }), own), format!("'{name}' has more than 512 bytes"));
    }
    let long = "x".repeat(2_049);
    let entry = fault(&json!({ "redirect_uris": [long] }), own);
    assert_eq!(entry, "'redirect_uris' has an entry of more than 2048 bytes");
    let token = fault(&json!({ "scope": "s".repeat(513) }), own);
    assert_eq!(token, "'scope' has an entry of more than 512 bytes");
}

#[test]
fn all_members_together_have_a_bound() {
    for (limits, most) in [(MetadataLimits::SELF_REGISTERED, 32 * 1024), (MetadataLimits::ADMINISTRATOR, 256 * 1024)] {
        let with = |bytes: usize| json!({ "metadata": { "note": "x".repeat(bytes) } });
        // What the server sets is not counted.
        let empty = Client { created_at: 0, updated_at: 0, ..client(&with(0)) };
        let rest = serde_json::to_string(&empty).unwrap().len();
        assert_eq!(fault(&with(most - rest), limits), "");
        let expected = format!("'client metadata' has more than {most} bytes");
        assert_eq!(fault(&with(most - rest + 1), limits), expected);
    }
}

#[test]
fn lists_of_requests_have_bounds() {
    let words = |count| numbered(count, |number| format!("w{number}"));
    let scope = |count| Scope::from_list(words(count)).unwrap();
    assert_eq!(check_scope("scope", &scope(SCOPE_TOKENS)), Ok(()));
    assert_eq!(
        check_scope("scope", &scope(SCOPE_TOKENS + 1)).unwrap_err().to_string(),
        "'scope' has more than 1000 entries"
    );
    let long = Scope::from_list(vec!["s".repeat(513)]).unwrap();
    assert_eq!(check_scope("scope", &long).unwrap_err().member(), "scope");
    assert_eq!(check_audience("audience", &words(AUDIENCES)), Ok(()));
    assert!(check_audience("audience", &words(AUDIENCES + 1)).is_err());
    assert!(check_audience("audience", &["a".repeat(2_049)]).is_err());
    let lists = [("prompt", PROMPTS), ("acr_values", ACR_VALUES), ("ui_locales", LOCALES), ("claims_locales", LOCALES)];
    for (name, most) in lists {
        assert_eq!(check_words(name, &words(most).join(" ")), Ok(()), "{name}");
        assert_eq!(check_words(name, &words(most + 1).join("  ")).unwrap_err().member(), name);
        assert_eq!(check_words(name, &"w".repeat(513)).unwrap_err().member(), name);
    }
    assert_eq!(check_words("state", &words(5_000).join(" ")), Ok(()), "it is no list");
    assert!(check_claims("claims", words(CLAIMS + 1).iter().map(String::as_str)).is_err());
}

/// Comparisons for each entry of both lists; a product of the two would be thousands.
const STEPS_EACH: usize = 8;

fn assert_linear<T>(name: &str, entries: usize, work: impl FnOnce() -> T) -> T {
    let (value, steps) = steps::of(work);
    assert!(steps <= STEPS_EACH * entries, "{name}: {steps} comparisons for {entries} entries");
    assert!(steps > 0, "{name} is not measured");
    value
}

#[test]
fn no_check_of_two_lists_compares_each_with_each() {
    let many = 10 * SCOPE_TOKENS;
    let scope = |form: &dyn Fn(usize) -> String| Scope::from_list(numbered(many, form)).unwrap();
    let (own, wanted) =
        (scope(&|number| format!("own{number}.x")), scope(&|number| format!("own{}.x", many - 1 - number)));
    let patterns = scope(&|number| format!("a{number}.*"));
    let below = scope(&|number| format!("a{number}.x.y"));
    for strategy in [ScopeStrategy::Exact, ScopeStrategy::Wildcard] {
        assert_eq!(assert_linear("scope", 2 * many, || strategy.first_uncovered(&own, &wanted)), None);
    }
    let covered = assert_linear("patterns", 2 * many, || ScopeStrategy::Wildcard.first_uncovered(&patterns, &below));
    assert_eq!(covered, None);
    let foreign = assert_linear("patterns", 2 * many, || ScopeStrategy::Wildcard.first_uncovered(&patterns, &own));
    assert_eq!(foreign, Some("own0.x"));

    let registered = numbered(many, |number| format!("https://a{number}.example/x"));
    let asked = numbered(many, |number| format!("https://a{}.example/x/y", many - 1 - number));
    assert_eq!(assert_linear("audience", 2 * many, || first_foreign_audience(&registered, &asked)), None);
    assert_eq!(assert_linear("members", 2 * many, || first_missing(&asked, asked.iter().rev())), None);

    let text = asked.join(" ");
    assert_eq!(parse_audience(&[text.as_str(), text.as_str()]).len(), many, "repetition is found by a set");
    let doubled = [asked.clone(), asked.clone()].concat();
    assert_eq!(assert_linear("repeats", 2 * many, || without_repeats(doubled.clone())), asked);
    assert_eq!(Scope::parse(&format!("{own} {own}")).unwrap().len(), many);
    assert!(PromptSet::parse(&"login consent ".repeat(many)).unwrap().contains(crate::Prompt::Login));
    assert!(match_redirect_uri(&registered, "http://127.0.0.1:5/cb", FreePort::OfAddresses).is_err());
}

#[test]
fn checking_metadata_compares_no_list_with_another_entry_by_entry() {
    let many = 10 * MetadataLimits::ADMINISTRATOR.list_entries;
    let mut large = client(&json!({
        "redirect_uris": numbered(many, |number| format!("https://a{number}.example/cb")),
        "post_logout_redirect_uris": numbered(many, |number| format!("https://a{}.example/bye", many - 1 - number)),
        "request_uris": numbered(many, |number| format!("https://a{number}.example/request")),
        "allowed_cors_origins": numbered(many, |number| format!("https://a{number}.example")),
        "contacts": numbered(many, |number| format!("{number}@a.example")),
        "scope": numbered(many, |number| format!("s{number}")).join(" "),
    }));
    let policy = RegistrationPolicy {
        default_scope: &Scope::default(),
        subject_types: &[SubjectType::Public],
        registrant: Registrant::Administrator,
        jwt_access_tokens: false,
        algorithms: OfferedAlgorithms {
            responses: &["RS256"],
            assertions: &["RS256"],
            encryption: OfferedEncryption::default(),
        },
        certificates: crate::client::ClientCertificates::Unseen,
        limits: MetadataLimits { bytes: usize::MAX, list_entries: many, ..MetadataLimits::ADMINISTRATOR },
    };
    assert_linear("metadata", 4 * many, || validate(&mut large, &policy)).unwrap();
}
