//! `symbolon config`: what is wrong with a configuration, and which values hold, without serving.

use std::path::Path;

use serde_json::{Value, json};

use crate::process::{Finished, run, symbolon, text};

const SECRET: &str = "hunter2-hunter2-hunter2";

fn file(place: &Path, yaml: &str) -> std::path::PathBuf {
    let file = place.join("symbolon.yaml");
    std::fs::write(&file, yaml).unwrap();
    file
}

fn good() -> String {
    format!(
        "dsn: postgres://u:{SECRET}@db/x\nurls:\n  self: {{issuer: https://id.example}}\nsecrets:\n  system: [{SECRET}]\n\
         ttl: {{access_token: 90m}}\nsymbolon: {{trusted_proxies: [10.0.0.0/8]}}\n\
         oauth2: {{pkce: {{enforced_for_public_clients: true}}}}\n"
    )
}

#[test]
fn check_tells_everything_that_is_wrong_at_once() {
    let place = tempfile::tempdir().unwrap();
    let file = file(place.path(), "dsn: sqlite:///x\nserve:\n  public:\n    prot: 1\nttl: {id_token: 5}\n");
    let finished = Finished::from(
        symbolon(&["config", "check", "-c", text(&file), "--set", "log.level=loud"])
            .env("SERVE_ADMIN_PORT", "x")
            .output()
            .unwrap(),
    );
    assert!(finished.failure().contains("6 problems"), "{finished:?}");
    let at = |line: u32| format!("{}:{line}", file.display());
    for parts in [
        ["serve.public.prot", &at(4), "did you mean `serve.public.port`"],
        ["`ttl.id_token`", &at(5), "a time span"],
        ["`serve.admin.port`", "SERVE_ADMIN_PORT", "a whole number"],
        ["`log.level`", "on the command line", "one of"],
        ["`urls.self.issuer`", "is not set", "https"],
        ["`secrets.system`", "is not set", "openssl"],
    ] {
        let told = finished.stdout.lines().any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(told, "{parts:?}: {}", finished.stdout);
    }
    let finished = run(&["config", "check", "-c", text(&file), "--format", "json"]);
    let told: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!((finished.code, &told["valid"]), (Some(1), &json!(false)));
    let first = &told["problems"][0];
    assert_eq!(first["suggestion"], "serve.public.port");
    assert_eq!(first["source"], json!({ "kind": "file", "file": text(&file), "line": 4 }));
}

#[test]
fn check_is_content_with_what_is_good_and_tells_what_would_stop_the_start() {
    let place = tempfile::tempdir().unwrap();
    let file = file(place.path(), &good());
    let good = run(&["config", "check", "-c", text(&file)]);
    assert_eq!(good.success(), "The configuration is good.");
    let risky = run(&["config", "check", "-c", text(&file), "--set", "serve.admin.host=0.0.0.0"]);
    assert!(risky.success().contains("warning: `serve.admin.host` on the command line"), "{risky:?}");
    let missing = run(&["config", "check", "-c", text(&file), "--set", "symbolon.outbound.ca_file=/no/such/file"]);
    assert!(missing.failure().contains("has a problem"), "{missing:?}");
    assert!(missing.stdout.contains("/no/such/file"), "{missing:?}");
    assert!(!format!("{good:?}{risky:?}{missing:?}").contains(SECRET));
}

#[test]
fn show_tells_values_and_origins_without_secrets() {
    let place = tempfile::tempdir().unwrap();
    let file = file(place.path(), &good());
    let show = |flags: &[&str]| run(&[&["config", "show", "-c", text(&file)], flags].concat());
    let shown = show(&["--set", "log.level=debug"]);
    for (key, value, origin) in [
        ("dsn", "postgres://u:***@db/x", format!("{}:1", file.display())),
        ("ttl.access_token", "90m", format!("{}:6", file.display())),
        ("log.level", "debug", "on the command line".to_owned()),
        ("secrets.cookie", "[\"[secret]\"]", "derived: secrets.system".to_owned()),
    ] {
        let row = shown.success().lines().find(|line| line.starts_with(&format!("{key} "))).unwrap_or_default();
        assert!(row.contains(value) && row.ends_with(&origin), "{key}: {shown:?}");
    }
    assert!(!shown.stdout.contains(SECRET) && !shown.stdout.contains("ttl.id_token"), "{shown:?}");
    assert!(show(&["ttl", "--all"]).success().lines().all(|line| line.starts_with("ttl.")));
    assert!(show(&["ttl.id_token"]).success().ends_with("default"));
    let object = show(&["ttl", "--format", "json"]).json();
    let source = json!({ "kind": "file", "file": text(&file), "line": 6 });
    assert_eq!(object, json!({ "ttl.access_token": { "value": "90m", "source": source } }));
    assert!(show(&["ttl.acces_token"]).failure().contains("ttl.acces_token"));
    assert!(show(&["--set", "dev=perhaps"]).failure().contains("config check"));
}

#[test]
fn secrets_of_files_and_credentials_are_told_by_their_files() {
    let place = tempfile::tempdir().unwrap();
    let credentials = place.path().join("credentials");
    std::fs::create_dir(&credentials).unwrap();
    std::fs::write(credentials.join("secrets.cookie"), format!("{SECRET}\n")).unwrap();
    let secret = place.path().join("system");
    std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let yaml = format!(
        "dsn: sqlite:///x\nurls: {{self: {{issuer: https://id.example}}}}\nsecrets:\n  system_file: {}\n\
         symbolon: {{trusted_proxies: [10.0.0.0/8]}}\noauth2: {{pkce: {{enforced_for_public_clients: true}}}}\n",
        secret.display()
    );
    let file = file(place.path(), &yaml);
    let run = |flags: &[&str]| {
        let arguments = [flags, &["-c", text(&file)]].concat();
        Finished::from(symbolon(&arguments).env("CREDENTIALS_DIRECTORY", &credentials).output().unwrap())
    };
    let shown = run(&["config", "show"]);
    for (key, origin) in [
        ("secrets.system", format!("in {}", secret.display())),
        ("secrets.system_file", format!("in {}:4", file.display())),
        ("secrets.cookie", format!("in {}", credentials.join("secrets.cookie").display())),
    ] {
        let row = shown.success().lines().find(|line| line.starts_with(&format!("{key} "))).unwrap_or_default();
        assert!(row.ends_with(&origin), "{key}: {shown:?}");
    }
    std::fs::write(&secret, "\n").unwrap();
    let empty = run(&["config", "check"]);
    assert!(empty.failure().contains("has a problem"), "{empty:?}");
    let told = format!("the file {}, which holds the value of `secrets.system`, is empty", secret.display());
    assert!(empty.stdout.contains(&told) && empty.stdout.contains(&format!("{}:4", file.display())), "{empty:?}");
    assert!(!format!("{shown:?}{empty:?}").contains(SECRET));
}

#[test]
fn schema_prints_the_schema_that_stands_in_the_reference() {
    let finished = run(&["config", "schema"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(
        finished.stdout.trim_end(),
        include_str!("../../../../docs/reference/configuration.schema.json").trim_end()
    );
}
