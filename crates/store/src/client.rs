//! Registered clients: what SQL filters on is a column, secrets and metadata are one JSON body.
//!
//! Every update raises the revision, so that a cached client is confirmed by reading two numbers. Its epoch voids
//! everything that was issued to that client before in one write. How a client is deleted is in `client_deletion`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use symbolon_types::ClientId;

use crate::batch::{Condition, Expect};
use crate::epoch::ClientEpoch;
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::{Row, Value};

/// Who made a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Somebody with access to the admin API, the configuration or the command line.
    Administrator,
    /// The client itself, by dynamic registration (RFC 7591).
    SelfService,
    /// The client itself, by a document at the address that is its id (OAuth Client ID Metadata Document).
    Document,
}

impl Origin {
    /// What the column says, together with the id. Nobody else than a document's client has an address as its id without
    /// an administrator: ids that are made here never begin so (OAuth Client ID Metadata Document §7.1).
    fn read(self_registered: i64, id: &str) -> Self {
        match self_registered {
            0 => Self::Administrator,
            _ if id.starts_with("https://") => Self::Document,
            _ => Self::SelfService,
        }
    }
}

/// A registered client.
#[derive(Clone, PartialEq)]
pub struct ClientRecord {
    /// The `client_id`.
    pub id: ClientId,
    /// When it was registered, in Unix seconds.
    pub created_at: i64,
    /// When it was changed last, in Unix microseconds.
    pub updated_at: i64,
    /// What was issued to it in another epoch does not count.
    pub epoch: ClientEpoch,
    /// How often its access tokens were ended in this incarnation. One that was issued at another count does not count.
    pub access_revocations: i64,
    /// Counts the updates.
    pub revision: i64,
    /// Which registration access token works; `None` when none does.
    pub registration_generation: Option<i64>,
    /// Who made it.
    pub origin: Origin,
    /// Hashes of its secrets, the current one first.
    pub secrets: Vec<String>,
    /// Its metadata as they are shown, without the secret.
    pub metadata: serde_json::Value,
    /// The owner named in its metadata, empty when there is none.
    pub owner: String,
    /// The name in its metadata, empty when there is none.
    pub client_name: String,
}

// Without the secrets' hashes.
impl std::fmt::Debug for ClientRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientRecord").field("id", &self.id).field("revision", &self.revision).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct BodyOut<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    secrets: &'a [String],
    metadata: &'a serde_json::Value,
}

#[derive(Deserialize)]
struct BodyIn {
    #[serde(default)]
    secrets: Vec<String>,
    metadata: serde_json::Value,
}

/// Which clients a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientFilter {
    /// Only those of exactly this name.
    pub client_name: Option<String>,
    /// Only those of exactly this owner.
    pub owner: Option<String>,
}

/// Some clients of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientPage {
    /// The clients, in the order of their ids.
    pub clients: Vec<ClientRecord>,
    /// There are others behind the last one.
    pub more: bool,
}

/// Most bytes of clients' bodies in one page, so that a page of large ones takes no more memory than one of many. One
/// client is always there.
const PAGE_BYTES: i64 = 4 * 1024 * 1024;

pub(crate) const SELECT_CLIENT: &str = "SELECT id, created_at, updated_at, incarnation, revocations, revision, \
    registration_generation, self_registered, owner, client_name, body, access_revocations FROM clients WHERE id = $1";

const LIST: &str = "SELECT id, created_at, updated_at, incarnation, revocations, revision, \
    registration_generation, self_registered, owner, client_name, body, access_revocations FROM clients \
    WHERE id > $1 AND (CAST($2 AS TEXT) IS NULL OR client_name = $2) AND (CAST($3 AS TEXT) IS NULL OR owner = $3) \
    ORDER BY id LIMIT $4";

const SIZES: &str = "SELECT CAST(OCTET_LENGTH(body) AS BIGINT) FROM clients \
    WHERE id > $1 AND (CAST($2 AS TEXT) IS NULL OR client_name = $2) AND (CAST($3 AS TEXT) IS NULL OR owner = $3) \
    ORDER BY id LIMIT $4";

const INSERT: &str = "INSERT INTO clients (id, created_at, updated_at, used_at, incarnation, revocations, revision, \
    registration_generation, self_registered, owner, client_name, body, access_revocations) \
    VALUES ($1, $2, $3, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

const REPLACE: &str = "UPDATE clients SET updated_at = $3, revision = revision + 1, \
    registration_generation = $4, self_registered = $5, owner = $6, client_name = $7, body = $8 \
    WHERE id = $1 AND revision = $2";

const REVOKE_ALL: &str = "UPDATE clients SET revocations = revocations + 1, revision = revision + 1 WHERE id = $1";

const REVOKE_ACCESS: &str =
    "UPDATE clients SET access_revocations = access_revocations + 1, revision = revision + 1 WHERE id = $1";

const NOTE_USED: &str = "UPDATE clients SET used_at = $2 WHERE id = $1 AND used_at < $3";

impl ClientRecord {
    fn body(&self) -> Result<String, StoreError> {
        serde_json::to_string(&BodyOut { secrets: &self.secrets, metadata: &self.metadata })
            .map_err(|error| StoreError::Statement(error.to_string()))
    }

    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        let body: BodyIn = serde_json::from_str(&row.text(10)?)
            .map_err(|error| StoreError::Corrupt(format!("the body of a client: {error}")))?;
        Ok(Self {
            id: row.text(0)?.into(),
            created_at: row.int(1)?,
            updated_at: row.int(2)?,
            epoch: ClientEpoch::from_row(row, 3)?,
            access_revocations: row.int(11)?,
            revision: row.int(5)?,
            registration_generation: row.opt_int(6)?,
            origin: Origin::read(row.int(7)?, &row.text(0)?),
            owner: row.text(8)?,
            client_name: row.text(9)?,
            secrets: body.secrets,
            metadata: body.metadata,
        })
    }
}

fn origin_value(origin: Origin) -> Value {
    Value::Int(i64::from(origin != Origin::Administrator))
}

impl Store {
    /// The client of this id, from the cache when it has not changed.
    pub async fn client(&self, id: &ClientId) -> Result<Option<Arc<ClientRecord>>, StoreError> {
        Ok(self.client_entry(id).await?.map(|entry| entry.record))
    }

    /// Registers a client. Conflict [`Condition::Client`] when the id exists.
    pub async fn insert_client(&self, client: &ClientRecord) -> Result<(), WriteError> {
        let params = vec![
            (&client.id).into(),
            client.created_at.into(),
            client.updated_at.into(),
            client.epoch.incarnation.into(),
            client.epoch.revocations.into(),
            client.revision.into(),
            client.registration_generation.into(),
            origin_value(client.origin),
            client.owner.as_str().into(),
            client.client_name.as_str().into(),
            client.body()?.into(),
            client.access_revocations.into(),
        ];
        self.change(|batch| batch.add(Condition::Client, INSERT, params, Expect::OneRow)).await?;
        Ok(())
    }

    /// Replaces a client that still has `expected_revision`; unmet [`Condition::Client`] when it was changed or deleted meanwhile.
    /// The new revision is one more than the expected one, and the epoch stays, whatever the record says.
    pub async fn replace_client(&self, client: &ClientRecord, expected_revision: i64) -> Result<(), WriteError> {
        let params = vec![
            (&client.id).into(),
            expected_revision.into(),
            client.updated_at.into(),
            client.registration_generation.into(),
            origin_value(client.origin),
            client.owner.as_str().into(),
            client.client_name.as_str().into(),
            client.body()?.into(),
        ];
        self.change(|batch| batch.add(Condition::Client, REPLACE, params, Expect::OneRow)).await?;
        Ok(())
    }

    /// Voids everything that was issued to a client so far; what its users agreed to stays remembered. Answers whether
    /// there is such a client.
    pub async fn revoke_everything_of_client(&self, id: &ClientId) -> Result<bool, StoreError> {
        Ok(self.change_any(|batch| batch.add(Condition::Client, REVOKE_ALL, vec![id.into()], Expect::Any)).await? > 0)
    }

    /// Voids the access tokens that were issued to a client so far; everything else goes on. Answers whether there is such
    /// a client.
    pub async fn revoke_access_tokens_of_client(&self, id: &ClientId) -> Result<bool, StoreError> {
        let change = self.change_any(|batch| batch.add(Condition::Client, REVOKE_ACCESS, vec![id.into()], Expect::Any));
        Ok(change.await? > 0)
    }

    /// Notes that a client was used, at most once in `every_seconds`. Does not count as a change of the client.
    pub async fn note_client_used(&self, id: &ClientId, now: i64, every_seconds: i64) -> Result<(), StoreError> {
        let params = vec![id.into(), now.into(), now.saturating_sub(every_seconds).into()];
        self.change_any(|batch| batch.add(Condition::Client, NOTE_USED, params, Expect::Any)).await.map(drop)
    }

    /// Clients in the order of their ids, those after `after`, at most `limit`, and fewer where they are large.
    pub async fn list_clients(
        &self,
        filter: &ClientFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<ClientPage, StoreError> {
        let params = |limit: u32| {
            let (client_name, owner) = (filter.client_name.clone(), filter.owner.clone());
            vec![after.unwrap_or_default().into(), client_name.into(), owner.into(), limit.into()]
        };
        // One more than asked for tells whether there are others.
        let sizes = self.read(SIZES, params(limit.saturating_add(1))).await?;
        let (mut fitting, mut bytes) = (0_u32, 0_i64);
        for row in sizes.iter().take(limit as usize) {
            bytes = bytes.saturating_add(row.int(0)?);
            if fitting > 0 && bytes > PAGE_BYTES {
                break;
            }
            fitting += 1;
        }
        let clients = self.read(LIST, params(fitting)).await?;
        let clients = clients.iter().map(ClientRecord::from_row).collect::<Result<Vec<_>, _>>()?;
        Ok(ClientPage { clients, more: sizes.len() > fitting as usize })
    }
}
