//! Tokens revoked one by one (RFC 7009): those of no grant (client credentials), and single access tokens of a grant.
//! A row is kept until the token would have expired.

use crate::batch::{Batch, Condition, Expect};
use crate::error::StoreError;
use crate::store::Store;

/// What decides whether a token of client credentials counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientTokenState {
    /// The client's watermark; `None` when the client is gone.
    pub client_not_before: Option<i64>,
    /// Whether this token was revoked.
    pub revoked: bool,
}

const REVOKE: &str = "INSERT INTO revoked_tokens (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";

const CLIENT_TOKEN: &str = "SELECT (SELECT not_before FROM clients WHERE id = $1), \
    (SELECT expires_at FROM revoked_tokens WHERE id = $2)";

impl Batch {
    /// Revokes a token until it expires; doing so again changes nothing.
    pub fn revoke_token(&mut self, id: &[u8], expires_at: i64) -> &mut Self {
        self.add(Condition::Identifier, REVOKE, vec![id.into(), expires_at.into()], Expect::Any)
    }
}

impl Store {
    /// [`Batch::revoke_token`] alone.
    pub async fn revoke_token(&self, id: &[u8], expires_at: i64) -> Result<(), StoreError> {
        self.change_any(|batch| batch.revoke_token(id, expires_at)).await.map(drop)
    }

    /// Watermark of the client and revocation of the token, in one query.
    pub async fn client_token_state(&self, client_id: &str, token_id: &[u8]) -> Result<ClientTokenState, StoreError> {
        let rows = self.read(CLIENT_TOKEN, vec![client_id.into(), token_id.into()]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Corrupt("a query without a source gave no row".into()))?;
        Ok(ClientTokenState { client_not_before: row.opt_int(0)?, revoked: !row.is_null(1) })
    }

    /// Whether this token was revoked by itself.
    pub async fn is_token_revoked(&self, token_id: &[u8]) -> Result<bool, StoreError> {
        Ok(!self.read("SELECT 1 FROM revoked_tokens WHERE id = $1", vec![token_id.into()]).await?.is_empty())
    }
}
