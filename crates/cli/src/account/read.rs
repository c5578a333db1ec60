//! `symbolon get account`: an account as it is.

use clap::Args;

use super::selection::AccountSelection;
use super::shown::shown;
use crate::failure::Failure;

/// Flags of `get account`.
#[derive(Debug, Args)]
pub(crate) struct GetArguments {
    #[command(flatten)]
    account: AccountSelection,
}

pub(crate) async fn run(arguments: GetArguments) -> Result<(), Failure> {
    let (_, account) = arguments.account.find().await?;
    let connection = &arguments.account.connection;
    connection.print(&shown(&account)?)
}
