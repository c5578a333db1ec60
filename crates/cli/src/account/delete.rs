//! `symbolon delete account`: the account goes, and with it everything that its user has.

use clap::Args;

use super::selection::AccountSelection;
use super::shown::shown;
use crate::failure::Failure;

/// Flags of `delete account`.
#[derive(Debug, Args)]
pub(crate) struct DeleteArguments {
    #[command(flatten)]
    account: AccountSelection,
}

pub(crate) async fn run(arguments: DeleteArguments) -> Result<(), Failure> {
    let (admin, account) = arguments.account.find().await?;
    admin.delete_account(&account.id).await?;
    let connection = &arguments.account.connection;
    connection.print(&shown(&account)?)
}
