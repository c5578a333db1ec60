//! Commands on a PostgreSQL database: the two listeners in processes of their own, and the tables. `SYMBOLON_TEST_POSTGRES`
//! names the server.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::NoTls;

use crate::configuration::write_good;
use crate::process::{Running, free_ports, run, text};

#[allow(clippy::disallowed_methods, reason = "the settings of a test run")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The DSN of a database that was just created; `None` where there is no server. It goes with the server.
pub(crate) async fn fresh_database() -> Option<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(server) = variable("SYMBOLON_TEST_POSTGRES") else {
        let is_strict = variable("SYMBOLON_TEST_STRICT").is_some_and(|value| value == "1");
        assert!(!is_strict, "left out: there is no PostgreSQL server");
        // Past the capture of a passing test's output.
        let mut said = std::io::stderr();
        let _ =
            writeln!(said, "\nLEFT OUT: nothing is tested on PostgreSQL: there is no server (SYMBOLON_TEST_POSTGRES)");
        return None;
    };
    let name = format!("cli_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let (client, connection) = tokio_postgres::connect(&server, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
    let mut dsn = url::Url::parse(&server).unwrap();
    dsn.set_path(&name);
    Some(dsn.into())
}

/// A configuration of this database, without another one.
pub(crate) fn write_shared(place: &Path, dsn: &str, [public, admin]: [u16; 2]) -> PathBuf {
    let file = write_good(place, public, admin);
    let yaml = std::fs::read_to_string(&file).unwrap();
    let (_, rest) = yaml.split_once('\n').unwrap();
    std::fs::write(&file, format!("dsn: {dsn}\n{rest}")).unwrap();
    file
}

fn is_open(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

#[tokio::test]
async fn listeners_are_served_by_processes_of_their_own() {
    let Some(dsn) = fresh_database().await else { return };
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let file = write_shared(place.path(), &dsn, [public, admin]);
    let mut of_admin = Running::start(&["serve", "admin", "-c", text(&file)]);
    let line = of_admin.wait_for("listening");
    assert!(line.contains(&format!("admin=\"127.0.0.1:{admin}\"")) && !line.contains("public="), "{line}");
    assert!(!is_open(public) && is_open(admin));
    let mut of_public = Running::start(&["serve", "public", "-c", text(&file)]);
    let line = of_public.wait_for("listening");
    assert!(line.contains(&format!("public=\"127.0.0.1:{public}\"")) && !line.contains("admin="), "{line}");
    of_public.wait_for_port(public);

    let endpoint = format!("http://127.0.0.1:{admin}");
    let machine = ["--id", "machine", "--secret", "machine-secret", "--grant-type", "client_credentials", "-q"];
    run(&[&["create", "client", "-e", &endpoint][..], &machine].concat()).success();
    let issuer = format!("http://127.0.0.1:{public}");
    let client = ["--client-id", "machine", "--client-secret", "machine-secret", "--format", "json"];
    let tokens = run(&[&["perform", "client-credentials", "-e", &issuer][..], &client].concat()).json();
    let token = tokens["access_token"].as_str().unwrap();
    let seen = run(&["introspect", "token", token, "-e", &endpoint, "--format", "json"]).json();
    assert_eq!(seen["active"], true, "{seen}");
    for process in [of_public, of_admin] {
        let (code, lines) = process.terminate();
        assert_eq!(code, Some(0));
        assert!(!lines.iter().any(|line| line.contains("WARN") || line.contains("ERROR")), "{lines:#?}");
    }
}

#[tokio::test]
async fn tables_of_a_server_are_brought_up_to_date() {
    let Some(dsn) = fresh_database().await else { return };
    let states = || run(&["migrate", "sql", "status", &dsn, "--format", "jsonpath=*.state"]).json();
    assert!(states().as_array().unwrap().iter().all(|state| state == "Pending"));
    run(&["migrate", "sql", "up", &dsn, "--yes"]).success();
    assert!(states().as_array().unwrap().iter().all(|state| state == "Applied"));
    run(&["migrate", "sql", &dsn]).success();
}

#[test]
fn one_listener_on_a_file_warns_that_the_other_is_nowhere() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let file = write_good(place.path(), public, admin);
    let mut server = Running::start(&["serve", "public", "-c", text(&file)]);
    let warning = server.wait_for("the other listener is nowhere");
    assert!(warning.contains("WARN") && warning.contains("dsn"), "{warning}");
    server.wait_for_port(public);
    assert!(!is_open(admin));
    assert_eq!(server.terminate().0, Some(0));
}
