//! Trusted issuers, with the public keys that Hydra keeps in a set of the issuer's name.

use symbolon_store::{Batch, HydraTable, ImportedKind, LedgerEntry, TrustedIssuer, WriteError};
use symbolon_types::Subject;

use super::fault::ImportFault;
use super::keys::HydraJwk;
use super::secrets::name;
use super::{Import, PAGE, value};

const KIND: &str = "trusted issuers";

impl Import<'_> {
    pub(super) async fn issuers(&mut self, keys: &[HydraJwk]) -> Result<(), ImportFault> {
        let table = HydraTable::ISSUERS;
        let (total, mut read, mut after) = (self.source.count(table).await?, 0, None::<String>);
        loop {
            let rows = self.source.page(table, after.as_deref(), PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.text("id").to_owned());
            for row in &rows {
                let id = name(row.text("id"));
                if self.context.store.hydra_ledger(ImportedKind::Issuer, &id).await?.is_some() {
                    self.report.of(KIND).known += 1;
                    continue;
                }
                let key = keys.iter().find(|key| key.set == row.text("key_set") && key.kid == row.text("key_id"));
                let Some(key) = key else {
                    self.report.of(KIND).leave_out("its key is not there", row.text("issuer"));
                    continue;
                };
                let subject =
                    Some(row.text("subject")).filter(|text| !text.is_empty() && !row.is_true("allow_any_subject"));
                let trusted = TrustedIssuer {
                    id: row.text("id").to_owned(),
                    issuer: row.text("issuer").to_owned(),
                    subject: subject.map(Subject::from),
                    kid: key.kid.clone(),
                    scope: value::barred(row.text("scope")).join(" "),
                    jwk: serde_json::to_string(&key.jwk.to_public())?,
                    created_at: row.get("created_at").and_then(value::seconds).unwrap_or_default(),
                    trusted_until: row.get("expires_at").and_then(value::seconds).unwrap_or_default(),
                };
                match self.context.store.insert_trusted_issuer(&trusted).await {
                    Ok(()) => {
                        let mut batch = Batch::new();
                        batch.note_hydra_import(ImportedKind::Issuer, &id, LedgerEntry::PLAIN, self.run);
                        self.context.store.write(batch).await?;
                        self.report.of(KIND).taken += 1;
                    }
                    Err(WriteError::Conflict(_)) => {
                        self.report
                            .of(KIND)
                            .leave_out("there is one of this issuer, subject and key here", &trusted.issuer);
                    }
                    Err(fault) => return Err(fault.into()),
                }
            }
            read += rows.len() as u64;
            (self.progress)(KIND, read, total);
        }
    }
}
