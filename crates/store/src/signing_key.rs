//! Signing keys, sealed, in named sets.
//!
//! A key is published before it signs and stays published after it has stopped; which key does what when is decided by
//! whoever reads the states and times.

use crate::batch::{Batch, Condition, Expect};
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::Row;

/// What a key is used for at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningKeyState {
    /// Published, does not sign yet.
    Pending,
    /// Signs new tokens; one for each algorithm of a set.
    Active,
    /// Signs no more, still published.
    Retired,
}

impl SigningKeyState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "pending" => Ok(Self::Pending),
            "active" => Ok(Self::Active),
            "retired" => Ok(Self::Retired),
            other => Err(StoreError::Corrupt(format!("the state \"{other}\" of a signing key"))),
        }
    }
}

/// A key and its place in a set.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// The set it belongs to.
    pub set_name: String,
    /// Its id in the set (RFC 7517 §4.5).
    pub kid: String,
    /// What it is used for.
    pub state: SigningKeyState,
    /// When it was made, in Unix seconds.
    pub created_at: i64,
    /// From when it may sign.
    pub activates_at: i64,
    /// From when it signs no more.
    pub retires_at: Option<i64>,
    /// The key itself, sealed by the caller.
    pub body: Vec<u8>,
}

// Without the key.
impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("set_name", &self.set_name)
            .field("kid", &self.kid)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

const ALL: &str = "SELECT set_name, kid, state, created_at, activates_at, retires_at, body FROM signing_keys \
    ORDER BY set_name, created_at DESC, kid";

const INSERT: &str = "INSERT INTO signing_keys (set_name, kid, state, created_at, activates_at, retires_at, body) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

// No key retires before 1970, so -1 stands for none.
const CHANGE: &str = "UPDATE signing_keys SET state = $3, activates_at = $4, retires_at = $5 \
    WHERE set_name = $1 AND kid = $2 AND state = $6 AND COALESCE(retires_at, -1) = $7";

const RESEAL: &str = "UPDATE signing_keys SET body = $4 WHERE set_name = $1 AND kid = $2 AND body = $3";

impl SigningKey {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            set_name: row.text(0)?,
            kid: row.text(1)?,
            state: SigningKeyState::parse(&row.text(2)?)?,
            created_at: row.int(3)?,
            activates_at: row.int(4)?,
            retires_at: row.opt_int(5)?,
            body: row.take_blob(6)?,
        })
    }
}

impl Batch {
    /// A new key. Conflict [`Condition::Key`] when its set has one of this id.
    pub fn insert_signing_key(&mut self, key: &SigningKey) -> &mut Self {
        let params = vec![
            key.set_name.as_str().into(),
            key.kid.as_str().into(),
            key.state.as_str().into(),
            key.created_at.into(),
            key.activates_at.into(),
            key.retires_at.into(),
            key.body.as_slice().into(),
        ];
        self.add(Condition::Key, INSERT, params, Expect::OneRow)
    }

    /// Gives a key the state and times of `after`. Unmet [`Condition::Key`] when it is not in the state of `before` any more,
    /// or is to retire at another time: somebody else changed it, and what was decided on `before` no longer holds.
    pub fn change_signing_key(&mut self, before: &SigningKey, after: &SigningKey) -> &mut Self {
        let params = vec![
            before.set_name.as_str().into(),
            before.kid.as_str().into(),
            after.state.as_str().into(),
            after.activates_at.into(),
            after.retires_at.into(),
            before.state.as_str().into(),
            before.retires_at.unwrap_or(-1).into(),
        ];
        self.add(Condition::Key, CHANGE, params, Expect::OneRow)
    }

    /// Deletes a key, whether or not it is there.
    pub fn delete_signing_key(&mut self, set_name: &str, kid: &str) -> &mut Self {
        let sql = "DELETE FROM signing_keys WHERE set_name = $1 AND kid = $2";
        self.add(Condition::Key, sql, vec![set_name.into(), kid.into()], Expect::Any)
    }

    /// Deletes a whole set.
    pub fn delete_signing_keys(&mut self, set_name: &str) -> &mut Self {
        let sql = "DELETE FROM signing_keys WHERE set_name = $1";
        self.add(Condition::Key, sql, vec![set_name.into()], Expect::Any)
    }
}

impl Store {
    /// The keys of all sets, set by set, the newest first in each.
    pub async fn all_signing_keys(&self) -> Result<Vec<SigningKey>, StoreError> {
        self.read(ALL, Vec::new()).await?.iter_mut().map(SigningKey::from_row).collect()
    }

    /// [`Batch::insert_signing_key`] alone.
    pub async fn insert_signing_key(&self, key: &SigningKey) -> Result<(), WriteError> {
        self.change(|batch| batch.insert_signing_key(key)).await.map(drop)
    }

    /// Replaces the sealed key of `key` by the same key in another seal; state and times stay as they are by then.
    /// Unmet [`Condition::Key`] when its body is another by now.
    pub async fn reseal_signing_key(&self, key: &SigningKey, body: Vec<u8>) -> Result<(), WriteError> {
        let params =
            vec![key.set_name.as_str().into(), key.kid.as_str().into(), key.body.as_slice().into(), body.into()];
        self.change(|batch| batch.add(Condition::Key, RESEAL, params, Expect::OneRow)).await.map(drop)
    }

    /// Deletes a key; answers whether it existed.
    pub async fn delete_signing_key(&self, set_name: &str, kid: &str) -> Result<bool, StoreError> {
        Ok(self.change_any(|batch| batch.delete_signing_key(set_name, kid)).await? > 0)
    }

    /// Deletes a whole set; answers how many keys it had.
    pub async fn delete_signing_keys(&self, set_name: &str) -> Result<u64, StoreError> {
        self.change_any(|batch| batch.delete_signing_keys(set_name)).await
    }
}
