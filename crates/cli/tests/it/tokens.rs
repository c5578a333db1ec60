//! Commands that obtain, look at and give back tokens, and those about what users have allowed.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::commands::{Server, server};
use crate::process::{Finished, Running, run, run_with_input};

const SECRET: &str = "machine-secret-machine";

fn machine(server: &Server) {
    let flags = ["--id", "machine", "--secret", SECRET, "--grant-type", "client_credentials", "--scope", "a,b"];
    let more = ["--audience", "https://api.example", "-q", "-e", &server.admin];
    run(&[&["create", "client"][..], &flags, &more].concat()).success();
}

fn obtain(server: &Server, flags: &[&str]) -> Finished {
    let command = ["perform", "client-credentials", "-e", &server.public, "--client-id", "machine"];
    run_with_input(&[&command[..], &["--client-secret-file", "-"], flags].concat(), SECRET)
}

#[test]
fn a_token_is_obtained_looked_at_and_given_back() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    machine(&server);
    let tokens = obtain(&server, &["--scope", "a", "--audience", "https://api.example", "--format", "json"]).json();
    let members: Vec<_> = tokens.as_object().unwrap().keys().collect();
    assert_eq!(members, ["access_token", "expiry", "scope", "token_type"], "{tokens}");
    let token = obtain(&server, &["--scope", "a,b", "--quiet"]).success().to_owned();
    assert!(obtain(&server, &["--scope", "c"]).failure().contains("invalid_scope"));
    assert!(obtain(&server, &["--audience", "https://other.example"]).failure().starts_with('{'));

    let introspect = |flags: &[&str], token: &str| {
        run_with_input(&[&["introspect", "token", "-", "-e", &server.admin], flags].concat(), token)
    };
    let answer = introspect(&["--format", "json"], tokens["access_token"].as_str().unwrap()).json();
    assert_eq!(
        (&answer["active"], &answer["scope"], &answer["aud"]),
        (&json!(true), &json!("a"), &json!(["https://api.example"]))
    );
    assert_eq!(introspect(&["--scope", "b", "--quiet"], &token).success(), "true");
    assert_eq!(introspect(&["--scope", "b,c", "--quiet"], &token).success(), "false");
    assert_eq!(introspect(&["--format", "json"], "no-token").json(), json!({ "active": false }));
    assert!(introspect(&[], "").failure().contains("empty"));
    let typed = run(&["introspect", "token", &token, "-e", &server.admin]);
    assert!(typed.success().starts_with("ACTIVE     true") && typed.warnings().len() == 1, "{typed:?}");
    assert!(!typed.stderr.contains(&token));

    let revoke = ["revoke", "token", "-", "-e", &server.public, "--client-id", "machine", "--client-secret", SECRET];
    let given_back = run_with_input(&[&revoke[..], &["-q"]].concat(), &token);
    assert_eq!(given_back.success(), token);
    assert_eq!(introspect(&["-q"], &token).success(), "false");
    let wrong = ["revoke", "token", "-", "-e", &server.public, "--client-id", "machine", "--client-secret", "wrong"];
    assert!(run_with_input(&wrong, &token).failure().contains("invalid_client"));
    for command in [&["perform", "client-credentials"][..], &["perform", "device-code"], &["revoke", "token", "x"]] {
        assert!(run(&[command, &["--client-id", "x"]].concat()).failure().contains("--endpoint"), "{command:?}");
        let nobody = run(&[command, &["-e", &server.public]].concat());
        assert!(nobody.code == Some(1) && nobody.stderr.contains("--client-id"), "{nobody:?}");
    }
}

/// Logs `alice` in with a code that a device shows, until the command has the tokens.
fn device_login(server: &Server, flags: &[&str]) -> Value {
    let command = ["perform", "device-code", "-e", &server.public, "--client-id", "tv", "--format", "json"];
    let mut command = Running::start(&[&command[..], flags].concat());
    let page = command.wait_for("which has the code in it").split_whitespace().last().unwrap().to_owned();
    let mut browser = Browser::open(&page);
    browser.submit(browser.form("name=\"user_code\""), &[("action", "continue")]);
    browser.submit(browser.form("name=\"user_code\""), &[("action", "accept")]);
    let fields = [("username", "alice"), ("password", "correct horse"), ("action", "accept")];
    browser.submit(browser.form("name=\"password\""), &fields);
    browser.submit(browser.form("name=\"consent_challenge\""), &[("action", "accept")]);
    serde_json::from_str(&command.wait_for("access_token")).unwrap()
}

#[test]
fn a_device_logs_in_and_what_was_allowed_is_listed_and_forgotten() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let grants = "urn:ietf:params:oauth:grant-type:device_code,refresh_token";
    let flags = ["--id", "tv", "--token-endpoint-auth-method", "none", "--grant-type", grants, "-q"];
    let more = ["--scope", "openid,offline", "-e", &server.admin];
    run(&[&["create", "client"][..], &flags, &more].concat()).success();
    let account =
        ["create", "account", "-e", &server.admin, "--username", "alice", "--password", "correct horse", "-q"];
    let alice = run(&account).success().to_owned();
    let accounts = run(&["list", "accounts", "-e", &server.admin, "--format", "jsonpath=items.*.username"]);
    assert_eq!(accounts.json(), json!(["alice"]));

    let tokens = device_login(&server, &[]);
    for member in ["access_token", "refresh_token", "id_token", "expiry"] {
        assert!(tokens[member].is_string(), "{member}: {tokens}");
    }
    let list = || run(&["list", "consents", "-e", &server.admin, &alice, "--format", "json"]).json();
    let consents = list();
    assert_eq!(consents["items"][0]["consent_request"]["client"]["client_id"], "tv", "{consents}");
    assert_eq!(consents["is_last_page"], true);

    let delete = |flags: &[&str]| run(&[&["delete", "consents", "-e", &server.admin], flags].concat());
    for (flags, part) in [
        (&[][..], "required"),
        (&[alice.as_str()], "--all"),
        (&["--all"], "SUBJECT"),
        (&[&alice, "--all", "--client-id", "tv"], "cannot be used"),
        (&[&alice, "--consent-id", "x"], "cannot be used"),
        (&["", "--all"], "empty"),
        (&[&alice, "--client-id", ""], "empty"),
    ] {
        let refused = delete(flags);
        assert!(refused.code == Some(1) && refused.stderr.contains(part), "{flags:?}: {refused:?}");
    }
    assert_eq!(list(), consents, "a slip forgets nothing");
    assert_eq!(delete(&[&alice, "--client-id", "tv", "-q"]).success(), alice);
    assert_eq!(list()["items"], json!([]));
    let active = run_with_input(
        &["introspect", "token", "-", "-q", "-e", &server.admin],
        tokens["access_token"].as_str().unwrap(),
    );
    assert_eq!(active.success(), "false");

    let sessions = |flags: &[&str]| run(&[&["delete", "sessions", "-e", &server.admin], flags].concat());
    assert_eq!(sessions(&[&alice, "--format", "json"]).json(), json!(alice));
    assert!(sessions(&[""]).failure().contains("empty"));
    assert_eq!(sessions(&[]).code, Some(1));
    assert_eq!(sessions(&[&alice, "--sid", "x"]).code, Some(1));
}
