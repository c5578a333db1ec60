//! `symbolon list consents`: what a user has allowed which client.

use clap::Args;
use symbolon_client::ConsentSession;
use symbolon_types::timestamp;

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::{CommandResult, ListResult, PageFlags};

/// Flags of `list consents`.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// The subject: the id of an account, or what another login page calls the user
    #[arg(value_name = "SUBJECT")]
    subject: String,
    #[command(flatten)]
    page: PageFlags,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: ListArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let (size, token) = (arguments.page.size(), arguments.page.token());
    let page = admin.list_consents(&arguments.subject, size, token).await?;
    let results = page.items.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
    let columns = &["CONSENT ID", "CLIENT ID", "SCOPE", "AUDIENCE", "REMEMBERED", "GIVEN AT"];
    arguments.connection.print_list(&ListResult::of(results, columns).page(page.next_page_token))
}

fn shown(consent: &ConsentSession) -> Result<CommandResult, Failure> {
    let object = serde_json::to_value(consent)
        .map_err(|error| Failure::message(format!("the consent cannot be written as JSON: {error}")))?;
    let rows = vec![
        ("CONSENT ID", consent.consent_request_id.clone()),
        ("CLIENT ID", consent.consent_request.client.client_id.to_string()),
        ("SCOPE", consent.grant_scope.to_string()),
        ("AUDIENCE", consent.grant_access_token_audience.join(", ")),
        ("REMEMBERED", consent.remember.to_string()),
        ("GIVEN AT", timestamp::format_seconds(consent.handled_at / 1_000_000)),
    ];
    Ok(CommandResult { rows, object, id: consent.consent_request_id.clone() })
}
