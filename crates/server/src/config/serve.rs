//! `serve.*`: the two listeners and how cookies are set. Their TLS is in `listener_tls`, what is more in `listening`.

use std::net::IpAddr;

use super::Cors;
use super::keys::Form::{Domain, Host, Name, Path, Reference, Word};
use super::keys::Kind::{Integer, Switch, Text};
use super::keys::Preset::{OfListener, Unset, Value};
use super::keys::Standing::{Compatible, Inert, Moot};
use super::listener_tls::ListenerTls;
use super::listening::{SocketFile, unix_path};
use super::section::{section, words};

const PORT: super::keys::Kind = Integer { least: 0, most: 65_535 };
const NO_OLD_BROWSERS: &str = "browsers of before 2020, which do not know `SameSite=None`, are not served";

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
        /// https at both listeners.
        tls: ListenerTls = "serve.tls.";
        /// https at the public listener.
        public_tls: ListenerTls = "serve.public.tls.";
        /// https at the admin listener.
        admin_tls: ListenerTls = "serve.admin.tls.";
        /// Unix sockets of the public listener.
        public_socket: SocketFile = "serve.public.socket.";
        /// Unix sockets of the admin listener.
        admin_socket: SocketFile = "serve.admin.socket.";
        /// Attributes of cookies.
        cookies: Cookies;
    }
}

section! {
    /// An address to listen on. Its keys lie below `serve.public.` or `serve.admin.`.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Listener {
        /// IP address or host name to listen on, or `unix:/path` for a unix socket, whose port means nothing.
        host: String = "host", Text(Host), OfListener("0.0.0.0", "127.0.0.1"), Compatible;
        /// Port to listen on; 0 lets the system choose.
        port: u16 = "port", PORT, OfListener("4444", "4445"), Compatible;
    }
    no_field {
        /// Exposed base address, which Hydra uses in telemetry only.
        "base_url", Text(Reference), Unset, Moot;
        /// Leaves health checks out of the request log, where only requests are that were refused.
        "request_log.disable_for_health", Switch, Value("false"), Moot;
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
        self.host == "localhost"
            || unix_path(&self.host).is_some()
            || self.address().is_some_and(|address| address.is_loopback())
    }

    /// Whether it listens on every address of the machine.
    pub(super) fn is_everywhere(&self) -> bool {
        self.address().is_some_and(|address| address.is_unspecified())
    }

    fn address(&self) -> Option<IpAddr> {
        self.host.trim_matches(['[', ']']).parse().ok()
    }
}
