//! Rules for addresses: the issuer (`OpenID` Connect Discovery 1.0 §3) and the database.

use super::Config;
use super::ConfigError;

/// The issuer is a URL with https; http is for development.
pub(super) fn check_issuer(config: &Config) -> Result<(), ConfigError> {
    const ISSUER: &str = "urls.self.issuer";
    if config.urls.issuer.is_empty() {
        let remedy =
            "set it to the https URL under which clients reach this server, or start in development mode (`dev`)";
        return Err(ConfigError::Missing { key: ISSUER, remedy });
    }
    if !config.dev && !config.urls.issuer.starts_with("https://") {
        let reason = "must start with https:// outside development mode (`dev`)";
        return Err(ConfigError::refused(ISSUER, reason));
    }
    Ok(())
}

/// A database is named, and outside development mode it outlives the process. Which forms there are, the store says.
pub(super) fn check_database(config: &Config) -> Result<(), ConfigError> {
    const DSN: &str = "dsn";
    let dsn = config.dsn.as_str();
    if dsn.is_empty() {
        let remedy = "name the database, as `sqlite:///var/lib/symbolon/symbolon.db` or `postgres://user@host/name`";
        return Err(ConfigError::Missing { key: DSN, remedy });
    }
    let in_memory = dsn == "memory" || dsn.contains(":memory:") || dsn.contains("mode=memory");
    if in_memory && !config.dev {
        let reason = "keeps everything in memory, which is for development mode (`dev`) only: name a database, \
                      as `sqlite:///var/lib/symbolon/symbolon.db`";
        return Err(ConfigError::refused(DSN, reason));
    }
    Ok(())
}
