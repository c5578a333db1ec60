//! Why there is no answer.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// What kept a request from being answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The name of the host is not known.
    Dns,
    /// Nobody accepts connections there, or the way is closed.
    Connect,
    /// TLS could not be agreed on, or the certificate is not believed.
    Tls,
    /// The time was over before the whole answer was there.
    Timeout,
    /// The answer is longer than allowed.
    TooLarge,
    /// Anything else, such as a connection that broke.
    Other,
}

/// No answer, and why. The text has no query and no credentials of the URL.
#[derive(Debug, Clone)]
pub struct TransportError {
    kind: TransportErrorKind,
    reason: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl TransportError {
    /// With a text that must not contain a secret.
    pub fn new(kind: TransportErrorKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), source: None }
    }

    /// The same with the error that it comes from, for [`Error::source`].
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Of what kind it is.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

/// By kind and text: whether the errors below are the same nobody can say.
impl PartialEq for TransportError {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, &self.reason) == (other.kind, &other.reason)
    }
}

impl Eq for TransportError {}

impl fmt::Display for TransportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}
