//! Databases of their own on the server that `SYMBOLON_TEST_POSTGRES` names.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::NoTls;
use url::Url;

use super::settings;

/// A database that was just created and is empty. One that a failed test leaves behind goes with the server.
pub(crate) struct Fresh {
    pub(crate) dsn: String,
    server: String,
    name: String,
}

impl Fresh {
    /// A new database; `None` when there is no server.
    pub(crate) async fn create() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Some(server) = settings::postgres_dsn() else {
            settings::left_out("nothing is tested on PostgreSQL: there is no server (SYMBOLON_TEST_POSTGRES)");
            return None;
        };
        let name = format!("it_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        execute(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        execute(&server, &format!("CREATE DATABASE {name}")).await;
        let mut dsn = Url::parse(&server).unwrap();
        dsn.set_path(&name);
        Some(Self { dsn: dsn.into(), server, name })
    }

    /// A connection to it.
    pub(crate) async fn connect(&self) -> tokio_postgres::Client {
        let (client, connection) = tokio_postgres::connect(&self.dsn, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    pub(crate) async fn drop(self) {
        execute(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

/// Waits until somebody waits for a lock in the database of this connection.
pub(crate) async fn until_somebody_waits(connection: &tokio_postgres::Client) {
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND wait_event_type = 'Lock'";
    let begun = std::time::Instant::now();
    while connection.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "nobody waits");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        // In a transaction the server would show the same moment again.
        connection.batch_execute("SELECT pg_stat_clear_snapshot()").await.unwrap();
    }
}

async fn execute(server: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(server, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}
