//! The settings of a test run, all from the environment.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

/// Whether what cannot be tested fails instead of being left out.
fn is_strict() -> bool {
    variable("SYMBOLON_TEST_STRICT").is_some_and(|value| value == "1")
}

/// DSN of a superuser of a database server, if there is one.
pub(crate) fn postgres_dsn() -> Option<String> {
    variable("SYMBOLON_TEST_POSTGRES")
}

/// The folder of recorded exchanges, whether it exists or not: `SYMBOLON_GOLDEN`, else beside the repository, or beside the
/// one that this working tree is of (`git worktree`).
pub(crate) fn golden_folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let beside = |root: &Path| root.join("../shared/golden");
    let of_main_tree = || {
        let link = std::fs::read_to_string(root.join(".git")).ok()?;
        let folder = Path::new(link.strip_prefix("gitdir:")?.trim()).ancestors().nth(3)?.to_owned();
        Some(beside(&folder)).filter(|folder| folder.is_dir())
    };
    let by_place = || Some(beside(&root)).filter(|folder| folder.is_dir()).or_else(of_main_tree);
    variable("SYMBOLON_GOLDEN").map_or_else(|| by_place().unwrap_or_else(|| beside(&root)), PathBuf::from)
}

/// Says once what this run leaves out, past the capture of a passing test's output. Fails where nothing may be left out.
pub(crate) fn left_out(what: &str) {
    assert!(!is_strict(), "left out: {what}");
    say_left_out(what);
}

/// The same for what is covered in a smaller way besides, so that it may be left out everywhere.
pub(crate) fn say_left_out(what: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if SAID.lock().insert(what.to_owned()) {
        let _ = writeln!(std::io::stderr(), "\nLEFT OUT: {what}");
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place where tests read the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
