//! `symbolon health`: whether a running server answers, with its database. For health checks of containers, whose images
//! have no other program that could ask.

use clap::Args;
use serde_json::json;

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::CommandResult;

/// Flags of `health`.
#[derive(Debug, Args)]
pub(crate) struct HealthArguments {
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: HealthArguments) -> Result<(), Failure> {
    let connection = &arguments.connection;
    connection.admin(&arguments.endpoint)?.ready().await?;
    let rows = vec![("STATUS", "ok".to_owned())];
    connection.print(&CommandResult { rows, object: json!({ "status": "ok" }), id: "ok".to_owned() })
}
