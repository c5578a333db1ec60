//! Bringing a database of Ory Hydra over: clients, keys, trusted issuers, login sessions, remembered consents and all that is
//! live of tokens and codes. [`Reading`] reads the other database page by page, in one snapshot and without writing there, makes
//! our records of the rows (one file for each kind), and writes a page in one transaction. What was brought is in a ledger:
//! a run that was interrupted is begun again, and a later one brings what came since and ends what Hydra has ended, but
//! changes nothing that somebody changed here. Accepting the old tokens is the business of `hydra`.

mod clients;
mod devices;
mod fault;
mod grants;
mod issuers;
mod keys;
mod own_tokens;
mod report;
mod secrets;
mod session_data;
mod sessions;
mod value;

use symbolon_store::{Batch, HydraSource, HydraTable, ImportedKind, LedgerEntry, Store};

use crate::clock::Clock;
use crate::config::Config;
use crate::context::Context;
use crate::seal::Seal;

pub use fault::ImportFault;
pub use report::{Counted, ImportReport};
pub use secrets::HydraSecrets;

use keys::HydraJwk;
use secrets::Opener;

/// Rows that are read and written at once.
const PAGE: u32 = 500;

/// Who is told how far it is: what is being brought, how many rows were read, and of how many.
pub type Progress<'a> = &'a mut (dyn FnMut(&'static str, u64, u64) + Send);

/// What is to be brought from where.
pub struct ImportOrder {
    /// The DSN of Hydra's database.
    pub from: String,
    /// The network (tenant) to bring; needed where the database has several.
    pub network: Option<String>,
    /// The secrets that Hydra ran with, the newest first.
    pub secrets: HydraSecrets,
    /// Nothing is written: all is read, opened and made, into a database in memory.
    pub dry_run: bool,
    /// What the time is.
    pub clock: Clock,
    /// The database to write to, if it is open already.
    pub store: Option<Store>,
}

/// Hydra's database, open for reading, with its keys.
pub struct Reading {
    source: HydraSource,
    opener: Opener,
    secrets: HydraSecrets,
    keys: Vec<HydraJwk>,
    /// Counts the runs on our database.
    run: i64,
    report: ImportReport,
}

/// A run under way.
struct Import<'a> {
    source: &'a HydraSource,
    opener: &'a Opener,
    context: &'a Context,
    run: i64,
    report: ImportReport,
    progress: Progress<'a>,
}

impl ImportOrder {
    /// Opens Hydra's database and its keys. A secret that is missing for the keys is an error, before anything is written;
    /// tokens that cannot be opened are left out later, and told in the report.
    pub async fn read(&self, config: &mut Config) -> Result<Reading, ImportFault> {
        if !self.dry_run && config.dsn == self.from {
            return Err(ImportFault::new("dsn: this is the database of Hydra itself; name another one for Symbolon"));
        }
        if !self.dry_run && self.store.is_none() && config.dsn == "memory" {
            return Err(ImportFault::new(
                "dsn: name the database that Symbolon is to run on, one in memory is gone at the end",
            ));
        }
        if self.dry_run {
            "memory".clone_into(&mut config.dsn);
        }
        let opener = Opener::new(&self.secrets);
        let source = HydraSource::open(&self.from, self.network.as_deref()).await.map_err(|fault| {
            let reason = fault.to_string();
            ImportFault::new(format!("Hydra's database cannot be read: {}", reason.trim_start_matches("dsn: ")))
        })?;
        let keys = keys::read(&source, &opener).await?;
        Ok(Reading { source, opener, secrets: self.secrets.clone(), keys, run: 0, report: ImportReport::default() })
    }
}

impl Reading {
    /// Brings the keys, those of Hydra's tokens and cookies too. It comes before a server starts on the database, which
    /// would make keys of its own.
    pub async fn bring_keys(&mut self, store: &Store, seal: &Seal, now: i64) -> Result<(), ImportFault> {
        // What a run does not see again ends here, so all runs must read the same.
        let network = self.source.network();
        if !store.came_from_hydra_network(network).await? {
            return Err(ImportFault::new(
                "what was brought here came from another Hydra; bring each (and each of its networks) into a database of its own",
            ));
        }
        self.run = store.last_hydra_run().await? + 1;
        let mut ledger = Batch::new();
        ledger.note_hydra_import(ImportedKind::Network, network.as_bytes(), LedgerEntry::PLAIN, self.run);
        store.write(ledger).await?;
        keys::bring(store, seal, &self.keys, (self.run, now), &mut self.report).await?;
        let mut batch = Batch::new();
        self.secrets.keys().keep(seal, &mut batch);
        Ok(store.write(batch).await?)
    }

    /// Brings everything else.
    pub async fn bring(self, context: &Context, progress: Progress<'_>) -> Result<ImportReport, ImportFault> {
        let Self { source, opener, keys, run, report, .. } = &self;
        let mut import = Import { source, opener, context, run: *run, report: report.clone(), progress };
        import.clients().await?;
        import.issuers(keys).await?;
        import.used_assertions().await?;
        import.sessions().await?;
        import.grants().await?;
        import.own_tokens().await?;
        import.devices().await?;
        import.end_what_ended().await?;
        Ok(import.report)
    }
}

impl Import<'_> {
    fn now(&self) -> i64 {
        self.context.clock.now()
    }

    /// What Hydra has ended since it was brought ends here, where nobody went on with it.
    async fn end_what_ended(&mut self) -> Result<(), ImportFault> {
        let (store, run, now) = (&self.context.store, self.run, self.now());
        store.keep_newest_hydra_consents().await?;
        let ended = store.end_unseen_hydra_grants(run, now).await?;
        self.report.of("grants").ended += ended;
        store.forget_unseen_hydra_tokens(run).await?;
        let ended = store.end_unseen_hydra_sessions(run).await?;
        self.report.of("login sessions").ended += ended;
        for id in store.unseen_hydra_clients(run).await? {
            let deleted = store.delete_client(&id, now).await.map_err(|fault| ImportFault::new(fault.to_string()))?;
            self.report.of("clients").ended += u64::from(deleted);
        }
        Ok(())
    }

    /// Assertions that were used at Hydra stay used.
    async fn used_assertions(&mut self) -> Result<(), ImportFault> {
        let table = HydraTable::USED_ASSERTIONS;
        let (total, mut read, mut after) = (self.source.count(table).await?, 0, None::<String>);
        loop {
            let rows = self.source.page(table, after.as_deref(), PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.text("signature").to_owned());
            for row in &rows {
                let until = row.get("expires_at").and_then(value::seconds).unwrap_or(i64::MAX);
                let Some(hash) = value::hex(row.text("signature")).filter(|_| until > self.now()) else { continue };
                let first = self.context.store.use_once(crate::hydra::USED_ASSERTION, &hash, until).await?;
                self.report.of("used assertions").count(first);
            }
            read += rows.len() as u64;
            (self.progress)("used assertions", read, total);
        }
    }
}
