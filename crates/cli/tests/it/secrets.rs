//! Secrets on the command line: from a file, from standard input, from the environment, and with a warning as an argument.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::commands::{Server, server};
use crate::process::{Finished, Running, free_ports, run, run_with_input, symbolon, text};

/// What must not be seen anywhere.
const HIDDEN: &str = "hunter2-hunter2-hunter2";

fn file(place: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let file = place.join(name);
    std::fs::write(&file, content).unwrap();
    file
}

fn create(server: &Server, flags: &[&str], input: &str) -> Finished {
    let command = ["create", "client", "-e", &server.admin, "--format", "json", "--grant-type", "client_credentials"];
    run_with_input(&[&command[..], flags].concat(), input)
}

#[test]
fn a_client_secret_is_read_from_a_file_or_standard_input() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let secret = file(place.path(), "secret", format!("{HIDDEN}\n"));
    let cases: [(&[&str], &str); 4] = [
        (&["--secret-file", text(&secret)], ""),
        (&["--secret-file", "-"], HIDDEN),
        (&["--secret", "-"], "hunter2-hunter2-hunter2\r\n"),
        (&["--secret=-"], "hunter2-hunter2-hunter2\n"),
    ];
    for (flags, input) in cases {
        let created = create(&server, flags, input);
        assert_eq!(created.json()["client_secret"], HIDDEN, "{flags:?}");
        assert!(created.stderr.is_empty(), "{created:?}");
    }
}

#[test]
fn a_secret_on_the_command_line_works_with_a_warning() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let created = create(&server, &["--secret", HIDDEN], "");
    assert_eq!(created.json()["client_secret"], HIDDEN);
    let warnings = created.warnings();
    assert!(warnings.len() == 1 && warnings[0].contains("--secret-file"), "{created:?}");
    assert!(!created.stderr.contains(HIDDEN), "{created:?}");
    // An empty one is none, as a script with an unset variable writes it, and there is nothing to see.
    let generated = create(&server, &["--secret", ""], "");
    assert!(generated.json()["client_secret"].as_str().unwrap().len() > 16 && generated.stderr.is_empty());
}

#[test]
fn a_file_that_holds_no_secret_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let large = "x".repeat(64 * 1024 + 1);
    let cases: [(&[u8], &str); 6] = [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (large.as_bytes(), "64 KiB"),
        (b"hunter2-hunter2-hunter2\xff", "UTF-8"),
        (b"hunter2-hunter2-hunter2\nmore", "several lines"),
        (b"hunter2-\0-hunter2-hunter2", "control characters"),
    ];
    for (content, reason) in cases {
        let path = file(place.path(), "bad", content);
        let refused = create(&server, &["--secret-file", text(&path)], "");
        let told = refused.failure();
        assert!(told.contains(reason) && told.contains(text(&path)) && told.contains("--secret-file"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
    let missing = place.path().join("missing");
    assert!(create(&server, &["--secret-file", text(&missing)], "").failure().contains("cannot be read"));
    assert!(create(&server, &["--secret-file", text(place.path())], "").failure().contains("cannot be read"));
    assert!(create(&server, &["--secret-file", "-"], "").failure().contains("standard input"));
}

#[test]
fn standard_input_has_one_reader() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let cases: [(&[&str], [&str; 2]); 3] = [
        (&["--admin-token", "-", "--secret", "-"], ["--admin-token", "--secret"]),
        (&["--admin-token-file", "-", "--file", "-"], ["--admin-token-file", "--file"]),
        (&["-H", "@-", "--secret-file", "-"], ["--http-header", "--secret-file"]),
    ];
    for (flags, named) in cases {
        let refused = create(&server, flags, "X-A: hunter2-hunter2-hunter2");
        let told = refused.failure();
        assert!(named.iter().all(|flag| told.contains(flag)) && !told.contains("hunter2"), "{told}");
    }
    let account = ["create", "account", "-e", &server.admin, "--username", "alice", "--admin-token", "-"];
    let refused = run_with_input(&[&account[..], &["--password-stdin"]].concat(), HIDDEN);
    assert!(refused.failure().contains("one flag only"), "{refused:?}");
}

#[test]
fn one_flag_of_the_two_is_given_and_wins_over_the_environment() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let secret = file(place.path(), "secret", HIDDEN);
    let both = create(&server, &["--secret", HIDDEN, "--secret-file", text(&secret)], "");
    assert!(both.code == Some(1) && both.stderr.contains("cannot be used with"), "{both:?}");
    assert!(!both.stderr.contains(HIDDEN), "{both:?}");
    // A token that the admin port does not ask for is sent all the same; one that cannot be a header shows which was used.
    let token = file(place.path(), "token", "good");
    let mut command = symbolon(&["create", "client", "-e", &server.admin, "-q", "--admin-token-file", text(&token)]);
    let made = Finished::from(command.env("SYMBOLON_ADMIN_TOKEN", "not\u{7f}a header").output().unwrap());
    assert!(made.code == Some(0) && made.stderr.is_empty(), "{made:?}");
}

/// A server whose admin port asks for a token, and whose settings are in files.
fn guarded(place: &Path) -> (Running, String) {
    let [public, admin] = free_ports();
    let dsn = file(place, "dsn", format!("sqlite://{}/guarded.sqlite\n", place.display()));
    let system = file(place, "system", "hunter2-hunter2-hunter2,an-older-secret-than-this\n");
    let token = file(place, "admin-token", format!("{HIDDEN}\n"));
    let settings = [format!("secrets.system={}", text(&system)), format!("symbolon.admin.token={}", text(&token))];
    let (public_port, admin_port) = (public.to_string(), admin.to_string());
    let issuer = format!("urls.self.issuer=http://127.0.0.1:{public}");
    let mut process = Running::start(&[
        "serve",
        "--dev",
        "--dsn-file",
        text(&dsn),
        "--set-file",
        &settings[0],
        "--set-file",
        &settings[1],
        "--set",
        &issuer,
        "--public-port",
        &public_port,
        "--admin-port",
        &admin_port,
        "--set",
        "serve.admin.host=127.0.0.1",
    ]);
    process.wait_for_port(admin);
    (process, format!("http://127.0.0.1:{admin}"))
}

#[test]
fn a_server_starts_with_its_secrets_in_files_and_shows_none() {
    let place = tempfile::tempdir().unwrap();
    let (process, admin) = guarded(place.path());
    // What every user of the machine can read.
    let shown = Command::new("ps").args(["-o", "args=", "-p", &process.id().to_string()]).output();
    if let Ok(shown) = shown {
        assert!(!String::from_utf8_lossy(&shown.stdout).contains(HIDDEN));
    }
    let token = text(&place.path().join("admin-token")).to_owned();
    let header = file(place.path(), "header", format!("Authorization: Bearer {HIDDEN}\n"));
    let from_file = format!("@{}", text(&header));
    let create = ["create", "client", "-q", "-e", &admin];
    assert!(run(&create).failure().starts_with('{'), "the port asks for the token");
    for flags in [["--admin-token-file", token.as_str()], ["-H", &from_file]] {
        let made = run(&[&create[..], &flags].concat());
        assert!(made.code == Some(0) && made.stderr.is_empty(), "{made:?}");
    }
    let typed = format!("authorization: Bearer {HIDDEN}");
    for flags in [["--admin-token", HIDDEN], ["-H", &typed]] {
        let made = run(&[&create[..], &flags].concat());
        assert!(made.code == Some(0) && made.warnings().len() == 1 && !made.stderr.contains(HIDDEN), "{made:?}");
    }
    let (code, lines) = process.terminate();
    assert_eq!(code, Some(0));
    assert!(lines.iter().all(|line| !line.contains(HIDDEN) && !line.starts_with("Warning")), "{lines:#?}");
}

#[test]
fn secrets_among_the_settings_are_warned_about_and_not_repeated() {
    let refused = |flags: &[&str]| run(&[&["serve", "--dev"], flags].concat());
    // The unknown key ends each command before it serves.
    let end = ["--set", "no.such.key=1"];
    let cases: [(&[&str], &str); 3] = [
        (&["--dsn", "postgres://symbolon:hunter2-hunter2-hunter2@db/x"], "--dsn-file"),
        (&["--set", "secrets.system=hunter2-hunter2-hunter2"], "--set-file secrets.system=PATH"),
        (&["--set", "dsn=postgres://symbolon:hunter2-hunter2-hunter2@db/x"], "--set-file dsn=PATH"),
    ];
    for (flags, better) in cases {
        let finished = refused(&[flags, &end].concat());
        assert!(finished.failure().contains("no.such.key"));
        let warnings = finished.warnings();
        assert!(warnings.len() == 1 && warnings[0].contains(better), "{finished:?}");
        assert!(!finished.stderr.contains(HIDDEN), "{finished:?}");
    }
    let quiet = refused(&[&["--dsn", "memory", "--set", "log.level=debug"], &end[..]].concat());
    assert!(quiet.warnings().is_empty(), "{quiet:?}");
    for flags in [["--set", HIDDEN], ["--set-file", HIDDEN]] {
        let finished = refused(&flags);
        assert!(finished.failure().contains("key=") && !finished.stderr.contains(HIDDEN), "{finished:?}");
    }
}

#[test]
fn a_mistake_does_not_repeat_a_secret() {
    let place = tempfile::tempdir().unwrap();
    let server = server(place.path());
    let no_colon = create(&server, &["-H", HIDDEN], "");
    assert!(no_colon.failure().contains("--http-header") && !no_colon.stderr.contains(HIDDEN), "{no_colon:?}");
    for document in [format!("\"{HIDDEN}\""), format!("{{\"redirect_uris\": \"{HIDDEN}\"}}")] {
        let refused = create(&server, &["--file", "-"], &document);
        assert!(refused.failure().contains("line 1, column") && !refused.stderr.contains(HIDDEN), "{refused:?}");
    }
    let key = file(place.path(), "key.json", format!("{{\"kty\": \"OKP\", \"d\": [\"{HIDDEN}\"]}}"));
    let credential = ["credential", "-e", &server.public, "--access-token-file", "-", "--key", text(&key)];
    let refused = run_with_input(&credential, "a-token");
    assert!(refused.failure().contains("key.json") && !refused.stderr.contains(HIDDEN), "{refused:?}");
}
