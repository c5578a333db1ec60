//! Accounts: the users of the built-in login page. Whoever brings a login page of their own has none.
//!
//! The username is stored in its canonical form, which is for the caller to make; it is unique. Hashes are opaque. What
//! disables, deletes or gives another password also ends what the subject has (`subject`), in the same transaction.

use symbolon_types::Subject;

use crate::batch::{Batch, Condition, Expect};
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::{Row, Value};

/// A user of the built-in login page.
#[derive(Clone, PartialEq)]
pub struct Account {
    /// The subject in tokens.
    pub id: Subject,
    /// The canonical username.
    pub username: String,
    /// The hash of the password.
    pub password_hash: String,
    /// Since when the account may not sign in.
    pub disabled_at: Option<i64>,
    /// When it was made, in Unix seconds.
    pub created_at: i64,
    /// Counts the changes of all but the password.
    pub revision: i64,
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
        concat!(
            "SELECT a.id, a.username, a.password_hash, a.disabled_at, a.created_at, a.revision, a.body, ",
            "COALESCE(s.epoch, 0) FROM accounts a LEFT JOIN subjects s ON s.id = a.id ",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO accounts (id, username, password_hash, disabled_at, created_at, revision, body) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

const REPLACE: &str = "UPDATE accounts SET username = $3, disabled_at = $4, body = $5, revision = revision + 1 \
    WHERE id = $1 AND revision = $2";

const SET_PASSWORD: &str = "UPDATE accounts SET password_hash = $2 WHERE id = $1";

impl Account {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let body = serde_json::from_str(&row.text(6)?)
            .map_err(|error| StoreError::Corrupt(format!("the body of an account: {error}")))?;
        Ok(Self {
            id: row.text(0)?.into(),
            username: row.text(1)?,
            password_hash: row.text(2)?,
            disabled_at: row.opt_int(3)?,
            created_at: row.int(4)?,
            revision: row.int(5)?,
            body,
        })
    }
}

impl Store {
    /// A new account. Conflict [`Condition::Account`] when the id or the username exists.
    pub async fn insert_account(&self, account: &Account) -> Result<(), WriteError> {
        let params = vec![
            (&account.id).into(),
            account.username.as_str().into(),
            account.password_hash.as_str().into(),
            account.disabled_at.into(),
            account.created_at.into(),
            account.revision.into(),
            account.body.to_string().into(),
        ];
        self.change(|batch| batch.add(Condition::Account, INSERT, params, Expect::OneRow)).await.map(drop)
    }

    /// The account of this id.
    pub async fn account(&self, id: &Subject) -> Result<Option<Account>, StoreError> {
        let rows = self.read(select_accounts!("WHERE a.id = $1"), vec![id.into()]).await?;
        rows.first().map(Account::from_row).transpose()
    }

    /// The account of this canonical username, and the epoch of its subject at the same moment: a login that is checked
    /// against this account belongs to that epoch, whatever happens until the check is done.
    pub async fn account_by_username(&self, username: &str) -> Result<Option<(Account, i64)>, StoreError> {
        let rows = self.read(select_accounts!("WHERE a.username = $1"), vec![username.into()]).await?;
        rows.first().map(|row| Ok((Account::from_row(row)?, row.int(7)?))).transpose()
    }

    /// Accounts in the order of their usernames, those after `after`, at most `limit`.
    pub async fn list_accounts(&self, after: Option<&str>, limit: u32) -> Result<Vec<Account>, StoreError> {
        let sql = select_accounts!("WHERE a.username > $1 ORDER BY a.username LIMIT $2");
        let rows = self.read(sql, vec![after.unwrap_or_default().into(), limit.into()]).await?;
        rows.iter().map(Account::from_row).collect()
    }

    /// Accounts whose body, in small letters, is like this pattern (`LIKE`), at most `limit`: there is no index, so all are
    /// looked at. What the pattern leaves open is for the caller to compare.
    pub async fn accounts_like(&self, pattern: &str, limit: u32) -> Result<Vec<Account>, StoreError> {
        let sql = select_accounts!("WHERE LOWER(a.body) LIKE $1 ORDER BY a.id LIMIT $2");
        let rows = self.read(sql, vec![pattern.into(), limit.into()]).await?;
        rows.iter().map(Account::from_row).collect()
    }

    /// Replaces username, body and `disabled_at` of an account that still has the revision of `account`. A disabled
    /// account is signed out everywhere, so that what it had does not come back when it is enabled again. Unmet
    /// [`Condition::Account`] when it was changed or deleted meanwhile, conflict [`Condition::Account`] when the username exists.
    pub async fn replace_account(&self, account: &Account) -> Result<(), WriteError> {
        let params = vec![
            (&account.id).into(),
            account.revision.into(),
            account.username.as_str().into(),
            account.disabled_at.into(),
            account.body.to_string().into(),
        ];
        let disabled = account.disabled_at.is_some();
        let change = |batch: &mut Batch| {
            batch.add(Condition::Account, REPLACE, params, Expect::OneRow);
            if disabled {
                batch.sign_out(&account.id);
            }
        };
        self.change_account(change).await
    }

    /// Sets the hash of an account's password and signs its subject out everywhere. Unmet [`Condition::Account`] when there is none.
    pub async fn set_account_password(&self, id: &Subject, password_hash: &str) -> Result<(), WriteError> {
        let params: Vec<Value> = vec![id.into(), password_hash.into()];
        self.change_account(|batch| {
            batch.add(Condition::Account, SET_PASSWORD, params, Expect::OneRow).sign_out(id);
        })
        .await
    }

    /// Deletes an account and ends everything of its subject. Unmet [`Condition::Account`] when there is none. `now` in Unix seconds.
    pub async fn delete_account(&self, id: &Subject, now: i64) -> Result<(), WriteError> {
        let sql = "DELETE FROM accounts WHERE id = $1";
        self.change_account(|batch| {
            batch.add(Condition::Account, sql, vec![id.into()], Expect::OneRow).forget_subject(id, now);
        })
        .await
    }

    async fn change_account(&self, fill: impl FnOnce(&mut Batch)) -> Result<(), WriteError> {
        let mut batch = Batch::new();
        fill(&mut batch);
        self.execute(batch).await.map(drop)
    }
}
