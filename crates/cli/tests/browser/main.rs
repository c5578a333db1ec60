//! The pages in a real browser: headless Chromium, driven over the `WebDriver` protocol against the real binary. A test
//! starts a quickstart of its own and goes through its demonstration application as a person would; after each, the
//! browser's console must not have complained about anything, above all not about the Content Security Policy. [`examples`] drives the example programs of the client crate as well, with and without
//! a browser.
//!
//! Read from the environment: `SYMBOLON_TEST_CHROMIUM` and `SYMBOLON_TEST_CHROMEDRIVER` (programs; otherwise those of
//! the system are taken), `SYMBOLON_TEST_STRICT=1` (a missing browser fails instead of being a notice),
//! `SYMBOLON_TEST_SCREENSHOTS` (folder where the tests of the appearance leave their pictures).
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic and print anywhere")]

mod appearance;
mod browser;
mod chromium;
mod devtools;
mod examples;
mod form_post;
mod history;
mod logout;
#[path = "../it/process.rs"]
#[allow(dead_code, reason = "shared with the tests that need no browser")]
mod process;
mod quickstart;
mod receiver;
mod session_management;
mod settings;
mod sign_in;
mod tabs;
