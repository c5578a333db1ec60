//! A process that is killed while it writes: what it was told is written is there, and the file is free for the next.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use symbolon_store::{OpenError, Store, StoreOptions};

use crate::database::{grant, id};

const PATH: &str = "SYMBOLON_TEST_CRASH_PATH";

#[allow(clippy::disallowed_methods, reason = "how the test tells its own second process what to do")]
fn path() -> Option<PathBuf> {
    std::env::var_os(PATH).map(PathBuf::from)
}

/// Not a test by itself: what the killed process does.
#[tokio::test]
#[ignore = "started by the test below"]
async fn writes_until_it_is_killed() {
    let Some(path) = path() else { return };
    let store = Store::open(&StoreOptions::new(format!("sqlite://{}", path.display()))).await.unwrap();
    for number in 0.. {
        store.insert_grant(&grant(number)).await.unwrap();
        println!("\nwritten {number}");
    }
}

#[tokio::test]
async fn a_killed_process_has_written_what_it_said() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let options = StoreOptions::new(format!("sqlite://{}", path.display()));
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::writes_until_it_is_killed", "--ignored", "--nocapture"])
        .env(PATH, &path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut written: Vec<u64> = Vec::new();
    for line in lines {
        written.extend(line.strip_prefix("written ").and_then(|number| number.parse::<u64>().ok()));
        if written.len() == 200 {
            assert_eq!(Store::open(&options).await.unwrap_err(), OpenError::Locked(path.clone()));
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(written.len() >= 200, "{} written", written.len());
    let store = Store::open(&options).await.unwrap();
    for number in written {
        assert!(store.grant(id(number)).await.unwrap().is_some(), "{number}");
    }
}
