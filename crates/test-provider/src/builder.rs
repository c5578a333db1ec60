//! What a provider is started with, and the start itself: the ports are taken first, so that the issuer is known before
//! anything is configured by it.

use std::sync::Arc;

use symbolon_server::clock::Clock;
use symbolon_server::config::{self, Config, Overrides};
use symbolon_server::{Entrance, Listeners, Parts, Rng, Server, bind};
use tokio::sync::watch;

use crate::TestProvider;
use crate::in_process::InProcess;
use crate::requests::Requests;
use crate::signing_keys;

/// Seals what is kept in memory, and the keys that all providers of a process share.
pub(crate) const SECRET: &str = "a-secret-of-the-test-provider-alone";

/// What is different from an installation: everything is in memory, everything that a client may want is on, and nobody
/// has to wait because of a limit.
const PRESETS: &[(&str, &str)] = &[
    ("dev", "true"),
    ("dsn", "memory"),
    ("secrets.system", SECRET),
    ("serve.public.host", "127.0.0.1"),
    ("serve.public.port", "0"),
    ("serve.admin.host", "127.0.0.1"),
    ("serve.admin.port", "0"),
    ("oidc.dynamic_client_registration.enabled", "true"),
    ("symbolon.registration.limit_per_minute", "0"),
    ("symbolon.limits.client_secret_attempts_per_minute", "0"),
    ("symbolon.connections.per_network", "0"),
    ("symbolon.ciba.enabled", "true"),
    ("symbolon.ciba.login_hint", "subject"),
    ("symbolon.ciba.pause_between_requests", "0s"),
];

/// Starts a [`TestProvider`] that is not the usual one.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use symbolon_test_provider::TestProvider;
///
/// let provider = TestProvider::builder()
///     .set("strategies.access_token", "rfc9068")
///     .set("ttl.access_token", "5m")
///     .clock_at(1_800_000_000)
///     .seed(7)
///     .start()
///     .await;
/// assert_eq!(provider.now(), 1_800_000_000);
/// # }
/// ```
#[derive(Debug)]
pub struct TestProviderBuilder {
    settings: Vec<(String, String)>,
    clock: Clock,
    rng: Option<u64>,
}

impl TestProviderBuilder {
    pub(crate) fn new() -> Self {
        Self { settings: Vec::new(), clock: Clock::adjustable(), rng: None }
    }

    /// Sets a configuration key of the server, in the words of its
    /// [reference](https://github.com/symbolon/symbolon/blob/main/docs/reference/configuration.md): `ttl.access_token`
    /// and `5m`. Lists have commas, lists of rows are JSON. A key that does not exist ends the start.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((key.into(), value.into()));
        self
    }

    /// The clock stands still at these Unix seconds, until [`TestProvider::advance`] moves it. Without this it goes with
    /// the machine's.
    #[must_use]
    pub fn clock_at(self, unix_seconds: i64) -> Self {
        Self { clock: Clock::manual(unix_seconds), ..self }
    }

    /// Ids, codes and opaque tokens come from this seed: the same requests in the same order get the same ones. Keys and
    /// signatures do not.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { rng: Some(seed), ..self }
    }

    /// Starts it. Panics with the reason when a setting is wrong.
    pub async fn start(self) -> TestProvider {
        let started = Box::pin(self.try_start()).await;
        started.unwrap_or_else(|reason| panic!("the test provider does not start: {reason}"))
    }

    async fn try_start(self) -> Result<TestProvider, String> {
        // Where the port for clients with certificates is must be said before it is known.
        let has_mutual_tls = self.settings.iter().any(|(key, _)| key == "symbolon.mtls.listen");
        let placeholder = has_mutual_tls.then(|| ("symbolon.mtls.url", "https://localhost".to_owned()));
        let first = self.load(placeholder.as_slice())?;
        let listeners = bind(&first).await.map_err(|fault| fault.to_string())?;
        let urls = Urls::of(&listeners)?;
        let config = self.load(&urls.settings())?;
        let issuer = config.issuer().to_owned();
        let algorithm = config.symbolon.keys.signing_algorithm;
        let store = signing_keys::store_with_keys(&config, self.clock.now()).await?;
        let rng = self.rng.map_or_else(Rng::system, Rng::seeded);
        let parts = Parts { clock: self.clock.clone(), rng: rng.clone(), store: Some(store) };
        let server = Box::pin(Server::start(config, parts)).await.map_err(|fault| fault.to_string())?;
        let (stop, mut stopped) = watch::channel(false);
        let requests = Arc::new(Requests::new(stop.subscribe()));
        let in_process = InProcess::new(&server, Arc::clone(&requests), &urls.public);
        let (running, forerunner) = (server.clone(), Arc::clone(&requests));
        tokio::spawn(async move {
            let shutdown = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
            running.run_behind(Some(forerunner), listeners, shutdown).await
        });
        Ok(TestProvider {
            issuer,
            admin_url: urls.admin,
            algorithm,
            clock: self.clock,
            rng,
            server,
            in_process,
            requests,
            users: crate::users::Users::default(),
            stop,
        })
    }

    /// The presets, under what the test sets, under what follows from the ports.
    fn load(&self, of_ports: &[(&str, String)]) -> Result<Config, String> {
        let is_set = |key: &str| self.settings.iter().any(|(own, _)| own == key);
        let mut flags = Overrides::default();
        for (key, value) in PRESETS.iter().filter(|(key, _)| !is_set(key)) {
            flags = flags.set(*key, *value);
        }
        for (key, value) in &self.settings {
            flags = flags.set(key.clone(), value.clone());
        }
        for (key, value) in of_ports.iter().filter(|(key, _)| !is_set(key)) {
            flags = flags.set(*key, value.clone());
        }
        config::load(&[], std::iter::empty(), &flags).map_err(|fault| fault.to_string())
    }
}

/// Where the ports are.
struct Urls {
    public: String,
    admin: String,
    mutual_tls: Option<String>,
}

impl Urls {
    fn of(listeners: &Listeners) -> Result<Self, String> {
        let address = |listener: &Entrance| listener.local_addr().map_err(|fault| fault.to_string());
        let mutual_tls = listeners.mutual_tls.as_ref().map(|mutual_tls| mutual_tls.listener.local_addr()).transpose();
        let mutual_tls = mutual_tls.map_err(|fault| fault.to_string())?;
        Ok(Self {
            public: format!("http://{}", address(&listeners.public)?),
            admin: format!("http://{}", address(&listeners.admin)?),
            mutual_tls: mutual_tls.map(|address| format!("https://localhost:{}", address.port())),
        })
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![("urls.self.issuer", self.public.clone()), ("urls.self.public", self.public.clone())];
        settings.extend(self.mutual_tls.clone().map(|url| ("symbolon.mtls.url", url)));
        settings
    }
}
