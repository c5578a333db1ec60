//! What can be found out about a configuration without starting: whether the files that it names can be used, and what an
//! operator should know of it.

use std::borrow::Cow;

use crate::access_log::AccessLog;
use crate::audit::AuditLog;
use crate::certificate::Authorities;
use crate::config::{Config, Warning};
use crate::hooks::Hooks;
use crate::listen;
use crate::outbound::Outbound;
use crate::ui::texts::Texts;

/// Tries what a start does before it opens ports and the database; answers what would stop it, each a line that names the
/// key.
pub fn preflight(config: &Config) -> Vec<String> {
    let tries = [
        Outbound::new(config).map(drop).map_err(|fault| fault.to_string()),
        Authorities::new(config).map(drop),
        Hooks::new(config).map(drop),
        AuditLog::check(&config.symbolon.audit),
        AccessLog::check(&config.symbolon.access_log),
    ];
    tries.into_iter().filter_map(Result::err).chain(listen::check_certificates(config)).collect()
}

/// What is the matter with a configuration that is good enough to start with.
pub fn warnings(config: &Config) -> Vec<Warning> {
    let unknown = config.symbolon.ui.texts.keys().filter(|key| !Texts::is_key(key));
    let unknown = unknown.map(|key| Warning {
        key: key.clone(),
        message: Cow::Borrowed("symbolon.ui.texts has no sentence of this name"),
    });
    config.warnings().into_iter().chain(unknown).collect()
}
