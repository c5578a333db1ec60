//! Clients kept in memory, confirmed by their revision.
//!
//! A look-up of a known client reads two numbers instead of its body, and keeps what the caller parsed from the record.
//! Nothing is ever believed without asking the database, so that several nodes need not tell each other anything.

use std::any::Any;
use std::sync::Arc;

use quick_cache::sync::Cache;
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
}

/// The clients in memory, by id.
pub(crate) struct ClientCache {
    entries: Cache<String, Entry>,
}

impl ClientCache {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { entries: Cache::new(capacity) }
    }

    pub(crate) fn forget(&self, id: &str) {
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
        let id = id.as_str();
        let Some(entry) = self.client_entry(id).await? else { return Ok(None) };
        if let Some(parsed) = entry.parsed.and_then(|parsed| parsed.downcast::<T>().ok()) {
            return Ok(Some(parsed));
        }
        let made =
            parse(Arc::clone(&entry.record)).map_err(|reason| StoreError::Corrupt(format!("client {id}: {reason}")))?;
        let made = Arc::new(made);
        let kept = Entry { record: entry.record, parsed: Some(Arc::clone(&made) as _) };
        self.client_cache().entries.insert(id.to_owned(), kept);
        Ok(Some(made))
    }

    pub(crate) async fn client_entry(&self, id: &str) -> Result<Option<Entry>, StoreError> {
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
        let entry = Entry { record: Arc::new(ClientRecord::from_row(row)?), parsed: None };
        cache.insert(id.to_owned(), entry.clone());
        Ok(Some(entry))
    }
}
