//! Security profiles: what `symbolon.security_profile` enforces for all clients, and `security_profile` for one.

mod advertised;
mod asked_for;
mod clients;
mod oauth21;

use symbolon_server::security_profile::SecurityProfile;

use crate::support::TestServer;

/// A server that holds all clients to a profile.
pub(crate) async fn server_of(profile: SecurityProfile) -> TestServer {
    TestServer::with(|config| config.symbolon.security_profile = profile).await
}
