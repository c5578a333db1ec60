//! Logging users in before an application answers them: a layer for tower, and with it for axum and everything else that
//! is a tower service.
//!
//! [`LoginLayer`] answers a few paths itself, beside the redirect URI of the client, and lets requests through to the
//! application with a [`Session`] in their extensions. With the feature `axum`, [`Session`] is an extractor.
//!
//! ```no_run
//! # #[cfg(feature = "axum")]
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use axum::{Router, routing::get};
//! use symbolon_client::{AuthorizationRequest, Client, LoginLayer, Session};
//!
//! let client = Client::builder("https://login.example.com", "my-app")
//!     .client_secret("correct-horse-battery-staple")
//!     .redirect_uri("https://app.example.com/auth/callback")
//!     .build()?;
//! let login = LoginLayer::builder(client, std::fs::read_to_string("cookie.secret")?)
//!     .request(AuthorizationRequest::new("openid email offline_access"))
//!     .public(["/"])
//!     .build()?;
//! let app = Router::new()
//!     .route("/", get(|| async { "Everybody sees this." }))
//!     .route("/notes", get(|session: Session| async move { format!("Notes of {}", session.subject()) }))
//!     .layer(login);
//! axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8080").await?, app).await?;
//! # Ok(())
//! # }
//! ```
//!
//! The folder `examples` has this as a program (`web.rs`), and the backend of a single-page application (`spa_backend.rs`).
//!
//! # Paths
//!
//! For the redirect URI `https://app.example.com/auth/callback`:
//!
//! | Path | What it does | To be registered at the provider |
//! |---|---|---|
//! | `GET /auth/login?return_to=/notes` | starts a login that comes back to that path of the application | |
//! | `GET` or `POST /auth/callback` | ends it, for every response mode but `fragment` | as `redirect_uris` |
//! | `POST /auth/logout` | ends the session here and goes on to the provider; a script gets `{"location": …}` to go to | |
//! | `GET /auth/logged-out` | where the provider sends the browser then | as `post_logout_redirect_uris` |
//! | `POST /auth/backchannel-logout` | takes logout tokens of the provider | as `backchannel_logout_uri` |
//! | `GET /auth/frontchannel-logout` | with [`LoginLayerBuilder::frontchannel_logout`] | as `frontchannel_logout_uri` |
//!
//! Whoever asks for a path that is not public and is not logged in is sent to the login, and comes back to the page. A
//! script (`fetch`) gets 401 with JSON instead, and what was posted is not sent again. The layer has to see the paths that
//! the browser asks for, so it goes around the whole application, not inside of `nest`.
//!
//! # Where a session is
//!
//! *In the cookie*, unless told otherwise: sealed (AES-256-GCM-SIV), so that neither the user nor anybody with a copy of the
//! cookie's text learns or changes what is in it, and split when it is longer than browsers keep one cookie, up to four.
//! Nothing has to be shared or kept for that but the secret. Three things have a limit then:
//!
//! * A logout cannot reach the copies of a cookie, so revoked sessions are remembered until they would have expired
//!   ([`RevocationList`]). In memory ([`MemoryRevocations`]) that is forgotten with a restart, and not known to other
//!   processes: with several, give all of them one list that they share, or back-channel logout ends a session in one only.
//! * A refresh makes new tokens, and the answer carries them to the browser. Requests side by side make one refresh; an
//!   answer that is lost is made up for, because the process remembers the outcome for an hour. Several processes do not
//!   share this memory: if the provider takes a refresh token once (rotation without a grace period), send a user's
//!   requests to the same process, or use a store.
//! * A session longer than about 11 KiB before sealing does not fit.
//!
//! *In a store* ([`SessionStore`], [`MemorySessions`]) none of these holds, and the cookie has only an id, sealed. The store
//! sees hashes of ids, sealed sessions, `sub`, `sid` and when a session ends. One limit is left: two processes that refresh
//! one session in the same instant both send its refresh token, which a provider with strict rotation may take for a theft;
//! the user has to log in again then.
//!
//! # What the cookies protect, and what not
//!
//! * They are `HttpOnly`, `SameSite=Lax` and on https `Secure` with the prefix `__Host-`: no script reads them, no other
//!   host sets them, and no other site posts with them. A sibling host (`other.example.com`) is *the same site* for
//!   browsers: an application whose GET requests change something, or that has hostile siblings, needs CSRF tokens or a
//!   look at `Sec-Fetch-Site`.
//! * Each login has a cookie of its own with `state`, `nonce` and the PKCE verifier, so the answer of the provider counts
//!   only in the browser that asked, once, and within fifteen minutes. With `response_mode=form_post` this one cookie is
//!   `SameSite=None`, because another site posts the answer.
//! * Every login makes a new session id and ends the session before it, so a session that somebody planted is worth nothing.
//! * A logout is a POST of the application's own pages; `Sec-Fetch-Site` or `Origin` tell. Links need
//!   [`LoginLayerBuilder::logout_by_get`].
//! * Logins under way have 6000 bytes of cookies at most, five at once, so that no other site can make a browser's requests
//!   too long for the server.
//! * Whoever steals the cookie (from the machine, or by taking over the browser) is the user until the session ends.
//!   Script in the page (XSS) cannot take it away but can send requests with it.
//! * Whoever knows the secret can make any session. [`LoginLayerBuilder::former_secret`] changes it without logging out.
//! * `return_to` leads only to paths of the application. Texts of the provider are escaped on the error page.
//! * A login that goes round in circles, because the browser keeps no cookie, ends with a page after eight times.

mod answer;
mod builder;
mod cookies;
mod failure;
mod layer;
mod memory;
mod pending;
mod protection;
mod refreshes;
mod return_to;
mod routes;
mod session;
mod stores;
mod visit;

use std::sync::Arc;

use symbolon_jose::{Kind, Sealer};
use url::Url;

pub use builder::LoginLayerBuilder;
pub use failure::{LoginFailure, LoginFailureKind};
pub use layer::{LoginGuard, LoginLayer};
pub use memory::{MemoryRevocations, MemorySessions};
pub use session::{Session, SessionError};
pub use stores::{EndedSessions, Revocation, RevocationList, SessionStore, StoreError, StoreFuture, StoredSession};
pub use visit::LoginRequired;

use crate::authorization::{AuthorizationRequest, ResponseMode};
use crate::client::Client;

/// A whole session.
const SESSION: Kind = Kind { byte: 0x41, label: "symbolon-client/login/session" };
/// The id of a session that is in a store.
const SESSION_ID: Kind = Kind { byte: 0x42, label: "symbolon-client/login/session-id" };
/// A login under way.
const PENDING: Kind = Kind { byte: 0x43, label: "symbolon-client/login/pending" };
const KINDS: [Kind; 3] = [SESSION, SESSION_ID, PENDING];

/// How long sessions last.
#[derive(Debug, Clone, Copy)]
struct Lifetimes {
    absolute_seconds: i64,
    idle_seconds: i64,
}

/// What is done only when the builder was told so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Switch {
    UserInfo,
    PersistentCookie,
    LogoutByGet,
    LocalLogout,
    FrontchannelLogout,
}

/// What a layer and all its services share.
struct Login {
    client: Client,
    sealer: Sealer,
    names: cookies::CookieNames,
    paths: routes::Paths,
    /// The redirect URI, whose origin is the application's.
    own: Url,
    request: AuthorizationRequest,
    /// Where a login leads that no page led to.
    home: String,
    after_logout: Option<String>,
    lifetimes: Lifetimes,
    /// How long one of them may be under way.
    pending_seconds: i64,
    public: protection::PublicPaths,
    switches: Vec<Switch>,
    store: Option<Arc<dyn SessionStore>>,
    revocations: Arc<dyn RevocationList>,
    refreshes: refreshes::Refreshes,
    error_page: Option<failure::ErrorPage>,
}

impl Login {
    fn now(&self) -> i64 {
        self.client.inner().clock.now()
    }

    /// Whether another site posts the provider's answer, so that it comes without the cookies of a session.
    fn is_posted(&self) -> bool {
        self.request.mode().is_some_and(ResponseMode::is_posted)
    }

    fn has(&self, switch: Switch) -> bool {
        self.switches.contains(&switch)
    }

    /// Whose sessions these are.
    fn owner(&self) -> String {
        format!("{} {}", self.client.issuer(), self.client.client_id())
    }
}
