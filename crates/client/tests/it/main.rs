//! The client against a server made for each test: one whose answers the test decides, or a hostile one. What is tested
//! against Symbolon itself is in `crates/test-provider/tests`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod admin;
mod caches;
mod comparison;
mod discovery;
mod documents;
#[cfg(feature = "facade")]
mod facade;
#[cfg(feature = "facade")]
mod facade_operations;
#[cfg(feature = "facade")]
mod facade_requests;
mod flow;
mod grants;
mod hostile;
mod kept_keys;
mod modern;
mod oddities;
mod refresh;
mod registration;
#[cfg(feature = "tower")]
mod resource;
mod retries;
mod server;
mod transport;
mod user_info;
mod web;

/// Waits until something that goes on beside has happened.
pub(crate) async fn eventually(condition: impl Fn() -> bool) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !condition() {
        assert!(std::time::Instant::now() < deadline, "it did not happen");
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}
