//! TLS to a real `PostgreSQL` server with certificates of this test: every `sslmode` of libpq, against servers that are
//! who they should be and that are not.

mod own_server;

use std::time::Duration;

use symbolon_store::{OpenError, Store, StoreOptions, raw};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use self::own_server::{Authority, OwnServer, authority, certificate};
use crate::database::server;

/// A server for `localhost` and 127.0.0.1, and who vouches for whom.
struct Stage {
    server: OwnServer,
    ours: Authority,
    roots: String,
    strangers: String,
}

impl Stage {
    /// `None` without PostgreSQL.
    async fn set() -> Option<Self> {
        server()?;
        let (ours, strangers) = (authority("ours"), authority("a stranger's"));
        let of_server = certificate(&ours, &["localhost", "127.0.0.1"], 2100);
        let server = OwnServer::start(&of_server, &ours.pem());
        let roots = server.file("roots.pem", &ours.pem());
        let strangers = server.file("strangers.pem", &strangers.pem());
        let stage = Self { server, ours, roots, strangers };
        let store = open(&stage.server.local_dsn("sslmode=verify-full")).await.expect("a local socket needs no TLS");
        for user in ["protected", "open", "certified"] {
            let sql = format!("CREATE ROLE {user} SUPERUSER LOGIN PASSWORD '{}'", own_server::PASSWORD);
            raw::read(&store, Box::leak(sql.into_boxed_str()), Vec::new()).await.unwrap();
        }
        store.close().await;
        Some(stage)
    }

    async fn try_as(&self, user: &str, query: &str) -> Result<bool, String> {
        let store = open(&self.server.dsn(user, "127.0.0.1", query)).await.map_err(|error| error.to_string())?;
        let sql = "SELECT CAST(ssl AS INT)::BIGINT FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let rows = raw::read(&store, sql, Vec::new()).await.unwrap();
        store.close().await;
        Ok(rows[0].int(0).unwrap() == 1)
    }
}

async fn open(dsn: &str) -> Result<Store, OpenError> {
    Store::open(&StoreOptions { connections: 2, ..StoreOptions::new(dsn) }).await
}

/// What has to come of a connection.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Encrypted,
    Plain,
    /// The operator reads this.
    Fails(&'static str),
}
use Outcome::{Encrypted, Fails, Plain};

const UNKNOWN: &str = "no authority of sslrootcert vouches";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_sslmode_does_what_it_does_in_libpq() {
    let Some(stage) = Stage::set().await else { return };
    let (roots, strangers) = (format!("sslrootcert={}", stage.roots), format!("sslrootcert={}", stage.strangers));
    let of_client = certificate(&stage.ours, &["certified"], 2100);
    let of_nobody = certificate(&authority("nobody knows"), &["certified"], 2100);
    let shown = |name: &str, (chain, key): &(String, String)| {
        let certificate = stage.server.file(&format!("{name}.crt"), chain);
        format!("sslcert={certificate}&sslkey={}", stage.server.file(&format!("{name}.key"), key))
    };
    let (own, foreign) = (shown("own", &of_client), shown("foreign", &of_nobody));
    for (user, query, outcome) in [
        // This user may come with TLS only.
        ("protected", "sslmode=disable", Fails("no pg_hba.conf entry")),
        ("protected", "sslmode=allow", Encrypted),
        ("protected", "sslmode=prefer", Encrypted),
        ("protected", "", Encrypted),
        ("protected", "sslmode=require", Encrypted),
        ("protected", "sslmode=require&channel_binding=require", Encrypted),
        ("protected", "sslmode=require&sslsni=0", Encrypted),
        ("protected", &format!("sslmode=require&{roots}"), Encrypted),
        ("protected", &format!("sslmode=require&{strangers}"), Fails(UNKNOWN)),
        ("protected", &format!("sslmode=verify-ca&{roots}"), Encrypted),
        ("protected", &format!("sslmode=verify-ca&{strangers}"), Fails(UNKNOWN)),
        ("protected", &format!("sslmode=verify-full&{roots}&channel_binding=require"), Encrypted),
        ("protected", &format!("sslmode=verify-full&{strangers}"), Fails(UNKNOWN)),
        ("protected", "sslmode=verify-full", Fails("vouches")),
        ("protected", "sslmode=verify-full&sslrootcert=system", Fails("vouches")),
        // This one without only.
        ("open", "sslmode=disable", Plain),
        ("open", "sslmode=allow", Plain),
        ("open", "sslmode=prefer", Plain),
        ("open", "sslmode=require", Fails("no pg_hba.conf entry")),
        ("open", &format!("sslmode=verify-full&{roots}"), Fails("no pg_hba.conf entry")),
        // This one either way.
        ("symbolon", "sslmode=disable", Plain),
        ("symbolon", "sslmode=allow", Plain),
        ("symbolon", "sslmode=prefer", Encrypted),
        // And this one with a certificate.
        ("certified", &format!("sslmode=verify-full&{roots}&{own}"), Encrypted),
        ("certified", &format!("sslmode=require&{own}"), Encrypted),
        ("certified", &format!("sslmode=prefer&{own}"), Encrypted),
        ("certified", "sslmode=require", Fails("certificate")),
        ("certified", &format!("sslmode=require&{foreign}"), Fails("")),
    ] {
        let found = stage.try_as(user, query).await;
        match outcome {
            Encrypted => assert_eq!(found, Ok(true), "{user}: {query}"),
            Plain => assert_eq!(found, Ok(false), "{user}: {query}"),
            Fails(says) => {
                let message = found.expect_err(&format!("{user}: {query}"));
                assert!(message.starts_with("dsn: ") && message.contains(says), "{user}: {query}: {message}");
                assert!(!message.contains(own_server::PASSWORD), "{message}");
            }
        }
    }
    other_certificates(&stage).await;
}

/// Certificates for another name, that are over, and that nobody but themselves vouches for.
async fn other_certificates(stage: &Stage) {
    let roots = &stage.roots;
    let elsewhere = certificate(&stage.ours, &["db.example.com"], 2100);
    let over = certificate(&stage.ours, &["127.0.0.1"], 2021);
    let own_authority = authority("by itself");
    let by_itself = (own_authority.pem(), own_authority.key().serialize_pem());
    let itself = stage.server.file("itself.pem", &by_itself.0);
    for (shown, mode, expected) in [
        (&elsewhere, format!("require&sslrootcert={roots}"), Encrypted),
        (&elsewhere, format!("verify-ca&sslrootcert={roots}"), Encrypted),
        (&elsewhere, format!("verify-full&sslrootcert={roots}"), Fails("another name than the dsn")),
        (&over, "require".to_owned(), Encrypted),
        (&over, format!("verify-ca&sslrootcert={roots}"), Fails("expired")),
        (&over, format!("verify-full&sslrootcert={roots}"), Fails("expired")),
        (&by_itself, format!("verify-ca&sslrootcert={itself}"), Encrypted),
        (&by_itself, format!("verify-full&sslrootcert={itself}"), Fails("another name than the dsn")),
        (&by_itself, format!("verify-ca&sslrootcert={roots}"), Fails("does not count")),
    ] {
        stage.server.show_certificate(shown);
        let found = stage.try_as("protected", &format!("sslmode={mode}")).await;
        match expected {
            Fails(says) => {
                let message = found.expect_err(&mode);
                assert!(message.contains(says), "{mode}: {message}");
            }
            _ => assert_eq!(found, Ok(true), "{mode}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_never_finishes_the_handshake_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 64]).await;
            held.push(stream);
        }
    });
    let begun = std::time::Instant::now();
    let dsn = format!("postgres://u@127.0.0.1:{port}/d?sslmode=require&connect_timeout=1");
    let error = tokio::time::timeout(Duration::from_secs(20), open(&dsn)).await.expect("an end").unwrap_err();
    assert!(error.to_string().contains("within 1 s"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_without_tls_gets_no_password_when_tls_is_required() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 8];
        stream.read_exact(&mut request).await.unwrap();
        stream.write_all(b"N").await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        rest
    });
    let error =
        open(&format!("postgres://u:hunter2@127.0.0.1:{port}/d?sslmode=require")).await.unwrap_err().to_string();
    assert!(error.contains("does not support TLS") && !error.contains("hunter2"), "{error}");
    assert!(heard.await.unwrap().is_empty(), "nothing was sent after the refusal");
}
