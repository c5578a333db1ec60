//! `serve.tls.*`, `serve.public.tls.*` and `serve.admin.tls.*`: https at the listeners themselves. What a listener does not
//! say of itself holds from `serve.tls`, so that one certificate does for both.

use symbolon_jose::Secret;

use super::error::ConfigError;
use super::keys::Form::{self, Any};
use super::keys::Kind::{List, Switch, Text};
use super::keys::Preset::{Unset, Value};
use super::keys::Standing::Compatible;
use super::section::section;
use super::values::Values;
use super::{Network, Serve};

/// What holds for both listeners.
const SHARED: &str = "serve.tls";

section! {
    /// TLS of a listener. Its keys lie below `serve.tls.`, `serve.public.tls.` or `serve.admin.tls.`.
    #[derive(Debug, Clone)]
    pub struct ListenerTls {
        /// Serves https at ports; unix sockets have no TLS.
        enabled: bool = "enabled", Switch, Value("false"), Compatible;
        /// PEM file with the private key. It is read again when it changes.
        key_path: Option<String> = "key.path", Text(Any), Unset, Compatible;
        /// Private key (PEM) in base64.
        key_base64: Option<Secret<String>> = "key.base64", Text(Form::Secret), Unset, Compatible;
        /// PEM file with the certificate, and those of the authorities between. It is read again when it changes.
        cert_path: Option<String> = "cert.path", Text(Any), Unset, Compatible;
        /// The certificate (PEM) in base64, and those of the authorities between.
        cert_base64: Option<String> = "cert.base64", Text(Any), Unset, Compatible;
        /// Networks of proxies that may bring requests without TLS, with `X-Forwarded-Proto: https`.
        allow_termination_from: Vec<Network> = "allow_termination_from", List(Form::Network), Value(""), Compatible;
    }
    derived {
        /// The section that names certificate and key.
        below: &'static str;
    }
}

/// Settles what each listener leaves to `serve.tls`; answers certificates without keys, and other pairs that are none.
pub(super) fn settle(serve: &mut Serve, values: &Values) -> Vec<ConfigError> {
    let (public, admin) = ("serve.public.tls", "serve.admin.tls");
    let sections = [(&serve.tls, SHARED), (&serve.public_tls, public), (&serve.admin_tls, admin)];
    let faults = sections.into_iter().filter_map(|(tls, below)| tls.check_pair(below).err()).collect();
    serve.public_tls.inherit(&serve.tls, public, values);
    serve.admin_tls.inherit(&serve.tls, admin, values);
    faults
}

impl ListenerTls {
    /// Whether a certificate and its key are named: the start rules leave no half of a pair.
    pub fn names_certificate(&self) -> bool {
        let certificate = self.cert_path.is_some() || self.cert_base64.is_some();
        certificate || self.key_path.is_some() || self.key_base64.is_some()
    }

    /// Whether there is anything in it besides the switch.
    pub(super) fn is_filled(&self) -> bool {
        self.names_certificate() || !self.allow_termination_from.is_empty()
    }

    /// Whether it has something of its own besides the switch, which the shared section does not say.
    pub(super) fn is_own(&self, shared: &Self) -> bool {
        let own_proxies = self.allow_termination_from != shared.allow_termination_from;
        self.below != SHARED || own_proxies && !self.allow_termination_from.is_empty()
    }

    /// Takes from the shared section what this one leaves open. A certificate and its key belong together, so that a
    /// listener which names one of them names both.
    fn inherit(&mut self, shared: &Self, below: &'static str, values: &Values) {
        if !values.is_set(&format!("{below}.enabled")) {
            self.enabled = shared.enabled;
        }
        if !values.is_set(&format!("{below}.allow_termination_from")) {
            self.allow_termination_from.clone_from(&shared.allow_termination_from);
        }
        self.below = below;
        if !self.names_certificate() {
            self.below = SHARED;
            self.cert_path.clone_from(&shared.cert_path);
            self.cert_base64.clone_from(&shared.cert_base64);
            self.key_path.clone_from(&shared.key_path);
            self.key_base64.clone_from(&shared.key_base64);
        }
    }

    fn check_pair(&self, below: &str) -> Result<(), ConfigError> {
        let forms = |path: bool, base64: bool| u8::from(path) + u8::from(base64);
        let certificates = forms(self.cert_path.is_some(), self.cert_base64.is_some());
        let keys = forms(self.key_path.is_some(), self.key_base64.is_some());
        let (what, reason) = match (certificates, keys) {
            (0, 0) | (1, 1) => return Ok(()),
            (2, _) => ("cert", "is set beside the same in base64: keep one of them"),
            (_, 2) => ("key", "is set beside the same in base64: keep one of them"),
            (0, _) => ("cert", "must be set, as the private key is: the two belong together"),
            _ => ("key", "must be set, as the certificate is: the two belong together"),
        };
        let path = format!("{below}.{what}.path");
        Err(ConfigError::refused(super::keys::find(&path).map_or(SHARED, |key| &key.path), reason))
    }
}
