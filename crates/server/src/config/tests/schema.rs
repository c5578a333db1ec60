//! The JSON Schema of configuration files: it is that of the table of keys, takes what the server takes, and refuses
//! misspelt keys and values of another kind.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::table::sample;
use crate::config::keys::{self, Kind, Standing};
use crate::config::load::read_document;
use crate::config::values::Values;
use crate::config::{Place, schema};

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/configuration.schema.json")
}

fn rendered() -> String {
    serde_json::to_string_pretty(&schema()).unwrap() + "\n"
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft202012::meta::validate(&schema()).unwrap();
    jsonschema::validator_for(&schema()).unwrap()
}

fn tree(path: &str, value: &Value) -> Value {
    path.rsplit('.').fold(value.clone(), |value, name| json!({ name: value }))
}

/// How many faults the server finds in a file with this content, apart from rules between keys.
fn faults(tree: &Value) -> usize {
    let mut values = Values::default();
    read_document(&mut values, &tree.to_string(), Place::Flag);
    values.faults().len()
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn the_schema_in_the_repository_is_that_of_the_table() {
    let written = std::fs::read_to_string(file()).unwrap_or_default();
    assert!(
        written == rendered(),
        "docs/reference/configuration.schema.json is out of date: run `cargo test -p symbolon-server --lib \
         config::tests::schema::rewrite -- --ignored`"
    );
}

#[test]
#[ignore = "writes docs/reference/configuration.schema.json"]
fn rewrite() {
    std::fs::write(file(), rendered()).unwrap();
}

#[test]
fn every_key_takes_its_sample_and_its_default_and_nothing_of_another_kind() {
    let validator = validator();
    let is_refused = |key: &&keys::Key| matches!(key.standing, Standing::Refused(_));
    for key in keys::all().filter(|key| !is_refused(key)) {
        let (_, value) = sample(key);
        assert!(validator.is_valid(&tree(&key.path, &value)), "{}: {value}", key.path);
        assert!(validator.is_valid(&tree(&key.path, &Value::Null)), "{}", key.path);
        if let Some(default) = key.preset_value() {
            assert!(validator.is_valid(&tree(&key.path, &default)), "{}: {default}", key.path);
        }
        let other = if key.kind == Kind::Switch { json!("yes") } else { json!(true) };
        assert!(!validator.is_valid(&tree(&key.path, &other)), "{}", key.path);
        assert_eq!(faults(&tree(&key.path, &other)), 1, "{}", key.path);
    }
    for key in keys::all().filter(is_refused) {
        let (_, value) = sample(key);
        assert!(!validator.is_valid(&tree(&key.path, &value)), "{}: {value}", key.path);
    }
}

#[test]
fn a_misspelt_key_is_refused_wherever_it_stands() {
    let validator = validator();
    for key in keys::all().filter(|key| !key.path.starts_with("sqa.") && !key.path.starts_with("feature_flags.")) {
        let path = format!("{}x", key.path);
        let tree = tree(&path, &Value::Null);
        assert_eq!((validator.is_valid(&tree), faults(&tree)), (false, 1), "{path}");
    }
    assert!(validator.is_valid(&json!({ "sqa": { "anything": 1 }, "feature_flags": { "anything": 1 } })));
}

/// What the server takes must fit. What it refuses must not, except where the last word is that only the server knows.
#[test]
fn values_are_judged_as_the_server_judges_them() {
    let validator = validator();
    for (path, value, fits) in [
        ("ttl.access_token", json!("1h30m"), true),
        ("ttl.access_token", json!("1.5h"), true),
        ("ttl.access_token", json!("500ms"), true),
        ("ttl.access_token", json!("7d"), false),
        ("ttl.access_token", json!("-1h"), false),
        ("ttl.access_token", json!(3600), false),
        ("ttl.refresh_token", json!(-1), true),
        ("ttl.refresh_token", json!("-1"), true),
        ("ttl.refresh_token", json!(-2), false),
        ("serve.public.port", json!(-1), false),
        ("serve.public.port", json!(65536), false),
        ("serve.public.port", json!("4444"), false),
        ("serve.public.cors.allowed_origins", json!(["*", "https://*.example.com"]), true),
        ("serve.public.cors.allowed_origins", json!(["example.com"]), false),
        ("serve.public.cors.allowed_origins", json!("https://example.com"), false),
        ("log.level", json!("loud"), false),
        ("log.level", json!(""), true),
        ("secrets.system", json!(["short"]), false),
        ("secrets.system", json!(["ééééééééé"]), true),
        ("urls.self.issuer", json!("id.example.com"), false),
        ("urls.login", json!("/login"), true),
        ("urls.login", json!("HTTPS://id.example.com/login"), true),
        ("symbolon.trusted_proxies", json!(["10.0.0.0/8", "::ffff:10.0.0.1", "fd00::/8"]), true),
        ("symbolon.trusted_proxies", json!(["proxy.example"]), false),
        ("oauth2.token_hook", json!({ "url": "https://a.example", "auth": null }), true),
        ("oauth2.token_hook", json!({ "url": "https://a.example", "key": 1 }), false),
        ("oauth2.token_hook", json!({ "auth": null }), false),
        ("serve", json!([]), false),
        ("serve.public", Value::Null, true),
    ] {
        let tree = tree(path, &value);
        assert_eq!((validator.is_valid(&tree), faults(&tree) == 0), (fits, fits), "{path}: {value}");
    }
}

#[test]
fn the_files_of_the_documentation_and_those_made_for_hydra_fit() {
    let validator = validator();
    let profiles = ["base", "hooks", "jwt", "strict"].map(|name| format!("src/config/tests/profiles/{name}.yml"));
    let profiles = profiles.map(|file| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file));
    let texts = profiles.map(|file| std::fs::read_to_string(file).unwrap());
    let documents = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let pages = std::fs::read_dir(documents).unwrap().map(|entry| entry.unwrap().path());
    let pages = pages.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let pages: Vec<_> = pages.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let blocks = pages.iter().flat_map(|page| page.split("```yaml\n").skip(1));
    let blocks = blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned());
    // Other blocks are for proxies and for profiles of the command line.
    let sections = ["dsn:", "oauth2:", "serve:", "symbolon:", "tracing:", "ttl:", "urls:"];
    let blocks = blocks.filter(|block| sections.iter().any(|section| block.starts_with(section)));
    let files: Vec<_> = texts.into_iter().chain(blocks).collect();
    assert!(files.len() > 15, "{}", files.len());
    for text in &files {
        let tree = yaml(text);
        let faults: Vec<_> = validator.iter_errors(&tree).map(|error| error.to_string()).collect();
        assert_eq!(faults, [""; 0], "{text}");
    }
}
