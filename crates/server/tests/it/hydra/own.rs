//! A small database in Hydra's form that is made here, so that the main rules are tested without the recorded ones: what is
//! taken, what a further run does after changes on either side, and which databases are refused.

use serde_json::{Value as Json, json};
use symbolon_jose::{Algorithm, SigningKey};
use symbolon_server::Server;
use symbolon_server::clock::Clock;
use symbolon_server::config::{self, Config, Overrides};
use symbolon_server::hydra_import::{HydraSecrets, ImportFault, ImportOrder, ImportReport};
use symbolon_store::{Batch, Condition, Expect, Store, StoreOptions, Value, raw};
use symbolon_types::SessionId;
use tempfile::TempDir;

use crate::support::{Call, TestServer};

pub(super) const SECRET: &str = "a system secret, äöü";
/// PBKDF2 of "the secret of app", as Hydra keeps it.
pub(super) const HASH: &str =
    "$pbkdf2-sha256$i=25000,l=32$AAECAwQFBgcICQoLDA0ODw$FfDC7mKdJkjbaCraXPiaWwi0twakHTatZY0/vMSz8XM";
/// A token that is genuine by the secret, and the SHA-384 of its signature. Made with Python's hashlib and hmac.
const TOKEN: &str = "ory_at_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8.aQoAeS1bFefJd4HafsZHt8G8O9Ss7Z2TVDTQKshpH5E";
const SIGNATURE: &str =
    "28072db8b3abf2d9ff6387ddede07888beb40cd2dc2c3d7c557ab85d26ba38296fabeedbc98aa7e8f7bafcbe76791ae7";

pub(super) const TABLES: [&str; 12] = [
    "CREATE TABLE networks (id TEXT)",
    "CREATE TABLE hydra_client (id TEXT, nid TEXT, client_secret TEXT, grant_types TEXT, scope TEXT, \
     token_endpoint_auth_method TEXT, updated_at TEXT, created_at TEXT)",
    "CREATE TABLE hydra_jwk (pk TEXT, nid TEXT, sid TEXT, kid TEXT, keydata TEXT, created_at TEXT)",
    "CREATE TABLE hydra_oauth2_trusted_jwt_bearer_issuer (id TEXT, nid TEXT)",
    "CREATE TABLE hydra_oauth2_authentication_session (id TEXT, nid TEXT)",
    "CREATE TABLE hydra_oauth2_flow (login_challenge TEXT, nid TEXT, consent_challenge_id TEXT)",
    "CREATE TABLE hydra_oauth2_code (signature TEXT, nid TEXT, challenge_id TEXT)",
    "CREATE TABLE hydra_oauth2_access (signature TEXT, nid TEXT, request_id TEXT, requested_at TEXT, client_id TEXT, \
     granted_scope TEXT, granted_audience TEXT, session_data TEXT, active INTEGER, challenge_id TEXT)",
    "CREATE TABLE hydra_oauth2_refresh (signature TEXT, nid TEXT, challenge_id TEXT)",
    "CREATE TABLE hydra_oauth2_pkce (signature TEXT, nid TEXT)",
    "CREATE TABLE hydra_oauth2_jti_blacklist (signature TEXT, nid TEXT, expires_at TEXT)",
    "INSERT INTO networks VALUES ('n')",
];

/// Hydra's database, and where ours is.
pub(super) struct Move {
    folder: TempDir,
    hydra: Store,
    key: SigningKey,
    pub(super) server: TestServer,
}

impl Move {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hydra = Store::open(&StoreOptions::new(dsn(&folder))).await.unwrap();
        let (key, _) = crate::fixtures::signing_key(Algorithm::RS256, "of-hydra");
        let jwk = serde_json::to_string(&key.to_private_jwk()).unwrap();
        let this = Self {
            hydra,
            key,
            server: TestServer::start_at(config("memory"), Clock::manual(1_800_000_000), 1).await,
            folder,
        };
        for table in TABLES {
            this.hydra(table, &[]).await;
        }
        this.hydra(
            "INSERT INTO hydra_jwk VALUES ('1', 'n', 'hydra.openid.id-token', 'of-hydra', $1, '2026-01-01 00:00:00')",
            &[&jwk],
        )
        .await;
        this.client("app").await;
        let session = json!({
            "id_token": { "expires_at": { "access_token": "2036-01-01T00:00:00Z" }, "subject": "app" }, "client_id": "app",
        });
        this.hydra(
            "INSERT INTO hydra_oauth2_access VALUES ($1, 'n', 'r', '2026-01-01 00:00:00', 'app', 'read', '', $2, 1, NULL)",
            &[SIGNATURE, &session.to_string()],
        )
        .await;
        this
    }

    pub(super) async fn client(&self, id: &str) {
        let sql = "INSERT INTO hydra_client (id, nid, client_secret, grant_types, scope, token_endpoint_auth_method, \
            updated_at, created_at) VALUES ($1, 'n', $2, '[\"client_credentials\"]', 'read', \
            'client_secret_basic', '2026-01-01 00:00:00', '2026-01-01 00:00:00')";
        self.hydra(sql, &[id, HASH]).await;
    }

    /// Changes something in Hydra.
    pub(super) async fn hydra(&self, sql: &'static str, params: &[&str]) {
        let mut batch = Batch::new();
        let params = params.iter().map(|text| Value::Text((*text).to_owned())).collect();
        raw::add(&mut batch, Condition::Housekeeping, sql, params, Expect::Any);
        self.hydra.write(batch).await.unwrap();
    }

    /// The same with a statement that is put together.
    pub(super) async fn hydra_text(&self, sql: &str) {
        self.hydra(sql.to_owned().leak(), &[]).await;
    }

    pub(super) fn order(&self, secret: &str) -> ImportOrder {
        ImportOrder {
            from: dsn(&self.folder),
            network: None,
            secrets: HydraSecrets::parse(secret).unwrap(),
            dry_run: false,
            clock: self.server.clock.clone(),
            store: Some(self.server.server.store().clone()),
        }
    }

    pub(super) async fn run(&self, order: ImportOrder) -> Result<ImportReport, ImportFault> {
        let report = Box::pin(Server::import_hydra(config("memory"), order, &mut |_, _, _| {})).await;
        self.server.server.keep_house().await;
        report
    }

    pub(super) async fn bring(&self) -> ImportReport {
        self.run(self.order(SECRET)).await.unwrap()
    }

    pub(super) async fn is_active(&self) -> bool {
        self.server.introspect(TOKEN).await["active"] == true
    }

    pub(super) async fn authenticates(&self) -> bool {
        let call = Call::post("/oauth2/token").form(&[("grant_type", "client_credentials")]);
        self.server.public(call.basic("app", "the secret of app")).await.status == 200
    }
}

fn dsn(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("hydra.db").display())
}

fn config(dsn: &str) -> Config {
    let set = [("dev", "true"), ("dsn", dsn), ("secrets.system", "[a secret of our own]")];
    let flags = set.into_iter().fold(Overrides::default(), |flags, (key, value)| flags.set(key, value));
    config::load(&[], std::iter::empty(), &flags).unwrap()
}

#[tokio::test]
async fn a_client_its_token_and_the_keys_work_on() {
    let this = Move::new().await;
    assert!(!this.is_active().await);
    let report = this.bring().await;
    assert!(report.is_complete(), "{report:#?}");
    assert!(this.is_active().await && this.authenticates().await);
    let shown = this.server.introspect(TOKEN).await;
    assert_eq!((&shown["scope"], &shown["client_id"]), (&json!("read"), &json!("app")));
    for altered in crate::fixtures::altered(TOKEN) {
        assert_eq!(this.server.introspect(&altered.1).await["active"], false, "{}", altered.0);
    }
    let keys = this.server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let own = serde_json::to_value(this.key.public_jwk()).unwrap();
    assert!(
        keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == own["kid"] && key["n"] == own["n"]),
        "{keys}"
    );
}

#[tokio::test]
async fn what_hydra_has_ended_ends_and_what_is_new_comes() {
    let this = Move::new().await;
    this.bring().await;
    this.hydra("DELETE FROM hydra_oauth2_access", &[]).await;
    this.client("later").await;
    let report = this.bring().await;
    assert_eq!((report.kinds["clients"].taken, report.kinds["clients"].known), (1, 1), "{report:#?}");
    assert!(!this.is_active().await);
    this.hydra("DELETE FROM hydra_client WHERE id = $1", &["app"]).await;
    assert_eq!(this.bring().await.kinds["clients"].ended, 1);
    assert!(!this.authenticates().await);
}

#[tokio::test]
async fn what_was_changed_here_stays() {
    let this = Move::new().await;
    this.bring().await;
    let patch = json!([{ "op": "replace", "path": "/client_name", "value": "Ours" }]);
    this.server.admin(Call::patch("/admin/clients/app").json(&patch)).await.expect(200);
    this.hydra("UPDATE hydra_client SET scope = $1", &["read write"]).await;
    this.bring().await;
    let shown = this.server.admin(Call::get("/admin/clients/app")).await.expect(200).json();
    assert_eq!((&shown["client_name"], &shown["scope"]), (&json!("Ours"), &json!("read")));
    // Not even the end of it in Hydra undoes that, and what was deleted here does not come again.
    this.server.admin(Call::delete("/admin/clients/app")).await.expect(204);
    let report = this.bring().await;
    assert_eq!(report.kinds["clients"].taken, 0, "{report:#?}");
    this.server.admin(Call::get("/admin/clients/app")).await.expect(404);
    assert!(!this.is_active().await);
}

#[tokio::test]
async fn a_revoked_token_is_not_brought_again() {
    let this = Move::new().await;
    this.bring().await;
    let revocation = Call::post("/oauth2/revoke").form(&[("token", TOKEN)]).basic("app", "the secret of app");
    this.server.public(revocation).await.expect(200);
    assert!(!this.is_active().await);
    this.bring().await;
    assert!(!this.is_active().await);
}

#[tokio::test]
async fn what_is_here_already_is_left_out_and_told() {
    let this = Move::new().await;
    this.server.create_client(&json!({ "client_id": "app", "client_name": "Another" })).await;
    let report = this.bring().await;
    assert!(!report.is_complete());
    let left: &(u64, Vec<String>) = report.kinds["clients"].left_out.values().next().unwrap();
    assert_eq!(left, &(1, vec!["app".to_owned()]));
    assert!(!this.is_active().await, "a token of the other client");
}

#[tokio::test]
async fn databases_that_cannot_be_brought_are_refused_before_anything_is_written() {
    let this = Move::new().await;
    let faults = [
        ("sqlite:///nowhere/hydra.db", None, "cannot be opened"),
        ("memory", None, "Hydra itself"),
        (&*dsn(&this.folder), Some("another"), "no network of that id"),
    ];
    for (from, network, said) in faults {
        let order = ImportOrder { from: from.to_owned(), network: network.map(str::to_owned), ..this.order(SECRET) };
        let fault = this.run(order).await.unwrap_err().to_string();
        assert!(fault.contains(said), "{from}: {fault}");
    }
    this.hydra("INSERT INTO networks VALUES ('another')", &[]).await;
    let fault = this.run(this.order(SECRET)).await.unwrap_err().to_string();
    assert!(fault.contains("--network"), "{fault}");
    this.hydra("DELETE FROM networks WHERE id = 'another'", &[]).await;
    this.hydra("UPDATE hydra_jwk SET keydata = $1", &["c2VhbGVkIHdpdGggYW5vdGhlciBzZWNyZXQ="]).await;
    let fault = this.run(this.order(SECRET)).await.unwrap_err().to_string();
    assert!(fault.contains("all system secrets"), "{fault}");
    let none: Json = this.server.admin(Call::get("/admin/clients")).await.expect(200).json();
    assert_eq!(none, json!([]));
}

#[tokio::test]
async fn another_hydra_is_refused_and_ends_nothing() {
    let (this, other) = (Move::new().await, Move::new().await);
    this.bring().await;
    other.hydra("DELETE FROM networks", &[]).await;
    other.hydra("INSERT INTO networks VALUES ('other')", &[]).await;
    let order = ImportOrder { from: dsn(&other.folder), ..this.order(SECRET) };
    let fault = this.run(order).await.unwrap_err().to_string();
    assert!(fault.contains("another Hydra"), "{fault}");
    assert!(this.is_active().await && this.authenticates().await);
}

#[tokio::test]
async fn a_session_that_hydra_ended_ends_unless_somebody_logged_in_anew_in_it() {
    let this = Move::new().await;
    let (left, renewed) = ("9d6364a8-8927-4aed-af26-eff06f6f7408", "32c60631-2ca3-482c-95d4-d4c419df9426");
    for sql in [
        "ALTER TABLE hydra_oauth2_authentication_session ADD subject TEXT",
        "ALTER TABLE hydra_oauth2_authentication_session ADD authenticated_at TEXT",
        "ALTER TABLE hydra_oauth2_authentication_session ADD remember INTEGER",
    ] {
        this.hydra(sql, &[]).await;
    }
    for id in [left, renewed] {
        let sql = "INSERT INTO hydra_oauth2_authentication_session VALUES ($1, 'n', 'alice', '2026-01-01 00:00:00', 1)";
        this.hydra(sql, &[id]).await;
    }
    assert_eq!(this.bring().await.kinds["login sessions"].taken, 2);
    let id = |text: &str| SessionId::parse(text).unwrap();
    let store = this.server.server.store();
    let mut batch = Batch::new();
    let sql = "UPDATE login_sessions SET authenticated_at = authenticated_at + 1 WHERE id = $1";
    raw::add(&mut batch, Condition::Session, sql, vec![id(renewed).into()], Expect::OneRow);
    store.write(batch).await.unwrap();
    this.hydra("DELETE FROM hydra_oauth2_authentication_session", &[]).await;
    assert_eq!(this.bring().await.kinds["login sessions"].ended, 1);
    assert!(store.login_session(id(left)).await.unwrap().is_none());
    assert!(store.login_session(id(renewed)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let this = Move::new().await;
    let report = this.run(ImportOrder { dry_run: true, ..this.order(SECRET) }).await.unwrap();
    assert_eq!(report.kinds["clients"].taken, 1);
    assert!(!this.is_active().await && !this.authenticates().await);
}
