//! `symbolon.global_token_revocation*`: an endpoint that nobody may call, and callers without an endpoint, are mistakes.

use crate::config::error::ConfigError;
use crate::config::{Config, RevocationDraft};

const SWITCH: &str = "symbolon.global_token_revocation";
const ISSUERS: &str = "symbolon.global_token_revocation_issuers";
const SCOPE: &str = "symbolon.global_token_revocation_scope";

/// Checks how the keys go together.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    let own = &config.symbolon.global_token_revocation;
    let refused = |key, reason: &str| Err(ConfigError::refused(key, reason.to_owned()));
    if own.issuers.get(config.issuer()).is_some() {
        return refused(ISSUERS, "must not name this server: what it signs is not meant to sign anybody out");
    }
    let callers = [(ISSUERS, !own.issuers.is_empty()), (SCOPE, own.scope.is_some())];
    let named = callers.into_iter().find(|(_, there)| *there);
    match (own.revision, named) {
        (RevocationDraft::Off, Some((key, _))) => {
            refused(key, "has no effect without `symbolon.global_token_revocation`")
        }
        (RevocationDraft::Draft05, None) if config.symbolon.admin.token.is_none() => refused(
            SWITCH,
            "is for nobody: set `symbolon.global_token_revocation_issuers`, `symbolon.global_token_revocation_scope` or \
             `symbolon.admin.token`",
        ),
        (RevocationDraft::Off, None) | (RevocationDraft::Draft05, _) => Ok(()),
    }
}
