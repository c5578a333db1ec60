//! The folders of databases, and a server on what was brought from one.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use symbolon_jose::SigningKey;
use symbolon_server::Server;
use symbolon_server::clock::Clock;
use symbolon_server::config::{self, Overrides};
use symbolon_server::hydra_import::{HydraSecrets, ImportOrder, ImportReport};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::rfc7523::JWT_BEARER;
use crate::support::{Call, Fresh, TestServer, golden_folder, say_left_out};

/// The folders. What was made by which release on which database, and upgraded, is in their names.
const FOLDERS: [&str; 6] =
    ["v26.2-sqlite", "v2.2-sqlite", "v26.2-postgres", "v2.3-postgres", "v2.2-postgres", "v2.3-to-v26.2-postgres"];

/// A database of Hydra's with everything that is known about it.
pub(super) struct Fixture {
    pub(super) name: &'static str,
    folder: PathBuf,
    dsn: String,
    /// The database on a server that it was loaded into.
    loaded: Option<Fresh>,
    pub(super) expectations: Value,
}

impl Fixture {
    /// Runs a test on each folder, brought into a database of ours of the same kind; one is brought into each kind.
    pub(super) async fn each(test: impl AsyncFn(&Self, &TestServer, &ImportReport)) {
        for name in FOLDERS {
            let Some(fixture) = Self::of(name).await else { continue };
            if fixture.loaded.is_none() {
                fixture.brought_into("memory", &test).await;
            }
            let on_server = fixture.loaded.is_some() || name == FOLDERS[0];
            if let Some(database) = if on_server { Fresh::create().await } else { None } {
                fixture.brought_into(&database.dsn, &test).await;
                database.drop().await;
            }
            if let Some(loaded) = fixture.loaded {
                loaded.drop().await;
            }
        }
    }

    async fn brought_into(&self, dsn: &str, test: impl AsyncFn(&Self, &TestServer, &ImportReport)) {
        let server = self.empty(dsn).await;
        let report = self.bring(&server).await;
        // Keys are read at the worker's next turn.
        server.server.keep_house().await;
        test(self, &server, &report).await;
        server.server.store().close().await;
    }

    /// The folder of this name; `None` where there is none, or no server to load it into.
    async fn of(name: &'static str) -> Option<Self> {
        let folder = folders().join(name);
        let Ok(text) = std::fs::read_to_string(folder.join("expectations.json")) else {
            say_left_out(&format!("no database of Hydra at {} (SYMBOLON_HYDRA_FIXTURES)", folder.display()));
            return None;
        };
        let expectations = serde_json::from_str(&text).unwrap();
        let file = folder.join("hydra.sqlite");
        if file.exists() {
            let dsn = format!("sqlite://{}", file.display());
            return Some(Self { name, expectations, folder, dsn, loaded: None });
        }
        let loaded = Fresh::create().await?;
        let sql = std::fs::read_to_string(folder.join("hydra.sql")).unwrap();
        loaded.connect().await.batch_execute(&sql).await.unwrap();
        Some(Self { name, expectations, folder, dsn: loaded.dsn.clone(), loaded: Some(loaded) })
    }

    fn config(&self, dsn: &str) -> config::Config {
        let flags = Overrides::default().set("dev", "true").set("dsn", dsn);
        let mut config = config::load(&[self.folder.join("config-C.yml")], std::iter::empty(), &flags).unwrap();
        config.symbolon.limits.client_secret_attempts_per_minute = 0;
        config
    }

    /// Nothing was brought yet. The time is just after Hydra was asked: in one folder a token ended while it was.
    async fn empty(&self, dsn: &str) -> TestServer {
        let observed = OffsetDateTime::parse(text(&self.expectations, "observed_at"), &Rfc3339).unwrap();
        let clock = Clock::manual(observed.unix_timestamp() + 2);
        Box::pin(TestServer::start_at(self.config(dsn), clock, 1)).await
    }

    /// Brings what is new into the database of a server.
    pub(super) async fn bring(&self, server: &TestServer) -> ImportReport {
        let config = self.config("memory");
        let order = ImportOrder {
            from: self.dsn.clone(),
            network: None,
            secrets: HydraSecrets::of_config(&config.secrets),
            dry_run: false,
            clock: server.clock.clone(),
            store: Some(server.server.store().clone()),
        };
        Box::pin(Server::import_hydra(config, order, &mut |_, _, _| {})).await.unwrap()
    }

    /// The items of a list.
    pub(super) fn items(&self, list: &str) -> impl Iterator<Item = &Value> {
        self.expectations[list].as_array().unwrap().iter()
    }

    /// The clients.
    pub(super) fn clients(&self) -> impl Iterator<Item = &Value> {
        self.expectations["clients"].as_object().unwrap().values()
    }

    /// The client of an id.
    pub(super) fn client(&self, id: &str) -> &Value {
        self.clients().find(|client| client["client_id"] == id).unwrap()
    }
}

#[allow(clippy::disallowed_methods, reason = "where the databases are")]
fn folders() -> PathBuf {
    let named = std::env::var_os("SYMBOLON_HYDRA_FIXTURES").map(PathBuf::from);
    named.unwrap_or_else(|| golden_folder().parent().unwrap_or(Path::new("")).join("fixtures/hydra"))
}

/// A request of a client that authenticates as it is registered; `None` where its keys are at an address.
pub(super) fn call_of(
    server: &TestServer,
    client: &Value,
    secret: &str,
    target: &str,
    form: &[(&str, &str)],
) -> Option<Call> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let id = text(client, "client_id");
    let with = |more: &[(&str, &str)]| Call::post(target).form(&[form, more].concat());
    match text(client, "auth_method") {
        "client_secret_basic" => Some(with(&[]).basic(id, secret)),
        "client_secret_post" => Some(with(&[("client_id", id), ("client_secret", secret)])),
        "none" => Some(with(&[("client_id", id)])),
        _ if client["observed"]["admin_get"]["body"]["jwks_uri"] != "" => None,
        _ => {
            let jwk = serde_json::from_value(client.get("private_jwk")?.clone()).ok()?;
            let now = server.clock.now();
            let claims = json!({
                "iss": id, "sub": id, "aud": server.public_url(), "iat": now, "exp": now + 60,
                "jti": format!("after-the-move-{}", COUNT.fetch_add(1, Ordering::Relaxed)),
            });
            let assertion = SigningKey::from_jwk(&jwk).unwrap().sign(Some("JWT"), &claims).unwrap();
            Some(with(&[("client_assertion_type", JWT_BEARER), ("client_assertion", &assertion)]))
        }
    }
}

/// The text of a member.
pub(super) fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_default()
}
