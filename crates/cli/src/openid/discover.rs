//! `symbolon discover`: the provider's metadata (OpenID Connect Discovery 1.0), with the issuer compared.

use clap::Args;

use super::{PublicEndpoint, client, object};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::output::CommandResult;

/// Flags of `discover`.
#[derive(Debug, Args)]
pub(crate) struct DiscoverArguments {
    #[command(flatten)]
    endpoint: PublicEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: DiscoverArguments) -> Result<(), Failure> {
    let connection = &arguments.connection;
    let metadata = client(connection, &arguments.endpoint, None).await?.metadata().await?;
    let optional = |url: &Option<String>| url.clone().unwrap_or_default();
    let shown = CommandResult {
        rows: vec![
            ("ISSUER", metadata.issuer.clone()),
            ("AUTHORIZATION", optional(&metadata.authorization_endpoint)),
            ("TOKEN", optional(&metadata.token_endpoint)),
            ("USERINFO", optional(&metadata.userinfo_endpoint)),
            ("REGISTRATION", optional(&metadata.registration_endpoint)),
            ("LOGOUT", optional(&metadata.end_session_endpoint)),
            ("CREDENTIALS", optional(&metadata.credentials_endpoint_draft_00)),
            ("KEYS", optional(&metadata.jwks_uri)),
            ("SCOPES", metadata.scopes_supported.join(", ")),
            ("GRANT TYPES", metadata.grant_types_supported.join(", ")),
        ],
        object: object(&*metadata)?,
        id: metadata.issuer.clone(),
    };
    connection.print(&shown)
}
