//! Rules for addresses: the issuer (`OpenID` Connect Discovery 1.0 §3), base addresses, the database, and exceptions
//! from the ban on private addresses.

use url::Url;

use super::Config;
use super::ConfigError;
use crate::config::kind::is_web_url;

/// The issuer is a URL with https, without query and fragment; http is for development.
pub(super) fn check_issuer(config: &Config) -> Result<(), ConfigError> {
    const ISSUER: &str = "urls.self.issuer";
    if config.urls.issuer.is_empty() {
        let remedy =
            "set it to the https URL under which clients reach this server, or start in development mode (`dev`)";
        return Err(ConfigError::Missing { key: ISSUER, remedy });
    }
    check_base(ISSUER, &config.urls.issuer)?;
    if !config.dev && !config.urls.issuer.starts_with("https://") {
        let reason = "must start with https:// outside development mode (`dev`)";
        return Err(ConfigError::refused(ISSUER, reason));
    }
    Ok(())
}

/// The other base addresses have the same form.
pub(super) fn check_bases(config: &Config) -> Result<(), ConfigError> {
    let bases = [("urls.self.public", &config.urls.public), ("urls.self.admin", &config.urls.admin)];
    for (key, base) in bases {
        base.as_deref().map_or(Ok(()), |base| check_base(key, base))?;
    }
    Ok(())
}

fn check_base(key: &'static str, text: &str) -> Result<(), ConfigError> {
    match Url::parse(text) {
        Ok(url) if url.query().is_some() || url.fragment().is_some() => {
            Err(ConfigError::refused(key, "must have neither query nor fragment"))
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err(ConfigError::refused(key, "must not hold a user name or password"))
        }
        Ok(_) if text.starts_with("https://") || text.starts_with("http://") => Ok(()),
        _ => Err(ConfigError::refused(key, "must start with https:// (or http://) in small letters")),
    }
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

/// Exceptions are compared as whole URLs, so anything else would never match.
pub(super) fn check_exceptions(config: &Config) -> Result<(), ConfigError> {
    if config.clients.http.private_ip_exception_urls.iter().all(|url| is_web_url(url)) {
        return Ok(());
    }
    let reason = "must hold absolute URLs with http or https, exactly as they are called";
    Err(ConfigError::refused("clients.http.private_ip_exception_urls", reason))
}
