//! `symbolon list accounts`: a page of the accounts of the built-in login page.

use clap::Args;
use symbolon_client::Account;

use super::shown::shown;
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::{CommandResult, ListResult, PageFlags};

/// Flags of `list accounts`.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    page: PageFlags,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: ListArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let page = admin.list_accounts(arguments.page.size(), arguments.page.token()).await?;
    let results = page.items.iter().map(in_a_line).collect::<Result<Vec<_>, _>>()?;
    let columns = &["ACCOUNT ID", "USERNAME", "EMAIL", "NAME", "DISABLED"];
    arguments.connection.print_list(&ListResult::of(results, columns).page(page.next_page_token))
}

/// What every account has; the rest of a person is a matter of `get account`.
fn in_a_line(account: &Account) -> Result<CommandResult, Failure> {
    let mut result = shown(account)?;
    result.rows.truncate(5);
    Ok(result)
}
