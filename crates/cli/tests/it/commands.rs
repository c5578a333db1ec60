//! Commands that call a running server.

use std::path::Path;

use crate::browser::Browser;
use crate::configuration::write_good;
use crate::process::{Running, free_ports, run, run_with_input, symbolon, text};

pub(crate) struct Server {
    _process: Running,
    pub(crate) public: String,
    pub(crate) admin: String,
}

pub(crate) fn server(directory: &Path) -> Server {
    server_with(directory, "")
}

/// A server with more in its configuration.
pub(crate) fn server_with(directory: &Path, more: &str) -> Server {
    let [public, admin] = free_ports();
    let file = write_good(directory, public, admin);
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + more).unwrap();
    let mut process = Running::start(&["serve", "-c", text(&file)]);
    process.wait_for_port(admin);
    process.wait_for_port(public);
    Server {
        _process: process,
        public: format!("http://127.0.0.1:{public}"),
        admin: format!("http://127.0.0.1:{admin}"),
    }
}

#[test]
fn clients_are_created_in_every_format() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let create = |flags: &[&str]| run(&[&["create", "client", "--endpoint", &server.admin], flags].concat());

    let flags = ["--id", "gold", "--secret", "golden-secret", "--name", "Cli", "--grant-type", "client_credentials"];
    let more = ["--scope", "photos.read", "--metadata", "{\"a\":1}", "--format", "json"];
    let created = create(&[&flags[..], &more].concat()).json();
    assert_eq!(created["client_id"], "gold");
    assert_eq!(created["client_secret"], "golden-secret");
    assert_eq!(created["grant_types"], serde_json::json!(["client_credentials"]));
    assert_eq!(created["scope"], "photos.read");
    assert_eq!(created["metadata"], serde_json::json!({ "a": 1 }));
    assert!(created.as_object().unwrap().values().all(|value| !value.is_null()));

    let refused = create(&flags);
    let body: serde_json::Value = serde_json::from_str(refused.failure()).unwrap();
    assert!(body["error"].is_string() && body["error_description"].is_string(), "{body}");

    let refused: serde_json::Value = serde_json::from_str(create(&["--name", "a\nb"]).failure()).unwrap();
    assert_eq!(refused["error"], "invalid_request", "{refused}");

    let table = create(&["--id", "table", "--redirect-uri", "https://app.example/cb"]);
    let first = table.success().lines().next().unwrap();
    assert_eq!(first.split_whitespace().collect::<Vec<_>>(), ["CLIENT", "ID", "table"]);

    assert_eq!(create(&["--id", "quiet", "--quiet"]).success(), "quiet");
    let mut command = symbolon(&["create", "client", "--quiet"]);
    let by_environment = command.env("SYMBOLON_ADMIN_URL", &server.admin).output().unwrap();
    assert_eq!(String::from_utf8(by_environment.stdout).unwrap().trim().len(), 36, "the server chose a UUID");
    let mut command = symbolon(&["create", "client", "--id", "ory", "-q"]);
    assert!(command.env("ORY_SDK_URL", &server.admin).output().unwrap().status.success());

    let arguments = ["create", "client", "-e", &server.admin, "--file", "-", "-q"];
    let from_file = run_with_input(&arguments, r#"{"client_id":"file","grant_types":["client_credentials"]}"#);
    assert_eq!(from_file.success(), "file");
    assert!(run_with_input(&arguments, "[").failure().contains("not a client"));
}

#[test]
fn accounts_are_created_once() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let arguments = ["create", "account", "--endpoint", &server.admin, "--username", "alice", "--format", "json"];
    let by_input = [&arguments[..], &["--password-stdin", "--email", "alice@example.com"]].concat();
    let created = run_with_input(&by_input, "correct horse battery\n").json();
    assert_eq!((created["username"].as_str(), created["email"].as_str()), (Some("alice"), Some("alice@example.com")));
    let again = run_with_input(&by_input, "correct horse battery\n");
    assert!(again.failure().starts_with('{'), "{again:?}");
    assert!(run(&arguments).failure().contains("--password-stdin"));
}

#[test]
fn signing_keys_are_rotated() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let rotate = |flags: &[&str]| run(&[&["keys", "rotate", "--endpoint", &server.admin], flags].concat());

    let all = rotate(&["--format", "json"]).json();
    let keys = all["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 5, "{all}");
    assert!(keys.iter().all(|key| key["state"] == "pending" && key["kid"].is_string()), "{all}");

    let now = rotate(&["--alg", "ES256", "--set", "id-token", "--now", "--format", "json"]).json();
    let key = &now["keys"][0];
    assert_eq!((&key["alg"], &key["set"], &key["state"]), (&"ES256".into(), &"id-token".into(), &"active".into()));
    assert!(key["activates_at"].as_str().unwrap().ends_with('Z'), "{now}");
    assert_eq!(key["replaces"].as_array().unwrap().len(), 2, "the key that signed, and the one that waited");

    let table = rotate(&["--alg", "RS256"]);
    let names: Vec<_> = table.success().lines().filter_map(|line| line.split("  ").next()).collect();
    let block = ["KEY ID", "SET", "ALGORITHM", "STATE", "SIGNS FROM", "REPLACES"];
    assert_eq!(names, [&block[..], &[""], &block].concat(), "{table:?}");
    let waiting: Vec<_> =
        keys.iter().filter(|key| key["alg"] == "RS256").map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(rotate(&["--alg", "RS256", "--quiet"]).success().lines().collect::<Vec<_>>(), waiting);

    let refused = rotate(&["--alg", "ES256", "--set", "access-token"]);
    let body: serde_json::Value = serde_json::from_str(refused.failure()).unwrap();
    assert!(body["error_description"].as_str().unwrap().contains("RS256"), "{body}");
    assert!(run(&["keys", "rotate"]).failure().contains("--endpoint"));
}

#[test]
fn signing_keys_are_listed_with_the_next_rotation() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let list = |flags: &[&str]| run(&[&["keys", "list", "--endpoint", &server.admin], flags].concat());
    let all = list(&["--format", "json"]).json();
    let keys = all["keys"].as_array().unwrap();
    assert_eq!((keys.len(), &all["rotation_period_seconds"]), (5, &(90 * 24 * 3600).into()), "{all}");
    assert!(keys.iter().all(|key| key["state"] == "active" && key["next_rotation_at"].is_string()), "{all}");
    assert!(keys.iter().all(|key| key["age_seconds"].is_u64() && key["use"] == "sig"), "{all}");
    let table = list(&[]);
    let lines: Vec<_> = table.success().lines().collect();
    assert!(lines[0].starts_with("KEY ID") && lines[0].ends_with("NEXT ROTATION"), "{table:?}");
    assert_eq!((lines.len(), lines[7]), (8, "ROTATION PERIOD  90d"), "{table:?}");
    let ids: Vec<_> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(list(&["--quiet"]).success().lines().collect::<Vec<_>>(), ids);
    assert!(run(&["keys", "list"]).failure().contains("--endpoint"));
}

#[test]
fn missing_and_unreachable_servers_are_told() {
    assert!(run(&["create", "client"]).failure().contains("--endpoint"));
    let [closed] = free_ports();
    let url = format!("http://127.0.0.1:{closed}");
    assert!(run(&["create", "client", "-e", &url]).failure().contains(&url));
    let perform = ["perform", "authorization-code", "--client-id", "x", "--port", "0", "--no-open"];
    assert!(run(&perform).failure().contains("--endpoint"));
    assert!(run(&[&perform[..], &["-e", &url]].concat()).failure().contains(&url));
}

#[test]
fn authorization_code_flow_is_performed() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let [port] = free_ports();
    let callback = format!("http://127.0.0.1:{port}/callback");
    let client = ["create", "client", "-e", &server.admin, "--id", "cli", "--secret", "cli-secret", "-q"];
    let more = ["--redirect-uri", &callback, "--scope", "openid,offline,email"];
    let grants = ["--grant-type", "authorization_code,refresh_token"];
    run(&[&client[..], &more, &grants].concat()).success();
    let account = ["create", "account", "-e", &server.admin, "--username", "alice", "--password", "correct horse"];
    run(&account).success();

    let port = port.to_string();
    // The slash at the end is a usual slip.
    let endpoint = format!("{}/", server.public);
    let perform = ["perform", "authorization-code", "-e", &endpoint, "--client-id", "cli", "--client-secret"];
    let flags = ["cli-secret", "--port", &port, "--no-open", "--format", "json", "--scope", "openid,offline,email"];
    let mut command = Running::start(&[&perform[..], &flags].concat());
    let page = command.wait_for("Open this page").split_whitespace().last().unwrap().to_owned();

    let mut browser = Browser::open(&page);
    // Somebody else's answer changes nothing.
    browser.visit("/callback?code=x&state=y");
    assert_eq!(browser.page.status, 400);
    browser.visit("/");
    browser.click("authorize");
    let fields = [("username", "alice"), ("password", "correct horse"), ("action", "accept")];
    browser.submit(browser.form("name=\"password\""), &fields);
    browser.submit(browser.form("name=\"consent_challenge\""), &[("action", "accept")]);
    assert!(browser.has("done"), "{}", browser.text());

    let tokens: serde_json::Value = serde_json::from_str(&command.wait_for("access_token")).unwrap();
    for member in ["access_token", "refresh_token", "id_token", "expiry", "token_type"] {
        assert!(tokens[member].is_string(), "{member}: {tokens}");
    }
    let list = |flags: &[&str]| run(&[&["list", "sessions", "-e", &server.admin], flags].concat());
    let sessions = list(&["--format", "json"]).json();
    let subject = sessions["items"][0]["subject"].as_str().unwrap();
    assert_eq!(
        (sessions["items"].as_array().unwrap().len(), &sessions["is_last_page"]),
        (1, &true.into()),
        "{sessions}"
    );
    assert_eq!(list(&[subject, "-q"]).success(), sessions["items"][0]["sid"]);
    assert!(list(&[]).success().starts_with("SESSION ID"));
    assert_eq!(list(&["somebody-else", "-q"]).success(), "");
    assert!(list(&[""]).failure().contains("subject"));
}

#[test]
fn refused_authorization_fails_the_command() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let [port] = free_ports();
    let callback = format!("http://127.0.0.1:{port}/callback");
    let client = ["create", "client", "-e", &server.admin, "--id", "cli", "-q", "--redirect-uri", &callback];
    run(&[&client[..], &["--token-endpoint-auth-method", "none"]].concat()).success();
    let port = port.to_string();
    let perform = ["perform", "authorization-code", "-e", &server.public, "--client-id", "cli", "--skip"];
    let mut command = Running::start(&[&perform[..], &["--port", &port, "--no-open", "--scope", "openid"]].concat());
    let page = command.wait_for("Open this page").split_whitespace().last().unwrap().to_owned();
    let mut browser = Browser::open(&page);
    let form = browser.form("name=\"password\"");
    browser.submit(form, &[("action", "reject")]);
    assert!(browser.has("problem"), "{}", browser.text());
    command.wait_for("access_denied");
}
