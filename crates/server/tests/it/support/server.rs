//! A server in process, on a database of its own, with a clock that stands still and randomness from a seed.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use axum::body::Body;
use http::Request;
use http::header::HOST;
use serde_json::Value;
use symbolon_jose::Rng;
use symbolon_server::clock::Clock;
use symbolon_server::config::{self, Config, Overrides};
use symbolon_server::{Parts, Routes, Sender, Server};

use super::{Answer, Call, Listener, database, described, signing_keys};

/// The instant at which every test begins, in Unix seconds: 2027-01-15T08:00:00Z.
pub(crate) const START: i64 = 1_800_000_000;

/// The configurations with which exchanges were recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Profile {
    /// A login application at 127.0.0.1:3000, dynamic registration on.
    Base,
    /// Web hooks and CORS.
    Hooks,
    /// JWT access tokens, customised discovery, exposed errors.
    Jwt,
    /// PKCE enforced, pairwise subjects, challenges of two seconds, a grace period, built-in pages.
    Strict,
}

impl Profile {
    /// The configuration as loaded from its file, in development mode and in memory.
    pub(crate) fn config(self) -> Config {
        let name = format!("{self:?}.yml").to_lowercase();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config/tests/profiles");
        let flags = Overrides::default().set("dev", "true").set("dsn", "memory");
        let config = config::load(&[folder.join(name)], std::iter::empty(), &flags);
        let mut config = config.unwrap_or_else(|error| panic!("{error}"));
        // Tests register as many clients as they need, all from one address and in no time.
        config.symbolon.registration.limit_per_minute = 0;
        config.symbolon.limits.client_secret_attempts_per_minute = 0;
        config
    }
}

/// A running server. Clones are the same one.
#[derive(Clone)]
pub(crate) struct TestServer {
    pub(crate) server: Server,
    pub(crate) clock: Clock,
    public: Routes,
    admin: Routes,
    public_url: String,
}

impl TestServer {
    /// The base profile in memory.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The base profile in memory, with a change to the configuration.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Profile::Base.config();
        change(&mut config);
        Self::start(config).await
    }

    /// A server with this configuration.
    pub(crate) async fn start(config: Config) -> Self {
        Self::start_at(config, Clock::manual(START), 1).await
    }

    /// A server with this configuration, clock and randomness: a second start needs other randomness than the first.
    pub(crate) async fn start_at(config: Config, clock: Clock, seed: u64) -> Self {
        let public_url = config.public_url().to_owned();
        let store = Box::pin(signing_keys::store_with_keys(&config)).await;
        let parts = Parts { clock: clock.clone(), rng: Rng::seeded(seed), store };
        let server = Box::pin(Server::start(config, parts)).await.unwrap_or_else(|error| panic!("{error}"));
        let (public, admin) = (server.public_routes(), server.admin_routes());
        Self { server, clock, public, admin, public_url }
    }

    /// Another node on the database of this one, with a change to the configuration of the base profile.
    pub(crate) async fn beside(&self, seed: u64, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Profile::Base.config();
        change(&mut config);
        let public_url = config.public_url().to_owned();
        let store = Some(self.server.store().clone());
        let parts = Parts { clock: self.clock.clone(), rng: Rng::seeded(seed), store };
        let server = Box::pin(Server::start(config, parts)).await.unwrap_or_else(|error| panic!("{error}"));
        let (public, admin) = (server.public_routes(), server.admin_routes());
        Self { server, clock: self.clock.clone(), public, admin, public_url }
    }

    /// Runs a test on the embedded database and, when there is a database server, on a fresh database there.
    pub(crate) async fn each_database(test: impl AsyncFn(&Self)) {
        Self::each_database_with(|_| {}, test).await;
    }

    /// Like [`TestServer::each_database`], with a change to the configuration of the base profile.
    pub(crate) async fn each_database_with(change: impl Fn(&mut Config), test: impl AsyncFn(&Self)) {
        test(&Self::with(&change).await).await;
        let Some(database) = database::Fresh::create().await else { return };
        let server = Self::with(|config| {
            change(config);
            config.dsn.clone_from(&database.dsn);
        })
        .await;
        test(&server).await;
        server.server.store().close().await;
        database.drop().await;
    }

    /// Runs a test on a database server, with a connection of its own to the same database; does nothing where there is
    /// none.
    pub(crate) async fn beside_a_connection(test: impl AsyncFn(&Self, &tokio_postgres::Client)) {
        let Some(database) = database::Fresh::create().await else { return };
        let server = Self::with(|config| config.dsn.clone_from(&database.dsn)).await;
        let connection = database.connect().await;
        test(&server, &connection).await;
        drop(connection);
        server.server.store().close().await;
        database.drop().await;
    }

    /// Sends a request.
    pub(crate) async fn call(&self, listener: Listener, call: Call) -> Answer {
        let mut request = call.into_request();
        if !request.headers().contains_key(HOST) {
            request.headers_mut().insert(HOST, "127.0.0.1".parse().unwrap());
        }
        self.send(listener, request).await
    }

    /// The routes of a listener.
    pub(super) fn routes(&self, listener: Listener) -> &Routes {
        match listener {
            Listener::Public => &self.public,
            Listener::Admin => &self.admin,
        }
    }

    /// Adds what a listener knows of a connection.
    pub(super) fn prepare(request: &mut Request<Body>) {
        request.extensions_mut().insert(Sender::from(SocketAddr::from((Ipv4Addr::LOCALHOST, 50_000))));
    }

    /// Sends a request as it is: nothing is added that a client would add.
    pub(crate) async fn send(&self, listener: Listener, mut request: Request<Body>) -> Answer {
        Self::prepare(&mut request);
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = Answer::collect(self.routes(listener).answer(request).await).await;
        described(self).await.check((listener, &method, &path), &answer);
        answer
    }

    /// Sends a request to the public listener.
    pub(crate) async fn public(&self, call: Call) -> Answer {
        self.call(Listener::Public, call).await
    }

    /// Sends a request to the admin listener.
    pub(crate) async fn admin(&self, call: Call) -> Answer {
        self.call(Listener::Admin, call).await
    }

    /// Base of the public endpoints, without a slash at the end.
    pub(crate) fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Path and query of an address on the public listener, `None` for an address elsewhere.
    pub(crate) fn public_target(&self, url: &str) -> Option<String> {
        let rest = url.strip_prefix(&self.public_url).unwrap_or(url);
        rest.starts_with('/').then(|| rest.split('#').next().unwrap_or_default().to_owned())
    }

    /// Registers a client; answers its metadata as created.
    pub(crate) async fn create_client(&self, metadata: &Value) -> Value {
        self.admin(Call::post("/admin/clients").json(metadata)).await.expect(201).json()
    }

    /// What introspection says of a token.
    pub(crate) async fn introspect(&self, token: &str) -> Value {
        self.admin(Call::post("/admin/oauth2/introspect").form(&[("token", token)])).await.expect(200).json()
    }

    /// Runs a test on two nodes of one database server, which share nothing else; does nothing where there is none.
    pub(crate) async fn two_nodes(test: impl AsyncFn(&Self, &Self)) {
        Self::two_nodes_with(|_| {}, test).await;
    }

    /// Like [`TestServer::two_nodes`], with a change to the configuration of both.
    pub(crate) async fn two_nodes_with(change: impl FnOnce(&mut Config), test: impl AsyncFn(&Self, &Self)) {
        let Some(database) = database::Fresh::create().await else { return };
        let mut config = Profile::Base.config();
        change(&mut config);
        config.dsn.clone_from(&database.dsn);
        let one = Self::start_at(config.clone(), Clock::manual(START), 1).await;
        let other = Self::start_at(config, one.clock.clone(), 2).await;
        test(&one, &other).await;
        one.server.store().close().await;
        other.server.store().close().await;
        database.drop().await;
    }
}
