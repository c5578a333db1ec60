//! The provider under test, on ports of its own, and what its clients need to know.

use std::net::SocketAddr;

use serde_json::{Value, json};
use symbolon_server::clock::Clock;
use symbolon_server::config::{self, Overrides};
use symbolon_server::{Listeners, Parts, Rng, Server, StartError};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Fault;
use super::wire::{Connection, Request};

pub(super) struct TestServer {
    public: SocketAddr,
    admin: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), StartError>>,
}

/// Whom the clients talk to.
pub(super) struct Target {
    pub(super) public: SocketAddr,
    pub(super) admin: SocketAddr,
    /// `Authorization` of the confidential client, as a header line.
    pub(super) authorization: String,
}

impl Target {
    pub(super) fn at(public: SocketAddr, admin: SocketAddr) -> Self {
        // good:the-secret-of-the-good-client
        let authorization = "Authorization: Basic Z29vZDp0aGUtc2VjcmV0LW9mLXRoZS1nb29kLWNsaWVudA==\r\n".to_owned();
        Self { public, admin, authorization }
    }
}

impl TestServer {
    pub(super) async fn start() -> Result<Self, Fault> {
        let listeners = Listeners {
            public: TcpListener::bind("127.0.0.1:0").await?.into(),
            admin: TcpListener::bind("127.0.0.1:0").await?.into(),
            mutual_tls: None,
        };
        let (public, admin) = (listeners.public.local_addr()?, listeners.admin.local_addr()?);
        let settings = [
            ("dev", "true".to_owned()),
            ("dsn", "memory".to_owned()),
            ("log.level", "error".to_owned()),
            ("secrets.system", "a-system-secret-for-a-soak-test".to_owned()),
            ("urls.self.issuer", format!("http://{public}")),
            ("urls.self.public", format!("http://{public}")),
            ("oidc.dynamic_client_registration.enabled", "true".to_owned()),
            ("symbolon.registration.limit_per_minute", "0".to_owned()),
        ];
        let flags = settings.into_iter().fold(Overrides::default(), |flags, (key, value)| flags.set(key, value));
        let config = config::load(&[], std::iter::empty(), &flags)?;
        let parts = Parts { clock: Clock::system(), rng: Rng::system(), store: None };
        let server = Box::pin(Server::start(config, parts)).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(listeners, async {
            let _ = stopped.await;
        }));
        Ok(Self { public, admin, stop, running })
    }

    /// Makes the client and the account that the clients use.
    pub(super) async fn target(&self) -> Result<Target, Fault> {
        let mut connection = Connection::open(self.admin).await?;
        let client = json!({
            "client_id": "good", "client_secret": "the-secret-of-the-good-client",
            "grant_types": ["client_credentials", "authorization_code"], "redirect_uris": ["https://app.example/cb"],
            "response_types": ["code"], "scope": "openid api", "token_endpoint_auth_method": "client_secret_basic",
        });
        let account = json!({"username": "alice", "password": "correct horse battery staple"});
        for (path, body) in [("/admin/clients", client), ("/admin/accounts", account)] {
            let answer = connection.send(&Request::json(path, &body.to_string())).await?;
            if answer.status != 201 {
                return Err(format!("{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body)).into());
            }
        }
        Ok(Target::at(self.public, self.admin))
    }

    pub(super) async fn stop(self) -> Result<(), Fault> {
        let _ = self.stop.send(());
        Ok(self.running.await??)
    }
}

/// One member of an answer's JSON.
pub(super) fn member(body: &[u8], name: &str) -> Option<Value> {
    serde_json::from_slice::<Value>(body).ok().and_then(|value| value.get(name).cloned())
}
