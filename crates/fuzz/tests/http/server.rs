//! The provider under test: in process, in memory, with the real clock.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Body;
use http_body_util::BodyExt as _;
use symbolon_server::clock::Clock;
use symbolon_server::config::{self, Overrides};
use symbolon_server::{Parts, Rng, Routes, Sender, Server};

use super::request::{Listener, Sent};

/// Where it says it is.
pub(crate) const PUBLIC: &str = "http://127.0.0.1:4444";

const SETTINGS: &[(&str, &str)] = &[
    ("dev", "true"),
    ("dsn", "memory"),
    ("log.level", "error"),
    ("secrets.system", "a-system-secret-for-hostile-input"),
    ("urls.self.issuer", PUBLIC),
    ("urls.self.public", PUBLIC),
    ("urls.login", "http://127.0.0.1:3000/login"),
    ("urls.consent", "http://127.0.0.1:3000/consent"),
    ("urls.logout", "http://127.0.0.1:3000/logout"),
    ("urls.device.verification", "http://127.0.0.1:3000/device"),
    ("oidc.dynamic_client_registration.enabled", "true"),
    // All requests come from one address, and what is behind the limit is to be reached.
    ("symbolon.registration.limit_per_minute", "0"),
];

pub(crate) struct TestServer {
    public: Routes,
    admin: Routes,
    requests: u32,
}

/// An answer with its whole body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(500).collect()
    }
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        let flags = SETTINGS.iter().fold(Overrides::default(), |flags, (key, value)| flags.set(*key, *value));
        let config = config::load(&[], std::iter::empty(), &flags);
        let config = config.unwrap_or_else(|fault| panic!("{fault}"));
        let parts = Parts { clock: Clock::system(), rng: Rng::system(), store: None };
        let server = Box::pin(Server::start(config, parts)).await.unwrap_or_else(|fault| panic!("{fault}"));
        Self { public: server.public_routes(), admin: server.admin_routes(), requests: 0 }
    }

    /// Each request comes from another address, so that limits per address do not hide what is behind them.
    pub(crate) async fn send(&mut self, sent: Sent) -> Answer {
        self.requests += 1;
        let routes = match sent.listener {
            Listener::Public => &self.public,
            Listener::Admin => &self.admin,
        };
        let mut request = sent.request.map(Body::from);
        let address = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + self.requests * 256));
        request.extensions_mut().insert(Sender::from(SocketAddr::new(address, 50_000)));
        let answer = routes.answer(request).await;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap_or_else(|fault| panic!("{fault}")).to_bytes().to_vec();
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }
}
