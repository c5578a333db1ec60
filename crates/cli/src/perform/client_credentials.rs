//! `symbolon perform client-credentials`: a token for the client itself (RFC 6749 §4.4).

use clap::Args;
use symbolon_client::ClientCredentialsRequest;

use super::access::{Access, ClientFlags};
use super::shown::shown;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::openid::PublicEndpoint;

/// Flags of `perform client-credentials`, named as in Ory Hydra.
#[derive(Debug, Args)]
pub(crate) struct ClientCredentialsArguments {
    #[command(flatten)]
    client: ClientFlags,
    /// What to ask for; the server's choice otherwise
    #[arg(long, value_delimiter = ',')]
    scope: Vec<String>,
    /// Which APIs the access token is for
    #[arg(long, value_delimiter = ',')]
    audience: Vec<String>,
    #[command(flatten)]
    endpoint: PublicEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: ClientCredentialsArguments) -> Result<(), Failure> {
    let access = Access::read(&arguments.client, arguments.connection.transport()?)?;
    let client = access.discovered(&arguments.endpoint.required(&arguments.connection)?).await?;
    let request = ClientCredentialsRequest::new().scope(arguments.scope.join(" "));
    // Ory Hydra and we take several in one parameter.
    let audience = (!arguments.audience.is_empty()).then(|| arguments.audience.join(" "));
    let request = audience.into_iter().fold(request, ClientCredentialsRequest::audience);
    let tokens = client.client_credentials(&request).await?;
    arguments.connection.print(&shown(&tokens))
}
