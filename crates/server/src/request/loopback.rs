//! Redirect URIs at the user's own machine (RFC 8252 §7.3): what of them need not be as it was registered.

use symbolon_types::ApplicationType;
use symbolon_types::redirect_uri::{FreePort, differ_in_loopback_name};

use crate::clients::RegisteredClient;
use crate::config::Config;
use crate::error::OAuthError;

/// Whether a code is of use to whoever gets hold of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodeIs {
    /// To nobody but the one who asked (RFC 7636).
    Bound,
    /// To anybody.
    Unbound,
}

impl CodeIs {
    /// By the challenge of a request, if it has one.
    pub(super) fn by<C>(challenge: Option<&C>) -> Self
    where
        C: ?Sized,
    {
        if challenge.is_some() { Self::Bound } else { Self::Unbound }
    }
}

/// Which ports are free in a client's request. Names are taken for each other only where the code is of no use to another
/// program that listens (RFC 7636), and only for applications of the device.
pub(super) fn free_port(config: &Config, client: &RegisteredClient, code: CodeIs) -> FreePort {
    let native = client.metadata().application_type == ApplicationType::Native.as_str();
    if config.symbolon.redirect_uris.loopback_hosts_equal && native && code == CodeIs::Bound {
        return FreePort::OfAnyName;
    }
    client.free_port(config)
}

/// The error for a redirect URI that is none of the client's. Taking `localhost` for `127.0.0.1` is the most common mistake.
pub(super) fn not_registered(client: &RegisteredClient, requested: &str) -> OAuthError {
    let registered = &client.metadata().redirect_uris;
    if registered.iter().any(|own| differ_in_loopback_name(own, requested)) {
        return OAuthError::invalid_request(
            "Parameter 'redirect_uri' names this machine in another way than the client's registered redirect URIs do: \
             'localhost', '127.0.0.1' and '[::1]' are three different hosts.",
        );
    }
    OAuthError::invalid_request("Parameter 'redirect_uri' is none of the client's registered redirect URIs.")
}
