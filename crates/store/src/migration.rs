//! The schema's versions, embedded and forward-only.
//!
//! A migration is one text in the common subset of both databases; [`for_postgres`] replaces the two words that
//! differ. Migrations expand first and contract in a later release, so that the previous version of the program keeps
//! working while nodes are replaced. How a migration is applied is the driver's business.

/// One step of the schema.
pub(crate) struct Migration {
    /// Its number, counted from 1 without gaps.
    pub(crate) version: i64,
    /// Its statements.
    pub(crate) sql: &'static str,
}

/// All steps, oldest first.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, sql: include_str!("migrations/0001_initial.sql") },
    Migration { version: 2, sql: include_str!("migrations/0002_key_sets.sql") },
    Migration { version: 3, sql: include_str!("migrations/0003_trusted_issuers.sql") },
    Migration { version: 4, sql: include_str!("migrations/0004_access_revocations.sql") },
    Migration { version: 5, sql: include_str!("migrations/0005_backchannel_requests.sql") },
    Migration { version: 6, sql: include_str!("migrations/0006_hydra.sql") },
];

/// The table that says which steps a database has seen.
pub(crate) const VERSION_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)";

/// The newest version this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

/// The text of a migration as `PostgreSQL` understands it.
pub(crate) fn for_postgres(sql: &str) -> String {
    sql.replace(" BLOB", " BYTEA").replace(" WITHOUT ROWID", "")
}

#[cfg(test)]
mod tests {
    use super::{MIGRATIONS, for_postgres, newest};

    #[test]
    fn versions_count_from_one_without_gaps() {
        assert!(MIGRATIONS.iter().zip(1..).all(|(migration, version)| migration.version == version));
        assert_eq!(newest(), i64::try_from(MIGRATIONS.len()).unwrap());
    }

    #[test]
    fn no_word_of_sqlite_is_left_for_postgres() {
        for migration in MIGRATIONS {
            let statements: String =
                migration.sql.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
            let sql = for_postgres(&statements);
            assert!(!sql.contains("BLOB") && !sql.contains("ROWID"), "{sql}");
        }
    }
}
