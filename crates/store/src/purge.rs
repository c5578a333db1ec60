//! Purging: what has expired is deleted in small batches, so that nobody waits for it. The lease lets one node at a
//! time do such work.

use std::collections::BTreeMap;

use crate::batch::{Condition, Expect};
use crate::error::StoreError;
use crate::store::Store;
use crate::value::Value;

/// Every table whose rows expire, and nothing else; a test compares with the schema.
pub const EXPIRING_TABLES: &[&str] = &[
    "grants",
    "flows",
    "device_authorizations",
    "backchannel_requests",
    "login_sessions",
    "logout_deliveries",
    "revoked_tokens",
    "used_identifiers",
    "stored_requests",
    "hydra_tokens",
    "hydra_imported",
    "hydra_grants",
];

/// How many rows were deleted, by table. Tables without any are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PurgeReport {
    /// Rows by table.
    pub rows: BTreeMap<&'static str, u64>,
}

impl PurgeReport {
    pub(crate) fn add(&mut self, table: &'static str, rows: u64) {
        if rows > 0 {
            *self.rows.entry(table).or_default() += rows;
        }
    }

    /// Rows of all tables. 0 says that there was nothing left to do.
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }
}

/// A consent that is not remembered any longer leaves its grant to be purged like any other.
const FORGET_CONSENTS: &str = "UPDATE grants SET remember_until = NULL WHERE id IN \
    (SELECT id FROM grants WHERE remember_until IS NOT NULL AND remember_until <= $1 ORDER BY remember_until LIMIT $2)";

const LEASE: &str = "INSERT INTO leases (name, holder, held_until) VALUES ($1, $2, $4) \
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until \
    WHERE leases.holder = excluded.holder OR leases.held_until <= $3";

fn purge_statement(table: &str) -> Option<&'static str> {
    Some(match table {
        "grants" => {
            "DELETE FROM grants WHERE id IN (SELECT id FROM grants \
             WHERE remember_until IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        "flows" => {
            "DELETE FROM flows WHERE id IN (SELECT id FROM flows WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        "device_authorizations" => {
            "DELETE FROM device_authorizations WHERE id IN \
             (SELECT id FROM device_authorizations WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        "backchannel_requests" => {
            "DELETE FROM backchannel_requests WHERE id IN \
             (SELECT id FROM backchannel_requests WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        "login_sessions" => {
            "DELETE FROM login_sessions WHERE id IN \
             (SELECT id FROM login_sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        "logout_deliveries" => {
            "DELETE FROM logout_deliveries WHERE id IN \
             (SELECT id FROM logout_deliveries WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        "revoked_tokens" => {
            "DELETE FROM revoked_tokens WHERE id IN \
             (SELECT id FROM revoked_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        "used_identifiers" => {
            "DELETE FROM used_identifiers WHERE (kind, id) IN \
             (SELECT kind, id FROM used_identifiers WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        "stored_requests" => {
            "DELETE FROM stored_requests WHERE id IN \
             (SELECT id FROM stored_requests WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        "hydra_tokens" => {
            "DELETE FROM hydra_tokens WHERE id IN \
             (SELECT id FROM hydra_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        "hydra_imported" => {
            "DELETE FROM hydra_imported WHERE (kind, id) IN \
             (SELECT kind, id FROM hydra_imported WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        "hydra_grants" => {
            "DELETE FROM hydra_grants WHERE id IN \
             (SELECT id FROM hydra_grants WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        }
        _ => return None,
    })
}

impl Store {
    /// Deletes what has expired by `now` (Unix seconds), at most `batch_size` rows of each table, each table in a
    /// transaction of its own; and as many grants again that were voided with their client or subject.
    pub async fn purge(&self, now: i64, batch_size: u32) -> Result<PurgeReport, StoreError> {
        let mut report = PurgeReport::default();
        let params = || -> Vec<Value> { vec![now.into(), batch_size.into()] };
        self.change_any(|batch| batch.add(Condition::Housekeeping, FORGET_CONSENTS, params(), Expect::Any)).await?;
        for table in EXPIRING_TABLES {
            let Some(sql) = purge_statement(table) else { continue };
            let rows = self.change_any(|batch| batch.add(Condition::Housekeeping, sql, params(), Expect::Any)).await?;
            report.add(table, rows);
        }
        self.purge_voided_grants(now, batch_size, &mut report).await?;
        Ok(report)
    }

    /// Takes or renews the lease `name` for `holder` until `until`; answers whether it is held. Somebody else's lease
    /// is taken over when it has ended by `now`. Times in Unix seconds.
    pub async fn lease(&self, name: &str, holder: &str, now: i64, until: i64) -> Result<bool, StoreError> {
        let params = vec![name.into(), holder.into(), now.into(), until.into()];
        Ok(self.change_any(|batch| batch.add(Condition::Housekeeping, LEASE, params, Expect::Any)).await? == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{EXPIRING_TABLES, purge_statement};

    #[test]
    fn every_table_named_has_its_statement() {
        assert!(EXPIRING_TABLES.iter().all(|table| purge_statement(table).is_some()));
    }
}
