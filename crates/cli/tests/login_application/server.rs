//! The real binary with a configuration whose pages are the login application's.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{CONSENT_URL, LOGIN_URL};
use crate::process::{Running, free_ports, text};

/// Where a server is and how it is started.
pub(crate) struct Settings {
    file: PathBuf,
    ports: [u16; 2],
    pub(crate) issuer: String,
    pub(crate) admin: String,
}

impl Settings {
    /// Writes a configuration with a database file into `directory`. `more` is YAML.
    pub(crate) fn write(directory: &Path, more: &str) -> Self {
        let [public, admin] = free_ports();
        let file = directory.join("symbolon.yaml");
        let yaml = format!(
            "dsn: sqlite://{}/server.sqlite
dev: true
urls: {{self: {{issuer: http://127.0.0.1:{public}}}, login: {LOGIN_URL}, consent: {CONSENT_URL}}}
serve: {{public: {{host: 127.0.0.1, port: {public}}}, admin: {{host: 127.0.0.1, port: {admin}}}}}
secrets: {{system: [a-secret-for-tests-only-1234]}}
log: {{level: warn}}
{more}
",
            directory.display()
        );
        std::fs::write(&file, yaml).unwrap();
        let url = |port| format!("http://127.0.0.1:{port}");
        Self { file, ports: [public, admin], issuer: url(public), admin: url(admin) }
    }

    /// The arguments with which the server starts.
    pub(crate) fn arguments(&self) -> [&str; 3] {
        ["serve", "-c", text(&self.file)]
    }

    /// Starts the server and waits until it listens.
    pub(crate) fn start(&self) -> Running {
        self.wait(Running::start(&self.arguments()))
    }

    /// Waits until a server that was started with these settings listens.
    pub(crate) fn wait(&self, mut server: Running) -> Running {
        self.ports.iter().for_each(|&port| server.wait_for_port(port));
        server
    }
}

/// Registers a client at the admin port; gives it as it was registered.
pub(crate) async fn register(admin: &str, client: Value) -> Value {
    let answer = super::http().post(format!("{admin}/admin/clients")).json(&client).send().await.unwrap();
    let status = answer.status();
    let body = answer.json().await.unwrap();
    assert_eq!(status, 201, "{body}");
    body
}
