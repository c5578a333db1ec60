//! `symbolon list oauth2-clients`: a page of the registered clients.

use clap::Args;

use super::shown::{COLUMNS, shown};
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::{ListResult, PageFlags};

/// Flags of `list oauth2-clients`.
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
    let page = admin.list_clients(arguments.page.size(), arguments.page.token()).await?;
    let results = page.items.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
    let list = ListResult::of(results, COLUMNS).page(page.next_page_token);
    arguments.connection.print_list(&list)
}
