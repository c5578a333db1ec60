//! The forms of a DSN, and nothing about how a database is opened.

use std::path::PathBuf;

use crate::error::OpenError;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// Nowhere: gone with the process.
    Memory,
    /// An `SQLite` file.
    File(PathBuf),
    /// A database server that speaks `PostgreSQL`'s protocol; the URL with the scheme `postgres`.
    Server(String),
}

/// Reads a DSN: `memory`, `sqlite://…` or `postgres://…` (also `postgresql`, `cockroach`).
pub(crate) fn parse(dsn: &str) -> Result<Location, OpenError> {
    if dsn == "memory" || dsn == ":memory:" {
        return Ok(Location::Memory);
    }
    let Some((scheme, rest)) = dsn.split_once("://") else {
        return Err(OpenError::Dsn(
            "expected \"memory\", \"sqlite:///path/to/file\" or \"postgres://user:password@host/database\"".into(),
        ));
    };
    match scheme {
        "sqlite" | "sqlite3" => sqlite(rest),
        "postgres" | "postgresql" | "cockroach" => Ok(Location::Server(format!("postgres://{rest}"))),
        "mysql" => Err(OpenError::Unsupported("MySQL is not supported; use sqlite:// or postgres://")),
        // The rest of a DSN may hold a password, so that only its scheme is repeated.
        other => Err(OpenError::Dsn(format!("the scheme \"{other}\" is unknown; use sqlite:// or postgres://"))),
    }
}

fn sqlite(rest: &str) -> Result<Location, OpenError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.strip_prefix("file:").unwrap_or(path);
    if path == ":memory:" || query.split('&').any(|pair| pair == "mode=memory") {
        return Ok(Location::Memory);
    }
    if path.is_empty() {
        return Err(OpenError::Dsn("sqlite:// needs a path, as in sqlite:///var/lib/symbolon/symbolon.db".into()));
    }
    Ok(Location::File(PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::{Location, parse};

    #[test]
    fn every_form_leads_somewhere() {
        let file = |path: &str| Location::File(path.into());
        for (dsn, location) in [
            ("memory", Location::Memory),
            ("sqlite://:memory:", Location::Memory),
            ("sqlite://file:x?mode=memory&cache=shared", Location::Memory),
            ("sqlite:///var/lib/a.db?_fk=true", file("/var/lib/a.db")),
            ("sqlite://a.db", file("a.db")),
            ("sqlite://file:/b.db?mode=rwc", file("/b.db")),
            ("cockroach://u@h/d", Location::Server("postgres://u@h/d".into())),
            ("postgresql://u@h/d?sslmode=disable", Location::Server("postgres://u@h/d?sslmode=disable".into())),
        ] {
            assert_eq!(parse(dsn).unwrap(), location, "{dsn}");
        }
    }

    #[test]
    fn an_unknown_form_is_refused_without_repeating_a_password() {
        for dsn in ["", "sqlite", "sqlite://", "oracle://u:hunter2@h/d", "mysql://u:hunter2@h/d"] {
            let message = parse(dsn).unwrap_err().to_string();
            assert!(message.starts_with("dsn: ") && !message.contains("hunter2"), "{message}");
        }
    }
}
