//! Fresh databases of each kind, and records to fill them with.

use std::io::Write as _;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use symbolon_store::{
    Account, AskingLimit, BackchannelRequest, BackchannelStage, Batch, Branch, ClientEpoch, ClientRecord,
    DeviceAuthorization, DeviceStage, Flow, Grant, GrantState, LoginSession, Origin, Persistence, Repeatable, Rotation,
    Row, Store, StoreOptions, Value, WriteError, raw,
};
use tempfile::TempDir;

/// The time of all tests, in Unix seconds.
pub(crate) const NOW: i64 = 1_800_000_000;

/// The epoch of every client that nothing was revoked from.
pub(crate) const EPOCH: ClientEpoch = ClientEpoch { incarnation: 7, revocations: 0 };

pub(crate) struct Database {
    pub(crate) store: Store,
    pub(crate) dsn: String,
    _directory: Option<TempDir>,
}

impl Database {
    pub(crate) async fn memory() -> Self {
        Self::open("memory".into(), None).await
    }

    pub(crate) async fn file() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let dsn = format!("sqlite://{}", directory.path().join("store.db").display());
        Self::open(dsn, Some(directory)).await
    }

    /// A schema of its own on the server that `SYMBOLON_TEST_POSTGRES` names, `None` without one.
    pub(crate) async fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = server()?;
        let schema = format!("contract_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
        let separator = if server.contains('?') { '&' } else { '?' };
        let dsn = format!("{server}{separator}options=-csearch_path%3D{schema}");
        Some(Self::open(dsn, None).await)
    }

    async fn open(dsn: String, directory: Option<TempDir>) -> Self {
        let store = Store::open(&StoreOptions::new(&dsn)).await.unwrap();
        Self { store, dsn, _directory: directory }
    }
}

#[allow(clippy::disallowed_methods, reason = "the one setting of these tests")]
pub(crate) fn server() -> Option<String> {
    static SAID: Once = Once::new();
    let dsn = std::env::var("SYMBOLON_TEST_POSTGRES").ok().filter(|dsn| !dsn.is_empty());
    if dsn.is_none() {
        // Past the capture of a passing test's output.
        let say = || writeln!(std::io::stderr(), "\nLEFT OUT: nothing is tested on PostgreSQL: there is no server");
        SAID.call_once(|| say().unwrap_or_default());
    }
    dsn
}

/// The redemption of a grant's code.
pub(crate) fn redemption(number: u64, now: i64, expires_at: i64) -> Batch {
    let mut batch = Batch::new();
    batch.redeem_code(id(number), now, expires_at);
    batch
}

/// An identifier of any kind.
pub(crate) fn id<T: From<[u8; 16]>>(number: u64) -> T {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    T::from(id)
}

/// Writes the batch that `fill` puts together.
pub(crate) async fn write(store: &Store, fill: impl FnOnce(&mut Batch) -> &mut Batch) -> Result<(), WriteError> {
    let mut batch = Batch::new();
    fill(&mut batch);
    store.write(batch).await
}

/// What a statement finds, behind the records.
pub(crate) async fn rows(store: &Store, sql: &'static str, params: Vec<Value>) -> Vec<Row> {
    raw::read(store, sql, params).await.unwrap()
}

/// How many rows a statement counts.
pub(crate) async fn count(store: &Store, sql: &'static str) -> i64 {
    rows(store, sql, vec![]).await[0].int(0).unwrap()
}

/// A grant whose tokens nobody has fetched.
pub(crate) fn grant(number: u64) -> Grant {
    Grant {
        id: id(number),
        client_id: "client".into(),
        client_epoch: EPOCH,
        subject: Some("alice".into()),
        subject_epoch: 0,
        session_id: Some(id(7)),
        issued_at: NOW,
        state: GrantState::Issued,
        remember_until: None,
        expires_at: NOW + 3600,
        body: vec![0, 1, 255],
    }
}

/// A grant whose tokens were fetched.
pub(crate) fn redeemed(number: u64) -> Grant {
    Grant { state: GrantState::Redeemed(Branch::default()), ..grant(number) }
}

/// Stores a grant whose tokens were fetched, with so many branches of refresh tokens besides the first.
pub(crate) async fn insert_branched(store: &Store, grant: &Grant, branches: i64) {
    store.insert_grant(grant).await.unwrap();
    let rotation = Rotation { grant_id: grant.id, now: NOW, expires_at: NOW, kept_seconds: 60, beside: Batch::new() };
    store.rotate(&Branch::default(), rotation.clone()).await.unwrap();
    let rotated = Branch { generation: 1, ..Branch::default() };
    for _ in 0..branches {
        store.begin_branch(&rotated, 0, Repeatable::Always, rotation.clone()).await.unwrap();
    }
}

/// How many branches of refresh tokens there are besides the first of each grant.
pub(crate) async fn count_branches(store: &Store) -> i64 {
    count(store, "SELECT count(*) FROM refresh_branches").await
}

pub(crate) fn flow(number: u64, stage: i64) -> Flow {
    Flow { id: id(number), stage, client_id: "client".into(), expires_at: NOW + 600, body: b"first".to_vec() }
}

pub(crate) fn login_session(number: u64, subject: &str) -> LoginSession {
    LoginSession {
        id: id(number),
        subject: subject.into(),
        subject_epoch: 0,
        authenticated_at: NOW,
        persistence: Persistence::Remembered,
        expires_at: NOW + 3600,
        body: b"{}".to_vec(),
    }
}

/// An account whose subject is `id`.
pub(crate) fn account(id: &str) -> Account {
    Account {
        id: id.into(),
        username: id.into(),
        password_hash: "hash".into(),
        disabled_at: None,
        created_at: NOW,
        revision: 1,
        body: serde_json::json!({}),
    }
}

pub(crate) fn client(id: &str) -> ClientRecord {
    ClientRecord {
        id: id.into(),
        created_at: NOW,
        updated_at: NOW * 1_000_000,
        epoch: EPOCH,
        access_revocations: 0,
        revision: 1,
        registration_generation: Some(1),
        origin: Origin::Administrator,
        secrets: vec!["hash".into()],
        metadata: serde_json::json!({"client_name": "Example", "redirect_uris": ["https://client.example/cb"]}),
        owner: "ops".into(),
        client_name: "Example".into(),
    }
}

pub(crate) fn backchannel_request(number: u64) -> BackchannelRequest {
    BackchannelRequest {
        id: id(number),
        client_id: "client".into(),
        client_epoch: EPOCH,
        subject: "alice".into(),
        stage: BackchannelStage::Pending,
        interval_seconds: 5,
        ping_attempts: 0,
        expires_at: NOW + 300,
        body: b"asked".to_vec(),
    }
}

/// Nobody is asked too much.
pub(crate) const GENEROUS: AskingLimit<'_> = AskingLimit { pause_of: b"alice", pause_until: 0, most_waiting: 100 };

pub(crate) fn device_authorization(number: u64) -> DeviceAuthorization {
    DeviceAuthorization {
        id: id(number),
        client_id: "client".into(),
        client_epoch: EPOCH,
        user_code_hash: number.to_be_bytes().to_vec(),
        stage: DeviceStage::Pending,
        interval_seconds: 5,
        expires_at: NOW + 600,
        body: b"asked".to_vec(),
    }
}
