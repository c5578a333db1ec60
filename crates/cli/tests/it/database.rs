//! Commands about a database beside the server: its tables, copies, and the housekeeping that nobody needs.

use crate::configuration::write_good;
use crate::process::{Running, free_ports, run, symbolon, text};

#[test]
fn tables_are_brought_up_to_date() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("new.db");
    let dsn = format!("sqlite://{}", text(&file));
    let status = || run(&["migrate", "sql", "status", &dsn, "--format", "jsonpath=*.state"]).json();
    let before = status();
    assert!(before.as_array().unwrap().iter().all(|state| state == "Pending") && !file.exists(), "{before}");
    let up = run(&["migrate", "sql", "up", &dsn, "--yes"]);
    assert!(up.success().starts_with("VERSION  STATUS   APPLIED AT\n1        Applied  20"), "{up:?}");
    assert!(status().as_array().unwrap().iter().all(|state| state == "Applied"));
    run(&["migrate", "sql", &dsn]).success();
    let blocked = run(&["migrate", "status", &dsn, "--block", "-q"]);
    assert!(blocked.success().starts_with("1\n2\n"), "{blocked:?}");
    let mut by_environment = symbolon(&["migrate", "sql", "status", "-e", "-q"]);
    assert_eq!(by_environment.env("DSN", &dsn).output().unwrap().stdout, format!("{}\n", blocked.success()).as_bytes());

    assert!(run(&["migrate", "sql", "down", &dsn, "--steps", "1"]).failure().contains("do not go back by 1 steps"));
    for (arguments, part) in [
        (&["migrate", "sql", "up"][..], "not named"),
        (&["migrate", "sql", "up", "-e"], "DSN"),
        (&["migrate", "sql", "status", "oracle://u:hunter2@h/d"], "oracle"),
        (&["migrate", "sql", "up", "-c", "/no/such/file"], "/no/such/file"),
        (&["migrate", "sql", "up", "postgres://u:hunter2@127.0.0.1:1/d"], "cannot be used"),
    ] {
        let refused = run(arguments);
        assert!(refused.failure().contains(part) && !refused.stderr.contains("hunter2"), "{refused:?}");
    }
    let foreign = place.path().join("text");
    std::fs::write(&foreign, "this is no database, however long it may be; it is only text").unwrap();
    run(&["migrate", "sql", "status", &format!("sqlite://{}", text(&foreign))]).failure();
}

#[test]
fn a_database_is_copied_while_it_is_in_use_and_put_back() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let config = write_good(place.path(), public, admin);
    let mut process = Running::start(&["serve", "-c", text(&config)]);
    process.wait_for_port(admin);
    let endpoint = format!("http://127.0.0.1:{admin}");
    run(&["create", "client", "--id", "kept", "-q", "-e", &endpoint]).success();

    let status = run(&["migrate", "sql", "status", "-c", text(&config)]);
    assert!(status.success().contains("Applied"), "a server does not keep anybody from looking: {status:?}");
    assert!(run(&["migrate", "sql", "up", "-c", text(&config)]).failure().contains("another process"));
    let copy = place.path().join("copy.db");
    assert_eq!(run(&["backup", text(&copy), "-c", text(&config)]).success(), text(&copy));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = run(&["backup", text(&copy), "-c", text(&config)]);
    assert!(again.failure().contains("copy.db"), "nothing is overwritten: {again:?}");
    run(&["delete", "client", "kept", "-e", &endpoint]).success();
    process.terminate();

    let restored = place.path().join("restored.db");
    assert_eq!(run(&["restore", text(&copy), text(&restored)]).success(), text(&restored));
    assert!(run(&["restore", text(&copy), text(&restored)]).failure().contains("restored.db"));
    let other = place.path().join("other.db");
    std::fs::write(place.path().join("other.db-wal"), "x").unwrap();
    assert!(run(&["restore", text(&copy), text(&other)]).failure().contains("other.db-wal"));
    assert!(!other.exists());
    let dsn = format!("sqlite://{}", text(&restored));
    let mut process = Running::start(&["serve", "-c", text(&config), "--dsn", &dsn]);
    process.wait_for_port(admin);
    assert_eq!(run(&["get", "client", "kept", "-q", "-e", &endpoint]).success(), "kept");

    for (arguments, part) in [
        (&["backup", "x.db", "memory"][..], "in memory"),
        (&["backup", "x.db", "postgres://u@127.0.0.1:1/d"], "pg_dump"),
        (&["backup", "x.db", "sqlite:///no/such.db"], "no database of this program"),
        (&["backup", "x.db"], "not named"),
        (&["restore", "/no/such.db", "y.db"], "no database of this program"),
    ] {
        let refused = run(arguments);
        assert!(refused.failure().contains(part), "{refused:?}");
    }
    assert!(!std::path::Path::new("x.db").exists() && !std::path::Path::new("y.db").exists());
}

#[test]
fn nobody_needs_a_janitor() {
    let told = run(&["janitor", "memory", "--tokens", "--keep-if-younger", "1h", "--limit", "5", "--batch-size", "5"]);
    assert!(told.success().contains("nothing to do"), "{told:?}");
    assert!(run(&["janitor"]).failure().contains("--tokens"));
    assert!(run(&["janitor", "--tokens", "--limit", "1"]).failure().contains("--batch-size"));
    assert_eq!(run(&["janitor", "--tokens", "--limit", "many"]).code, Some(1));
}
