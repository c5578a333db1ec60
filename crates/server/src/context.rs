//! The one state of a running server, and the first parameter of every rule: configuration, store, keys, seal, clock,
//! randomness and the way out to other servers. [`Context`] is what one request sees of it and never changes; [`Current`]
//! is where the next request takes its own, so that a configuration that is read again comes into force all at once.

use std::ops::Deref;
use std::sync::Arc;

use parking_lot::RwLock;
use symbolon_jose::Rng;
use symbolon_store::Store;

use crate::accounts::AccountState;
use crate::certificate::Authorities;
use crate::clients::ClientState;
use crate::clock::Clock;
use crate::config::Config;
use crate::device::DeviceState;
use crate::discovery::RenderedDocuments;
use crate::dpop;
use crate::global_token_revocation::RevocationState;
use crate::hooks::Hooks;
use crate::hydra::HydraState;
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::outbound::Outbound;
use crate::reload::ReloadState;
use crate::request::RequestState;
use crate::routes::{CrossOrigin, RequestIds};
use crate::seal::Seal;
use crate::session::browser_state::BrowserStates;
use crate::slow_hash::SlowHashes;
use crate::trail::Seeing;
use crate::ui;
use crate::ui::view::Theme;
use crate::worker::Work;

/// Everything a rule may need, under one configuration. Shared by all requests that began under it; nothing in it is per
/// request. What does not depend on the part of the configuration that can change is in [`Lasting`].
pub struct Context {
    /// Configuration in force.
    pub config: Config,
    /// How the built-in pages look.
    pub theme: Theme,
    /// Which pages of other origins may use the public listener.
    pub public_pages: CrossOrigin,
    /// Which pages may use the admin listener.
    pub admin_pages: CrossOrigin,
    /// Discovery and key set, rendered once.
    pub rendered: RwLock<Option<Arc<RenderedDocuments>>>,
    lasting: Arc<Lasting>,
}

impl Deref for Context {
    type Target = Lasting;

    fn deref(&self) -> &Lasting {
        &self.lasting
    }
}

impl Context {
    fn new(config: Config, lasting: Arc<Lasting>) -> Self {
        Self {
            theme: ui::theme(&config),
            public_pages: CrossOrigin::of_public(&config),
            admin_pages: CrossOrigin::of_admin(&config),
            rendered: RwLock::new(None),
            config,
            lasting,
        }
    }
}

/// The state that the next request is answered by.
pub struct Current(RwLock<Arc<Context>>);

impl Current {
    /// The state of a server that starts.
    pub fn new(config: Config, lasting: Lasting) -> Self {
        Self(RwLock::new(Arc::new(Context::new(config, Arc::new(lasting)))))
    }

    /// The state now. Who takes it keeps it for all of a request.
    pub fn now(&self) -> Arc<Context> {
        Arc::clone(&self.0.read())
    }

    /// Puts another configuration in force: for what begins from now on, all of it at once.
    pub fn put_in_force(&self, config: Config) {
        let next = Arc::new(Context::new(config, Arc::clone(&self.now().lasting)));
        let before = std::mem::replace(&mut *self.0.write(), next);
        // Whoever is at work under it may hold it on; nobody waits at the lock for its end.
        drop(before);
    }
}

/// What is there once for all of a server's life. What belongs to one module is one value of that module.
pub struct Lasting {
    /// What is remembered.
    pub store: Store,
    /// Signing keys, parsed once.
    pub keys: Keys,
    /// Opens and seals tokens, codes, challenges and cookies.
    pub seal: Seal,
    /// What the time is; tests set it.
    pub clock: Clock,
    /// Where randomness comes from; tests repeat it.
    pub rng: Rng,
    /// The only way to call other servers.
    pub outbound: Outbound,
    /// Web hooks that are asked before tokens are issued.
    pub hooks: Hooks,
    /// What is kept in memory about clients.
    pub clients: ClientState,
    /// Who vouches for certificates of clients.
    pub certificate_authorities: Authorities,
    /// What is kept in memory about accounts.
    pub accounts: AccountState,
    /// What is kept in memory about authorization requests.
    pub requests: RequestState,
    /// Proofs that were used, where they are kept in memory and not in the database.
    pub dpop: Option<dpop::Memory>,
    /// Which states the browsers of login sessions have.
    pub browser_states: BrowserStates,
    /// User codes, and how often they are asked for and entered.
    pub device: DeviceState,
    /// By which artefacts in Hydra's form are genuine, where a database was moved.
    pub hydra: HydraState,
    /// Failed calls of the global token revocation endpoint.
    pub revocations: RevocationState,
    /// Where slow hashes run.
    pub slow_hashes: Arc<SlowHashes>,
    /// What the worker and the requests tell each other.
    pub work: Work,
    /// What is counted.
    pub metrics: Metrics,
    /// Names requests.
    pub request_ids: RequestIds,
    /// Where it is told what was decided.
    pub seeing: Arc<Seeing>,
    /// How the configuration is read again.
    pub reload: ReloadState,
}
