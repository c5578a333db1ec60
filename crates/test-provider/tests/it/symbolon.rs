//! Symbolon itself, in memory, on two ports that the system chose, with a clock that the test moves.

use symbolon_client::{AdminClient, Client, ClientBuilder, Clock, RegisteredClient, Rng, TokenSet};
use symbolon_server::clock::Clock as ServerClock;
use symbolon_server::config::{self, Config, Overrides};
use symbolon_server::{Parts, Server, bind};

use crate::browser::Browser;

/// The instant at which every test begins, in Unix seconds.
pub(crate) const START: i64 = 1_800_000_000;
/// Where the application of the tests is; nobody listens there.
pub(crate) const CALLBACK: &str = "https://app.example/callback";
/// Where its users land after logout.
pub(crate) const BYE: &str = "https://app.example/bye";

pub(crate) struct Symbolon {
    pub(crate) issuer: String,
    pub(crate) admin: AdminClient,
    pub(crate) clock: ServerClock,
}

impl Symbolon {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With a change to the configuration: development mode, registration on, pages at an address of the test's own.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let flags = Overrides::default()
            .set("dev", "true")
            .set("dsn", "memory")
            .set("secrets.system", "a-secret-of-the-tests-alone")
            .set("urls.login", "https://pages.example/login")
            .set("urls.consent", "https://pages.example/consent")
            .set("urls.logout", "https://pages.example/logout")
            .set("oidc.dynamic_client_registration.enabled", "true");
        let mut config = config::load(&[], std::iter::empty(), &flags).unwrap_or_else(|error| panic!("{error}"));
        for listener in [&mut config.serve.public.host, &mut config.serve.admin.host] {
            "127.0.0.1".clone_into(listener);
        }
        (config.serve.public.port, config.serve.admin.port) = (0, 0);
        let listeners = bind(&config).await.unwrap_or_else(|error| panic!("{error}"));
        let issuer = format!("http://{}", listeners.public.local_addr().unwrap());
        let admin_url = format!("http://{}", listeners.admin.local_addr().unwrap());
        config.urls.issuer.clone_from(&issuer);
        config.urls.public = Some(issuer.clone());
        change(&mut config);
        let clock = ServerClock::manual(START);
        let parts = Parts { clock: clock.clone(), rng: Rng::system(), store: None };
        let server = Box::pin(Server::start(config, parts)).await.unwrap_or_else(|error| panic!("{error}"));
        tokio::spawn(async move { server.run(listeners, std::future::pending()).await });
        let admin = AdminClient::builder(&admin_url).without_proxy().build().unwrap();
        Self { issuer, admin, clock }
    }

    /// The settings that every client of the tests has.
    fn prepared(&self, builder: ClientBuilder) -> Client {
        let clock = self.clock.clone();
        builder.without_proxy().redirect_uri(CALLBACK).clock(Clock::custom(move || clock.now())).build().unwrap()
    }

    /// A client without an id.
    pub(crate) fn unregistered(&self) -> Client {
        self.prepared(Client::unregistered(&self.issuer))
    }

    /// A client of the server that is registered as told.
    pub(crate) async fn client(&self, change: impl FnOnce(&mut RegisteredClient)) -> Client {
        let mut metadata = RegisteredClient {
            client_name: "App".into(),
            redirect_uris: vec![CALLBACK.into()],
            post_logout_redirect_uris: vec![BYE.into()],
            grant_types: vec!["authorization_code".into(), "refresh_token".into()],
            scope: symbolon_types::Scope::parse("openid offline_access email userinfo_credential_draft_00").unwrap(),
            ..RegisteredClient::default()
        };
        change(&mut metadata);
        let created = self.admin.create_client(&metadata).await.unwrap();
        let secret = created.client_secret.unwrap();
        self.prepared(Client::builder(&self.issuer, created.client_id.as_str()).client_secret(secret))
    }

    /// Logs alice in.
    pub(crate) async fn log_in(&self, client: &Client, scope: &str) -> TokenSet {
        Browser::default().log_in(&self.admin, client, scope).await
    }
}
