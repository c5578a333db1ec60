//! `symbolon create account`: an account for the built-in login page.

use clap::Args;
use symbolon_client::NewAccount;

use super::claims::ClaimArguments;
use super::password::FirstPasswordArguments;
use super::shown::shown;
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;

/// Flags of `create account`.
#[derive(Debug, Args)]
pub(crate) struct AccountArguments {
    /// What the user types to log in
    #[arg(long)]
    username: String,
    /// The subject in tokens, where another system has given the user one; a random one otherwise
    #[arg(long, value_name = "ACCOUNT_ID")]
    id: Option<String>,
    #[command(flatten)]
    password: FirstPasswordArguments,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
    // Last, because its flags stand below a heading of their own.
    #[command(flatten)]
    claims: ClaimArguments,
}

pub(crate) async fn run(arguments: AccountArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let password = arguments.password.read()?.expose().clone();
    let account =
        NewAccount { id: arguments.id, username: arguments.username, password, claims: arguments.claims.into() };
    let created = admin.create_account(&account).await?;
    arguments.connection.print(&shown(&created)?)
}
