//! `symbolon revoke token`: a client gives a token back (RFC 7009).

use clap::Args;

use super::TokenArgument;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::openid::PublicEndpoint;
use crate::output::CommandResult;
use crate::perform::access::{Access, ClientFlags};

/// Flags of `revoke token`.
#[derive(Debug, Args)]
pub(crate) struct RevokeArguments {
    /// The token, or - to read it from standard input, where the list of processes does not show it
    #[arg(value_name = "TOKEN")]
    token: TokenArgument,
    #[command(flatten)]
    client: ClientFlags,
    #[command(flatten)]
    endpoint: PublicEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: RevokeArguments) -> Result<(), Failure> {
    let token = arguments.token.read()?;
    let access = Access::read(&arguments.client, arguments.connection.transport()?)?;
    let client = access.discovered(&arguments.endpoint.required(&arguments.connection)?).await?;
    client.revoke(token.expose()).await?;
    arguments.connection.print(&CommandResult::identity(token.expose().clone()))
}
