//! `symbolon disable account` and `symbolon enable account`.

use clap::Args;

use super::selection::AccountSelection;
use super::shown::shown;
use crate::failure::Failure;

/// Flags of both commands.
#[derive(Debug, Args)]
pub(crate) struct StateArguments {
    #[command(flatten)]
    account: AccountSelection,
}

pub(crate) async fn disable(arguments: StateArguments) -> Result<(), Failure> {
    let (admin, account) = arguments.account.find().await?;
    let connection = &arguments.account.connection;
    connection.print(&shown(&admin.disable_account(&account.id).await?)?)
}

pub(crate) async fn enable(arguments: StateArguments) -> Result<(), Failure> {
    let (admin, account) = arguments.account.find().await?;
    let connection = &arguments.account.connection;
    connection.print(&shown(&admin.enable_account(&account.id).await?)?)
}
