//! What happens to a server, and what may not happen to anybody's tokens: a crash under load, an orderly stop in the
//! middle of requests, a full disk. The real binary on a database file, over HTTP.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic and print anywhere")]

mod crash;
#[cfg(target_os = "linux")]
mod full_disk;
mod load;
#[path = "../login_application/mod.rs"]
mod login_application;
#[path = "../it/process.rs"]
#[allow(dead_code, reason = "shared with other tests of the binary")]
mod process;
mod shutdown;
