//! Where the server is, and what to send along: the fields of the generated crate, with safer defaults.

use std::fmt;

use crate::transport::connections::default_pool;

/// A user name and a password: the client's own id and secret.
pub type BasicAuth = (String, Option<String>);

/// A key for an interface that wants one. No operation does; it is here so that code compiles.
#[derive(Clone)]
pub struct ApiKey {
    /// What stands before the key
    pub prefix: Option<String>,
    /// The key
    pub key: String,
}

/// Settings of the operations. Cloning is cheap and shares the connections.
///
/// A server has two ports, and a configuration is for one of them: [`oidc_api`](super::oidc_api),
/// [`wellknown_api`](super::wellknown_api) and what applications call of [`o_auth2_api`](super::o_auth2_api) are on the public
/// port, all paths with `/admin` and `/version` on the other one.
///
/// ```
/// use symbolon_client::apis::configuration::Configuration;
///
/// let configuration = Configuration {
///     base_path: "https://login.example.com".to_owned(),
///     ..Configuration::new()
/// };
/// ```
#[derive(Clone)]
pub struct Configuration {
    /// The URL of the port, with or without a slash at the end, and without `/admin`
    pub base_path: String,
    /// What is sent as `User-Agent`
    pub user_agent: Option<String>,
    /// The connections. The default follows no redirects, and gives up after 30 seconds.
    /// [`Configuration::client_builder`] starts one that is different in other things
    pub client: reqwest::Client,
    /// The client's own credentials, for tokens, revocation, devices and the management of its registration
    pub basic_auth: Option<BasicAuth>,
    /// The access token, for userinfo and credentials
    pub oauth_access_token: Option<String>,
    /// The registration access token for the management operations, or an initial access token for registering; at the
    /// admin port, a token for whatever guards it. Userinfo and credentials take it when `oauth_access_token` is empty
    pub bearer_access_token: Option<String>,
    /// Not used
    pub api_key: Option<ApiKey>,
}

impl Configuration {
    /// The defaults: a server started with `symbolon quickstart`, and no credentials.
    pub fn new() -> Self {
        Self::default()
    }

    /// An HTTP client in the making for [`Configuration::client`], in the version of `reqwest` that has to be: it follows
    /// no redirects and gives up after 30 seconds. Certificates, proxies or headers can be added.
    ///
    /// ```
    /// use symbolon_client::apis::configuration::Configuration;
    ///
    /// let client = Configuration::client_builder().no_proxy().build().expect("TLS can be started");
    /// let configuration = Configuration { client, ..Configuration::new() };
    /// ```
    #[cfg(not(target_arch = "wasm32"))]
    pub fn client_builder() -> reqwest::ClientBuilder {
        let timeout = crate::Limits::default().timeout;
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(timeout / 3)
            .timeout(timeout)
    }
}

impl Default for Configuration {
    /// # Panics
    /// When the TLS library cannot be started, as `reqwest::Client::new` does.
    fn default() -> Self {
        Self {
            base_path: "http://127.0.0.1:4444".to_owned(),
            user_agent: Some(concat!("symbolon-client/", env!("CARGO_PKG_VERSION")).to_owned()),
            client: default_pool(),
            basic_auth: None,
            oauth_access_token: None,
            bearer_access_token: None,
            api_key: None,
        }
    }
}

impl fmt::Debug for Configuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let present = |there: bool| if there { "[secret]" } else { "none" };
        formatter
            .debug_struct("Configuration")
            .field("base_path", &self.base_path)
            .field("user_agent", &self.user_agent)
            .field("basic_auth", &self.basic_auth.as_ref().map(|(id, _)| id))
            .field("oauth_access_token", &present(self.oauth_access_token.is_some()))
            .field("bearer_access_token", &present(self.bearer_access_token.is_some()))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ApiKey").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let configuration = Configuration {
            basic_auth: Some(("app".into(), Some("hush".into()))),
            oauth_access_token: Some("hush".into()),
            bearer_access_token: Some("hush".into()),
            api_key: Some(ApiKey { prefix: None, key: "hush".into() }),
            ..Configuration::new()
        };
        assert!(!format!("{configuration:?} {:?}", configuration.api_key).contains("hush"));
    }
}
