//! `symbolon delete jwk`: sets go with all their keys.

use clap::Args;

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::{Failure, Failures};
use crate::output::CommandResult;

/// Flags of `delete jwk`.
#[derive(Debug, Args)]
pub(crate) struct DeleteArguments {
    /// The names of the sets
    #[arg(value_name = "SET_ID", required = true)]
    sets: Vec<String>,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: DeleteArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let (mut deleted, mut failures) = (Vec::new(), Failures::of(arguments.sets.len()));
    for name in arguments.sets {
        match admin.delete_key_set(&name).await {
            Ok(()) => deleted.push(CommandResult::identity(name)),
            Err(error) => failures.add(&name, error.into()),
        }
    }
    arguments.connection.print_each(deleted, &["ID"])?;
    failures.end()
}
