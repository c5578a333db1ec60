//! The one state of a running server, and the first parameter of every rule: configuration, store, keys, seal, clock,
//! randomness and the way out to other servers.

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
use crate::request::RequestState;
use crate::routes::RequestIds;
use crate::seal::Seal;
use crate::session::browser_state::BrowserStates;
use crate::slow_hash::SlowHashes;
use crate::trail::Seeing;
use crate::ui::view::Theme;
use crate::worker::Work;

/// Everything a rule may need. Shared by all requests; nothing in it is per request. What belongs to one module is one
/// value of that module.
pub struct Context {
    /// Configuration as loaded.
    pub config: Config,
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
    /// How the built-in pages look.
    pub theme: Theme,
    /// Names requests.
    pub request_ids: RequestIds,
    /// Where it is told what was decided.
    pub seeing: Arc<Seeing>,
    /// Discovery and key set, rendered once.
    pub rendered: RwLock<Option<Arc<RenderedDocuments>>>,
}
