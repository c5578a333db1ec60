//! Sessions in a table, for programs of one process.

use std::collections::HashMap;
use std::fmt;
use std::future::ready;

use parking_lot::Mutex;

use super::FEW;
use crate::login::stores::{EndedSessions, SessionStore, StoreError, StoreFuture, StoredSession};

const MOST: usize = 100_000;

/// Sessions in memory: they end with the process. A login fails while there are too many.
pub struct MemorySessions {
    most: usize,
    sessions: Mutex<(HashMap<String, StoredSession>, usize)>,
}

impl MemorySessions {
    /// For 100,000 sessions, a few KiB each.
    pub fn new() -> Self {
        Self::with_capacity(MOST)
    }

    /// For this number of sessions.
    pub fn with_capacity(most: usize) -> Self {
        Self { most, sessions: Mutex::new((HashMap::new(), FEW)) }
    }

    /// How many there are, with those that have expired and were not deleted yet.
    pub fn count(&self) -> usize {
        self.sessions.lock().0.len()
    }
}

impl Default for MemorySessions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemorySessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MemorySessions").field("count", &self.count()).finish_non_exhaustive()
    }
}

impl SessionStore for MemorySessions {
    fn load<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<String>> {
        let found = self.sessions.lock().0.get(key).map(|session| session.sealed.clone());
        Box::pin(ready(Ok(found)))
    }

    fn insert(&self, session: StoredSession) -> StoreFuture<'_, ()> {
        let mut guard = self.sessions.lock();
        let (sessions, next_look) = &mut *guard;
        if sessions.len() >= self.most.min(*next_look) {
            let now = session.written_at;
            sessions.retain(|_, kept| kept.expires_at > now);
            *next_look = FEW.max(sessions.len() * 2);
        }
        if sessions.len() >= self.most {
            return Box::pin(ready(Err(StoreError::new("there is no space for another session in memory"))));
        }
        sessions.insert(session.key.clone(), session);
        Box::pin(ready(Ok(())))
    }

    fn replace<'a>(&'a self, former: &'a str, session: StoredSession) -> StoreFuture<'a, bool> {
        let mut guard = self.sessions.lock();
        let kept = guard.0.get_mut(&session.key).filter(|kept| kept.sealed == former);
        let is_there = kept.map(|kept| *kept = session).is_some();
        Box::pin(ready(Ok(is_there)))
    }

    fn remove<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()> {
        self.sessions.lock().0.remove(key);
        Box::pin(ready(Ok(())))
    }

    fn remove_all<'a>(&'a self, ended: &'a EndedSessions) -> StoreFuture<'a, ()> {
        let is_ended =
            |session: &StoredSession| ended.include(&session.subject, session.provider_session_id.as_deref());
        self.sessions.lock().0.retain(|_, session| !is_ended(session));
        Box::pin(ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(key: &str, subject: &str, sid: Option<&str>) -> StoredSession {
        StoredSession {
            key: key.into(),
            sealed: key.into(),
            subject: subject.into(),
            provider_session_id: sid.map(Into::into),
            written_at: 0,
            expires_at: 10,
        }
    }

    #[tokio::test]
    async fn sessions_end_by_session_or_by_user() {
        let cases: [(Option<&str>, Option<&str>, &[&str]); 4] = [
            (Some("alice"), None, &["b1"]),
            (None, Some("s1"), &["a2", "a3", "b1"]),
            (Some("alice"), Some("s1"), &["a2", "b1"]),
            (Some("carol"), Some("s9"), &["a1", "a2", "a3", "b1"]),
        ];
        for (subject, sid, left) in cases {
            let store = MemorySessions::new();
            for (key, subject, sid) in
                [("a1", "alice", Some("s1")), ("a2", "alice", Some("s2")), ("a3", "alice", None), ("b1", "bob", None)]
            {
                store.insert(session(key, subject, sid)).await.unwrap();
            }
            let ended = EndedSessions { subject: subject.map(Into::into), provider_session_id: sid.map(Into::into) };
            store.remove_all(&ended).await.unwrap();
            let mut keys: Vec<_> = store.sessions.lock().0.keys().cloned().collect();
            keys.sort();
            assert_eq!(keys, left, "{subject:?} {sid:?}");
        }
    }

    #[tokio::test]
    async fn a_full_store_refuses_and_makes_space_of_what_has_expired() {
        let store = MemorySessions::with_capacity(2);
        store.insert(session("a", "alice", None)).await.unwrap();
        store.insert(session("b", "alice", None)).await.unwrap();
        assert!(store.insert(session("c", "alice", None)).await.is_err());
        let later = StoredSession { written_at: 10, expires_at: 20, ..session("c", "alice", None) };
        store.insert(later).await.unwrap();
        assert_eq!(store.count(), 1);
        assert!(!store.replace("a", session("a", "alice", None)).await.unwrap(), "what was ended does not come back");
        assert!(!store.replace("other", session("c", "alice", None)).await.unwrap(), "somebody else has written");
        assert!(store.replace("c", session("c", "alice", None)).await.unwrap());
        store.remove("c").await.unwrap();
        assert_eq!(store.load("c").await.unwrap(), None);
    }
}
