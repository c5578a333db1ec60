//! The commands that ask a provider's public port, with the real binary: register, discover, userinfo, credential,
//! logout-url. Every one of them in the form for programs, and each refusal as one line.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "it/browser.rs"]
#[allow(dead_code, reason = "shared with other tests of the binary")]
mod browser;
#[path = "it/process.rs"]
#[allow(dead_code, reason = "shared with other tests of the binary")]
mod process;

use std::path::Path;

use browser::Browser;
use process::{Running, free_ports, run, run_with_input, symbolon, text};
use serde_json::Value;

struct Server {
    _process: Running,
    public: String,
    admin: String,
}

fn server(directory: &Path, more: &str) -> Server {
    with_registration(directory, "true", more)
}

fn with_registration(directory: &Path, enabled: &str, more: &str) -> Server {
    let [public, admin] = free_ports();
    let settings = format!(
        "dsn: sqlite://{}/server.sqlite
dev: true
urls: {{self: {{issuer: http://127.0.0.1:{public}}}}}
serve: {{public: {{host: 127.0.0.1, port: {public}}}, admin: {{host: 127.0.0.1, port: {admin}}}}}
secrets: {{system: [a-secret-for-tests-only-1234]}}
oidc: {{dynamic_client_registration: {{enabled: {enabled}}}}}
{more}",
        directory.display()
    );
    let file = directory.join("symbolon.yaml");
    std::fs::write(&file, settings).unwrap();
    let mut process = Running::start(&["serve", "-c", text(&file)]);
    process.wait_for_port(admin);
    process.wait_for_port(public);
    let url = |port| format!("http://127.0.0.1:{port}");
    Server { _process: process, public: url(public), admin: url(admin) }
}

/// Alice's tokens, from the flow that `perform authorization-code` makes.
fn tokens(server: &Server) -> Value {
    let [port] = free_ports();
    let callback = format!("http://127.0.0.1:{port}/callback");
    let scope = "openid,email,userinfo_credential_draft_00";
    let client = ["create", "client", "-e", &server.admin, "--id", "cli", "-q", "--redirect-uri", &callback];
    run(&[&client[..], &["--token-endpoint-auth-method", "none", "--scope", scope]].concat()).success();
    let account = ["create", "account", "-e", &server.admin, "--username", "alice", "--password", "correct horse"];
    run(&[&account[..], &["--email", "alice@example.com"]].concat()).success();
    let port = port.to_string();
    let perform = ["perform", "authorization-code", "-e", &server.public, "--client-id", "cli", "--skip", "--no-open"];
    let mut command =
        Running::start(&[&perform[..], &["--port", &port, "--format", "json", "--scope", scope]].concat());
    let page = command.wait_for("Open this page").split_whitespace().last().unwrap().to_owned();
    let mut browser = Browser::open(&page);
    let fields = [("username", "alice"), ("password", "correct horse"), ("action", "accept")];
    browser.submit(browser.form("name=\"password\""), &fields);
    browser.submit(browser.form("name=\"consent_challenge\""), &[("action", "accept")]);
    serde_json::from_str(&command.wait_for("access_token")).unwrap()
}

#[test]
fn provider_is_discovered_in_every_format() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path(), "");
    // The slash at the end is a usual slip.
    let found = run(&["discover", "-e", &format!("{}/", server.public), "--format", "json"]).json();
    assert_eq!(found["issuer"], server.public.as_str());
    assert!(found["registration_endpoint"].is_string() && found["credentials_endpoint_draft_00"].is_string());
    assert!(run(&["discover", "-e", &server.public]).success().starts_with("ISSUER"));
    assert_eq!(run(&["discover", "-e", &server.public, "-q"]).success(), server.public);
    assert!(run(&["discover"]).failure().contains("--endpoint"));
    assert!(run(&["discover", "-e", &server.admin]).failure().starts_with(['E', '{']));
    let other = format!("http://localhost:{}", server.public.rsplit(':').next().unwrap());
    assert!(run(&["discover", "-e", &other]).failure().contains(&server.public));
}

#[test]
fn applications_register_themselves() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path(), "");
    let flags = ["register", "-e", &server.public, "--name", "Shop", "--redirect-uri", "https://shop.example/cb"];
    let made = run(&[&flags[..], &["--scope", "openid,email", "--format", "json"]].concat()).json();
    for member in ["client_id", "client_secret", "registration_access_token", "registration_client_uri"] {
        assert!(made[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {made}");
    }
    assert_eq!((made["client_name"].as_str(), made["scope"].as_str()), (Some("Shop"), Some("openid email")));
    let table = run(&flags);
    assert!(table.success().contains("REGISTRATION TOKEN  ory_"), "{table:?}");
    assert_eq!(run(&[&flags[..], &["-q"]].concat()).success().len(), 36);

    let from_file = run_with_input(
        &["register", "-e", &server.public, "--file", "-", "--format", "json"],
        r#"{"client_name":"File","client_name#de":"Datei","redirect_uris":["https://shop.example/cb"]}"#,
    );
    assert_eq!(from_file.json()["client_name#de"], "Datei");
    let bad = ["register", "-e", &server.public, "--redirect-uri", "javascript:alert(1)"];
    let refused: Value = serde_json::from_str(run(&bad).failure()).unwrap();
    assert_eq!(refused["error"], "invalid_redirect_uri");
}

#[test]
fn registration_may_ask_for_a_token() {
    let place = tempfile::tempdir().unwrap();
    let token = "open-sesame-open-sesame-open-sesame";
    let more = format!("symbolon: {{registration: {{initial_access_tokens: [{token}]}}}}\n");
    let server = server(place.path(), &more);
    let flags = ["register", "-e", &server.public, "--redirect-uri", "https://shop.example/cb", "-q"];
    assert!(run(&flags).failure().starts_with('{'));
    run(&[&flags[..], &["--initial-access-token", token]].concat()).success();
    let by_input = run_with_input(&[&flags[..], &["--initial-access-token-file", "-"]].concat(), token);
    assert!(by_input.code == Some(0) && by_input.stderr.is_empty(), "{by_input:?}");
    let by_environment = symbolon(&flags).env("SYMBOLON_INITIAL_ACCESS_TOKEN", token).output().unwrap();
    assert!(by_environment.status.success());
}

#[test]
fn registration_that_is_off_is_told() {
    let place = tempfile::tempdir().unwrap();
    let server = with_registration(place.path(), "false", "");
    let flags = ["register", "-e", &server.public, "--redirect-uri", "https://shop.example/cb"];
    assert!(run(&flags).failure().contains("registration_endpoint"));
}

#[test]
fn user_is_shown_and_compared() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path(), "");
    let tokens = tokens(&server);
    let token = tokens["access_token"].as_str().unwrap();
    let flags = ["userinfo", "-e", &server.public, "--access-token", token];
    let user = run(&[&flags[..], &["--format", "json"]].concat()).json();
    assert_eq!(user["email"], "alice@example.com");
    let subject = user["sub"].as_str().unwrap();
    assert!(run(&flags).success().contains("alice@example.com"));
    assert_eq!(run(&[&flags[..], &["-q", "--subject", subject]].concat()).success(), subject);
    assert!(run(&[&flags[..], &["--subject", "somebody-else"]].concat()).failure().contains("another subject"));
    let by_environment =
        symbolon(&["userinfo", "-e", &server.public, "-q"]).env("SYMBOLON_ACCESS_TOKEN", token).output().unwrap();
    assert!(by_environment.status.success());
    let refused = run(&["userinfo", "-e", &server.public, "--access-token", "x"]);
    let refused: Value = serde_json::from_str(refused.failure()).unwrap();
    assert!(refused["error"].is_string());
    assert!(run(&["userinfo", "-e", &server.public]).failure().contains("--access-token-file"), "a token is needed");
    let by_input = run_with_input(&["userinfo", "-e", &server.public, "-q", "--access-token", "-"], token);
    assert_eq!(by_input.success(), subject);
    assert!(by_input.stderr.is_empty(), "{by_input:?}");
}

#[test]
fn credential_is_bound_to_the_key_of_the_file() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path(), "");
    let tokens = tokens(&server);
    let token = tokens["access_token"].as_str().unwrap();
    let key = place.path().join("holder.json");
    let flags = ["credential", "-e", &server.public, "--access-token", token, "--key", text(&key)];
    let first = run(&[&flags[..], &["--format", "json"]].concat()).json();
    assert!(first["holder"].as_str().unwrap().starts_with("did:jwk:"), "{first}");
    assert_eq!(first["claims"]["vc"]["credentialSubject"]["email"], "alice@example.com");
    let made: Value = serde_json::from_str(&std::fs::read_to_string(&key).unwrap()).unwrap();
    assert!(made["d"].is_string(), "the private key is kept");
    let second = run(&[&flags[..], &["--format", "json"]].concat()).json();
    assert_eq!(first["holder"], second["holder"], "the same key again");
    assert_eq!(run(&[&flags[..], &["-q"]].concat()).success().split('.').count(), 3);

    std::fs::write(&key, "[]").unwrap();
    assert!(run(&flags).failure().contains("holder.json"));
    let other = place.path().join("other.json");
    let refused = ["credential", "-e", &server.public, "--access-token", "x", "--key", text(&other)];
    assert!(run(&refused).failure().starts_with('{'));
    let strange = [&flags[..], &["--algorithm", "HS256"]].concat();
    assert_eq!(run(&strange).code, Some(1));
}

#[test]
fn logout_address_carries_what_is_known() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path(), "");
    let bare = run(&["logout-url", "-e", &server.public, "-q"]);
    assert_eq!(bare.success(), format!("{}/oauth2/sessions/logout", server.public));
    let flags =
        ["--client-id", "shop", "--id-token-hint", "a.b.c", "--post-logout-redirect-uri", "https://shop.example/bye"];
    let more = ["--state", "s", "--logout-hint", "alice", "--ui-locales", "de,fr", "--format", "json"];
    let shown = run(&[&["logout-url", "-e", &server.public], &flags[..], &more].concat()).json();
    let expected = "?id_token_hint=a.b.c&client_id=shop&post_logout_redirect_uri=https%3A%2F%2Fshop.example%2Fbye&state=s\
                    &logout_hint=alice&ui_locales=de+fr";
    assert_eq!(shown["url"], format!("{}/oauth2/sessions/logout{expected}", server.public));
    let from_file = place.path().join("id-token");
    std::fs::write(&from_file, "a.b.c\n").unwrap();
    let shown = run(&["logout-url", "-e", &server.public, "-q", "--id-token-hint-file", text(&from_file)]);
    assert_eq!(shown.success(), format!("{}/oauth2/sessions/logout?id_token_hint=a.b.c", server.public));
}
