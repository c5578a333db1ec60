//! `POST /admin/config/reload`: a configuration that is read again takes effect whole, or not at all.

use std::path::PathBuf;
use std::sync::Arc;

use http::Method;
use http::header::ORIGIN;
use parking_lot::Mutex;
use serde_json::{Value, json};
use symbolon_server::Reloading;
use symbolon_server::config::{LogLevel, Overrides, Sources};
use tempfile::TempDir;

use crate::fixtures::{count, race};
use crate::support::{Answer, AuditFile, Call, Listener, TestServer};

const SECRET: &str = "the-secret-of-this-deployment";
const PAGE: &str = "https://app.example";

/// A server with a configuration in a file.
struct Deployment {
    server: TestServer,
    audit: AuditFile,
    levels: Arc<Mutex<Vec<LogLevel>>>,
    folder: TempDir,
}

impl Deployment {
    async fn new() -> Self {
        let (folder, audit) = (tempfile::tempdir().unwrap(), AuditFile::new());
        let this = |name: &str| folder.path().join(name);
        std::fs::write(this("system"), SECRET).unwrap();
        std::fs::write(this("symbolon.yaml"), "").unwrap();
        let flags = Overrides::default()
            .set("dev", "true")
            .set("dsn", "memory")
            .set("secrets.system_file", this("system").to_str().unwrap())
            .set("symbolon.limits.client_secret_attempts_per_minute", "0")
            .set("symbolon.audit.file", audit.path.to_str().unwrap());
        let sources = Sources { files: vec![this("symbolon.yaml")], flags, ..Sources::default() };
        let started = sources.read();
        let server = TestServer::start(started.to_config().unwrap_or_else(|fault| panic!("{fault}"))).await;
        let levels = Arc::<Mutex<Vec<LogLevel>>>::default();
        let log_level = {
            let levels = Arc::clone(&levels);
            Box::new(move |level| {
                levels.lock().push(level);
                Ok(())
            })
        };
        server.server.reload_from(Reloading { sources, started, log_level });
        Self { server, audit, levels, folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("symbolon.yaml")
    }

    /// Puts another file into the place of the one that is there, at once.
    fn write(&self, text: &str) {
        let new = self.folder.path().join("new.yaml");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.file()).unwrap();
    }

    async fn reload(&self) -> Answer {
        self.server.admin(Call::post("/admin/config/reload")).await
    }

    /// Reads this file again, in which nothing is wrong.
    async fn reload_with(&self, text: &str) -> Value {
        self.write(text);
        self.reload().await.expect(200).json()
    }

    async fn metrics(&self) -> String {
        self.server.admin(Call::get("/admin/metrics/prometheus")).await.expect(200).text()
    }

    async fn machine(&self) {
        let metadata =
            json!({ "client_id": "machine", "client_secret": "machine-secret", "grant_types": ["client_credentials"] });
        self.server.create_client(&metadata).await;
    }
}

fn token_request() -> Call {
    Call::post("/oauth2/token")
        .basic("machine", "machine-secret")
        .form(&[("grant_type", "client_credentials")])
        .header(ORIGIN, PAGE)
}

/// The lifetime of an access token, and whether the page may read the answer.
fn seen(answer: &Answer) -> (i64, bool) {
    (answer.json()["expires_in"].as_i64().unwrap(), answer.header("access-control-allow-origin") == Some(PAGE))
}

#[tokio::test]
async fn new_values_hold_for_the_next_request() {
    let deployment = Deployment::new().await;
    let server = &deployment.server;
    deployment.machine().await;
    let home = async || server.public(Call::get("/")).await.text();
    let of_page = async || server.admin(Call::get("/admin/clients").header(ORIGIN, PAGE)).await;
    let before = server.public(token_request()).await.expect(200);
    assert_eq!(seen(&before), (3600, false));
    assert_eq!(of_page().await.status, 403);
    assert!(!home().await.contains("Acme"));

    let changed = "ttl: {access_token: 5m}\nlog: {level: warn}\nsymbolon: {ui: {title: Acme}}\nserve:\n  \
                   public: {cors: {enabled: true, allowed_origins: ['https://app.example']}}\n  \
                   admin: {cors: {enabled: true, allowed_origins: ['https://app.example']}}\n";
    let answer = deployment.reload_with(changed).await;
    let applied = [
        "serve.public.cors.enabled",
        "serve.public.cors.allowed_origins",
        "serve.admin.cors.enabled",
        "serve.admin.cors.allowed_origins",
        "ttl.access_token",
        "log.level",
        "symbolon.ui.title",
    ];
    let sorted = |keys: &Value| {
        let mut keys: Vec<_> = keys.as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect();
        keys.sort();
        keys
    };
    assert_eq!((sorted(&answer["applied"]), &answer["restart_needed"]), (sorted(&json!(applied)), &json!([])));
    let after = server.public(token_request()).await.expect(200);
    assert_eq!(seen(&after), (300, true));
    assert_eq!(of_page().await.status, 200);
    assert!(home().await.contains("Acme"));
    assert_eq!(*deployment.levels.lock(), [LogLevel::Warn]);
    // What was issued before keeps its end.
    let old = server.introspect(&before.member("access_token")).await;
    assert_eq!(old["exp"].as_i64().unwrap() - old["iat"].as_i64().unwrap(), 3600);

    // A second reading of the same changes nothing, and one without the values has the defaults again.
    assert_eq!(deployment.reload().await.expect(200).json(), json!({ "applied": [], "restart_needed": [] }));
    deployment.reload_with("").await;
    assert_eq!(seen(&server.public(token_request()).await.expect(200)), (3600, false));
    assert!(!home().await.contains("Acme"));
    assert_eq!(*deployment.levels.lock(), [LogLevel::Warn, LogLevel::Info]);
}

#[tokio::test]
async fn what_needs_a_restart_is_named_and_not_in_force() {
    let deployment = Deployment::new().await;
    deployment.machine().await;
    std::fs::write(deployment.folder.path().join("system"), "another-secret-of-enough-length").unwrap();
    let answer = deployment
        .reload_with("ttl: {access_token: 5m}\nurls: {self: {issuer: 'http://other.example/'}}\noauth2: {pkce: {enforced: true}}\n")
        .await;
    let waiting = json!(["urls.self.issuer", "secrets.system", "oauth2.pkce.enforced"]);
    assert_eq!((&answer["applied"], &answer["restart_needed"]), (&json!(["ttl.access_token"]), &waiting));
    let discovery = deployment.server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json();
    assert!(!discovery.to_string().contains("other.example"), "{discovery}");
    let token = deployment.server.public(token_request()).await.expect(200).member("access_token");
    assert_eq!(deployment.server.introspect(&token).await["active"], true);
    // Changed back, nothing waits.
    std::fs::write(deployment.folder.path().join("system"), SECRET).unwrap();
    assert_eq!(deployment.reload_with("").await["restart_needed"], json!([]));
}

#[tokio::test]
async fn a_configuration_with_a_fault_changes_nothing() {
    let deployment = Deployment::new().await;
    deployment.machine().await;
    deployment.reload_with("ttl: {access_token: 10m}\n").await;
    let good = "symbolon_configuration_reload_successful 1";
    assert!(deployment.metrics().await.contains(good));
    deployment.server.clock.advance(60);
    for (broken, keys) in [
        ("ttl: {access_token: 5m, acess_token: 1h, id_token: 5}\n", vec!["ttl.acess_token", "ttl.id_token"]),
        ("ttl: {access_token: 5m}\nlog: {level: loud}\n", vec!["log.level"]),
        ("ttl: {access_token: 5m}\nurls: {self: {issuer: nowhere}}\n", vec!["urls.self.issuer"]),
        ("ttl: {access_token: 5m}\nsecrets: {system: [", vec![]),
    ] {
        deployment.write(broken);
        let answer = deployment.reload().await.expect(400);
        let problems = answer.json()["problems"].as_array().unwrap().clone();
        assert_eq!(problems.len(), keys.len().max(1), "{problems:?}");
        for (problem, key) in problems.iter().zip(&keys) {
            assert_eq!(problem["key"], *key);
            let message = problem["message"].as_str().unwrap();
            assert!(
                message.contains("symbolon.yaml") && answer.member("error_description").contains(message),
                "{message}"
            );
        }
        assert_eq!(seen(&deployment.server.public(token_request()).await.expect(200)), (600, false));
        assert!(deployment.metrics().await.contains("symbolon_configuration_reload_successful 0"));
    }
    for (file, content) in [("system", "short-secret"), ("symbolon.yaml", "\u{0}")] {
        std::fs::write(deployment.folder.path().join(file), content).unwrap();
        let answer = deployment.reload().await.expect(400).text();
        assert!(!answer.contains("short-secret"), "{answer}");
        std::fs::write(deployment.folder.path().join("system"), SECRET).unwrap();
    }
    std::fs::remove_file(deployment.file()).unwrap();
    assert!(deployment.reload().await.expect(400).text().contains("symbolon.yaml"));
    std::fs::create_dir(deployment.file()).unwrap();
    deployment.reload().await.expect(400);
    std::fs::remove_dir(deployment.file()).unwrap();
    assert_eq!(seen(&deployment.server.public(token_request()).await.expect(200)), (600, false));
    assert!(deployment.metrics().await.contains("symbolon_configuration_loaded_seconds 1800000000"));
    deployment.reload_with("ttl: {access_token: 5m}\n").await;
    let metrics = deployment.metrics().await;
    assert!(
        metrics.contains(good) && metrics.contains("symbolon_configuration_loaded_seconds 1800000060"),
        "{metrics}"
    );
}

#[tokio::test]
async fn each_reading_is_audited() {
    let deployment = Deployment::new().await;
    deployment.reload_with("ttl: {access_token: 5m}\noauth2: {pkce: {enforced: true}}\n").await;
    let told = deployment.audit.one("configuration_reloaded");
    assert_eq!(told["applied"], json!(["ttl.access_token"]));
    assert_eq!(told["restart_needed"], json!(["oauth2.pkce.enforced"]));
    deployment.write("ttl: {access_token: 5, id_token: 5}\n");
    // As at SIGHUP.
    deployment.server.server.reload().await;
    assert_eq!(deployment.audit.one("configuration_reload_failed")["problems"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_request_sees_half_of_a_configuration() {
    let deployment = Deployment::new().await;
    deployment.machine().await;
    let short =
        "ttl: {access_token: 5m}\nserve: {public: {cors: {enabled: true, allowed_origins: ['https://app.example']}}}\n";
    let long = "ttl: {access_token: 10m}\n";
    deployment.reload_with(long).await;
    for round in 0..8 {
        deployment.write(if round % 2 == 0 { short } else { long });
        let reloads = vec![Call::post("/admin/config/reload"); 64];
        let tokens = vec![token_request(); 64];
        let (reloads, tokens) = tokio::join!(
            race(&deployment.server, Listener::Admin, reloads),
            race(&deployment.server, Listener::Public, tokens)
        );
        assert_eq!((count(&reloads, 200), count(&tokens, 200)), (64, 64));
        let applied = reloads.iter().filter(|answer| answer.json()["applied"] != json!([])).count();
        assert_eq!(applied, 1, "one of them found something new");
        for token in &tokens {
            assert!([(300, true), (600, false)].contains(&seen(token)), "{:?}", seen(token));
        }
    }
}

#[tokio::test]
async fn only_post_without_a_body_reads_again() {
    let deployment = Deployment::new().await;
    deployment.write("ttl: {access_token: 5m}\n");
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        deployment.server.admin(Call::new(method, "/admin/config/reload")).await.expect(405);
    }
    for body in ["{}", "{}{}", "ttl: {access_token: 1m}", " "] {
        deployment.server.admin(Call::post("/admin/config/reload").raw(body)).await.expect(400);
    }
    deployment.server.public(Call::post("/admin/config/reload")).await.expect(404);
    assert_eq!(deployment.audit.of("configuration_reloaded").len(), 0);
    assert_eq!(deployment.reload().await.expect(200).json()["applied"], json!(["ttl.access_token"]));
}

#[tokio::test]
async fn a_server_inside_a_program_has_nothing_to_read() {
    let server = TestServer::new().await;
    server.admin(Call::post("/admin/config/reload")).await.expect(409);
}
