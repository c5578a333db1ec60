//! The application under test.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde_json::json;
use symbolon_client::{
    AuthorizationRequest, Client, Clock, LoginLayer, LoginLayerBuilder, LoginRequired, Session, SessionError,
};
use symbolon_test_provider::{TestClient, TestProvider};
use tokio::net::TcpListener;

use super::Visitor;

pub(super) const SECRET: &str = "the-secret-of-the-cookies-in-these-tests";

/// An application, its provider, and a clock for both.
pub(super) struct App {
    pub(super) provider: TestProvider,
    pub(super) client: TestClient,
    pub(super) base: String,
    /// How often a form was posted to the application.
    pub(super) posts: Arc<AtomicUsize>,
}

impl App {
    /// With public paths `/` and `/open/*`.
    pub(super) async fn start() -> Self {
        Self::with(|login| login).await
    }

    /// With other settings.
    pub(super) async fn with(settings: impl FnOnce(LoginLayerBuilder) -> LoginLayerBuilder) -> Self {
        let provider = TestProvider::builder().set("ttl.access_token", "1h").clock_at(1_800_000_000).start().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let client = provider
            .register(json!({
                "redirect_uris": [format!("{base}/auth/callback")],
                "post_logout_redirect_uris": [format!("{base}/auth/logged-out")],
                "grant_types": ["authorization_code", "refresh_token"],
                "response_types": ["code"],
                "scope": "openid offline_access profile email",
            }))
            .await;
        let app = Self { provider, client, base, posts: Arc::default() };
        let layer = settings(app.layer(SECRET)).build().unwrap();
        app.serve(listener, layer);
        app
    }

    /// The usual layer, before it is built.
    pub(super) fn layer(&self, secret: &str) -> LoginLayerBuilder {
        let client = Client::builder(self.provider.issuer(), &self.client.id)
            .client_secret(self.client.secret.clone())
            .redirect_uri(format!("{}/auth/callback", self.base))
            .clock(Clock::custom(self.provider.clock()))
            .retries(0)
            .without_proxy()
            .build()
            .unwrap();
        LoginLayer::builder(client, secret)
            .request(AuthorizationRequest::new("openid email offline_access"))
            .public(["/", "/open/*", "/mixed"])
    }

    /// A second process of the same application: at another port, as a reverse proxy would reach it.
    #[expect(dead_code, reason = "tests with two processes are still to come")]
    pub(super) async fn second_process(&self, layer: LoginLayer) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        self.serve(listener, layer);
        base
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
            .route("/slow-token", get(slow_token))
            .route("/leave", post(leave))
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

/// Keeps its cookie of the beginning for a while.
async fn slow_token(session: Session) -> Result<String, SessionError> {
    tokio::task::yield_now().await;
    Ok(session.access_token().await?.as_str().to_owned())
}

async fn leave(session: Session) -> Response {
    match session.end().await {
        Ok(()) => LoginRequired.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
