//! `symbolon introspect token`: what the server says about a token (RFC 7662), over its admin port.

use clap::Args;
use symbolon_client::Introspection;
use symbolon_types::timestamp;

use super::TokenArgument;
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::CommandResult;

/// Flags of `introspect token`.
#[derive(Debug, Args)]
pub(crate) struct IntrospectArguments {
    /// The token, or - to read it from standard input, where the list of processes does not show it
    #[arg(value_name = "TOKEN")]
    token: TokenArgument,
    /// What the token must be good for to count as active
    #[arg(long, value_delimiter = ',')]
    scope: Vec<String>,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: IntrospectArguments) -> Result<(), Failure> {
    let token = arguments.token.read()?;
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let scope = arguments.scope.join(" ");
    let scope = Some(scope.as_str()).filter(|scope| !scope.is_empty());
    let answer = admin.introspect(token.expose(), scope).await?;
    arguments.connection.print(&shown(&answer)?)
}

fn shown(answer: &Introspection) -> Result<CommandResult, Failure> {
    let object = serde_json::to_value(answer)
        .map_err(|error| Failure::message(format!("the answer cannot be written as JSON: {error}")))?;
    let rows = vec![
        ("ACTIVE", answer.active.to_string()),
        ("SUBJECT", answer.sub.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("CLIENT ID", answer.client_id.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("SCOPE", answer.scope.to_string()),
        ("EXPIRY", answer.exp.map(timestamp::format_seconds).unwrap_or_default()),
        ("TOKEN USE", answer.token_use.clone().unwrap_or_default()),
    ];
    Ok(CommandResult { rows, object, id: answer.active.to_string() })
}
