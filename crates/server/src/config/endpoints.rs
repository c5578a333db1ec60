//! Addresses of the endpoints as clients are told them: `webfinger.oidc_discovery.*` where set, else below the public
//! URL or the issuer, as in Hydra.

use super::Config;

impl Config {
    /// Authorization endpoint; also the base of `request_url`.
    pub fn authorization_url(&self) -> String {
        self.webfinger.oidc_discovery.auth_url.clone().unwrap_or_else(|| self.endpoint("/oauth2/auth"))
    }

    /// Token endpoint.
    pub fn token_url(&self) -> String {
        self.webfinger.oidc_discovery.token_url.clone().unwrap_or_else(|| self.endpoint("/oauth2/token"))
    }

    /// Device authorization endpoint (RFC 8628 §3.1).
    pub fn device_authorization_url(&self) -> String {
        let own = self.webfinger.oidc_discovery.device_authorization_url.clone();
        own.unwrap_or_else(|| self.endpoint("/oauth2/device/auth"))
    }

    /// Pushed authorization request endpoint (RFC 9126 §2).
    pub fn pushed_authorization_request_url(&self) -> String {
        self.endpoint("/oauth2/par")
    }

    /// Backchannel authentication endpoint (OpenID Connect CIBA §7).
    pub fn backchannel_authentication_url(&self) -> String {
        self.endpoint("/oauth2/backchannel-authentication")
    }

    /// The page that applications put into a frame to ask whether a browser is still signed in (OpenID Connect Session
    /// Management §3.3). It must be where the browser keeps the cookies of the authorization endpoint.
    pub fn check_session_iframe(&self) -> String {
        self.endpoint("/oauth2/sessions/check")
    }

    /// Where a person goes who was shown a user code (RFC 8628 §3.2).
    pub fn verification_uri(&self) -> String {
        self.endpoint("/oauth2/device/verify")
    }

    /// Userinfo endpoint.
    pub fn userinfo_url(&self) -> String {
        self.webfinger.oidc_discovery.userinfo_url.clone().unwrap_or_else(|| self.endpoint("/userinfo"))
    }

    /// Credential endpoint.
    pub fn credentials_url(&self) -> String {
        self.webfinger
            .oidc_discovery
            .verifiable_credentials_url
            .clone()
            .unwrap_or_else(|| self.endpoint("/credentials"))
    }

    /// Every address under which the public endpoint of a path is known: what a proof of possession may name.
    pub fn addresses_of(&self, path: &str) -> Vec<String> {
        let configured = match path {
            "/oauth2/token" => Some(self.token_url()),
            "/oauth2/device/auth" => Some(self.device_authorization_url()),
            "/userinfo" => Some(self.userinfo_url()),
            "/credentials" => Some(self.credentials_url()),
            _ => None,
        };
        let own = [self.endpoint(path), self.below_issuer(path)];
        configured.into_iter().chain(own).chain(self.mtls_alias(path)).collect()
    }

    /// The address of an endpoint for clients that show a certificate (RFC 8705 §5), if it has one of its own.
    pub fn mtls_alias(&self, path: &str) -> Option<String> {
        self.symbolon.mtls.url.as_ref().map(|base| format!("{}{path}", base.trim_end_matches('/')))
    }

    /// An address below the issuer, from its path with a leading slash.
    pub fn below_issuer(&self, path: &str) -> String {
        format!("{}{path}", self.issuer().trim_end_matches('/'))
    }
}
