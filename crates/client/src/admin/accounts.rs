//! Accounts of the built-in login page (`/admin/accounts`): create and list.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AdminClient, Items, Page};
use crate::error::Error;

/// An account to be created.
#[derive(Clone, Default, Serialize)]
pub struct NewAccount {
    /// What the user types to log in
    pub username: String,
    /// The password in clear; the server keeps only its hash
    pub password: String,
    /// Shown in the claim `email`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Shown in the claim `name`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl fmt::Debug for NewAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NewAccount").field("username", &self.username).finish_non_exhaustive()
    }
}

/// An account as the server shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Account {
    /// The subject of the account in tokens
    pub id: String,
    /// What the user types to log in
    pub username: String,
    /// The e-mail address, if one was given
    #[serde(default)]
    pub email: Option<String>,
    /// The full name, if one was given
    #[serde(default)]
    pub name: Option<String>,
    /// When it was created, RFC 3339
    #[serde(default)]
    pub created_at: String,
}

impl AdminClient {
    /// Creates an account. [`Error::Api`] with status 409 when the username is taken, 400 when the password is too weak.
    pub async fn create_account(&self, account: &NewAccount) -> Result<Account, Error> {
        let request = self.http().post(self.url(&["accounts"])?).json(account);
        self.send(request).await?.json("the created account")
    }

    /// Reads up to `page_size` accounts, from the start or from the token of the page before.
    pub async fn list_accounts(&self, page_size: u32, page_token: Option<&str>) -> Result<Page<Account>, Error> {
        self.list("accounts", page_size, page_token).await
    }

    /// All accounts, fetched `page_size` at a time as they are asked for.
    ///
    /// ```no_run
    /// # async fn run(admin: symbolon_client::AdminClient) -> Result<(), symbolon_client::Error> {
    /// let mut accounts = admin.accounts(100);
    /// while let Some(found) = accounts.next().await {
    ///     println!("{}", found?.username);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn accounts(&self, page_size: u32) -> Items<Account> {
        Items::new(self.clone(), "accounts", page_size)
    }
}
