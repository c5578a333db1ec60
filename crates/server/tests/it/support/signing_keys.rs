//! Signing keys that servers in memory share: making RSA keys takes longer than most tests.

use symbolon_jose::Rng;
use symbolon_server::clock::Clock;
use symbolon_server::config::Config;
use symbolon_server::{Parts, Server};
use symbolon_store::{Batch, SigningKey, Store, StoreOptions};
use tokio::sync::OnceCell;

use super::{Profile, START};

/// The configured database with the shared keys in it, unless the configuration has secrets that cannot open them.
pub(super) async fn store_with_keys(config: &Config) -> Option<Store> {
    let own = Profile::Base.config();
    let opens = config.secrets.system.iter().any(|secret| secret.expose() == own.secrets.system[0].expose());
    if !opens {
        return None;
    }
    let store = Store::open(&StoreOptions::new(config.dsn.clone())).await.unwrap_or_else(|error| panic!("{error}"));
    if store.all_signing_keys().await.unwrap().is_empty() {
        let mut batch = Batch::new();
        for key in Box::pin(shared(own)).await {
            batch.insert_signing_key(key);
        }
        store.write(batch).await.unwrap();
    }
    Some(store)
}

async fn shared(config: Config) -> &'static [SigningKey] {
    static KEYS: OnceCell<Vec<SigningKey>> = OnceCell::const_new();
    let made = KEYS.get_or_init(|| async {
        let parts = Parts { clock: Clock::manual(START), rng: Rng::seeded(0), store: None };
        let server = Server::start(config, parts).await.unwrap_or_else(|error| panic!("{error}"));
        server.store().all_signing_keys().await.unwrap()
    });
    Box::pin(made).await
}
