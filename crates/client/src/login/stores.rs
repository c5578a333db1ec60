//! What has to outlive a request: sessions, where they are not in the browser's cookie, and logouts.
//!
//! Both are traits, because a program on several machines needs them in a place that all share; the implementations here
//! are for one process. Neither ever sees a token or the id that a cookie has: sessions are sealed, and keys are hashes.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What a store gives back.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A store could not do what it was asked for. The text is for the operator, and reaches no browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError(String);

impl StoreError {
    /// With a reason, which must have no secret.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}

/// A session as a store keeps it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredSession {
    /// The key: a hash of what the cookie has.
    pub key: String,
    /// The session itself, sealed: base64url text.
    pub sealed: String,
    /// The user (`sub`).
    pub subject: String,
    /// The user's session at the provider (`sid` of the ID token).
    pub provider_session_id: Option<String>,
    /// When it was written, Unix seconds.
    pub written_at: i64,
    /// When it ends if nobody uses it before, Unix seconds. It may be deleted from then on.
    pub expires_at: i64,
}

/// What is sealed is not shown; the rest is about a person.
impl fmt::Debug for StoredSession {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StoredSession").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Which sessions a provider ends (`OpenID` Connect Back-Channel Logout 1.0 §2.4).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndedSessions {
    /// `sub`: alone, all sessions of this user
    pub subject: Option<String>,
    /// `sid`: the one with this session at the provider
    pub provider_session_id: Option<String>,
}

impl fmt::Debug for EndedSessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EndedSessions").finish_non_exhaustive()
    }
}

impl EndedSessions {
    /// Whether the session of this user is among them. One that does not know its `sid` may be the one that is meant, so
    /// it ends with its user.
    pub fn include(&self, subject: &str, provider_session_id: Option<&str>) -> bool {
        let same_user = self.subject.as_deref() == Some(subject);
        match (self.provider_session_id.as_deref(), provider_session_id) {
            (Some(ended), Some(own)) => ended == own,
            (Some(_) | None, _) => same_user,
        }
    }
}

/// Keeps sessions on the server's side, so that the cookie has only an id: for sessions that are too long for cookies, and
/// for logouts that a restart does not forget.
///
/// [`MemorySessions`](crate::MemorySessions) is the one for a single process; a database is the usual other one, with
/// `key` as its primary key.
pub trait SessionStore: Send + Sync + 'static {
    /// The sealed text of a session.
    fn load<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<String>>;

    /// Adds a session. A store without space must fail rather than forget another one.
    fn insert(&self, session: StoredSession) -> StoreFuture<'_, ()>;

    /// Writes a session over the one of the same key if its sealed text is still `former`; `false` and nothing written
    /// when it was ended or written by somebody else meanwhile. In a database: `UPDATE … WHERE key = … AND sealed = …`.
    fn replace<'a>(&'a self, former: &'a str, session: StoredSession) -> StoreFuture<'a, bool>;

    /// Deletes a session, if there is one.
    fn remove<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()>;

    /// Deletes all sessions that [`EndedSessions::include`] says yes to.
    fn remove_all<'a>(&'a self, ended: &'a EndedSessions) -> StoreFuture<'a, ()>;
}

/// Something that ended, or that was used and must not be used again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revocation {
    /// What: [`Revocation::ENDED`] or [`Revocation::USED`], and a hash.
    pub key: String,
    /// When, Unix seconds.
    pub at: i64,
    /// How long it has to be remembered, Unix seconds: after that, what it is about has expired by itself.
    pub until: i64,
}

impl Revocation {
    /// What keys begin with that stand for sessions: one, or all that a provider ended.
    pub const ENDED: &'static str = "ended.";
    /// What keys begin with that stand for something used up: a login's `state`, a logout token. Anybody can make logins,
    /// so a list with an upper bound must not forget what [`ENDED`](Self::ENDED) because of these.
    pub const USED: &'static str = "used.";
}

/// Remembers what was revoked: sessions that are in cookies alone cannot be taken back from the browsers that have them.
///
/// [`MemoryRevocations`](crate::MemoryRevocations) is the one for a single process. Several processes need one that they
/// share, such as a table or a key-value store with expiry; without it, a logout reaches only the process that heard of it.
pub trait RevocationList: Send + Sync + 'static {
    /// Remembers something; whether it was new. Where it was not, the later [`Revocation::at`] and
    /// [`Revocation::until`] count. One that is lost is a logout that did not happen: an implementation must fail
    /// rather than forget.
    fn revoke(&self, revocation: Revocation) -> StoreFuture<'_, bool>;

    /// For each key when it was revoked, `None` where it was not.
    fn revoked_at<'a>(&'a self, keys: &'a [String]) -> StoreFuture<'a, Vec<Option<i64>>>;
}

/// What several layers, or a layer and the program, have together.
impl<T: SessionStore + ?Sized> SessionStore for Arc<T> {
    fn load<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<String>> {
        (**self).load(key)
    }

    fn insert(&self, session: StoredSession) -> StoreFuture<'_, ()> {
        (**self).insert(session)
    }

    fn replace<'a>(&'a self, former: &'a str, session: StoredSession) -> StoreFuture<'a, bool> {
        (**self).replace(former, session)
    }

    fn remove<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()> {
        (**self).remove(key)
    }

    fn remove_all<'a>(&'a self, ended: &'a EndedSessions) -> StoreFuture<'a, ()> {
        (**self).remove_all(ended)
    }
}

/// What several layers, or a layer and the program, have together.
impl<T: RevocationList + ?Sized> RevocationList for Arc<T> {
    fn revoke(&self, revocation: Revocation) -> StoreFuture<'_, bool> {
        (**self).revoke(revocation)
    }

    fn revoked_at<'a>(&'a self, keys: &'a [String]) -> StoreFuture<'a, Vec<Option<i64>>> {
        (**self).revoked_at(keys)
    }
}
