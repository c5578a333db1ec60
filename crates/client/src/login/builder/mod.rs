//! How a [`LoginLayer`](crate::LoginLayer) is put together: the settings, and in `build` what is made of them. What the application is called from outside comes from the redirect URI of the
//! client, which is registered at the provider anyway: its origin, whether cookies are for https alone, and the paths.

mod build;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use symbolon_jose::Secret;

use super::Switch;
use super::failure::{ErrorPage, LoginFailure};
use super::memory::MemoryRevocations;
use super::stores::{RevocationList, SessionStore};
use crate::authorization::AuthorizationRequest;
use crate::client::Client;

/// Collects the settings of a [`LoginLayer`](crate::LoginLayer).
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
    /// changed without logging anybody out: give the new one to [`LoginLayer::builder`](crate::LoginLayer::builder) and the old one here, until the
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

    /// How long a session lasts while nobody uses it; an hour unless told otherwise. Not every use is written down, so it
    /// may end an eighth of this time earlier, but at most five minutes.
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

    /// Answers a GET of the logout path, too, so that a link can log out; still only from the application's own pages, and
    /// not where a picture or a script asks for it. Old browsers have to send `Referer` for that.
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
}

impl std::fmt::Debug for LoginLayerBuilder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LoginLayerBuilder").field("client", &self.client).finish_non_exhaustive()
    }
}
