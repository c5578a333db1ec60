//! Identifiers that may be used once: `jti` of assertions (RFC 7523 §3) and of proofs (RFC 9449 §11.1), and the like.

use crate::batch::{Batch, Condition, Expect};
use crate::error::{StoreError, WriteError};
use crate::store::Store;

const USE: &str =
    "INSERT INTO used_identifiers (kind, id, expires_at) VALUES ($1, $2, $3) ON CONFLICT (kind, id) DO NOTHING";

impl Batch {
    /// Uses an identifier up until `expires_at`. Unmet [`Condition::Identifier`] when it was used.
    pub fn use_once(&mut self, kind: &str, id: &[u8], expires_at: i64) -> &mut Self {
        self.add(Condition::Identifier, USE, vec![kind.into(), id.into(), expires_at.into()], Expect::OneRow)
    }
}

impl Batch {
    /// Uses the identifier of a proof of possession (RFC 9449 §11.1) up until `expires_at`. Unmet [`Condition::Proof`]
    /// when it was used: beside [`Batch::use_once`] it is known which of the two was.
    pub fn use_proof(&mut self, id: &[u8], expires_at: i64) -> &mut Self {
        self.add(Condition::Proof, USE, vec!["dpop".into(), id.into(), expires_at.into()], Expect::OneRow)
    }
}

impl Store {
    /// Whether an identifier was used.
    pub async fn is_used(&self, kind: &str, id: &[u8]) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM used_identifiers WHERE kind = $1 AND id = $2";
        Ok(!self.read(sql, vec![kind.into(), id.into()]).await?.is_empty())
    }

    /// Uses an identifier up until `expires_at`; answers whether this was the first time.
    pub async fn use_once(&self, kind: &str, id: &[u8], expires_at: i64) -> Result<bool, StoreError> {
        match self.change(|batch| batch.use_once(kind, id, expires_at)).await {
            Ok(_) => Ok(true),
            Err(WriteError::Store(error)) => Err(error),
            Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => Ok(false),
        }
    }
}
