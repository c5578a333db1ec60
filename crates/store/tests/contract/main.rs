//! What every database has to do, whichever it is: one suite, run on memory, on an `SQLite` file and, when
//! `SYMBOLON_TEST_POSTGRES` names a server (a DSN), on `PostgreSQL`. Each test has a database of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic anywhere")]

mod backchannel;
mod batches;
mod branches;
mod clients;
mod consents;
mod crash;
mod database;
mod devices;
mod epochs;
mod expiry;
mod flows;
mod grants;
mod logout_deliveries;
mod opening;
mod postgres_server;
mod postgres_tls;
mod races;
mod records;
mod requirements;
mod sessions;
mod trusted_issuers;
mod voided_grants;

/// Makes a test of each rule (a function of a `&Database`) for each kind of database.
macro_rules! on_every_database {
    ($($rule:ident),+ $(,)?) => {
        mod memory {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $rule() {
                    super::$rule(&crate::database::Database::memory().await).await;
                }
            )+
        }
        mod sqlite_file {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $rule() {
                    super::$rule(&crate::database::Database::file().await).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $rule() {
                    if let Some(database) = crate::database::Database::postgres().await {
                        super::$rule(&database).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use on_every_database;
