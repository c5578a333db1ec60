//! The server's tests through HTTP: both routers are called in process, time is a clock that the test moves, and
//! randomness comes from a seed. Modules are named after the specification whose rules they test; `support` is what
//! they share, `golden` replays what a real Ory Hydra answered.
//!
//! Read from the environment: `SYMBOLON_TEST_POSTGRES` (DSN of a superuser; without it everything runs on the embedded
//! database only), `SYMBOLON_GOLDEN` (folder of recorded exchanges), `SYMBOLON_TEST_STRICT=1` (what would be left out
//! fails).
#![allow(clippy::large_futures, reason = "a test is polled once and copied nowhere")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test may panic and print anywhere"
)]
#![allow(
    clippy::cast_precision_loss,
    clippy::enum_variant_names,
    clippy::format_collect,
    clippy::similar_names,
    clippy::type_complexity,
    clippy::unnested_or_patterns,
    clippy::wrong_self_convention,
    reason = "tables of cases read better as they are"
)]

mod accounts;
mod admin;
mod audit;
mod challenge_api;
mod ciba;
pub(crate) mod cimd;
mod client_side;
mod conformance;
pub(crate) mod credentials;
mod diagnosis;
mod endings;
mod every_grant;
mod fapi2;
mod fetch;
mod fixtures;
mod global_token_revocation;
mod golden;
mod hooks;
mod hydra;
mod jarm;
mod keys;
mod listeners;
mod mcp;
mod multiple_response_types;
mod oidc_core;
mod oidc_discovery;
mod oidc_logout;
mod oidc_registration;
mod oidc_userinfo;
mod openapi;
mod rfc6265;
mod rfc6749;
mod rfc6750;
mod rfc7009;
mod rfc7516;
pub(crate) mod rfc7523;
mod rfc7523_id_jag;
mod rfc7636;
mod rfc7662;
mod rfc8414;
mod rfc8628;
mod rfc8693;
mod rfc8705;
mod rfc8707;
mod rfc9068;
mod rfc9101;
mod rfc9110;
mod rfc9112;
mod rfc9126;
mod rfc9207;
mod rfc9396;
pub(crate) mod rfc9449;
mod rfc9470;
mod rfc9700;
mod rfc9701;
mod security_profile;
mod session_management;
mod sessions;
mod support;
mod telemetry;
mod ui;
mod worker;
