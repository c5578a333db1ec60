//! `symbolon update account`: another username, other claims, another password.

use clap::Args;
use symbolon_client::AccountChange;

use super::claims::ClaimArguments;
use super::password::PasswordArguments;
use super::selection::AccountSelection;
use super::shown::shown;
use crate::failure::Failure;

/// Flags of `update account`.
#[derive(Debug, Args)]
pub(crate) struct UpdateArguments {
    #[command(flatten)]
    account: AccountSelection,
    /// Another username
    #[arg(long, value_name = "NAME")]
    new_username: Option<String>,
    #[command(flatten)]
    password: PasswordArguments,
    // Last, because its flags stand below a heading of their own.
    #[command(flatten)]
    claims: ClaimArguments,
}

pub(crate) async fn run(arguments: UpdateArguments) -> Result<(), Failure> {
    let password = arguments.password.read()?;
    let (admin, account) = arguments.account.find().await?;
    let change =
        AccountChange { username: arguments.new_username, claims: arguments.claims.into(), ..AccountChange::default() };
    if change == AccountChange::default() && password.is_none() {
        return Err(Failure::message("there is nothing to change: name a claim, --new-username or a password"));
    }
    let mut updated = account;
    if change != AccountChange::default() {
        updated = admin.update_account(&updated.id, &change).await?;
    }
    if let Some(password) = password {
        admin.set_account_password(&updated.id, password.expose()).await?;
    }
    let connection = &arguments.account.connection;
    connection.print(&shown(&updated)?)
}
