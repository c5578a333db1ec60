//! How a client is shown: the columns of Ory Hydra's command line, or everything.

use symbolon_types::Client;

use crate::failure::Failure;
use crate::output::CommandResult;

/// What of a client stands in a table.
pub(super) const COLUMNS: &[&str] =
    &["CLIENT ID", "CLIENT SECRET", "GRANT TYPES", "RESPONSE TYPES", "SCOPE", "AUDIENCE", "REDIRECT URIS"];

/// A client as the result of a command.
pub(super) fn shown(client: &Client) -> Result<CommandResult, Failure> {
    let object = serde_json::to_value(client)
        .map_err(|error| Failure::message(format!("the client cannot be written as JSON: {error}")))?;
    let values = [
        client.client_id.to_string(),
        client.client_secret.clone().unwrap_or_default(),
        client.grant_types.join(", "),
        client.response_types.join(", "),
        client.scope.to_string(),
        client.audience.join(", "),
        client.redirect_uris.join(", "),
    ];
    let rows = COLUMNS.iter().copied().zip(values).collect();
    Ok(CommandResult { rows, object, id: client.client_id.to_string() })
}
