//! The settings of a test run, all from the environment.

use std::path::{Path, PathBuf};

/// Whether what cannot be tested fails instead of being left out.
pub(crate) fn is_strict() -> bool {
    variable("SYMBOLON_TEST_STRICT").is_some_and(|value| value == "1")
}

/// DSN of a superuser of a database server, if there is one.
pub(crate) fn postgres_dsn() -> Option<String> {
    variable("SYMBOLON_TEST_POSTGRES")
}

/// The folder of recorded exchanges, whether it exists or not: `SYMBOLON_GOLDEN`, else beside the repository.
pub(crate) fn golden_folder() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden");
    variable("SYMBOLON_GOLDEN").map_or_else(beside, PathBuf::from)
}

#[allow(clippy::disallowed_methods, reason = "the one place where tests read the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
