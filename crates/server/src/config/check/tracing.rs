//! Rules for traces: a collector that is wanted has an address.

use url::Url;

use super::Config;
use super::ConfigError;
use crate::config::TracingProvider;

/// Whoever wants traces says where they go, and nobody else wants the log there.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    const ADDRESS: &str = "tracing.providers.otlp.server_url";
    let tracing = &config.tracing;
    if tracing.provider != Some(TracingProvider::Otel) {
        if tracing.otlp.logs {
            return Err(ConfigError::refused(
                "symbolon.tracing.logs",
                "wants a collector: set tracing.provider to `otel`",
            ));
        }
        return Ok(());
    }
    let Some(named) = tracing.otlp.server_url.as_deref() else {
        return Err(ConfigError::Missing {
            key: ADDRESS,
            remedy: "name the collector's host and port, as `localhost:4318`",
        });
    };
    let url = if named.contains("://") { Url::parse(named) } else { Url::parse(&format!("https://{named}")) };
    let good = url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none());
    if !good {
        return Err(ConfigError::refused(
            ADDRESS,
            "must be a host and port, as `localhost:4318`, or an http or https URL",
        ));
    }
    let header = tracing.otlp.authorization_header.as_ref();
    if header.is_some_and(|value| http::HeaderValue::from_str(value.expose()).is_err()) {
        let key = "tracing.providers.otlp.authorization_header";
        return Err(ConfigError::refused(key, "has characters that no header can have"));
    }
    Ok(())
}
