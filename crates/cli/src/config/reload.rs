//! `symbolon config reload`: a running server reads its configuration again, as at SIGHUP.

use clap::Args;
use serde_json::json;
use symbolon_client::ReloadedConfiguration;

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::CommandResult;

/// Flags of `config reload`.
#[derive(Debug, Args)]
pub(crate) struct ReloadArguments {
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: ReloadArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    arguments.connection.print(&shown(&admin.reload_configuration().await?))
}

fn shown(reloaded: &ReloadedConfiguration) -> CommandResult {
    let named = |keys: &[String]| if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") };
    CommandResult {
        rows: vec![("IN FORCE", named(&reloaded.applied)), ("NEEDS A RESTART", named(&reloaded.restart_needed))],
        object: json!(reloaded),
        id: reloaded.applied.join("\n"),
    }
}
