//! `symbolon list sessions`: the browsers in which somebody is logged in.

use clap::Args;
use serde_json::json;
use symbolon_client::LoginSession;

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::{CommandResult, ListResult, PageFlags};

/// Flags of `list sessions`.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// Only those of this subject: the id of an account, or what another login page calls the user
    #[arg(value_name = "SUBJECT")]
    subject: Option<String>,
    #[command(flatten)]
    page: PageFlags,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: ListArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let page = admin.list_logins(arguments.subject.as_deref(), arguments.page.size(), arguments.page.token()).await?;
    let results = page.items.iter().map(shown).collect();
    let columns = &["SESSION ID", "SUBJECT", "LOGGED IN AT", "ENDS AT", "REMEMBERED", "METHODS"];
    arguments.connection.print_list(&ListResult::of(results, columns).page(page.next_page_token))
}

fn shown(session: &LoginSession) -> CommandResult {
    let rows = vec![
        ("SESSION ID", session.sid.clone()),
        ("SUBJECT", session.subject.clone()),
        ("LOGGED IN AT", session.authenticated_at.clone()),
        ("ENDS AT", session.expires_at.clone().unwrap_or_else(|| "never".to_owned())),
        ("REMEMBERED", session.remembered.to_string()),
        ("METHODS", session.amr.join(", ")),
    ];
    CommandResult { rows, object: json!(session), id: session.sid.clone() }
}
