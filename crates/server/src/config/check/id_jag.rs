//! `symbolon.id_jag.*`: what the rows name is there.

use symbolon_types::ResourceIndicator;

use crate::config::Config;
use crate::config::error::ConfigError;

const ISSUERS: &str = "symbolon.id_jag.issuers";

/// Checks how the rows go with the rest.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    let refused = |reason: String| Err(ConfigError::refused(ISSUERS, reason));
    let known = |name: &ResourceIndicator| config.symbolon.resources.find(name).is_some();
    for (issuer, row) in config.symbolon.id_jag.issuers.iter() {
        // What this server signs is for others; who shows it here would make a token of one for something else.
        if issuer == config.issuer() {
            return refused("must not name this server, which does not take its own assertions".to_owned());
        }
        if row.resources.iter().flatten().any(|name| !known(name)) {
            return refused(format!("has for `{issuer}` a resource that is none of `symbolon.resources`"));
        }
    }
    Ok(())
}
