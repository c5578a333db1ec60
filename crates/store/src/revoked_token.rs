//! Tokens revoked one by one (RFC 7009): those of no grant (client credentials), and single access tokens of a grant.
//! A row is kept until the token would have expired.

use symbolon_types::ClientId;

use crate::batch::{Batch, Condition, Expect};
use crate::epoch::ClientEpoch;
use crate::error::StoreError;
use crate::store::Store;

/// What decides whether a token of client credentials counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientTokenState {
    /// The client's epoch of now; `None` when the client is gone.
    pub client_epoch: Option<ClientEpoch>,
    /// How often access tokens of the client were ended.
    pub access_revocations: i64,
    /// Whether this token was revoked.
    pub revoked: bool,
}

const REVOKE: &str = "INSERT INTO revoked_tokens (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";

const CLIENT_TOKEN: &str = "SELECT (SELECT expires_at FROM revoked_tokens WHERE id = $2), \
    (SELECT incarnation FROM clients WHERE id = $1), (SELECT revocations FROM clients WHERE id = $1), \
    COALESCE((SELECT access_revocations FROM clients WHERE id = $1), 0)";

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

    /// Epoch of the client and revocation of the token, in one query.
    pub async fn client_token_state(
        &self,
        client_id: &ClientId,
        token_id: &[u8],
    ) -> Result<ClientTokenState, StoreError> {
        let rows = self.read(CLIENT_TOKEN, vec![client_id.into(), token_id.into()]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Corrupt("a query without a source gave no row".into()))?;
        let client_epoch = if row.is_null(1) { None } else { Some(ClientEpoch::from_row(row, 1)?) };
        Ok(ClientTokenState { client_epoch, access_revocations: row.int(3)?, revoked: !row.is_null(0) })
    }
}
