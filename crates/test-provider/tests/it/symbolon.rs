//! The client of the tests at a test provider whose clock stands still, and the admin client beside it.

use symbolon_client::{AdminClient, Client, ClientBuilder, Clock, RegisteredClient, TokenSet};
use symbolon_test_provider::{TestProvider, TestProviderBuilder};

use crate::browser::Browser;

/// The instant at which every test begins, in Unix seconds.
pub(crate) const START: i64 = 1_800_000_000;
/// Where the application of the tests is; nobody listens there.
pub(crate) const CALLBACK: &str = "https://app.example/callback";
/// Where its users land after logout.
pub(crate) const BYE: &str = "https://app.example/bye";

pub(crate) struct Symbolon {
    pub(crate) provider: TestProvider,
    pub(crate) issuer: String,
    pub(crate) admin: AdminClient,
}

impl Symbolon {
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    /// With other settings; the pages are at an address of the test's own.
    pub(crate) async fn with(change: impl FnOnce(TestProviderBuilder) -> TestProviderBuilder) -> Self {
        let builder = TestProvider::builder()
            .clock_at(START)
            .set("urls.login", "https://pages.example/login")
            .set("urls.consent", "https://pages.example/consent")
            .set("urls.logout", "https://pages.example/logout");
        let provider = change(builder).start().await;
        let admin = AdminClient::builder(provider.admin_url()).without_proxy().build().unwrap();
        Self { issuer: provider.issuer().to_owned(), admin, provider }
    }

    /// The settings that every client of the tests has.
    fn prepared(&self, builder: ClientBuilder) -> Client {
        let clock = Clock::custom(self.provider.clock());
        builder.without_proxy().redirect_uri(CALLBACK).clock(clock).build().unwrap()
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
