//! Clients kept in memory, confirmed by their revision.
//!
//! A look-up of a known client reads two numbers instead of its body, and keeps what the caller parsed from the record.
//! Clients are weighed by the memory that they take, because a registration can be tiny or large.
//! Nothing is ever believed without asking the database, so that several nodes need not tell each other anything.

use std::any::Any;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde_json::Value;
use symbolon_types::ClientId;

use crate::client::{ClientRecord, SELECT_CLIENT};
use crate::error::StoreError;
use crate::store::Store;

/// One client in memory.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) record: Arc<ClientRecord>,
    /// What was made of it, of the type that was asked for last.
    parsed: Option<Arc<dyn Any + Send + Sync>>,
    /// Memory that both take, in bytes, estimated.
    weight: u64,
}

impl Entry {
    fn new(record: ClientRecord) -> Self {
        // What is parsed of it holds most of it once more.
        let texts = record.secrets.iter().map(String::len).sum::<usize>();
        let weight = FIXED_BYTES + 2 * (weight(&record.metadata) + texts as u64);
        Self { record: Arc::new(record), parsed: None, weight }
    }
}

/// What a client without any metadata takes, in bytes.
const FIXED_BYTES: u64 = 2_048;
/// What a JSON value takes without its contents, in bytes.
const VALUE_BYTES: u64 = 48;
/// How many clients are expected. The cache divides itself into parts of 32, each with its share of the bytes; a large
/// client has to fit one, so that there must not be many parts.
const EXPECTED: usize = 256;

/// Memory that a JSON value takes, in bytes, estimated.
fn weight(value: &Value) -> u64 {
    VALUE_BYTES
        + match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => text.len() as u64,
            Value::Array(entries) => entries.iter().map(weight).sum(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| VALUE_BYTES + name.len() as u64 + weight(value)).sum()
            }
        }
}

/// Reads the weight of an entry.
#[derive(Clone)]
struct ByBytes;

impl Weighter<ClientId, Entry> for ByBytes {
    fn weight(&self, _: &ClientId, entry: &Entry) -> u64 {
        entry.weight
    }
}

/// The clients in memory, by id.
pub(crate) struct ClientCache {
    entries: Cache<ClientId, Entry, ByBytes>,
}

impl ClientCache {
    /// A cache of so many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        Self { entries: Cache::with_weighter(EXPECTED, bytes, ByBytes) }
    }

    pub(crate) fn forget(&self, id: &ClientId) {
        self.entries.remove(id);
    }
}

const CURRENT_VERSION: &str = "SELECT revision, incarnation FROM clients WHERE id = $1";

impl Store {
    /// What `parse` makes of the client of this id. `parse` runs once per change of the client (and per type asked for);
    /// its error text is answered as [`StoreError::Corrupt`].
    pub async fn client_as<T: Send + Sync + 'static>(
        &self,
        id: &ClientId,
        parse: fn(Arc<ClientRecord>) -> Result<T, String>,
    ) -> Result<Option<Arc<T>>, StoreError> {
        let Some(entry) = self.client_entry(id).await? else { return Ok(None) };
        if let Some(parsed) = entry.parsed.and_then(|parsed| parsed.downcast::<T>().ok()) {
            return Ok(Some(parsed));
        }
        let made =
            parse(Arc::clone(&entry.record)).map_err(|reason| StoreError::Corrupt(format!("client {id}: {reason}")))?;
        let made = Arc::new(made);
        let kept = Entry { parsed: Some(Arc::clone(&made) as _), ..entry };
        self.client_cache().entries.insert(id.clone(), kept);
        Ok(Some(made))
    }

    pub(crate) async fn client_entry(&self, id: &ClientId) -> Result<Option<Entry>, StoreError> {
        let cache = &self.client_cache().entries;
        if let Some(entry) = cache.get(id) {
            let rows = self.read(CURRENT_VERSION, vec![id.into()]).await?;
            let Some(row) = rows.first() else {
                cache.remove(id);
                return Ok(None);
            };
            // A client that was deleted and made again counts its revisions from the start, hence the second number.
            if row.int(0)? == entry.record.revision && row.int(1)? == entry.record.epoch.incarnation {
                return Ok(Some(entry));
            }
        }
        let rows = self.read(SELECT_CLIENT, vec![id.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let entry = Entry::new(ClientRecord::from_row(row)?);
        cache.insert(id.clone(), entry.clone());
        Ok(Some(entry))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::Origin;
    use crate::epoch::ClientEpoch;
    use crate::store::StoreOptions;

    const BYTES: u64 = 2 * 1024 * 1024;

    fn client(number: usize, uris: usize) -> ClientRecord {
        let uris: Vec<String> = (0..uris).map(|uri| format!("https://app{uri}.example/callback")).collect();
        ClientRecord {
            id: ClientId::from(format!("client-{number}").as_str()),
            created_at: 1,
            updated_at: 1,
            epoch: ClientEpoch::default(),
            access_revocations: 0,
            revision: 1,
            registration_generation: None,
            origin: Origin::SelfService,
            secrets: Vec::new(),
            metadata: json!({ "redirect_uris": uris }),
            owner: String::new(),
            client_name: String::new(),
        }
    }

    async fn look_up(count: usize, uris: usize) -> (usize, u64) {
        let store = Store::open(&StoreOptions { client_cache_bytes: BYTES, ..StoreOptions::default() }).await.unwrap();
        for number in 0..count {
            let record = client(number, uris);
            store.insert_client(&record).await.unwrap();
            let parsed = store.client_as(&record.id, |record| Ok(record.metadata.clone())).await.unwrap().unwrap();
            assert_eq!(*parsed, record.metadata);
        }
        let entries = &store.client_cache().entries;
        (entries.len(), entries.weight())
    }

    #[tokio::test]
    async fn the_cache_is_bounded_by_bytes_and_not_by_their_number() {
        let (small, weight) = look_up(500, 1).await;
        assert!(weight <= BYTES && small > 400, "{small} clients of {weight} bytes");
        let (large, weight) = look_up(500, 1_000).await;
        assert!(weight <= BYTES && (1..20).contains(&large), "{large} clients of {weight} bytes");
    }
}
