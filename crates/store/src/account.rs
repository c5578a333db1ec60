//! Accounts: the users of the built-in login page. Whoever brings a login page of their own has none.
//!
//! The username is stored in its canonical form, which is for the caller to make; it is unique. Hashes are opaque.

use crate::batch::{Condition, Expect};
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::{Row, Value};

/// A user of the built-in login page.
#[derive(Clone, PartialEq)]
pub struct Account {
    /// The subject in tokens.
    pub id: String,
    /// The canonical username.
    pub username: String,
    /// The hash of the password.
    pub password_hash: String,
    /// Since when the account may not sign in.
    pub disabled_at: Option<i64>,
    /// When it was made, in Unix seconds.
    pub created_at: i64,
    /// Claims and the like.
    pub body: serde_json::Value,
}

// Without the hash and the person.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("disabled_at", &self.disabled_at).finish_non_exhaustive()
    }
}

macro_rules! select_accounts {
    ($rest:literal) => {
        concat!("SELECT id, username, password_hash, disabled_at, created_at, body FROM accounts ", $rest)
    };
}

const INSERT: &str = "INSERT INTO accounts (id, username, password_hash, disabled_at, created_at, body) \
    VALUES ($1, $2, $3, $4, $5, $6)";

impl Account {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let body = serde_json::from_str(&row.text(5)?)
            .map_err(|error| StoreError::Corrupt(format!("the body of an account: {error}")))?;
        Ok(Self {
            id: row.text(0)?,
            username: row.text(1)?,
            password_hash: row.text(2)?,
            disabled_at: row.opt_int(3)?,
            created_at: row.int(4)?,
            body,
        })
    }
}

impl Store {
    /// A new account. Conflict [`Condition::Account`] when the id or the username exists.
    pub async fn insert_account(&self, account: &Account) -> Result<(), WriteError> {
        let params = vec![
            account.id.as_str().into(),
            account.username.as_str().into(),
            account.password_hash.as_str().into(),
            account.disabled_at.into(),
            account.created_at.into(),
            account.body.to_string().into(),
        ];
        self.change(|batch| batch.add(Condition::Account, INSERT, params, Expect::OneRow)).await.map(drop)
    }

    /// The account of this id.
    pub async fn account(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.one_account(select_accounts!("WHERE id = $1"), id).await
    }

    /// The account of this canonical username.
    pub async fn account_by_username(&self, username: &str) -> Result<Option<Account>, StoreError> {
        self.one_account(select_accounts!("WHERE username = $1"), username).await
    }

    /// Accounts in the order of their usernames, those after `after`, at most `limit`.
    pub async fn list_accounts(&self, after: Option<&str>, limit: u32) -> Result<Vec<Account>, StoreError> {
        let sql = select_accounts!("WHERE username > $1 ORDER BY username LIMIT $2");
        let rows = self.read(sql, vec![after.unwrap_or_default().into(), limit.into()]).await?;
        rows.iter().map(Account::from_row).collect()
    }

    /// Sets the hash of an account's password; answers whether the account exists.
    pub async fn update_account_password(&self, id: &str, password_hash: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE accounts SET password_hash = $2 WHERE id = $1";
        self.change_account(sql, vec![id.into(), password_hash.into()]).await
    }

    /// Disables an account since a time, or with `None` enables it again; answers whether the account exists.
    pub async fn set_account_disabled(&self, id: &str, disabled_at: Option<i64>) -> Result<bool, StoreError> {
        let sql = "UPDATE accounts SET disabled_at = $2 WHERE id = $1";
        self.change_account(sql, vec![id.into(), disabled_at.into()]).await
    }

    /// Replaces the body of an account; answers whether the account exists.
    pub async fn update_account_body(&self, id: &str, body: &serde_json::Value) -> Result<bool, StoreError> {
        let sql = "UPDATE accounts SET body = $2 WHERE id = $1";
        self.change_account(sql, vec![id.into(), body.to_string().into()]).await
    }

    /// Deletes an account; answers whether it existed.
    pub async fn delete_account(&self, id: &str) -> Result<bool, StoreError> {
        self.change_account("DELETE FROM accounts WHERE id = $1", vec![id.into()]).await
    }

    async fn one_account(&self, sql: &'static str, key: &str) -> Result<Option<Account>, StoreError> {
        self.read(sql, vec![key.into()]).await?.first().map(Account::from_row).transpose()
    }

    async fn change_account(&self, sql: &'static str, params: Vec<Value>) -> Result<bool, StoreError> {
        Ok(self.change_any(|batch| batch.add(Condition::Account, sql, params, Expect::Any)).await? > 0)
    }
}
