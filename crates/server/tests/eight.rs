#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, dead_code, unused_imports)]
#[path = "it/client_side/mod.rs"]
mod client_side;
#[path = "it/credentials/mod.rs"]
mod credentials;
#[path = "it/fixtures.rs"]
mod fixtures;
#[path = "it/oidc_discovery/mod.rs"]
mod oidc_discovery;
#[path = "it/oidc_logout/mod.rs"]
mod oidc_logout;
#[path = "it/oidc_registration/mod.rs"]
mod oidc_registration;
#[path = "it/oidc_userinfo/mod.rs"]
mod oidc_userinfo;
#[path = "it/sessions/mod.rs"]
mod sessions;
#[path = "it/support/mod.rs"]
mod support;
