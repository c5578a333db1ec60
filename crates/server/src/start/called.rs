//! The addresses that a configuration lets the server call, and whether they can be reached from here: with the same trust
//! in certificates and the same bounds as calls at work.

use crate::config::{Config, IssuerKeys};
use crate::outbound::{NamedAddress, NamedBy, Outbound};
use crate::worker::export;

/// An address that the server calls at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// The key of the configuration that names it.
    pub key: &'static str,
    /// The address.
    pub url: String,
}

/// All addresses that the configuration names for calls.
pub fn called(config: &Config) -> Vec<Called> {
    let hooks = [
        ("oauth2.token_hook", &config.oauth2.token_hook),
        ("oauth2.refresh_token_hook", &config.oauth2.refresh_token_hook),
    ];
    let hooks = hooks.into_iter().filter_map(|(key, hook)| Some((key, hook.as_ref()?.url.clone())));
    let published = |keys: &IssuerKeys| match keys {
        IssuerKeys::Published(url) => Some(url.clone()),
        IssuerKeys::Listed(_) => None,
    };
    let assertions = config.symbolon.id_jag.issuers.keys().filter_map(published);
    let events = config.symbolon.global_token_revocation.issuers.keys().filter_map(published);
    let otlp = &config.tracing.otlp;
    let collector = otlp.server_url.is_some().then(|| export::base(otlp));
    hooks
        .chain(assertions.map(|url| ("symbolon.id_jag.issuers", url)))
        .chain(events.map(|url| ("symbolon.global_token_revocation.issuers", url)))
        .chain(collector.map(|url| ("tracing.providers.otlp.server_url", url)))
        .map(|(key, url)| Called { key, url })
        .collect()
}

/// Calls an address without doing anything there (HEAD). Any answer will do; the error is why there is none.
pub async fn reach(config: &Config, url: &str) -> Result<u16, String> {
    let outbound = Outbound::new(config).map_err(|fault| fault.to_string())?;
    outbound.head(&NamedAddress::new(url, NamedBy::Operator)).await.map_err(|fault| fault.to_string())
}
