//! `symbolon delete consents`: what a user has allowed is forgotten, and the tokens that came of it are void.

use clap::Args;
use symbolon_client::ForgottenConsents;

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::CommandResult;

/// Flags of `delete consents`. How much is forgotten has to be said, so that nobody forgets all by leaving out a flag.
#[derive(Debug, Args)]
pub(crate) struct DeleteArguments {
    /// The subject: the id of an account, or what another login page calls the user
    #[arg(value_name = "SUBJECT", required_unless_present = "consent_id", conflicts_with = "consent_id")]
    subject: Option<String>,
    /// All that the user has allowed
    #[arg(long, required_unless_present_any = ["client_id", "consent_id"])]
    all: bool,
    /// What the user has allowed this client
    #[arg(long, value_name = "CLIENT_ID", conflicts_with_all = ["all", "consent_id"])]
    client_id: Option<String>,
    /// One consent, by the id that the list of consents shows
    #[arg(long, value_name = "CONSENT_ID", conflicts_with = "all")]
    consent_id: Option<String>,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: DeleteArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let subject = arguments.subject.unwrap_or_default();
    let (which, name) = match (arguments.consent_id, arguments.client_id) {
        (Some(id), _) => (ForgottenConsents::One { consent_request_id: id.clone() }, id),
        (None, Some(client_id)) => (ForgottenConsents::OfClient { subject: subject.clone(), client_id }, subject),
        (None, None) => (ForgottenConsents::All { subject: subject.clone() }, subject),
    };
    admin.revoke_consents(&which).await?;
    arguments.connection.print(&CommandResult::identity(name))
}
