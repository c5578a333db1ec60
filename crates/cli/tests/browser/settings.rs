//! The settings of a test run, all from the environment.

use std::path::{Path, PathBuf};

/// The browser and its driver, where both can be found. Fails in a strict run when they cannot.
pub(crate) fn programs() -> Option<Programs> {
    let chromium = program("SYMBOLON_TEST_CHROMIUM", &["chromium", "chromium-browser", "google-chrome"]);
    let driver = program("SYMBOLON_TEST_CHROMEDRIVER", &["chromedriver"]);
    let found = chromium.zip(driver).map(|(chromium, driver)| Programs { chromium, driver });
    assert!(found.is_some() || !is_strict(), "there is no Chromium with its driver (SYMBOLON_TEST_CHROMIUM)");
    found
}

/// Whether there is a curl. Fails in a strict run when there is none.
pub(crate) fn has_curl() -> bool {
    let found = Path::new("/usr/bin/curl").is_file();
    assert!(found || !is_strict(), "there is no curl");
    if !found {
        eprintln!("no curl on this machine: this test is left out");
    }
    found
}

fn is_strict() -> bool {
    variable("SYMBOLON_TEST_STRICT").is_some_and(|value| value == "1")
}

/// Where the browser and its driver are.
pub(crate) struct Programs {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Where pictures are wanted, if anywhere.
pub(crate) fn screenshots() -> Option<PathBuf> {
    variable("SYMBOLON_TEST_SCREENSHOTS").map(PathBuf::from)
}

fn program(name: &str, usual: &[&str]) -> Option<PathBuf> {
    let named = variable(name).map(PathBuf::from);
    let usual = usual.iter().map(|name| PathBuf::from("/usr/bin").join(name));
    named.into_iter().chain(usual).find(|path| path.is_file())
}

#[allow(clippy::disallowed_methods, reason = "the one place where these tests read the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
