//! The grants of the client crate and their neighbours against Symbolon itself: client and server read the same standards, and
//! here each of them meets what the other one made of them.
//!
//! [`Setting`] is a provider with a port for certificates, whose clock moves when a client waits; [`Way`] is a way in which
//! clients prove themselves, and every endpoint is asked in each of them ([`authentication`]). The other modules are a grant
//! or an endpoint each.

mod authentication;
mod authority;
mod ciba;
mod client_credentials;
mod device;
mod exchange;
mod id_jag;
mod introspection;
mod jwt_bearer;
mod mutual_tls;
mod ping;
mod revocation;
mod source;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};
use symbolon_client::{
    AuthorizationRequest, BackgroundFuture, Callback, Client, ClientBuilder, Clock, Error, Runtime, SleepFuture,
    TokenSet,
};
use symbolon_test_provider::{TestClient, TestProvider};

use crate::kit::CALLBACK;
use authority::Authority;

/// The instant at which every test begins, in Unix seconds.
const START: i64 = 1_800_000_000;
/// APIs that the provider knows.
const ORDERS: &str = "https://orders.example/";
const BILLING: &str = "https://billing.example/";

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const CIBA: &str = "urn:openid:params:grant-type:ciba";

/// A provider, and those who vouch for certificates.
struct Setting {
    provider: Arc<TestProvider>,
    /// Signs the provider's certificate and those of clients.
    authority: Authority,
    pauses: Arc<Mutex<Vec<u64>>>,
}

impl Setting {
    async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With more settings of the server.
    async fn with(settings: &[(&str, String)]) -> Self {
        let authority = Authority::new();
        let resources = json!([
            { "identifier": ORDERS, "scopes": ["orders.read", "orders.write"], "self_service": true },
            { "identifier": BILLING, "self_service": true },
        ]);
        let builder = TestProvider::builder()
            .clock_at(START)
            .set("symbolon.mtls.listen", "127.0.0.1:0")
            .set("symbolon.mtls.certificate_file", authority.file("server.crt"))
            .set("symbolon.mtls.key_file", authority.file("server.key"))
            .set("symbolon.mtls.ca_file", authority.file("authority.crt"))
            .set("symbolon.outbound.ca_file", authority.file("authority.crt"))
            .set("symbolon.introspection.public", "true")
            .set("symbolon.resources", resources.to_string());
        let builder = settings.iter().fold(builder, |builder, (key, value)| builder.set(*key, value));
        Self { provider: Arc::new(builder.start().await), authority, pauses: Arc::default() }
    }

    /// Registers a client with these members beside the usual ones; `null` leaves one out.
    async fn register(&self, members: &Value) -> TestClient {
        let mut metadata = json!({
            "redirect_uris": [CALLBACK],
            "grant_types": [
                "authorization_code", "refresh_token", "client_credentials", DEVICE_CODE, TOKEN_EXCHANGE, JWT_BEARER, CIBA,
            ],
            "scope": "openid offline_access jobs orders.read orders.write",
        });
        for (name, value) in members.as_object().unwrap() {
            metadata[name] = value.clone();
        }
        metadata.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.provider.register(metadata).await
    }

    /// A client of the crate that does not prove itself yet.
    fn builder(&self, id: &str) -> ClientBuilder {
        self.prepared(Client::builder(self.provider.issuer(), id)).redirect_uri(CALLBACK)
    }

    fn prepared(&self, builder: ClientBuilder) -> ClientBuilder {
        let runtime = Hurried { provider: Arc::clone(&self.provider), pauses: Arc::clone(&self.pauses) };
        builder
            .clock(Clock::custom(self.provider.clock()))
            .runtime(runtime)
            .certificate_authority(self.authority.pem())
            .without_proxy()
            .retries(0)
    }

    /// A client with its secret, registered with these members.
    async fn client(&self, members: &Value) -> Client {
        let app = self.register(members).await;
        self.builder(&app.id).client_secret(app.secret).build().unwrap()
    }

    fn advance(&self, seconds: u64) {
        self.provider.advance(Duration::from_secs(seconds));
    }

    /// How long clients waited so far, in seconds.
    fn pauses(&self) -> Vec<u64> {
        self.pauses.lock().clone()
    }

    /// Alice logs in.
    async fn log_in(&self, client: &Client, scope: &str) -> Result<TokenSet, Error> {
        let (url, pending) = client.authorization_url(&AuthorizationRequest::new(scope)).await?;
        let back = self.provider.log_in(&url, "alice").await;
        client.redeem(&pending, &Callback::parse(&back.parameters())).await
    }

    /// What introspection says of the token of a set.
    async fn told(&self, tokens: &TokenSet) -> Value {
        self.provider.introspect(tokens.access_token.as_str()).await
    }

    /// Asks the admin port.
    async fn admin(&self, method: reqwest::Method, target: &str, body: &Value) -> (u16, Value) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}{target}", self.provider.admin_url());
        let answer = http.request(method, url).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }
}

/// Waiting moves the provider's clock, and takes no time.
struct Hurried {
    provider: Arc<TestProvider>,
    pauses: Arc<Mutex<Vec<u64>>>,
}

impl Runtime for Hurried {
    fn spawn(&self, work: BackgroundFuture) {
        tokio::spawn(work);
    }

    fn sleep(&self, pause: Duration) -> SleepFuture {
        let (provider, pauses) = (Arc::clone(&self.provider), Arc::clone(&self.pauses));
        Box::pin(async move {
            pauses.lock().push(pause.as_secs());
            provider.advance(pause);
            tokio::task::yield_now().await;
        })
    }
}
