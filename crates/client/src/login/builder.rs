//! How a [`LoginLayer`] is put together. What the application is called from outside comes from the redirect URI of the
//! client, which is registered at the provider anyway: its origin, whether cookies are for https alone, and the paths.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use symbolon_jose::{Sealer, Secret};
use url::Url;

use super::cookies::{CookieNames, is_name};
use super::failure::{ErrorPage, LoginFailure};
use super::layer::LoginLayer;
use super::memory::MemoryRevocations;
use super::protection::{PublicPaths, is_pattern};
use super::refreshes::Refreshes;
use super::return_to::local_path;
use super::routes::Paths;
use super::stores::{RevocationList, SessionStore};
use super::{KINDS, Lifetimes, Login, Switch};
use crate::authorization::{AuthorizationRequest, ResponseMode};
use crate::client::Client;
use crate::error::Error;

/// The shortest secret, in bytes: what 192 random bits are in base64.
const SHORTEST_SECRET: usize = 32;

/// Collects the settings of a [`LoginLayer`].
///
/// ```
/// use std::time::Duration;
/// use symbolon_client::{AuthorizationRequest, Client, LoginLayer};
///
/// let client = Client::builder("https://login.example.com", "my-app")
///     .client_secret("correct-horse-battery-staple")
///     .redirect_uri("https://app.example.com/auth/callback")
///     .build()?;
/// let login = LoginLayer::builder(client, "a secret of thirty-two bytes or more")
///     .request(AuthorizationRequest::new("openid email offline_access"))
///     .public(["/", "/assets/*"])
///     .idle_lifetime(Duration::from_secs(1800))
///     .after_logout("/")
///     .build()?;
/// # Ok::<(), symbolon_client::Error>(())
/// ```
#[must_use]
pub struct LoginLayerBuilder {
    client: Client,
    secrets: Vec<Secret<String>>,
    cookie_name: String,
    path_prefix: Option<String>,
    request: AuthorizationRequest,
    after_login: String,
    after_logout: Option<String>,
    absolute_lifetime: Duration,
    idle_lifetime: Duration,
    login_lifetime: Duration,
    public: Vec<String>,
    switches: Vec<Switch>,
    store: Option<Arc<dyn SessionStore>>,
    revocations: Arc<dyn RevocationList>,
    error_page: Option<ErrorPage>,
}

impl LoginLayerBuilder {
    pub(super) fn new(client: Client, secret: String) -> Self {
        Self {
            client,
            secrets: vec![Secret::new(secret)],
            cookie_name: "session".to_owned(),
            path_prefix: None,
            request: AuthorizationRequest::default(),
            after_login: "/".to_owned(),
            after_logout: None,
            absolute_lifetime: Duration::from_secs(12 * 3600),
            idle_lifetime: Duration::from_secs(3600),
            login_lifetime: Duration::from_secs(900),
            public: Vec::new(),
            switches: Vec::new(),
            store: None,
            revocations: Arc::new(MemoryRevocations::new()),
            error_page: None,
        }
    }

    /// A secret that sealed cookies before: they are still read, and written anew with the first one. So a secret is
    /// changed without logging anybody out: give the new one to [`LoginLayer::builder`] and the old one here, until the
    /// sessions of the old one have ended.
    pub fn former_secret(mut self, secret: impl Into<String>) -> Self {
        self.secrets.push(Secret::new(secret.into()));
        self
    }

    /// What the cookie is called, without the prefix `__Host-` that it gets on https; `session` unless told otherwise. Two
    /// applications on one host need two names.
    pub fn cookie_name(mut self, name: impl Into<String>) -> Self {
        self.cookie_name = name.into();
        self
    }

    /// Where the paths of this layer are, such as `/auth`; unless told otherwise, where the redirect URI is.
    pub fn path_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.path_prefix = Some(prefix.into());
        self
    }

    /// What every login asks for. The scope must have `openid`; `offline_access` is what most providers give refresh
    /// tokens for. With `prompt=none`, a user whom the provider does not know is asked in a second attempt.
    pub fn request(mut self, request: AuthorizationRequest) -> Self {
        self.request = request;
        self
    }

    /// The path to go to after a login that no page led to; `/` unless told otherwise.
    pub fn after_login(mut self, path: impl Into<String>) -> Self {
        self.after_login = path.into();
        self
    }

    /// The path to go to after a logout, instead of a page of this layer that says so.
    pub fn after_logout(mut self, path: impl Into<String>) -> Self {
        self.after_logout = Some(path.into());
        self
    }

    /// How long a session lasts at most; twelve hours unless told otherwise.
    pub fn absolute_lifetime(mut self, lifetime: Duration) -> Self {
        self.absolute_lifetime = lifetime;
        self
    }

    /// How long a session lasts while nobody uses it; an hour unless told otherwise.
    pub fn idle_lifetime(mut self, lifetime: Duration) -> Self {
        self.idle_lifetime = lifetime;
        self
    }

    /// How long a user may take at the provider; fifteen minutes unless told otherwise.
    pub fn login_lifetime(mut self, lifetime: Duration) -> Self {
        self.login_lifetime = lifetime;
        self
    }

    /// Paths that need no login: `/about` is that path, `/assets/*` everything below `/assets/`, `/*` everything. All
    /// others need one. A page that is public can still look whether somebody is there.
    pub fn public<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.public.extend(paths.into_iter().map(Into::into));
        self
    }

    /// Asks for userinfo at every login, and keeps it with the session ([`Session::user_info`](super::Session::user_info)).
    pub fn with_user_info(self) -> Self {
        self.switch(Switch::UserInfo)
    }

    /// Lets the session outlast the browser, until it ends by its lifetimes.
    pub fn persistent_cookie(self) -> Self {
        self.switch(Switch::PersistentCookie)
    }

    /// Answers a GET of the logout path, too, so that a link can log out; still only from the application's own pages.
    pub fn logout_by_get(self) -> Self {
        self.switch(Switch::LogoutByGet)
    }

    /// Ends only the session here, and leaves the one at the provider alone: the next login may need no password.
    pub fn local_logout(self) -> Self {
        self.switch(Switch::LocalLogout)
    }

    /// Answers front-channel logout (`OpenID` Connect Front-Channel Logout 1.0). The provider shows the path in a frame,
    /// to which browsers send the cookie only when provider and application are on the same site.
    pub fn frontchannel_logout(self) -> Self {
        self.switch(Switch::FrontchannelLogout)
    }

    /// Keeps sessions in `store`; the cookie has only an id.
    pub fn store(mut self, store: impl SessionStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Remembers logouts in `list`, which several processes can share, instead of this process's memory.
    pub fn revocations(mut self, list: impl RevocationList) -> Self {
        self.revocations = Arc::new(list);
        self
    }

    /// Makes the page for a login that failed, or another error of this layer. Cookies and caching are added to it. Texts
    /// in [`LoginFailure`] may come from the provider, or from whoever made the link: they must be escaped.
    pub fn error_page(mut self, page: impl Fn(&LoginFailure) -> http::Response<Bytes> + Send + Sync + 'static) -> Self {
        self.error_page = Some(Arc::new(page));
        self
    }

    fn switch(mut self, switch: Switch) -> Self {
        self.switches.push(switch);
        self
    }

    /// Makes the layer. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Configuration`] when a secret is shorter than 32 bytes, the client has no redirect URI, the scope lacks
    /// `openid`, the request has a fixed `state` or wants its answer in the fragment, or a name or path is none.
    pub fn build(self) -> Result<LoginLayer, Error> {
        let redirect_uri = self.client.redirect_uri()?;
        let redirect_uri = Url::parse(redirect_uri).ok().filter(|uri| matches!(uri.scheme(), "http" | "https"));
        let redirect_uri = redirect_uri.ok_or_else(|| wrong("the redirect URI must be one of http or https"))?;
        self.check()?;
        let names = CookieNames { name: self.cookie_name, secure: redirect_uri.scheme() == "https" };
        let is_posted = self.request.mode().is_some_and(ResponseMode::is_posted);
        if is_posted && !names.secure && !is_loopback(&redirect_uri) {
            return Err(wrong("'form_post' needs https: browsers send the cookie of the login only there"));
        }
        let paths = Paths::new(redirect_uri.path(), self.path_prefix.as_deref());
        let mut public = PublicPaths::default();
        self.public.iter().for_each(|pattern| public.add(pattern));
        let sealer = Sealer::new(&self.secrets, &KINDS).map_err(|fault| Error::Configuration(fault.to_string()))?;
        let lifetimes = Lifetimes {
            absolute_seconds: whole_seconds(self.absolute_lifetime),
            idle_seconds: whole_seconds(self.idle_lifetime),
        };
        Ok(LoginLayer::new_from(Login {
            client: self.client,
            sealer,
            names,
            paths,
            own: redirect_uri,
            request: self.request,
            home: self.after_login,
            after_logout: self.after_logout,
            lifetimes,
            pending_seconds: whole_seconds(self.login_lifetime),
            public,
            switches: self.switches,
            store: self.store,
            revocations: self.revocations,
            refreshes: Refreshes::default(),
            error_page: self.error_page,
        }))
    }

    fn check(&self) -> Result<(), Error> {
        if self.secrets.iter().any(|secret| secret.expose().len() < SHORTEST_SECRET) {
            return Err(wrong("a secret for cookies needs 32 bytes, such as `openssl rand -base64 32` gives"));
        }
        if !is_name(&self.cookie_name) {
            return Err(Error::Configuration(format!("'{}' cannot be the name of a cookie", self.cookie_name)));
        }
        if !self.request.scope().split_ascii_whitespace().any(|value| value == "openid") {
            return Err(wrong("a login needs the scope 'openid'"));
        }
        if self.request.has_state() {
            return Err(wrong("each login has a 'state' of its own"));
        }
        if self.request.mode().is_some_and(ResponseMode::is_fragment) {
            return Err(wrong("an answer in the fragment never reaches this application"));
        }
        if let Some(pattern) = self.public.iter().find(|pattern| !is_pattern(pattern)) {
            return Err(Error::Configuration(format!("'{pattern}' is no path: write '/about', '/assets/*' or '/*'")));
        }
        let paths = [Some(&self.after_login), self.after_logout.as_ref(), self.path_prefix.as_ref()];
        if let Some(path) = paths.into_iter().flatten().find(|path| local_path(path).as_ref() != Some(path)) {
            return Err(Error::Configuration(format!("'{path}' is no path of this application, as '/home' is")));
        }
        Ok(())
    }
}

fn wrong(reason: &str) -> Error {
    Error::Configuration(reason.to_owned())
}

/// Browsers trust their own machine as they trust https.
fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn whole_seconds(lifetime: Duration) -> i64 {
    i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)
}

impl std::fmt::Debug for LoginLayerBuilder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LoginLayerBuilder").field("client", &self.client).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builder(redirect_uri: &str) -> LoginLayerBuilder {
        let client = Client::builder("https://as.example", "app").redirect_uri(redirect_uri).build().unwrap();
        LoginLayer::builder(client, "0123456789abcdef0123456789abcdef")
    }

    fn good() -> LoginLayerBuilder {
        builder("https://app.example/auth/callback")
    }

    #[test]
    fn impossible_settings_are_refused_with_their_reason() {
        assert!(good().build().is_ok());
        let form_post = || AuthorizationRequest::new("openid").parameter("response_mode", "form_post");
        for (builder, reason) in [
            (good().former_secret("short"), "32 bytes"),
            (good().cookie_name("a b"), "name of a cookie"),
            (good().request(AuthorizationRequest::new("email")), "'openid'"),
            (good().public(["about"]), "'about' is no path"),
            (good().after_login("https://evil.example/"), "no path of this application"),
            (good().after_logout("//evil.example"), "no path of this application"),
            (good().path_prefix("auth"), "no path of this application"),
            (builder("com.example:/callback"), "http or https"),
            (builder("http://app.example/auth/callback").request(form_post()), "needs https"),
        ] {
            let error = builder.build().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        let client = Client::builder("https://as.example", "app").build().unwrap();
        assert!(LoginLayer::new(client, "0123456789abcdef0123456789abcdef").is_err(), "without a redirect URI");
        assert!(good().request(form_post()).build().is_ok());
        assert!(builder("http://127.0.0.1:8080/auth/callback").request(form_post()).build().is_ok());
    }

    #[test]
    fn debug_shows_no_secret() {
        let text = format!("{:?} {:?}", good(), good().build().unwrap());
        assert!(!text.contains("0123456789abcdef"), "{text}");
    }
}
