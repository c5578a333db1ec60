//! Stores and lists that fail, or that somebody else has written into.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use symbolon_client::reqwest::Method;
use symbolon_client::{
    EndedSessions, MemorySessions, Revocation, RevocationList, SessionStore, StoreError, StoreFuture, StoredSession,
};

use super::visitor::FORM;
use super::{App, SECRET, long};

/// A store that fails while it is told to.
struct Moody {
    store: MemorySessions,
    fails: Arc<AtomicBool>,
}

impl Moody {
    fn fails<'a, T: Send + 'a>(&self) -> Option<StoreFuture<'a, T>> {
        let fault = || StoreError::new("postgres://user:hush@db does not answer");
        self.fails.load(Ordering::SeqCst).then(|| Box::pin(async move { Err(fault()) }) as StoreFuture<'a, T>)
    }
}

impl SessionStore for Moody {
    fn load<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<String>> {
        self.fails().unwrap_or_else(|| self.store.load(key))
    }

    fn insert(&self, session: StoredSession) -> StoreFuture<'_, ()> {
        self.fails().unwrap_or_else(|| self.store.insert(session))
    }

    fn replace<'a>(&'a self, former: &'a str, session: StoredSession) -> StoreFuture<'a, bool> {
        self.fails().unwrap_or_else(|| self.store.replace(former, session))
    }

    fn remove<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()> {
        self.fails().unwrap_or_else(|| self.store.remove(key))
    }

    fn remove_all<'a>(&'a self, ended: &'a EndedSessions) -> StoreFuture<'a, ()> {
        self.fails().unwrap_or_else(|| self.store.remove_all(ended))
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_lets_nobody_in_and_nobody_out() {
    let fails = Arc::new(AtomicBool::new(false));
    let store = Moody { store: MemorySessions::new(), fails: Arc::clone(&fails) };
    let app = App::with(|login| login.store(store)).await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    let mut late = app.visitor();
    let url = late.begin("/account").await;
    let landing = late.provider.log_in(&url, "bob").await;
    let logout = app.provider.logout_token(json!({ "aud": app.client.id, "sub": "alice" })).await;
    let logout = format!("logout_token={logout}");

    fails.store(true, Ordering::SeqCst);
    for reply in [visitor.get("/account").await, visitor.get("/").await, visitor.post("/auth/logout", FORM, "").await] {
        assert_eq!(reply.status, 503);
        assert!(!reply.text.contains("hush"), "{}", reply.text);
    }
    assert_eq!(visitor.names(), ["session"], "the cookie is kept for when the store answers");
    assert_eq!(late.come_back(&landing).await.status, 503);
    assert!(late.names().is_empty());
    let reply = visitor.ask(Method::POST, "/auth/backchannel-logout", &[], Some(&logout)).await;
    assert_eq!(reply.status, 400);
    assert!(!reply.text.contains("hush"), "{}", reply.text);

    fails.store(false, Ordering::SeqCst);
    assert_eq!(visitor.get("/account").await.status, 200);
    // The provider's next attempt counts.
    assert_eq!(visitor.ask(Method::POST, "/auth/backchannel-logout", &[], Some(&logout)).await.status, 200);
    assert_eq!(visitor.get("/account").await.status, 303);
}

#[tokio::test]
async fn tokens_that_could_not_be_written_are_used_all_the_same() {
    let fails = Arc::new(AtomicBool::new(false));
    let store = NoWrites { store: MemorySessions::new(), fails: Arc::clone(&fails) };
    let app = App::with(|login| long(login).store(store)).await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    fails.store(true, Ordering::SeqCst);
    app.advance(3550);
    let next = visitor.get("/token").await.text;
    assert_eq!(app.token_requests(), 2);
    // The store still has the refresh token that was used; it is not used again.
    fails.store(false, Ordering::SeqCst);
    app.advance(3600);
    let last = visitor.get("/token").await;
    assert_eq!((last.status, app.token_requests()), (200, 3));
    assert_ne!(last.text, next);
}

/// A store that takes no changes while it is told to.
struct NoWrites {
    store: MemorySessions,
    fails: Arc<AtomicBool>,
}

impl SessionStore for NoWrites {
    fn load<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<String>> {
        self.store.load(key)
    }

    fn insert(&self, session: StoredSession) -> StoreFuture<'_, ()> {
        self.store.insert(session)
    }

    fn replace<'a>(&'a self, former: &'a str, session: StoredSession) -> StoreFuture<'a, bool> {
        let fails = self.fails.load(Ordering::SeqCst);
        if fails { Box::pin(async { Err(StoreError::new("read only")) }) } else { self.store.replace(former, session) }
    }

    fn remove<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()> {
        self.store.remove(key)
    }

    fn remove_all<'a>(&'a self, ended: &'a EndedSessions) -> StoreFuture<'a, ()> {
        self.store.remove_all(ended)
    }
}

/// A list that answers for nothing.
struct Mute;

impl RevocationList for Mute {
    fn revoke(&self, _: Revocation) -> StoreFuture<'_, bool> {
        Box::pin(async { Ok(true) })
    }

    fn revoked_at<'a>(&'a self, _: &'a [String]) -> StoreFuture<'a, Vec<Option<i64>>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

#[tokio::test]
async fn a_list_that_does_not_answer_for_every_key_is_not_believed() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    visitor.base = app.process(app.layer(SECRET).revocations(Mute)).await;
    assert_eq!(visitor.get("/account").await.status, 503);
    let url = app.visitor().begin("/account").await;
    assert!(!url.is_empty());
}

#[tokio::test]
async fn somebody_elses_session_in_its_place_is_none() {
    let store = Arc::new(Swapped::default());
    let app = App::with(|login| login.store(Arc::clone(&store))).await;
    let (mut alice, mut mallory) = (app.visitor(), app.visitor());
    alice.log_in("/account", "alice").await;
    mallory.log_in("/account", "mallory").await;
    assert_eq!(mallory.get("/").await.text, "mallory");
    store.swap.store(true, Ordering::SeqCst);
    assert_eq!(mallory.get("/").await.text, "nobody", "whoever writes into the database makes no sessions");
}

/// Gives everybody the first session.
#[derive(Default)]
struct Swapped {
    store: MemorySessions,
    first: parking_lot::Mutex<Option<String>>,
    swap: AtomicBool,
}

impl SessionStore for Swapped {
    fn load<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<String>> {
        if self.swap.load(Ordering::SeqCst) {
            let first = self.first.lock().clone();
            return Box::pin(async move { Ok(first) });
        }
        self.store.load(key)
    }

    fn insert(&self, session: StoredSession) -> StoreFuture<'_, ()> {
        self.first.lock().get_or_insert(session.sealed.clone());
        self.store.insert(session)
    }

    fn replace<'a>(&'a self, former: &'a str, session: StoredSession) -> StoreFuture<'a, bool> {
        self.store.replace(former, session)
    }

    fn remove<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()> {
        self.store.remove(key)
    }

    fn remove_all<'a>(&'a self, ended: &'a EndedSessions) -> StoreFuture<'a, ()> {
        self.store.remove_all(ended)
    }
}
