//! What the builders of both clients set alike.

use std::fmt;
use std::sync::Arc;

use ::http::header::HeaderMap;
use ::http::{HeaderName, HeaderValue};
use symbolon_jose::Secret;

use crate::error::Error;
use crate::retry::Retries;
#[cfg(feature = "reqwest")]
use crate::transport::connections::ConnectionSettings;
use crate::transport::{HttpClient, Limits, Runtime};

/// How requests are sent.
#[derive(Clone, Default)]
pub(crate) struct HttpSettings {
    pub(crate) limits: Limits,
    pub(crate) headers: Vec<(String, Secret<String>)>,
    pub(crate) retries: Retries,
    /// The caller's own, instead of connections with the settings below.
    pub(crate) client: Option<Arc<dyn HttpClient>>,
    pub(crate) runtime: Option<Arc<dyn Runtime>>,
    #[cfg(feature = "reqwest")]
    pub(crate) connections: ConnectionSettings,
}

impl HttpSettings {
    pub(crate) fn add_header(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.headers.push((name.into(), Secret::new(value.into())));
    }

    pub(super) fn client(&self) -> Result<Arc<dyn HttpClient>, Error> {
        match &self.client {
            Some(client) => Ok(Arc::clone(client)),
            None => self.own_client(),
        }
    }

    #[cfg(feature = "reqwest")]
    fn own_client(&self) -> Result<Arc<dyn HttpClient>, Error> {
        let pool = crate::transport::connections::Pool::new(&self.connections, self.limits.timeout)?;
        Ok(Arc::new(pool))
    }

    #[cfg(not(feature = "reqwest"))]
    #[expect(clippy::unused_self, reason = "the same function with the feature uses it")]
    fn own_client(&self) -> Result<Arc<dyn HttpClient>, Error> {
        let reason = "without the feature 'reqwest' the builder needs an HTTP client: call http_client";
        Err(Error::Configuration(reason.to_owned()))
    }

    pub(super) fn runtime(&self) -> Result<Arc<dyn Runtime>, Error> {
        match &self.runtime {
            Some(runtime) => Ok(Arc::clone(runtime)),
            None => own_runtime(),
        }
    }

    pub(super) fn header_map(&self) -> Result<HeaderMap, Error> {
        let mut map = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name.as_str())
                .map_err(|_| Error::Configuration(format!("'{name}' is not a header name")))?;
            let mut value = HeaderValue::try_from(value.expose().as_str()).map_err(|_| {
                Error::Configuration(format!("the value of the header '{name}' has forbidden characters"))
            })?;
            value.set_sensitive(true);
            map.append(name, value);
        }
        Ok(map)
    }
}

#[cfg(feature = "reqwest")]
#[expect(clippy::unnecessary_wraps, reason = "the same function without the feature can fail")]
fn own_runtime() -> Result<Arc<dyn Runtime>, Error> {
    Ok(Arc::new(crate::transport::DefaultRuntime))
}

#[cfg(not(feature = "reqwest"))]
fn own_runtime() -> Result<Arc<dyn Runtime>, Error> {
    let reason = "without the feature 'reqwest' the builder needs a runtime: call runtime";
    Err(Error::Configuration(reason.to_owned()))
}

/// Headers are where tokens travel, so only their names are shown.
impl fmt::Debug for HttpSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("HttpSettings")
            .field("limits", &self.limits)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_checked() {
        let map = |name: &str, value: &str| {
            let mut settings = HttpSettings::default();
            settings.add_header(name, value);
            settings.header_map()
        };
        assert!(map("x-a", "b").is_ok());
        assert!(map("x a", "b").is_err());
        assert!(map("x-a", "b\r\nc: d").is_err());
    }
}
