//! A [`ResourceServer`] before a service of tower, and so before a router of axum or one of its routes.
//!
//! [`BearerLayer`] holds what a route asks for, [`BearerGuard`] is the service that it makes. [`MetadataEndpoint`] serves the
//! metadata of the API. The rules are not here: whatever is decided, [`ResourceServer`] decides.

mod endpoint;
mod guard;

pub use endpoint::MetadataEndpoint;
pub use guard::BearerGuard;

use std::sync::Arc;
use std::time::Duration;

use tower_layer::Layer;

use super::{Requirements, ResourceServer};

/// Lets requests through that have an access token for this API, and gives the handler what the token says.
///
/// The [`AccessTokenClaims`](crate::AccessTokenClaims) are among the extensions of the request; in axum a handler takes
/// `Extension<AccessTokenClaims>`. Anything else is answered without the handler, with an empty body and the challenge in
/// `WWW-Authenticate`. A layer around a whole router and one with more requirements on a route go together: the token is
/// checked once.
///
/// ```no_run
/// use axum::routing::{get, post};
/// use axum::{Extension, Router};
/// use symbolon_client::{AccessTokenClaims, BearerLayer, Client, ResourceServer};
///
/// async fn list(Extension(claims): Extension<AccessTokenClaims>) -> String {
///     format!("notes of {:?}", claims.subject)
/// }
///
/// # fn run() -> Result<Router, symbolon_client::Error> {
/// let client = Client::builder("https://login.example.com", "notes-api").client_secret("correct-horse").build()?;
/// let api = ResourceServer::builder(client, "https://api.example.com/notes").build()?;
/// let bearer = BearerLayer::new(api.clone());
/// let router = Router::new()
///     .route("/notes", get(list).layer(bearer.require_scope("notes.read")))
///     .route("/notes/new", post(list).layer(bearer.require_scope("notes.write")))
///     .route_service(&api.metadata_path(), api.metadata_endpoint());
/// # Ok(router)
/// # }
/// ```
///
/// # With axum
///
/// * A layer for CORS belongs outside of this one: a preflight has no token. It has to expose `WWW-Authenticate` (and
///   `DPoP-Nonce`) to the pages that should act on challenges.
/// * Under `Router::nest` the path is cut off before the layers of the nested router see it. DPoP proofs name the whole
///   address, so tell the layer with [`mounted_at`](Self::mounted_at), or put it around the outer router.
/// * The reason of a refusal is an extension of the response ([`Refusal`](crate::Refusal)), for a layer outside that logs.
#[derive(Debug, Clone)]
pub struct BearerLayer {
    server: ResourceServer,
    requirements: Arc<Requirements>,
    strangers: Strangers,
}

/// What becomes of requests without an `Authorization` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strangers {
    Refused,
    LetIn,
}

impl BearerLayer {
    /// Asks for a token that is good for the API, and for nothing more.
    pub fn new(server: ResourceServer) -> Self {
        Self { server, requirements: Arc::default(), strangers: Strangers::Refused }
    }

    /// The same layer that also asks for this scope, or each of these, separated by spaces.
    #[must_use]
    pub fn require_scope(&self, scope: &str) -> Self {
        self.with(|requirements| requirements.scope(scope))
    }

    /// The same layer that also asks for at least one of these scopes.
    #[must_use]
    pub fn require_any_scope<S: Into<String>>(&self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.with(|requirements| requirements.any_scope(scopes))
    }

    /// The same layer for tokens that name this audience.
    #[must_use]
    pub fn require_audience(&self, audience: impl Into<String>) -> Self {
        self.with(|requirements| requirements.audience(audience))
    }

    /// The same layer for users who authenticated in one of these ways (`acr`, RFC 9470 §3).
    #[must_use]
    pub fn require_authentication_context<A: Into<String>>(&self, values: impl IntoIterator<Item = A>) -> Self {
        self.with(|requirements| requirements.authentication_context(values))
    }

    /// The same layer for users who authenticated no longer ago than this (`auth_time`, RFC 9470 §3).
    #[must_use]
    pub fn require_max_age(&self, age: Duration) -> Self {
        self.with(|requirements| requirements.max_age(age))
    }

    /// The same layer below a path that was cut off from requests.
    #[must_use]
    pub fn mounted_at(&self, path: impl Into<String>) -> Self {
        self.with(|requirements| requirements.mounted_at(path))
    }

    /// The same layer that lets requests without an `Authorization` header through, without claims. Whoever has one must
    /// have a good one, and tokens that are there must be good for all that is required.
    #[must_use]
    pub fn optional(&self) -> Self {
        Self { strangers: Strangers::LetIn, ..self.clone() }
    }

    fn with(&self, change: impl FnOnce(Requirements) -> Requirements) -> Self {
        Self { requirements: Arc::new(change((*self.requirements).clone())), ..self.clone() }
    }
}

impl<S> Layer<S> for BearerLayer {
    type Service = BearerGuard<S>;

    fn layer(&self, inner: S) -> Self::Service {
        BearerGuard::new(self.clone(), inner)
    }
}

impl ResourceServer {
    /// A service that answers with the [`metadata`](Self::metadata) of this API, to be put at
    /// [`metadata_path`](Self::metadata_path).
    pub fn metadata_endpoint(&self) -> MetadataEndpoint {
        MetadataEndpoint::new(self.metadata())
    }
}
