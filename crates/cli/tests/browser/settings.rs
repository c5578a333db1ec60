//! The settings of a test run, all from the environment.

use std::path::PathBuf;

/// The browser and its driver, where both can be found. Fails in a strict run when they cannot.
pub(crate) fn programs() -> Option<Programs> {
    let chromium = program("SYMBOLON_TEST_CHROMIUM", &["chromium", "chromium-browser", "google-chrome"]);
    let driver = program("SYMBOLON_TEST_CHROMEDRIVER", &["chromedriver"]);
    let found = chromium.zip(driver).map(|(chromium, driver)| Programs { chromium, driver });
    let is_strict = variable("SYMBOLON_TEST_STRICT").is_some_and(|value| value == "1");
    assert!(found.is_some() || !is_strict, "there is no Chromium with its driver (SYMBOLON_TEST_CHROMIUM)");
    found
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
