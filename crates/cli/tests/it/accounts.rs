//! Commands about accounts, and those that end everything at once.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::commands::{Server, server};
use crate::process::{Finished, run, run_with_input, text};

impl Server {
    fn account(&self, arguments: &[&str]) -> Finished {
        run(&[arguments, &["--endpoint", &self.admin, "--format", "json"]].concat())
    }

    /// A token of the client `machine`, and whether it counts now.
    fn machine_token(&self) -> String {
        let body = post(&format!("{}/oauth2/token", self.public), "grant_type=client_credentials");
        body["access_token"].as_str().unwrap().to_owned()
    }

    fn counts(&self, token: &str) -> bool {
        let url = format!("{}/admin/oauth2/introspect", self.admin);
        post(&url, &format!("token={token}"))["active"] == true
    }
}

/// Sends a form with the credentials of the client `machine`; the JSON of the answer.
fn post(url: &str, form: &str) -> Value {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    // `machine:machine-secret`
    let credentials = "bWFjaGluZTptYWNoaW5lLXNlY3JldA==";
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Basic {credentials}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    serde_json::from_str(body.trim()).unwrap_or_else(|_| panic!("{answer}"))
}

#[test]
fn an_account_lives_from_creation_to_deletion() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let file = place.path().join("password.txt");
    std::fs::write(&file, "correct horse battery\n").unwrap();
    let person =
        ["--given-name", "Alice", "--birthdate", "1852-05-04", "--locale", "en-GB", "--email", "a@example.com"];
    let place_of_her = ["--address-locality", "Oxford", "--address-country", "UK", "--password-file", text(&file)];
    let create = [&["create", "account", "--username", "Alice"][..], &person, &place_of_her].concat();
    let created = server.account(&create).json();
    assert_eq!(created["birthdate"], "1852-05-04");
    assert_eq!(created["address"], json!({ "locality": "Oxford", "country": "UK" }));
    let id = created["id"].as_str().unwrap();
    assert_eq!(server.account(&["get", "account", id]).json(), created);
    assert_eq!(server.account(&["get", "account", "--username", "ALICE"]).json(), created);

    let change = ["--email-verified", "true", "--nickname", "Al", "--address-country", "", "--new-username", "alice.l"];
    let changed = server.account(&[&["update", "account", "--username", "alice"][..], &change].concat()).json();
    assert_eq!((&changed["username"], &changed["email_verified"]), (&json!("alice.l"), &json!(true)));
    assert_eq!((&changed["nickname"], &changed["address"]), (&json!("Al"), &json!({ "locality": "Oxford" })));
    let with_password = ["update", "account", id, "--password-stdin", "-e", &server.admin, "-q"];
    assert_eq!(run_with_input(&with_password, "another password\n").success(), id);
    assert!(run_with_input(&with_password, "\n").failure().contains("standard input"));
    assert!(run_with_input(&with_password, "short\n").failure().contains("8 characters"));
    assert!(server.account(&["update", "account", id]).failure().contains("nothing to change"));
    assert!(server.account(&["update", "account", id, "--birthdate", "May 1852"]).failure().contains("'birthdate'"));

    assert_eq!(server.account(&["disable", "account", id]).json()["disabled"], true);
    assert_eq!(server.account(&["enable", "account", "--username", "alice.l"]).json()["disabled"], false);
    let table = run(&["get", "account", id, "--endpoint", &server.admin]);
    let expected = "EMAIL           a@example.com";
    assert!(table.success().contains("ACCOUNT ID") && table.success().contains(expected), "{}", table.success());
    assert_eq!(server.account(&["delete", "account", id]).json()["id"], id);
    for gone in ["get", "delete", "disable", "enable"] {
        assert!(server.account(&[gone, "account", id]).failure().starts_with('{'), "{gone}");
    }
    assert!(server.account(&["get", "account", "--username", "alice.l"]).failure().contains("'alice.l'"));
    for odd in [["get", "account", "a\nb"], ["delete", "account", "a\u{1b}b"], ["delete", "client", "a\u{7f}"]] {
        assert!(server.account(&odd).failure().contains("control character"), "{odd:?}");
    }
}

#[test]
fn a_password_comes_from_one_place() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let create = ["create", "account", "--username", "alice"];
    let missing = place.path().join("missing.txt");
    let missing = text(&missing);
    assert!(server.account(&[&create[..], &["--password-file", missing]].concat()).failure().contains(missing));
    for both in [["--password-stdin", "--password-file", "x"], ["--password", "x", "--password-stdin"]] {
        let finished = server.account(&[&create[..], &both].concat());
        assert!(finished.code == Some(1) && finished.stderr.contains("cannot be used with"), "{finished:?}");
    }
    let lines = place.path().join("lines.txt");
    std::fs::write(&lines, "correct horse battery\nand a second line\n").unwrap();
    let several = server.account(&[&create[..], &["--password-file", text(&lines)]].concat());
    assert!(several.failure().contains("several lines") && !several.stderr.contains("horse"), "{several:?}");
    let created = server.account(&[&create[..], &["--password", "correct horse", "--id", "legacy-1"]].concat());
    assert_eq!(created.json()["id"], "legacy-1");
}

#[test]
fn subjects_are_signed_out_and_clients_lose_their_tokens() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let machine = ["--id", "machine", "--secret", "machine-secret", "--grant-type", "client_credentials"];
    run(&[&["create", "client", "-e", &server.admin, "-q"][..], &machine].concat()).success();
    let token = server.machine_token();
    assert!(server.counts(&token));
    let signed_out = server.account(&["sign-out", "auth0|5f/7 c"]).json();
    assert_eq!(signed_out, json!({ "subject": "auth0|5f/7 c" }));
    assert!(server.counts(&token));
    assert_eq!(server.account(&["delete", "access-tokens", "machine"]).json(), json!("machine"));
    assert!(!server.counts(&token));
    let token = server.machine_token();
    assert!(server.counts(&token));
    assert!(server.account(&["delete", "client-tokens", "machin"]).failure().starts_with('{'), "a slip is told");
    assert_eq!(server.account(&["delete", "client", "machine"]).json(), json!("machine"));
    assert!(!server.counts(&token));
    assert!(server.account(&["delete", "oauth2-client", "machine"]).failure().starts_with('{'));
}
