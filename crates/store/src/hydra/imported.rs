//! Old tokens that lead to ours, the keys by which they are genuine, and the ledger of what was brought.

use symbolon_types::ClientId;

use crate::batch::{Batch, Condition, Expect};
use crate::client::ClientRecord;
use crate::epoch::ClientEpoch;
use crate::error::StoreError;
use crate::login_session::{LoginSession, Persistence};
use crate::store::Store;
use crate::value::Value;

/// A token in Hydra's form.
#[derive(Clone, PartialEq, Eq)]
pub struct HydraToken {
    /// Its kind and a hash of its signature.
    pub id: Vec<u8>,
    /// When it is forgotten, in Unix seconds.
    pub expires_at: i64,
    /// What one of our tokens of this kind would say.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for HydraToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HydraToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// What the ledger tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportedKind {
    /// A client.
    Client,
    /// A signing key, or a key in another set.
    Key,
    /// A trusted issuer.
    Issuer,
    /// A login session.
    Session,
    /// The network of Hydra's that everything came from.
    Network,
}

impl ImportedKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Key => "key",
            Self::Issuer => "issuer",
            Self::Session => "session",
            Self::Network => "network",
        }
    }
}

/// What the ledger says of a thing that was brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The incarnation of a client.
    pub incarnation: i64,
    /// The revision in which a client was left.
    pub revision: i64,
}

const NOTE: &str = "INSERT INTO hydra_imported (kind, id, incarnation, revision, run, expires_at) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, id) DO UPDATE SET \
    incarnation = excluded.incarnation, revision = excluded.revision, run = excluded.run";

const SEEN: &str = "UPDATE hydra_imported SET run = $3 WHERE kind = $1 AND id = $2";

const INSERT_SESSION: &str = "INSERT INTO login_sessions \
    (id, subject, authenticated_at, remembered, expires_at, body, subject_epoch) \
    SELECT $1, $2, $3, $4, $5, $6, COALESCE((SELECT epoch FROM subjects WHERE id = $2), 0) \
    WHERE NOT EXISTS (SELECT 1 FROM hydra_imported WHERE kind = 'session' AND id = $1) \
    ON CONFLICT (id) DO NOTHING";

const NOTE_SESSION: &str = "INSERT INTO hydra_imported (kind, id, incarnation, revision, run, expires_at) \
    VALUES ('session', $1, 0, $4, $2, $3) ON CONFLICT (kind, id) DO UPDATE SET run = excluded.run";

const INSERT_TOKEN: &str = "INSERT INTO hydra_tokens (id, grant_id, run, expires_at, body) \
    VALUES ($1, NULL, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET run = excluded.run";

const FIND: &str = "SELECT body FROM hydra_tokens WHERE id = $1";

const LAST_RUN: &str = "SELECT COALESCE(MAX(run), 0) FROM (SELECT MAX(run) AS run FROM hydra_imported \
    UNION ALL SELECT MAX(run) AS run FROM hydra_grants UNION ALL SELECT MAX(run) AS run FROM hydra_tokens) runs";

/// Nobody logged in anew in it here: the ledger has the time of the login as the revision.
const FORGET_SESSIONS: &str = "DELETE FROM login_sessions WHERE EXISTS (SELECT 1 FROM hydra_imported h \
    WHERE h.kind = 'session' AND h.id = login_sessions.id AND h.run < $1 \
    AND h.revision = login_sessions.authenticated_at)";

const FORGET_TOKENS: &str = "DELETE FROM hydra_tokens WHERE run < $1";

const UNSEEN_CLIENTS: &str = "SELECT c.id FROM hydra_imported h JOIN clients c ON c.incarnation = h.incarnation \
    AND c.revision = h.revision WHERE h.kind = 'client' AND h.run < $1 ORDER BY c.id";

const KEYS: &str = "SELECT body FROM hydra_keys ORDER BY position";

const PUT_KEY: &str = "INSERT INTO hydra_keys (id, position, body) VALUES ($1, $2, $3) \
    ON CONFLICT (id) DO UPDATE SET position = excluded.position, body = excluded.body";

/// Nothing is left for which they were kept: no token in Hydra's form, and no session whose cookie may be one.
const FORGET_KEYS: &str = "DELETE FROM hydra_keys WHERE NOT EXISTS (SELECT 1 FROM hydra_tokens) \
    AND NOT EXISTS (SELECT 1 FROM hydra_imported WHERE kind = 'session')";

impl Batch {
    /// Notes in the ledger that something was brought in this run, for ever.
    pub fn note_hydra_import(&mut self, kind: ImportedKind, id: &[u8], entry: LedgerEntry, run: i64) -> &mut Self {
        let params = vec![
            kind.as_str().into(),
            id.into(),
            entry.incarnation.into(),
            entry.revision.into(),
            run.into(),
            i64::MAX.into(),
        ];
        self.add(Condition::Housekeeping, NOTE, params, Expect::Any)
    }

    /// Notes that something that was brought before was seen in this run.
    pub fn see_hydra_import(&mut self, kind: ImportedKind, id: &[u8], run: i64) -> &mut Self {
        self.add(Condition::Housekeeping, SEEN, vec![kind.as_str().into(), id.into(), run.into()], Expect::Any)
    }

    /// A token in Hydra's form behind which no grant stands. What it says stays as it was brought first.
    pub fn put_hydra_token(&mut self, token: &HydraToken, run: i64) -> &mut Self {
        let params =
            vec![token.id.as_slice().into(), run.into(), token.expires_at.into(), token.body.as_slice().into()];
        self.add(Condition::Housekeeping, INSERT_TOKEN, params, Expect::Any)
    }

    /// A key of Hydra's, sealed by the caller, under a name of the caller's.
    pub fn put_hydra_key(&mut self, id: &[u8], position: i64, body: &[u8]) -> &mut Self {
        self.add(Condition::Key, PUT_KEY, vec![id.into(), position.into(), body.into()], Expect::Any)
    }
}

impl Store {
    /// What a token in Hydra's form stands for.
    pub async fn hydra_token(&self, id: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(FIND, vec![id.into()]).await?.first_mut().map(|row| row.take_blob(0)).transpose()
    }

    /// The sealed keys by which tokens and cookies in Hydra's form are genuine. None where nothing was brought.
    pub async fn hydra_keys(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        self.read(KEYS, Vec::new()).await?.iter_mut().map(|row| row.take_blob(0)).collect()
    }

    /// Forgets the keys when nothing is left that they are for.
    pub async fn forget_unused_hydra_keys(&self) -> Result<(), StoreError> {
        self.change_any(|batch| batch.add(Condition::Housekeeping, FORGET_KEYS, Vec::new(), Expect::Any))
            .await
            .map(drop)
    }

    /// The number of the last run; 0 before the first.
    pub async fn last_hydra_run(&self) -> Result<i64, StoreError> {
        let rows = self.read(LAST_RUN, Vec::new()).await?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// Whether everything that was brought so far came from this network; also where nothing was.
    pub async fn came_from_hydra_network(&self, network: &str) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM hydra_imported WHERE kind = 'network' AND id <> $1";
        Ok(self.read(sql, vec![network.as_bytes().into()]).await?.is_empty())
    }

    /// What the ledger says of a thing.
    pub async fn hydra_ledger(&self, kind: ImportedKind, id: &[u8]) -> Result<Option<LedgerEntry>, StoreError> {
        let sql = "SELECT incarnation, revision FROM hydra_imported WHERE kind = $1 AND id = $2";
        let rows = self.read(sql, vec![kind.as_str().into(), id.into()]).await?;
        let entry = |row: &crate::value::Row| Ok(LedgerEntry { incarnation: row.int(0)?, revision: row.int(1)? });
        rows.first().map(entry).transpose()
    }

    /// Brings login sessions; for each, whether it is new here. One that was brought before stays as it is, or gone.
    pub async fn import_hydra_sessions(&self, sessions: &[LoginSession], run: i64) -> Result<Vec<bool>, StoreError> {
        let mut batch = Batch::new();
        for session in sessions {
            let params = vec![
                session.id.into(),
                (&session.subject).into(),
                session.authenticated_at.into(),
                i64::from(session.persistence == Persistence::Remembered).into(),
                session.expires_at.into(),
                session.body.as_slice().into(),
            ];
            let note: Vec<Value> =
                vec![session.id.into(), run.into(), session.expires_at.into(), session.authenticated_at.into()];
            batch.add(Condition::Session, INSERT_SESSION, params, Expect::Any).add(
                Condition::Session,
                NOTE_SESSION,
                note,
                Expect::Any,
            );
        }
        let answers = self.execute(batch).await.map_err(crate::error::WriteError::unexpected)?;
        Ok(answers.iter().step_by(2).map(|answer| answer.affected > 0).collect())
    }

    /// Ends the sessions that were brought, in which nobody logged in anew here, and that Hydra has not any more; answers how
    /// many.
    pub async fn end_unseen_hydra_sessions(&self, run: i64) -> Result<u64, StoreError> {
        self.change_any(|batch| batch.add(Condition::Session, FORGET_SESSIONS, vec![run.into()], Expect::Any)).await
    }

    /// Forgets the old tokens that were brought and that Hydra has not any more; answers how many.
    pub async fn forget_unseen_hydra_tokens(&self, run: i64) -> Result<u64, StoreError> {
        self.change_any(|batch| batch.add(Condition::Grant, FORGET_TOKENS, vec![run.into()], Expect::Any)).await
    }

    /// Clients that were brought, that nobody changed here, and that Hydra has not any more.
    pub async fn unseen_hydra_clients(&self, run: i64) -> Result<Vec<ClientId>, StoreError> {
        let rows = self.read(UNSEEN_CLIENTS, vec![run.into()]).await?;
        rows.iter().map(|row| row.text(0).map(ClientId::from)).collect()
    }
}

impl LedgerEntry {
    /// A thing that has no revisions.
    pub const PLAIN: Self = Self { incarnation: 0, revision: 0 };

    /// A client as it is.
    pub fn of_client(record: &ClientRecord) -> Self {
        let ClientEpoch { incarnation, .. } = record.epoch;
        Self { incarnation, revision: record.revision }
    }
}
