//! The application under test.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::{Value, json};
use symbolon_client::{
    AuthorizationRequest, Client, ClientBuilder, Clock, LoginLayer, LoginLayerBuilder, LoginRequired, Session,
    SessionError,
};
use symbolon_test_provider::{TestClient, TestProvider};
use tokio::net::TcpListener;

use super::Visitor;

pub(super) const SECRET: &str = "the-secret-of-the-cookies-in-these-tests";

type ClientSettings = Box<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>;

/// An application, its provider, and a clock for both.
pub(super) struct App {
    pub(super) provider: TestProvider,
    pub(super) client: TestClient,
    /// Where the application answers.
    pub(super) base: String,
    /// How often a form was posted to the application.
    pub(super) posts: Arc<AtomicUsize>,
    /// What browsers call the application.
    origin: String,
    settings: ClientSettings,
}

/// How an application differs from the usual one.
pub(super) struct Setup {
    origin: Option<&'static str>,
    access_tokens_for: &'static str,
    members: Value,
    client: ClientSettings,
}

impl Setup {
    /// Behind a reverse proxy that browsers know by this origin.
    pub(super) fn origin(mut self, origin: &'static str) -> Self {
        self.origin = Some(origin);
        self
    }

    /// With access tokens of this lifetime.
    pub(super) fn access_tokens_for(mut self, lifetime: &'static str) -> Self {
        self.access_tokens_for = lifetime;
        self
    }

    /// Registered with these members besides; `BASE` in a text is the origin.
    pub(super) fn members(mut self, members: Value) -> Self {
        self.members = members;
        self
    }

    /// With another client.
    pub(super) fn client(mut self, client: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static) -> Self {
        self.client = Box::new(client);
        self
    }

    /// With these settings of the layer.
    pub(super) async fn start(self, settings: impl FnOnce(LoginLayerBuilder) -> LoginLayerBuilder) -> App {
        let provider = TestProvider::builder()
            .set("ttl.access_token", self.access_tokens_for)
            .clock_at(1_800_000_000)
            .start()
            .await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let origin = self.origin.unwrap_or(&base).to_owned();
        let mut metadata = json!({
            "redirect_uris": [format!("{origin}/auth/callback")],
            "post_logout_redirect_uris": [format!("{origin}/auth/logged-out")],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "openid offline_access profile email",
        });
        for (name, value) in self.members.as_object().unwrap() {
            metadata[name] = serde_json::from_str(&value.to_string().replace("BASE", &origin)).unwrap();
        }
        let client = provider.register(metadata).await;
        let app = App { provider, client, base, posts: Arc::default(), origin, settings: self.client };
        let layer = settings(app.layer(SECRET)).build().unwrap();
        app.serve(listener, layer);
        app
    }
}

impl App {
    pub(super) fn setup() -> Setup {
        Setup { origin: None, access_tokens_for: "1h", members: json!({}), client: Box::new(|client| client) }
    }

    /// With public paths `/` and `/open/*`.
    pub(super) async fn start() -> Self {
        Self::with(|login| login).await
    }

    /// With other settings.
    pub(super) async fn with(settings: impl FnOnce(LoginLayerBuilder) -> LoginLayerBuilder) -> Self {
        Self::setup().start(settings).await
    }

    /// With sessions that last for days, so that their tokens do not.
    pub(super) async fn lasting(settings: impl FnOnce(LoginLayerBuilder) -> LoginLayerBuilder) -> Self {
        Self::with(|login| settings(long(login))).await
    }

    /// The usual layer, before it is built.
    pub(super) fn layer(&self, secret: &str) -> LoginLayerBuilder {
        let client = Client::builder(self.provider.issuer(), &self.client.id)
            .client_secret(self.client.secret.clone())
            .redirect_uri(format!("{}/auth/callback", self.origin))
            .clock(Clock::custom(self.provider.clock()))
            .retries(0)
            .without_proxy();
        LoginLayer::builder((self.settings)(client).build().unwrap(), secret)
            .request(AuthorizationRequest::new("openid email offline_access"))
            .public(["/", "/open/*", "/mixed"])
    }

    /// Another process of the same application: at another port, as a reverse proxy would reach it.
    pub(super) async fn process(&self, layer: LoginLayerBuilder) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        self.serve(listener, layer.build().unwrap());
        base
    }

    /// Time passes, here and at the provider.
    pub(super) fn advance(&self, seconds: u64) {
        self.provider.advance(Duration::from_secs(seconds));
    }

    /// How often tokens were asked for.
    pub(super) fn token_requests(&self) -> usize {
        self.provider.requests("/oauth2/token")
    }

    pub(super) fn visitor(&self) -> Visitor<'_> {
        Visitor::new(self)
    }

    fn serve(&self, listener: TcpListener, layer: LoginLayer) {
        let router = Router::new()
            .route("/", get(home))
            .route("/open/{name}", get(home))
            .route("/mixed", get(account))
            .route("/account", get(account).post(submit))
            .route("/deep/page", get(account))
            .route("/cached", get(|| async { ([("cache-control", "max-age=60")], "x") }))
            .route("/token", get(token))
            .route("/token-or-401", get(token_or_401))
            .route("/once-more", get(|| async { LoginRequired }))
            .route("/sid", get(sid))
            .route("/leave", get(leave).post(leave))
            .layer(Extension(Arc::clone(&self.posts)))
            .layer(layer);
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
}

async fn home(session: Option<Session>) -> String {
    session.map_or_else(|| "nobody".to_owned(), |session| session.subject().to_owned())
}

async fn account(session: Session, RawQuery(query): RawQuery) -> String {
    let email = session.claim("email").unwrap_or("-");
    format!("{} {email} {}", session.subject(), query.unwrap_or_default())
}

async fn submit(Extension(posts): Extension<Arc<AtomicUsize>>) -> String {
    format!("posted {}", posts.fetch_add(1, Ordering::SeqCst) + 1)
}

async fn token(session: Session) -> Result<String, SessionError> {
    Ok(session.access_token().await?.as_str().to_owned())
}

/// With an error of its own.
async fn token_or_401(session: Session) -> Result<String, StatusCode> {
    let token = session.access_token().await.map_err(|error| error.status())?;
    Ok(token.as_str().to_owned())
}

/// The session at the provider, which the ID token names.
async fn sid(session: Session) -> String {
    session.claims().all["sid"].as_str().unwrap().to_owned()
}

async fn leave(session: Session) -> Response {
    match session.end().await {
        Ok(()) => "bye".into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Sessions for a week.
pub(super) fn long(login: LoginLayerBuilder) -> LoginLayerBuilder {
    let week = Duration::from_secs(7 * 24 * 3600);
    login.absolute_lifetime(week).idle_lifetime(week)
}
