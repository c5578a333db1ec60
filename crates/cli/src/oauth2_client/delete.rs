//! `symbolon delete oauth2-client`: clients go, and with them everything that was issued to them.

use clap::Args;

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::{Failure, Failures};
use crate::output::CommandResult;

/// Flags of `delete oauth2-client`.
#[derive(Debug, Args)]
pub(crate) struct DeleteArguments {
    /// The ids of the clients
    #[arg(value_name = "CLIENT_ID", required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: DeleteArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let (mut deleted, mut failures) = (Vec::new(), Failures::of(arguments.ids.len()));
    for id in arguments.ids {
        match admin.delete_client(&id).await {
            Ok(()) => deleted.push(CommandResult::identity(id)),
            Err(error) => failures.add(&id, error.into()),
        }
    }
    arguments.connection.print_each(deleted, &["ID"])?;
    failures.end()
}
