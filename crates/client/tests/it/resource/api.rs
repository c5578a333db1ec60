//! The API: an axum router on a port of its own, and a client without opinions.

use std::time::Duration;

use axum::routing::{get, post};
use axum::{Extension, Router};
use serde_json::{Value, json};
use symbolon_client::{AccessTokenClaims, BearerLayer, ResourceServer, reqwest};

/// An API that runs.
pub(super) struct Api {
    pub(super) url: String,
    http: reqwest::Client,
}

/// An answer as received.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The lines of `WWW-Authenticate`.
    pub(super) fn challenges(&self) -> Vec<&str> {
        self.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap()).collect()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The routes that most tests use, each with requirements of its own.
pub(super) fn routes(server: &ResourceServer) -> Router {
    let bearer = BearerLayer::new(server.clone());
    let authenticated =
        bearer.require_authentication_context(["gold", "silver"]).require_max_age(Duration::from_secs(300));
    Router::new()
        .route("/notes", get(show).layer(bearer.require_scope("notes.read")))
        .route("/any", get(show).layer(bearer.clone()))
        .route("/write", post(show).layer(bearer.require_scope("notes.read notes.write")))
        .route("/either", get(show).layer(bearer.require_any_scope(["notes.own", "notes.all"])))
        .route("/impossible", get(show).layer(bearer.require_any_scope(Vec::<String>::new())))
        .route("/partner", get(show).layer(bearer.require_audience("https://partner.example")))
        .route("/money", get(show).layer(authenticated))
        .route("/open", get(show).layer(bearer.optional().require_scope("notes.read")))
        .route_service(&server.metadata_path(), server.metadata_endpoint())
}

/// Tells the claims that the layer handed over.
pub(super) async fn show(claims: Option<Extension<AccessTokenClaims>>) -> String {
    let told = match claims {
        None => json!("a stranger"),
        Some(Extension(claims)) => json!({
            "subject": claims.subject, "client_id": claims.client_id, "scope": claims.scope.to_string(),
        }),
    };
    told.to_string()
}

impl Api {
    /// The usual routes before this server.
    pub(super) async fn start(server: &ResourceServer) -> Self {
        Self::with(routes(server)).await
    }

    pub(super) async fn with(router: Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    /// Sends a request with these headers, some perhaps twice.
    pub(super) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut map = reqwest::header::HeaderMap::new();
        for (name, value) in headers {
            let name = reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.append(name, value.parse().unwrap());
        }
        let request = self.http.request(method, format!("{}{path}", self.url)).headers(map);
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Answer { status, headers, body: answer.text().await.unwrap() }
    }

    pub(super) async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, &[("authorization", &format!("Bearer {token}"))]).await
    }

    /// With a proof.
    pub(super) async fn get_bound(&self, path: &str, token: &str, proof: &str) -> Answer {
        self.send("GET", path, &[("authorization", &format!("DPoP {token}")), ("dpop", proof)]).await
    }
}
