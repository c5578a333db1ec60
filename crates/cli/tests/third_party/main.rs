//! The real binary, used by libraries that other people wrote: `openidconnect`, and the `oauth2` below it, as relying
//! party over HTTP. What they cannot read or do not accept, no user of theirs can use.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../login_application/mod.rs"]
mod login_application;
mod oauth2;
mod openid_connect;
#[path = "../it/process.rs"]
#[allow(dead_code, reason = "shared with other tests of the binary")]
mod process;
mod registration;
mod relying_party;
