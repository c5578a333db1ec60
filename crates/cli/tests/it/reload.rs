//! A running server reads its configuration again: at SIGHUP, and by `symbolon config reload`.

use std::path::Path;

use crate::process::{Running, free_ports, run, text};

const SECRET: &str = "hunter2-hunter2-hunter2";

/// A configuration for development with more below it, and the address of its admin listener.
fn configuration(more: &str) -> (String, String) {
    let [public, admin] = free_ports();
    let serve = format!("serve: {{public: {{port: {public}}}, admin: {{port: {admin}}}}}");
    (format!("dev: true\ndsn: memory\n{serve}\nlog: {{level: info}}\n{more}"), format!("http://127.0.0.1:{admin}"))
}

fn started(file: &Path) -> Running {
    let mut server = Running::start(&["serve", "-c", text(file)]);
    server.wait_for("listening");
    server
}

#[test]
fn sighup_changes_the_log_level_and_names_what_needs_a_restart() {
    let place = tempfile::tempdir().unwrap();
    let (file, secret) = (place.path().join("symbolon.yaml"), place.path().join("system"));
    std::fs::write(&secret, SECRET).unwrap();
    let (good, _) = configuration(&format!("secrets: {{system_file: {}}}\n", secret.display()));
    std::fs::write(&file, &good).unwrap();
    let mut server = started(&file);
    server.hang_up();
    let told = server.wait_for("read again");
    assert!(!told.contains("log.level"), "{told}");

    let quiet = good.replace("level: info", "level: warn");
    std::fs::write(&file, quiet + "urls: {error: /e}\n").unwrap();
    std::fs::write(&secret, "another-secret-of-enough-length").unwrap();
    server.hang_up();
    let waiting = server.wait_for("after a restart");
    assert!(waiting.contains("secrets.system") && waiting.contains("urls.error"), "{waiting}");
    assert!(!waiting.contains("another-secret") && !waiting.contains("serve."), "{waiting}");

    std::fs::write(&secret, SECRET).unwrap();
    std::fs::write(&file, &good).unwrap();
    server.hang_up();
    let told = server.wait_for("read again");
    assert!(told.contains("log.level"), "{told}");
    let (code, lines) = server.terminate();
    assert_eq!(code, Some(0));
    let of = |words: &str| lines.iter().filter(|line| line.contains(words)).count();
    assert_eq!(
        (of("read again"), of("after a restart")),
        (2, 1),
        "nothing of `info` was written at the level `warn`: {lines:#?}"
    );
}

#[test]
fn sighup_with_a_file_that_has_faults_changes_nothing_and_tells_them_all() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("symbolon.yaml");
    let (good, _) = configuration("");
    std::fs::write(&file, &good).unwrap();
    let mut server = started(&file);
    for (broken, faults) in [
        (
            good.replace("level: info", "level: error") + "ttl: {acess_token: 1h, id_token: 5}\n",
            vec!["ttl.acess_token", "ttl.id_token"],
        ),
        (good.replace("level: info", "level: error") + "ttl: {access_tok", vec!["symbolon.yaml"]),
    ] {
        std::fs::write(&file, broken).unwrap();
        server.hang_up();
        for fault in faults {
            let told = server.wait_for("has a problem");
            assert!(told.contains(fault), "{told}");
        }
        server.wait_for("the old one stays");
    }
    std::fs::write(&file, &good).unwrap();
    server.hang_up();
    let told = server.wait_for("read again");
    assert!(!told.contains("log.level"), "the level stayed as it was: {told}");
    assert_eq!(server.terminate().0, Some(0));
}

#[test]
fn the_command_tells_what_is_in_force_and_what_waits_or_what_is_wrong() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("symbolon.yaml");
    let (good, admin) = configuration("");
    std::fs::write(&file, &good).unwrap();
    let server = started(&file);
    let reload = || run(&["config", "reload", "--endpoint", &admin, "--format", "json"]);
    assert_eq!(reload().json(), serde_json::json!({ "applied": [], "restart_needed": [] }));
    std::fs::write(&file, good.clone() + "ttl: {access_token: 5m}\nurls: {error: /e}\n").unwrap();
    assert_eq!(
        reload().json(),
        serde_json::json!({ "applied": ["ttl.access_token"], "restart_needed": ["urls.error"] })
    );
    let people = run(&["config", "reload", "--endpoint", &admin]);
    assert!(people.success().contains("urls.error") && people.stdout.contains("nothing"), "{people:?}");
    std::fs::write(&file, good + "ttl: {acess_token: 5m}\n").unwrap();
    let refused = reload();
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("ttl.acess_token") && refused.stderr.contains("ttl.access_token"), "{refused:?}");
    assert_eq!(server.terminate().0, Some(0));
}
