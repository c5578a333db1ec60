//! `symbolon get jwk`: the keys of sets, private keys included.

use clap::Args;

use super::shown::{PublicFlag, shown};
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;

/// Flags of `get jwk`.
#[derive(Debug, Args)]
pub(crate) struct GetArguments {
    /// The names of the sets
    #[arg(value_name = "SET_ID", required = true)]
    sets: Vec<String>,
    #[command(flatten)]
    public: PublicFlag,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: GetArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let mut sets = Vec::with_capacity(arguments.sets.len());
    for name in arguments.sets {
        let set = admin.get_key_set(&name).await?;
        sets.push((name, arguments.public.apply(set)));
    }
    arguments.connection.print_list(&shown(&sets)?)
}
