//! Files, environment, command line: how each is read and which one wins.

use super::{File, Overrides, SECRET, development, development_flags, load_with, refusal};
use crate::config::{RotationMode, load};

#[test]
fn later_files_win_and_leave_the_rest() {
    let first = File::new("serve: {public: {port: 1, host: 127.0.0.2}}");
    let second = File::new("serve: {public: {port: 2, host: null}}");
    let config = load(&[first.path(), second.path()], std::iter::empty(), &development_flags()).unwrap();
    assert_eq!((config.serve.public.host.as_str(), config.serve.public.port), ("127.0.0.2", 2));
}

#[test]
fn the_environment_wins_over_files_and_flags_over_both() {
    let file = "ttl: {access_token: 1m, id_token: 1m, auth_code: 1m}";
    let environment = [("TTL_ID_TOKEN", "2m"), ("TTL_AUTH_CODE", "2m")];
    let config = load_with(file, &environment, &development_flags().set("ttl.auth_code", "3m")).unwrap();
    assert_eq!((config.ttl.access_token, config.ttl.id_token, config.ttl.auth_code), (60, 120, 180));
}

#[test]
fn lists_come_from_the_environment_in_four_forms() {
    let lists: [&[(&str, &str)]; 4] = [
        &[("SECRETS_SYSTEM", "a-secret-of-enough-length,another-secret-of-enough-length")],
        &[("SECRETS_SYSTEM", r#"["a-secret-of-enough-length", "another-secret-of-enough-length"]"#)],
        &[("SECRETS_SYSTEM_1", "another-secret-of-enough-length"), ("SECRETS_SYSTEM_0", SECRET)],
        &[("SECRETS", r#"{"system": ["a-secret-of-enough-length", "another-secret-of-enough-length"]}"#)],
    ];
    for environment in lists {
        let config = load_with("dev: true", environment, &Overrides::default()).unwrap();
        let secrets: Vec<_> = config.secrets.system.iter().map(|secret| secret.expose().as_str()).collect();
        assert_eq!(secrets, [SECRET, "another-secret-of-enough-length"], "{environment:?}");
    }
}

#[test]
fn indices_are_numbers_and_not_text() {
    let names: Vec<String> = (0..12).map(|index| format!("WEBFINGER_OIDC_DISCOVERY_SUPPORTED_SCOPE_{index}")).collect();
    let values: Vec<String> = (0..12).map(|index| format!("scope{index}")).collect();
    let environment: Vec<_> = names.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect();
    let config = load_with("", &environment, &development_flags()).unwrap();
    assert_eq!(config.webfinger.oidc_discovery.supported_scope, values);
}

#[test]
fn objects_come_from_the_environment_as_json() {
    let environment = [("SYMBOLON_UI_TEXTS", r#"{"login.title": "Willkommen"}"#)];
    let config = load_with("", &environment, &development_flags()).unwrap();
    assert_eq!(config.symbolon.ui.texts["login.title"], "Willkommen");
}

#[test]
fn unknown_and_empty_variables_are_passed_over() {
    let environment =
        [("PATH", "/bin"), ("SERVE_PUBLIC_PORTS", "x"), ("TTL_ACCESS_TOKEN", ""), ("URLS", "x"), ("", "y")];
    assert_eq!(load_with("", &environment, &development_flags()).unwrap().ttl.access_token, 3600);
}

#[test]
fn an_unknown_key_is_refused_with_the_key_that_was_meant() {
    for (text, meant) in [
        ("urls: {self: {isuer: x}}", "urls.self.issuer"),
        ("urls: {issuer: 'https://id.example'}", "urls.self.issuer"),
        ("serv: {}", "serve"),
        ("serve: {public: {prot: 1}}", "serve.public.port"),
        ("oauth2: {pkce: {enforce: true}}", "oauth2.pkce.enforced"),
        ("ttl: {acces_token: 1h}", "ttl.access_token"),
    ] {
        let message = refusal(development(text));
        assert!(message.starts_with("unknown configuration key `"), "{message}");
        assert!(message.ends_with(&format!("did you mean `{meant}`?")), "{message}");
        assert!(message.contains(".yml"), "names the file: {message}");
    }
    let message = refusal(development("completely_different_thing: 1"));
    assert!(message.ends_with("remove it"), "{message}");
    let message = refusal(load_with("", &[], &development_flags().set("ttl.acess_token", "1h")));
    assert!(message.contains("on the command line: did you mean `ttl.access_token`?"), "{message}");
}

#[test]
fn open_sections_take_what_we_do_not_know() {
    development("sqa: {opt_out: true, something: 1}\nfeature_flags: {whatever: true}").unwrap();
}

#[test]
fn a_wrong_type_names_key_place_found_and_expected() {
    let message = refusal(development("serve: {public: {port: abc}}"));
    assert!(message.starts_with("`serve.public.port` in ") && message.contains(".yml"), "{message}");
    assert!(message.ends_with("is the text `abc`, expected a whole number from 0 to 65535"), "{message}");
    for (text, ending) in [
        ("serve: {public: {port: 70000}}", "is the number 70000, expected a whole number from 0 to 65535"),
        ("serve: 3", "is the number 3, expected a mapping of keys to values"),
        ("dev: 'yes'", "is the text `yes`, expected `true` or `false`"),
        ("strategies: {scope: hierarchic}", "is the text `hierarchic`, expected one of `exact`, `wildcard`"),
        (
            "ttl: {id_token: 30}",
            "is the number 30, expected a time span above 0s and up to ten years, with units h, m, s, as `30s` or `1h30m`",
        ),
        ("ttl: {id_token: -1h}", "up to ten years, with units h, m, s, as `30s` or `1h30m`"),
        (
            "secrets: {system: one-single-secret-1}",
            "expected a list, each entry a text of 16 characters or more, as `openssl rand -base64 32` makes",
        ),
        ("dsn: 5", "is a number, expected text (in quotes)"),
        (
            "urls: {login: 'javascript:alert(1)'}",
            "expected an absolute URL with http or https, or a path that starts with `/`",
        ),
        (
            "urls: {login: '//evil.example'}",
            "expected an absolute URL with http or https, or a path that starts with `/`",
        ),
        (
            "urls: {self: {issuer: id.example}}",
            "a URL that starts with https:// (or http://) and has neither user name nor query nor fragment",
        ),
        (
            "oauth2: {token_hook: {url: 'https://h.example', auth: {type: basic}}}",
            "that such a header or cookie can have (not those of the call itself, as `Host`; a cookie without blanks, `,`, `;`)",
        ),
    ] {
        let message = refusal(development(text));
        assert!(message.ends_with(ending), "{text}: {message}");
    }
    // A secret without quotes may be a number.
    for text in ["symbolon: {admin: {token: 424242424242}}", "secrets: {system: [424242424242]}"] {
        let message = refusal(development(text));
        assert!(message.contains("is a number") && !message.contains("4242"), "{message}");
    }
    let message = refusal(load_with("", &[("SERVE_ADMIN_PORT", "x")], &development_flags()));
    assert!(message.contains("in the environment variable SERVE_ADMIN_PORT is the text `x`"), "{message}");
}

#[test]
fn a_refused_value_that_may_be_a_secret_is_not_shown() {
    for text in [
        "secrets: {system: 'hunter2hunter2'}",
        "secrets: {system: [short-hunter2]}",
        "secrets: {system: [\"hunter2\\q\"]}",
        "secrets:\n  system: [hunter2hunter2hunter2\nhunter2: [",
        "oauth2: {token_hook: 'hunter2'}",
    ] {
        let message = refusal(development(text));
        assert!(!message.contains("hunter2hunter2") && !message.contains("short-hunter2"), "{message}");
    }
}

#[test]
fn a_key_written_twice_is_refused() {
    for text in ["dev: true\ndev: true", "ttl: {id_token: 1h, id_token: 2h}", r#"{"dev": true, "dev": false}"#] {
        let message = refusal(development(text));
        assert!(message.starts_with("malformed configuration in "), "{message}");
        assert!(message.to_lowercase().contains("duplicate"), "{message}");
    }
}

#[test]
fn json_is_read_and_other_files_are_refused() {
    let config = development(r#"{"ttl": {"refresh_token": -1}, "oauth2": {"grant": {"refresh_token": {"rotation_mode": "until_successor_used"}}}}"#).unwrap();
    assert_eq!(config.ttl.refresh_token, None);
    assert_eq!(config.oauth2.refresh.mode, RotationMode::UntilSuccessorUsed);
    development("").unwrap();
    development("# nothing but a comment\n").unwrap();
    let message = refusal(development("- a list"));
    assert!(message.contains("the top must be a mapping"), "{message}");
    let missing = refusal(load(&["does-not-exist.yml".into()], std::iter::empty(), &development_flags()));
    assert!(missing.starts_with("cannot read the configuration file does-not-exist.yml"), "{missing}");
    let toml = refusal(load(&["x.toml".into()], std::iter::empty(), &development_flags()));
    assert!(toml.contains("TOML is not supported"), "{toml}");
}

#[test]
fn settings_without_effect_are_named() {
    let text = "tracing: {providers: {zipkin: {server_url: x}}}\nlog: {redaction_text: gone}\nhsm: {enabled: false}\nversion: v2.0.0\n\
                feature_flags: {something: true}\n\
                oauth2: {hashers: {bcrypt: {cost: 12}}}\n\
                sqa: {whatever: 1}";
    assert_eq!(
        development(text).unwrap().ignored,
        ["oauth2.hashers.bcrypt.cost", "log.redaction_text", "tracing.providers.zipkin", "feature_flags.something",]
    );
}
