//! Starting a server, and running it.

mod called;
mod preflight;

pub use called::{called, reach};
pub use preflight::{preflight, warnings};

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use symbolon_jose::Rng;
use symbolon_store::{Store, StoreOptions};
use symbolon_types::{SecurityProfile, TokenResponse};
use tokio::sync::{Notify, watch};

use crate::accounts::AccountState;
use crate::certificate::Authorities;
use crate::clients::ClientState;
use crate::clock::Clock;
use crate::config::{Config, Replay};
use crate::context::{Context, Current, Lasting};
use crate::device::DeviceState;
use crate::device::user_code::UserCodes;
use crate::global_token_revocation::RevocationState;
use crate::hooks::Hooks;
use crate::hydra::HydraState;
use crate::hydra_import::{ImportFault, ImportOrder, ImportReport, Progress};
use crate::in_process::{self, Order, OrderFault};
use crate::keys::{self, Keys};
use crate::listen::{self, Forerunner, Listeners, MutualTlsListener, Port, Preceded};
use crate::metrics::Metrics;
use crate::outbound::Outbound;
use crate::reload::{ReloadState, Reloading};
use crate::request::RequestState;
use crate::routes::{RequestIds, Routes};
use crate::seal::Seal;
use crate::session::browser_state::BrowserStates;
use crate::slow_hash::SlowHashes;
use crate::start_error::StartError;
use crate::trail::LogReceiver;
use crate::trail::Seeing;
use crate::worker::Work;
use crate::{dpop, reload, routes, trail, worker};

/// What a server is given besides its configuration.
pub struct Parts {
    /// Source of the present time; tests turn it on.
    pub clock: Clock,
    /// Source of ids and secrets; tests give it a seed.
    pub rng: Rng,
    /// An open database; `None` opens the one that the configuration names.
    pub store: Option<Store>,
}

/// A server that is ready to answer. Clones are handles to the same one.
#[derive(Clone)]
pub struct Server {
    pub(crate) current: Arc<Current>,
    store: Store,
}

impl Server {
    /// Opens the database, brings its tables up to date, and loads or makes the signing keys.
    ///
    /// What the operator should know of the configuration is logged before, so that it is told even if the start fails.
    pub async fn start(config: Config, parts: Parts) -> Result<Self, StartError> {
        report(&config);
        let store = if let Some(store) = parts.store { store } else { open_store(&config).await? };
        let no_secret =
            || StartError::Other("secrets.system: no secret is set; add one of 16 characters or more".to_owned());
        let seal = Seal::new(&config.secrets, parts.rng.clone()).ok_or_else(no_secret)?;
        let keys = load_keys(&config, &store, &seal, &parts.clock, &parts.rng).await?;
        let hydra = HydraState::load(&store, &seal).await.map_err(|fault| StartError::Other(fault.to_string()))?;
        let seeing = Seeing::open(&config, &parts.clock, &parts.rng).map_err(StartError::Other)?;
        let outbound = Outbound::new(&config).map_err(|fault| StartError::Other(fault.to_string()))?;
        let certificate_authorities = Authorities::new(&config).map_err(StartError::Other)?;
        let node = parts.rng.token(12);
        let in_memory = config.symbolon.dpop.replay == Replay::Memory;
        let slow = Arc::new(SlowHashes::default());
        let own_store = store.clone();
        let lasting = Lasting {
            clients: ClientState::new(&config, &parts.rng, &parts.clock, slow.clone()),
            accounts: AccountState::new(slow.clone()).map_err(StartError::Other)?,
            certificate_authorities,
            slow_hashes: slow,
            requests: RequestState::new(&parts.clock),
            browser_states: BrowserStates::new(&config.secrets),
            device: DeviceState::new(UserCodes::new(&config.secrets.system), &parts.clock),
            dpop: in_memory.then(|| dpop::Memory::new(parts.clock.now())),
            hydra,
            revocations: RevocationState::new(&parts.clock),
            hooks: Hooks::new(&config).map_err(StartError::Other)?,
            metrics: Metrics::new().map_err(StartError::Other)?,
            seeing: Arc::new(seeing),
            reload: ReloadState::new(parts.clock.now()),
            request_ids: RequestIds::new(&node),
            work: Work { node, wake: Notify::new(), pings: Notify::new() },
            store,
            keys,
            seal,
            clock: parts.clock,
            rng: parts.rng,
            outbound,
        };
        let current = Arc::new(Current::new(config, lasting));
        current.now().reload.belongs_to(&current);
        Ok(Self { current, store: own_store })
    }

    fn context(&self) -> Arc<Context> {
        self.current.now()
    }

    /// The public routes, for use in process.
    pub fn public_routes(&self) -> Routes {
        routes::public_routes(Arc::clone(&self.current))
    }

    /// The admin routes, for use in process.
    pub fn admin_routes(&self) -> Routes {
        routes::admin_routes(Arc::clone(&self.current))
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// How many authorization requests were validated since the start.
    pub fn validated_requests(&self) -> u64 {
        self.context().requests.validations.load(Ordering::Relaxed)
    }

    /// Purges what has expired, now; answers how many rows went.
    pub async fn purge(&self) -> Result<u64, symbolon_store::StoreError> {
        worker::purge_now(&self.context()).await
    }

    /// Brings what Ory Hydra kept into the database that the configuration names. No listener is opened.
    pub async fn import_hydra(
        mut config: Config,
        order: ImportOrder,
        progress: Progress<'_>,
    ) -> Result<ImportReport, ImportFault> {
        let mut reading = order.read(&mut config).await?;
        let store = match order.store.filter(|_| !order.dry_run) {
            Some(store) => store,
            None => open_store(&config).await?,
        };
        let (clock, rng) = (order.clock, Rng::system());
        let seal = Seal::new(&config.secrets, rng.clone()).ok_or_else(ImportFault::without_secret)?;
        reading.bring_keys(&store, &seal, clock.now()).await?;
        let server = Self::start(config, Parts { clock, rng, store: Some(store) }).await?;
        Box::pin(reading.bring(&server.context(), progress)).await
    }

    /// Does what the worker does at every turn, now: purging, and maintaining the signing keys.
    pub async fn keep_house(&self) {
        worker::housekeeping_now(&self.context()).await;
    }

    /// Delivers the logout tokens that are due, now; answers how many arrived.
    pub async fn deliver_logout_tokens(&self) -> usize {
        worker::deliver_now(&self.context()).await
    }

    /// Tells the clients of the back channel whose requests were answered, now; answers how many took it.
    pub async fn send_pings(&self) -> usize {
        worker::ping_now(&self.context()).await
    }

    /// Sends the spans and log records that wait to the collector, now.
    pub async fn send_telemetry(&self) {
        worker::export_now(&self.context()).await;
    }

    /// Sends what the program logs from now on to the collector, where configuration wants that.
    pub fn receive_logs(&self, receiver: &LogReceiver) {
        let context = self.context();
        if let Some(telemetry) = context.seeing.telemetry().filter(|_| context.config.tracing.otlp.logs) {
            receiver.open(Arc::clone(telemetry));
        }
    }

    /// Gives a client an access token by the word of the program that runs this server, with no login and no consent.
    pub async fn order(&self, order: Order) -> Result<TokenResponse, OrderFault> {
        in_process::order(&self.context(), order).await
    }

    /// Reads the certificates of the listeners again, soon. What cannot be used does not take the place of what works; the
    /// log says so. Files that change are noticed without this, within ten seconds.
    pub fn renew_certificates(&self) {
        self.context().reload.certificates_wanted.notify_one();
    }

    /// Names the place from which the configuration is read again when that is asked for, by [`Server::reload`] or by an
    /// administrator. The first call counts.
    pub fn reload_from(&self, origin: Reloading) {
        self.context().reload.reads_from(origin);
    }

    /// Reads the configuration again. With a fault in it nothing changes; otherwise the new values of those keys that may
    /// change are in force for every request that comes from now on. What came of it is logged and audited.
    pub async fn reload(&self) {
        let context = self.context();
        let _ = trail::follow(context.seeing.trail_of_nobody(), reload::reload(&context)).await;
    }

    /// Serves until `shutdown` ends, then finishes the requests that were begun and closes the database.
    pub async fn run(self, listeners: Listeners, shutdown: impl Future<Output = ()> + Send) -> Result<(), StartError> {
        self.run_behind(None, listeners, shutdown).await
    }

    /// Like [`Server::run`], with somebody who sees each request before the routes do, and may answer in their place.
    pub async fn run_behind(
        self,
        forerunner: Option<Arc<dyn Forerunner>>,
        listeners: Listeners,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), StartError> {
        let (stop, stopped) = watch::channel(false);
        let context = self.context();
        let (to_public, to_admin) = listen::doors(&context.config, &context.metrics.open_connections);
        let work = worker::start(Arc::clone(&self.current), stopped.clone());
        let to_mutual_tls = to_public.clone();
        let asked = listeners.mutual_tls.as_ref().map(MutualTlsListener::certificate);
        let shown =
            [listeners.public.certificate(), listeners.admin.certificate(), asked].into_iter().flatten().collect();
        let looking_after = tokio::spawn(listen::keep_current(shown, Arc::clone(&context.reload.certificates_wanted)));
        let public_routes = Preceded { forerunner, port: Port::Public, routes: self.public_routes() };
        let admin_routes = Preceded { port: Port::Admin, routes: self.admin_routes(), ..public_routes.clone() };
        let public = listen::serve(listeners.public, public_routes.clone(), to_public, stopped.clone());
        let (public, admin) = (
            tokio::spawn(public),
            tokio::spawn(listen::serve(listeners.admin, admin_routes, to_admin, stopped.clone())),
        );
        let mutual_tls = listeners
            .mutual_tls
            .map(|own| tokio::spawn(listen::serve(own.into(), public_routes, to_mutual_tls, stopped)));
        shutdown.await;
        let _ = stop.send(true);
        for task in [public, admin, work].into_iter().chain(mutual_tls) {
            if let Err(fault) = task.await {
                tracing::error!(%fault, "a task ended badly");
            }
        }
        looking_after.abort();
        worker::export_last(&context).await;
        context.store.close().await;
        Ok(())
    }
}

/// Logs what is the matter with a configuration that is good enough to start with.
fn report(config: &Config) {
    for warning in warnings(config) {
        tracing::warn!(key = warning.key, "{}", warning.message);
    }
    let profile = config.symbolon.security_profile;
    if profile != SecurityProfile::None {
        let profile = profile.as_str();
        tracing::info!(
            profile,
            "all clients are held to the security profile; `symbolon explain-profile` prints its rules"
        );
    }
}

async fn open_store(config: &Config) -> Result<Store, StartError> {
    let client_cache_bytes = config.symbolon.limits.client_cache_bytes;
    let options = StoreOptions { client_cache_bytes, ..StoreOptions::new(config.dsn.clone()) };
    Store::open(&options).await.map_err(StartError::Store)
}

async fn load_keys(config: &Config, store: &Store, seal: &Seal, clock: &Clock, rng: &Rng) -> Result<Keys, StartError> {
    let (options, published_sets) = (&config.symbolon.keys, config.webfinger.broadcast_keys.as_slice());
    let parts = keys::Parts { store, seal, clock, rng, options, published_sets };
    Keys::load(&parts).await.map_err(|fault| StartError::Keys(fault.to_string()))
}
