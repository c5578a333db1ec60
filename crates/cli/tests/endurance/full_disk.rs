//! A full disk: writes are refused in words that a machine understands, everything else goes on, and when there is room
//! again so do the writes. The disk is full for one process only, by a limit on the size of its files.

use std::process::Command;

use serde_json::{Value, json};

use crate::login_application::http;
use crate::login_application::server::{Settings, register};
use crate::process::Running;

/// How large a file may get, in units of 512 or 1,024 bytes, as the shell has it.
const LIMIT: u32 = 2_000;

struct Server {
    process: Running,
    admin: String,
    issuer: String,
}

impl Server {
    fn start(settings: &Settings) -> Self {
        // The signal that comes with the limit would end the process; a full disk sends none.
        let script = format!("trap '' XFSZ; ulimit -S -f {LIMIT}; exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_symbolon")]).args(settings.arguments());
        let process = settings.wait(Running::spawn(command));
        Self { process, admin: settings.admin.clone(), issuer: settings.issuer.clone() }
    }

    /// Makes room on the disk, so to speak. False when this machine has no program for it.
    fn make_room(&self) -> bool {
        let process = self.process.id().to_string();
        let told = Command::new("prlimit").args(["--pid", &process, "--fsize=unlimited:"]).status();
        told.is_ok_and(|status| status.success())
    }

    async fn create(&self, id: &str) -> (u16, Value) {
        let client = json!({ "client_id": id, "client_secret": "secret-1", "grant_types": ["client_credentials"],
                             "token_endpoint_auth_method": "client_secret_post",
                             "metadata": { "filling": "x".repeat(20_000) } });
        let answer = http().post(format!("{}/admin/clients", self.admin)).json(&client).send().await.unwrap();
        let status = answer.status().as_u16();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(kind.starts_with("application/json"), "{status} {kind}");
        (status, answer.json().await.unwrap())
    }

    async fn knows(&self, id: &str) -> u16 {
        let answer = http().get(format!("{}/admin/clients/{id}", self.admin)).send().await.unwrap();
        answer.status().as_u16()
    }

    /// A token of the client `service`, which writes nothing.
    async fn token(&self) -> u16 {
        let form = [("grant_type", "client_credentials"), ("client_id", "service"), ("client_secret", "secret-1")];
        http().post(format!("{}/oauth2/token", self.issuer)).form(&form).send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_nothing_else() {
    let place = tempfile::tempdir().unwrap();
    let settings = Settings::write(place.path(), "");
    let server = Server::start(&settings);
    let service = json!({ "client_id": "service", "client_secret": "secret-1", "grant_types": ["client_credentials"],
                          "token_endpoint_auth_method": "client_secret_post" });
    register(&server.admin, service).await;
    let mut answered = Vec::new();
    let (status, refusal) = loop {
        let id = format!("client-{}", answered.len());
        let answer = server.create(&id).await;
        if answer.0 != 201 {
            break answer;
        }
        answered.push(id);
        assert!(answered.len() < 1_000, "the limit is not one");
    };
    assert!(matches!(status, 500 | 503), "{status} {refusal}");
    assert!(refusal["error"].is_string() && refusal["error_description"].is_string(), "{refusal}");
    assert!(!refusal.to_string().contains("server.sqlite"), "no path is told: {refusal}");
    assert!(answered.len() > 10, "{}", answered.len());

    // It is so each time, and everything that only reads goes on.
    for _ in 0..3 {
        assert_eq!(server.create("refused").await.0, status);
    }
    assert_eq!(server.knows("refused").await, 404);
    assert_eq!(server.token().await, 200);
    for id in &answered {
        assert_eq!(server.knows(id).await, 200, "{id}");
    }

    // Room again: this process, without a restart.
    if server.make_room() {
        assert_eq!(server.create("after").await.0, 201);
        answered.push("after".to_owned());
    } else {
        eprintln!("there is no prlimit on this machine: only a restart is tested");
    }
    assert_eq!(server.process.terminate().0, Some(0));
    let process = settings.start();
    let server = Server { process, admin: settings.admin.clone(), issuer: settings.issuer.clone() };
    for id in &answered {
        assert_eq!(server.knows(id).await, 200, "{id} was answered");
    }
    assert_eq!(server.create("afterwards").await.0, 201);
}
