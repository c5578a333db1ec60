//! `symbolon get oauth2-client`: clients as they are, without their secrets.

use clap::Args;

use super::shown::{COLUMNS, shown};
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;

/// Flags of `get oauth2-client`.
#[derive(Debug, Args)]
pub(crate) struct GetArguments {
    /// The ids of the clients
    #[arg(value_name = "CLIENT_ID", required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: GetArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let mut clients = Vec::with_capacity(arguments.ids.len());
    for id in &arguments.ids {
        clients.push(shown(&admin.get_client(id).await?)?);
    }
    arguments.connection.print_each(clients, COLUMNS)
}
