//! Ending everything at once: `symbolon sign-out` of a subject, `symbolon delete access-tokens` of a client.

use clap::Args;
use serde_json::json;

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::CommandResult;

/// Flags of `sign-out`.
#[derive(Debug, Args)]
pub(crate) struct SignOutArguments {
    /// The subject: the id of an account, or what another login page calls the user
    #[arg(value_name = "SUBJECT")]
    subject: String,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

/// Flags of `delete access-tokens`.
#[derive(Debug, Args)]
pub(crate) struct ClientSelection {
    /// The id of the client
    #[arg(value_name = "CLIENT_ID")]
    client_id: String,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn sign_out(arguments: SignOutArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    admin.sign_out(&arguments.subject).await?;
    let subject = arguments.subject;
    arguments.connection.print(&CommandResult {
        rows: vec![("SUBJECT", subject.clone())],
        object: json!({ "subject": subject }),
        id: subject,
    })
}

pub(crate) async fn client_tokens(arguments: ClientSelection) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    // The server takes an unknown client for one without tokens; here it is more likely a slip.
    admin.get_client(&arguments.client_id).await?;
    admin.revoke_client_tokens(&arguments.client_id).await?;
    arguments.connection.print(&CommandResult::identity(arguments.client_id))
}
