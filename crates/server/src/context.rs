//! The one state of a running server, and the first parameter of every rule: configuration, store, keys, seal, clock,
//! randomness and the way out to other servers.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use parking_lot::RwLock;
use quick_cache::sync::Cache;
use symbolon_jose::Rng;
use symbolon_store::Store;
use symbolon_types::ClientId;
use tokio::sync::Notify;

use crate::accounts::password::Passwords;
use crate::accounts::throttle::Throttle;
use crate::clients::keys::FetchedKeys;
use crate::clients::secret::SecretVerifier;
use crate::clock::Clock;
use crate::config::Config;
use crate::device::DeviceState;
use crate::discovery::RenderedDocuments;
use crate::keys::Keys;
use crate::minute_limit::MinuteLimit;
use crate::outbound::Outbound;
use crate::routes::RequestIds;
use crate::seal::Seal;
use crate::ui::view::Theme;

/// Everything a rule may need. Shared by all requests; nothing in it is per request.
pub struct Context {
    /// Configuration as loaded.
    pub config: Config,
    /// What is remembered.
    pub store: Store,
    /// Signing keys, parsed once.
    pub keys: Keys,
    /// Opens and seals tokens, codes, challenges and cookies.
    pub seal: Seal,
    /// Names requests.
    pub request_ids: RequestIds,
    /// Names this process among others on the same database.
    pub node: String,
    /// Source of the present time; tests turn it on.
    pub clock: Clock,
    /// Source of ids and secrets; tests give it a seed.
    pub rng: Rng,
    /// The only way to call other servers.
    pub outbound: Outbound,
    /// Client secrets: hashing, checking, remembering what was checked.
    pub secrets: SecretVerifier,
    /// Attempts at the login page.
    pub throttle: Throttle,
    /// Passwords of accounts.
    pub passwords: Passwords,
    /// Keys fetched from clients.
    pub fetched_keys: FetchedKeys,
    /// Wakes the worker when there is something to deliver.
    pub wake: Notify,
    /// How the built-in pages look.
    pub theme: Theme,
    /// Registrations by sender.
    pub registrations: MinuteLimit,
    /// User codes, and how often they are asked for and entered.
    pub device: DeviceState,
    /// Large authorization requests by sender.
    pub stored_requests: MinuteLimit,
    /// Self-registered clients whose use was noted, with the time.
    pub used_clients: Cache<ClientId, i64>,
    /// How many authorization requests were validated since the start.
    pub validations: AtomicU64,
    /// Discovery and key set, rendered once.
    pub rendered: RwLock<Option<Arc<RenderedDocuments>>>,
}
