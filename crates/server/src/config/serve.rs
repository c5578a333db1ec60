//! `serve.*`: the two listeners and how cookies are set. TLS and unix sockets are not
//! served yet, and stop the start.

use std::net::IpAddr;

use super::Cors;
use super::keys::Form::{Any, Domain, Host, Name, Network, Path, Reference, Word};
use super::keys::Kind::{Integer, List, Switch, Text};
use super::keys::Preset::{OfListener, Unset, Value};
use super::keys::Standing::{Compatible, Inert, Moot, Refused};
use super::section::{section, words};

const PORT: super::keys::Kind = Integer { least: 0, most: 65_535 };
const OF_TLS: &str = "it belongs to `tls.enabled`, which is not supported yet";
const NO_TERMINATION: &str =
    "the listeners speak http to every proxy; `symbolon.trusted_proxies` says whose word counts";
const NO_SOCKET: &str =
    "the listeners have addresses and ports, and no unix sockets; let a proxy in front listen on one";
const NO_OLD_BROWSERS: &str = "browsers of before 2020, which do not know `SameSite=None`, are not served";
const NO_TLS: &str = "asks for https, which is not supported yet: set it to false and put a proxy in front";

section! {
    /// Listeners and cookies.
    #[derive(Debug, Clone)]
    pub struct Serve {}
    parts {
        /// Public listener.
        public: Listener = "serve.public.";
        /// Admin listener.
        admin: Listener = "serve.admin.";
        /// Cross-origin requests of scripts to the public listener.
        public_cors: Cors = "serve.public.cors.";
        /// Cross-origin requests of scripts to the admin listener.
        admin_cors: Cors = "serve.admin.cors.";
        /// Attributes of cookies.
        cookies: Cookies;
    }
    no_field {
        /// Serves https on both listeners.
        "serve.tls.enabled", Switch, Value("false"), Refused(NO_TLS);
        /// File with the private key.
        "serve.tls.key.path", Text(Any), Unset, Inert(OF_TLS);
        /// Private key, base64.
        "serve.tls.key.base64", Text(Any), Unset, Inert(OF_TLS);
        /// File with the certificate chain.
        "serve.tls.cert.path", Text(Any), Unset, Inert(OF_TLS);
        /// Certificate chain, base64.
        "serve.tls.cert.base64", Text(Any), Unset, Inert(OF_TLS);
        /// Networks of proxies that speak https in front of both listeners; see `symbolon.trusted_proxies`.
        "serve.tls.allow_termination_from", List(Network), Unset, Inert(NO_TERMINATION);
    }
}

section! {
    /// An address to listen on. Its keys lie below `serve.public.` or `serve.admin.`.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Listener {
        /// IP address or host name to listen on.
        host: String = "host", Text(Host), OfListener("0.0.0.0", "127.0.0.1"), Compatible;
        /// Port to listen on; 0 lets the system choose.
        port: u16 = "port", PORT, OfListener("4444", "4445"), Compatible;
    }
    no_field {
        /// Exposed base address, which Hydra uses in telemetry only.
        "base_url", Text(Reference), Unset, Moot;
        /// Owner of the unix socket.
        "socket.owner", Text(Any), Unset, Inert(NO_SOCKET);
        /// Group of the unix socket.
        "socket.group", Text(Any), Unset, Inert(NO_SOCKET);
        /// Permissions of the unix socket.
        "socket.mode", Integer { least: 0, most: 4095 }, Value("493"), Inert(NO_SOCKET);
        /// Leaves health checks out of the request log, where only requests are that were refused.
        "request_log.disable_for_health", Switch, Value("false"), Moot;
        /// Serves https on this listener.
        "tls.enabled", Switch, Value("false"), Refused(NO_TLS);
        /// File with the private key of this listener.
        "tls.key.path", Text(Any), Unset, Inert(OF_TLS);
        /// Private key of this listener, base64.
        "tls.key.base64", Text(Any), Unset, Inert(OF_TLS);
        /// File with the certificate chain of this listener.
        "tls.cert.path", Text(Any), Unset, Inert(OF_TLS);
        /// Certificate chain of this listener, base64.
        "tls.cert.base64", Text(Any), Unset, Inert(OF_TLS);
        /// Networks of proxies that speak https in front of this listener; see `symbolon.trusted_proxies`.
        "tls.allow_termination_from", List(Network), Unset, Inert(NO_TERMINATION);
    }
}

section! {
    /// How cookies are set; `secure` and `same_site` are final, development mode is already taken into account.
    #[derive(Debug, Clone)]
    pub struct Cookies {
        /// `SameSite` of our cookies; `None` becomes `Lax` where a cookie cannot be Secure.
        same_site: SameSite = "serve.cookies.same_site_mode", Text(Word(SameSite::WORDS)), Value("None"), Compatible;
        /// Domain of our cookies, to share them with subdomains.
        domain: Option<String> = "serve.cookies.domain", Text(Domain), Unset, Compatible;
        /// Marks cookies Secure in development mode too; outside of it they always are.
        secure: bool = "serve.cookies.secure", Switch, Value("false"), Compatible;
        /// Path of the session cookie.
        session_path: String = "serve.cookies.paths.session", Text(Path), Value("/"), Compatible;
    }
    parts {
        /// Names of cookies.
        names: CookieNames;
    }
    no_field {
        /// Sends a second cookie without SameSite for browsers of before 2020.
        "serve.cookies.same_site_legacy_workaround", Switch, Value("false"), Inert(NO_OLD_BROWSERS);
    }
}

section! {
    /// Names of cookies, or what they begin with where a suffix per flow follows. In development mode `_dev` is added.
    #[derive(Debug, Clone)]
    pub struct CookieNames {
        /// Name of the cookie that ties a login to the browser.
        login_csrf: String = "serve.cookies.names.login_csrf", Text(Name), Value("ory_hydra_login_csrf"), Compatible;
        /// Name of the cookie that ties a consent to the browser.
        consent_csrf: String = "serve.cookies.names.consent_csrf", Text(Name), Value("ory_hydra_consent_csrf"),
            Compatible;
        /// Name of the cookie that ties a device verification to the browser.
        device_csrf: String = "serve.cookies.names.device_csrf", Text(Name), Value("ory_hydra_device_csrf"), Compatible;
        /// Name of the cookie that holds the login session.
        session: String = "serve.cookies.names.session", Text(Name), Value("ory_hydra_session"), Compatible;
    }
}

words! {
    /// The `SameSite` attribute.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum SameSite {
        /// Sent with requests from the same site only.
        Strict = "Strict";
        /// Sent also when the user follows a link.
        Lax = "Lax";
        /// Sent always; requires Secure.
        None = "None";
    }
}

impl Listener {
    /// Whether only this machine can reach the listener.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.address().is_some_and(|address| address.is_loopback())
    }

    /// Whether it listens on every address of the machine.
    pub(super) fn is_everywhere(&self) -> bool {
        self.address().is_some_and(|address| address.is_unspecified())
    }

    fn address(&self) -> Option<IpAddr> {
        self.host.trim_matches(['[', ']']).parse().ok()
    }
}
