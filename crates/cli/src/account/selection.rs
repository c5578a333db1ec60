//! Which account a command is about: by its id, or by what its user types to log in.

use clap::Args;
use symbolon_client::{Account, AdminClient};

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;

/// The flags of all commands about one account.
#[derive(Debug, Args)]
pub(crate) struct AccountSelection {
    /// The id of the account, which is the subject of its tokens
    #[arg(value_name = "ACCOUNT_ID", required_unless_present = "username")]
    id: Option<String>,
    /// The username instead of the id
    #[arg(long, value_name = "NAME", conflicts_with = "id")]
    username: Option<String>,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

impl AccountSelection {
    /// The way to the server, and the account as it is now.
    pub(crate) async fn find(&self) -> Result<(AdminClient, Account), Failure> {
        let admin = self.connection.admin(&self.endpoint)?;
        let account = match (&self.id, &self.username) {
            (Some(id), _) => admin.get_account(id).await?,
            (None, Some(username)) => admin
                .find_account(username)
                .await?
                .ok_or_else(|| Failure::message(format!("there is no account with the username '{username}'")))?,
            (None, None) => return Err(Failure::message("the account is not named: give its id or --username")),
        };
        Ok((admin, account))
    }
}
