//! The key table itself: every key can be set, every key with an effect has one, and documentation can be made of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{SECRET, development_flags, load_with};
use crate::config::keys::{self, Form, Key, Kind, Preset, Standing, Structure};
use crate::config::load::read_environment;
use crate::config::values::Values;
use crate::config::{Config, Overrides};

/// A value other than the default: as in an environment variable, and as it must arrive.
pub(super) fn sample(key: &Key) -> (String, Value) {
    let text = |text: &str| (text.to_owned(), json!(text));
    match key.path.as_str() {
        "dsn" => return text("sqlite://sample.db"),
        // In development mode the default, `None`, becomes `Lax`.
        "serve.cookies.same_site_mode" => return text("Strict"),
        "symbolon.resources_default" => return text("https://a.example"),
        "symbolon.ui.enabled" => return ("0".to_owned(), json!(false)),
        // The default for signing must stay among them.
        "symbolon.keys.offered_algorithms" => return ("RS256, PS256".to_owned(), json!(["RS256", "PS256"])),
        _ => {}
    }
    match key.kind {
        Kind::Text(form) => text(sample_text(form, key.preset)),
        Kind::List(Form::Word(words)) => (words[1..].join(","), json!(words[1..])),
        Kind::List(form) => {
            let item = sample_text(form, key.preset);
            (format!("{item},{item}"), json!([item, item]))
        }
        Kind::Records(Structure::Resources | Structure::McpResources) => {
            (r#"[{"identifier":"https://a.example"}]"#.to_owned(), json!([{"identifier": "https://a.example"}]))
        }
        Kind::Records(Structure::DetailsTypes) => {
            let types = r#"{"a":{"schema":{"type":"object"},"title":"A"}}"#;
            (types.to_owned(), serde_json::from_str(types).unwrap())
        }
        Kind::Records(Structure::ExchangePolicies) => {
            let rows = r#"[{"client":"a","subject_token_types":["id_token"],"audience":["b"],"delegation":true}]"#;
            (rows.to_owned(), serde_json::from_str(rows).unwrap())
        }
        Kind::Records(Structure::AssertionPolicies) => {
            let rows = r#"[{"client":"a","audience":"https://b.example","client_id":"c"}]"#;
            (rows.to_owned(), serde_json::from_str(rows).unwrap())
        }
        Kind::Records(Structure::RevocationIssuers) => {
            let issuers = r#"[{"issuer":"https://a.example","jwks_uri":"https://a.example/keys"}]"#;
            (issuers.to_owned(), serde_json::from_str(issuers).unwrap())
        }
        Kind::Records(Structure::IdJagIssuers) => {
            let issuers = r#"[{"issuer":"https://a.example","jwks_uri":"https://a.example/keys","clients":["a"]}]"#;
            (issuers.to_owned(), serde_json::from_str(issuers).unwrap())
        }
        Kind::Hook => text("http://sample.example/x"),
        Kind::Switch if key.preset == Preset::Value("true") => ("false".to_owned(), json!(false)),
        Kind::Switch => ("true".to_owned(), json!(true)),
        Kind::Integer { least, .. } => (least.max(12).to_string(), json!(least.max(12))),
        Kind::Ratio => ("0.25".to_owned(), json!(0.25)),
        Kind::Span | Kind::Lifetime | Kind::LifetimeOrNever => text("57s"),
        Kind::TextMap => (r#"{"a":"b"}"#.to_owned(), json!({"a": "b"})),
        Kind::Opaque => (r#"{"a":1}"#.to_owned(), json!({"a": 1})),
    }
}

fn sample_text(form: Form, preset: Preset) -> &'static str {
    match form {
        Form::Any | Form::Scope | Form::Name => "sample-text-of-length",
        Form::Secret => SECRET,
        Form::Url | Form::BaseUrl | Form::Reference => "http://sample.example/x",
        Form::Path | Form::File => "/sample",
        Form::Domain | Form::Host => "sample.example",
        Form::Socket => "127.0.0.1:4446",
        Form::Address => "unix:/run/sample.sock",
        Form::Origin => "https://sample.example",
        Form::Network => "10.0.0.0/8",
        Form::HostPattern => "*.example.com",
        Form::Alphabet => "ABCDEFGHJK",
        Form::Word(words) => words.iter().rev().find(|word| preset != Preset::Value(word)).unwrap(),
    }
}

#[test]
fn every_key_round_trips_from_the_environment() {
    for key in keys::all() {
        let (text, expected) = sample(key);
        let mut values = Values::default();
        read_environment(&mut values, &[(key.environment_name(), text)]);
        assert_eq!(values.faults(), []);
        assert_eq!(values.get(&key.path), Some(expected), "{}", key.path);
    }
}

#[test]
fn every_key_is_read_from_a_file() {
    for key in keys::all() {
        let (_, expected) = sample(key);
        let tree = key.path.rsplit('.').fold(expected.clone(), |value, name| json!({ name: value }));
        let mut values = Values::default();
        let place = crate::config::Place::Flag;
        crate::config::load::read_document(&mut values, &tree.to_string(), place);
        assert_eq!(values.faults(), []);
        assert_eq!(values.get(&key.path), Some(expected), "{}", key.path);
    }
}

/// Settings that others need, besides the one in question.
fn companions(key: &Key) -> &'static [(&'static str, &'static str)] {
    match key.path.as_str() {
        "oidc.subject_identifiers.supported_types" => &[("OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT", "long-enough")],
        "oauth2.device_authorization.user_code.length" => {
            &[("OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_CHARACTER_SET", "ABCDEFGH")]
        }
        "oauth2.device_authorization.user_code.character_set" => {
            &[("OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_LENGTH", "8")]
        }
        "symbolon.resources_default" => &[("SYMBOLON_RESOURCES", r#"[{"identifier":"https://a.example"}]"#)],
        "symbolon.mcp.resources" => &[("SYMBOLON_MCP_ENABLED", "true")],
        "symbolon.global_token_revocation" => &[("SYMBOLON_ADMIN_TOKEN", SECRET)],
        "symbolon.global_token_revocation_issuers" | "symbolon.global_token_revocation_scope" => {
            &[("SYMBOLON_GLOBAL_TOKEN_REVOCATION", "draft-05")]
        }
        "symbolon.mtls.listen" => &[MTLS_FILES[0], MTLS_FILES[1], MTLS_URL],
        "symbolon.mtls.certificate_file" => &[MTLS_LISTEN, MTLS_FILES[1], MTLS_URL],
        "symbolon.mtls.key_file" => &[MTLS_LISTEN, MTLS_FILES[0], MTLS_URL],
        "symbolon.mtls.header.name" => &[PROXY, MTLS_HEADER[1]],
        "symbolon.mtls.header.format" => &[PROXY, MTLS_HEADER[0]],
        "symbolon.mtls.url" | "symbolon.mtls.ca_file" | "symbolon.mtls.header.verdict_name" => {
            &[PROXY, MTLS_HEADER[0], MTLS_HEADER[1]]
        }
        "serve.tls.enabled" | "serve.public.tls.enabled" | "serve.admin.tls.enabled" => &[TLS_FILES[0], TLS_FILES[1]],
        "serve.tls.key.path" | "serve.tls.key.base64" => &[TLS_FILES[0]],
        "serve.tls.cert.path" | "serve.tls.cert.base64" => &[TLS_FILES[1]],
        "serve.public.tls.key.path" | "serve.public.tls.key.base64" => &[("SERVE_PUBLIC_TLS_CERT_PATH", "c.pem")],
        "serve.public.tls.cert.path" | "serve.public.tls.cert.base64" => &[("SERVE_PUBLIC_TLS_KEY_PATH", "k.pem")],
        "serve.admin.tls.key.path" | "serve.admin.tls.key.base64" => &[("SERVE_ADMIN_TLS_CERT_PATH", "c.pem")],
        "serve.admin.tls.cert.path" | "serve.admin.tls.cert.base64" => &[("SERVE_ADMIN_TLS_KEY_PATH", "k.pem")],
        "tracing.provider" => &[COLLECTOR[1]],
        "symbolon.tracing.logs" => &COLLECTOR,
        _ => &[],
    }
}

const COLLECTOR: [(&str, &str); 2] =
    [("TRACING_PROVIDER", "otel"), ("TRACING_PROVIDERS_OTLP_SERVER_URL", "localhost:4318")];

const TLS_FILES: [(&str, &str); 2] = [("SERVE_TLS_CERT_PATH", "c.pem"), ("SERVE_TLS_KEY_PATH", "k.pem")];

const PROXY: (&str, &str) = ("SYMBOLON_TRUSTED_PROXIES_0", "10.0.0.0/8");
const MTLS_LISTEN: (&str, &str) = ("SYMBOLON_MTLS_LISTEN", "127.0.0.1:4446");
const MTLS_FILES: [(&str, &str); 2] =
    [("SYMBOLON_MTLS_CERTIFICATE_FILE", "c.pem"), ("SYMBOLON_MTLS_KEY_FILE", "k.pem")];
const MTLS_URL: (&str, &str) = ("SYMBOLON_MTLS_URL", "https://mtls.example");
const MTLS_HEADER: [(&str, &str); 2] =
    [("SYMBOLON_MTLS_HEADER_NAME", "client-cert"), ("SYMBOLON_MTLS_HEADER_FORMAT", "rfc9440")];

/// The configuration as text, with the database's address, which its `Debug` leaves out.
fn seen(config: &Config) -> String {
    format!("{} {config:?}", config.dsn)
}

#[test]
fn a_key_has_an_effect_exactly_when_the_table_says_so() {
    // Environment only: a flag would win over the variable for `dev`.
    let flags = Overrides { settings: Vec::new(), ..development_flags() };
    let base = [("DEV", "true"), ("SECRETS_SYSTEM_0", SECRET), ("URLS_SELF_ISSUER", "http://id.example")];
    // Those that name files have tests of their own.
    for key in keys::all().filter(|key| key.path != "dev" && keys::of_file(&key.path).is_none()) {
        let mut environment = base.to_vec();
        environment.extend(companions(key));
        let before = load_with("", &base, &flags).unwrap();
        let (name, (text, _)) = (key.environment_name(), sample(key));
        environment.push((&name, &text));
        let loaded = load_with("", &environment, &flags);
        if let Standing::Refused(reason) = key.standing {
            let message = loaded.unwrap_err().to_string();
            assert!(message.contains(&key.path) && message.ends_with(reason), "{message}");
            continue;
        }
        let mut after = loaded.unwrap_or_else(|error| panic!("{error}"));
        let ignored = std::mem::take(&mut after.ignored);
        let effective = matches!(key.standing, Standing::Compatible | Standing::Added);
        assert_eq!(seen(&before) != seen(&after), effective, "{}", key.path);
        assert_eq!(ignored.contains(&key.path), matches!(key.standing, Standing::Inert(_)), "{}", key.path);
    }
}

#[test]
fn every_word_is_understood() {
    let flags = Overrides { settings: Vec::new(), ..development_flags() };
    let base =
        [("DEV", "true"), ("SECRETS_SYSTEM_0", SECRET), ("OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT", "long-enough")];
    let grace = ("OAUTH2_GRANT_REFRESH_TOKEN_ROTATION_GRACE_PERIOD", "1s");
    for key in keys::all() {
        let (Kind::Text(Form::Word(words)) | Kind::List(Form::Word(words))) = key.kind else { continue };
        for word in words {
            // RS256 signs by default, so it stays in the list.
            let text =
                if key.path.ends_with("offered_algorithms") { format!("RS256,{word}") } else { (*word).to_owned() };
            let name = key.environment_name();
            let mut environment = base.to_vec();
            environment.push((&name, &text));
            environment.extend(companions(key));
            if *word == "grace" {
                environment.push(grace);
            }
            load_with("", &environment, &flags).unwrap_or_else(|error| panic!("{} = {word}: {error}", key.path));
        }
    }
}

#[test]
fn the_table_is_sound() {
    let (mut paths, mut names) = (BTreeSet::new(), BTreeSet::new());
    for key in keys::all() {
        assert!(paths.insert(&key.path), "{} is there twice", key.path);
        assert!(names.insert(key.environment_name()), "{} has the variable of another key", key.path);
        assert!(!keys::is_section(&key.path), "{} is a key and a section", key.path);
        assert!(key.summary.ends_with('.') && key.summary.len() <= 130, "{}", key.path);
        let ours = ["symbolon.", "rotation_mode", "successor_window"].iter().any(|part| key.path.contains(part));
        let ours = ours || keys::of_file(&key.path).is_some();
        assert_eq!(key.standing == Standing::Added, ours, "{}", key.path);
        if let Some(value) = key.preset_value() {
            assert!(key.kind.accepts(&value), "default of {}", key.path);
        }
    }
    for section in keys::section_paths() {
        assert!(!names.contains(&keys::environment_name(section)), "{section} has the variable of a key");
    }
}

#[test]
fn environment_names_are_those_of_hydra() {
    let name = |path: &str| keys::find(path).unwrap().environment_name();
    assert_eq!(name("urls.self.issuer"), "URLS_SELF_ISSUER");
    assert_eq!(name("urls.identity_provider.publicUrl"), "URLS_IDENTITY_PROVIDER_PUBLICURL");
    assert_eq!(name("serve.admin.cors.allowed_origins"), "SERVE_ADMIN_CORS_ALLOWED_ORIGINS");
}
