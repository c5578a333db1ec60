//! Sessions and revocations in the memory of one process, with an upper bound each.

use std::collections::HashMap;
use std::fmt;
use std::future::ready;

use parking_lot::Mutex;

use super::stores::{EndedSessions, Revocation, RevocationList, SessionStore, StoreError, StoreFuture, StoredSession};

const MOST_SESSIONS: usize = 100_000;
const MOST_REVOCATIONS: usize = 100_000;
/// Below this number nothing is looked through for what has expired.
const FEW: usize = 1024;

/// Sessions in memory: they end with the process. A login fails while there are too many.
pub struct MemorySessions {
    most: usize,
    sessions: Mutex<(HashMap<String, StoredSession>, usize)>,
}

impl MemorySessions {
    /// For 100,000 sessions, a few KiB each.
    pub fn new() -> Self {
        Self::with_capacity(MOST_SESSIONS)
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

/// Revocations in memory: they are forgotten with the process, so that a stolen copy of a cookie whose user logged out
/// works again after a restart, until it expires.
///
/// When there are too many, the oldest are put together: everything from before the last of them counts as revoked. So
/// some users have to log in again, and no logout is lost.
pub struct MemoryRevocations {
    most: usize,
    revocations: Mutex<Revocations>,
}

#[derive(Default)]
struct Revocations {
    /// When, and until when.
    entries: HashMap<String, (i64, i64)>,
    next_look: usize,
    /// Everything up to this moment is revoked.
    all_until: Option<i64>,
}

impl MemoryRevocations {
    /// For 100,000 revocations, about 150 bytes each.
    pub fn new() -> Self {
        Self::with_capacity(MOST_REVOCATIONS)
    }

    /// For this number of revocations, but two at least.
    pub fn with_capacity(most: usize) -> Self {
        Self { most: most.max(2), revocations: Mutex::default() }
    }
}

impl Default for MemoryRevocations {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryRevocations {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.revocations.lock().entries.len();
        formatter.debug_struct("MemoryRevocations").field("count", &count).finish_non_exhaustive()
    }
}

impl Revocations {
    fn make_space(&mut self, most: usize, now: i64) {
        if self.entries.len() < most.min(self.next_look.max(FEW)) {
            return;
        }
        self.entries.retain(|_, (_, until)| *until > now);
        if self.entries.len() >= most {
            let mut moments: Vec<i64> = self.entries.values().map(|(at, _)| *at).collect();
            moments.sort_unstable();
            let limit = moments[moments.len() / 2];
            self.entries.retain(|_, (at, _)| *at > limit);
            self.all_until = self.all_until.max(Some(limit));
        }
        self.next_look = FEW.max(self.entries.len() * 2);
    }
}

impl RevocationList for MemoryRevocations {
    fn revoke(&self, revocation: Revocation) -> StoreFuture<'_, bool> {
        let mut revocations = self.revocations.lock();
        revocations.make_space(self.most, revocation.at);
        let Revocation { key, at, until } = revocation;
        let former = revocations.entries.get(&key).filter(|(_, until)| *until > at).copied();
        let entry =
            former.map_or((at, until), |(former_at, former_until)| (at.max(former_at), until.max(former_until)));
        revocations.entries.insert(key, entry);
        Box::pin(ready(Ok(former.is_none())))
    }

    fn revoked_at<'a>(&'a self, keys: &'a [String]) -> StoreFuture<'a, Vec<Option<i64>>> {
        let revocations = self.revocations.lock();
        let of_key = |key: &String| revocations.entries.get(key).map(|(at, _)| *at).max(revocations.all_until);
        let found = keys.iter().map(of_key).collect();
        Box::pin(ready(Ok(found)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revocation(key: &str, at: i64) -> Revocation {
        Revocation { key: key.into(), at, until: at + 100 }
    }

    async fn at(list: &MemoryRevocations, key: &str) -> Option<i64> {
        list.revoked_at(&[key.to_owned()]).await.unwrap()[0]
    }

    #[tokio::test]
    async fn a_revocation_is_new_once() {
        let list = MemoryRevocations::new();
        assert_eq!(at(&list, "a").await, None);
        assert!(list.revoke(revocation("a", 10)).await.unwrap());
        assert!(!list.revoke(revocation("a", 20)).await.unwrap());
        assert_eq!((at(&list, "a").await, at(&list, "b").await), (Some(20), None));
        assert!(list.revoke(revocation("a", 120)).await.unwrap(), "the former one had expired");
    }

    #[tokio::test]
    async fn too_many_revocations_revoke_more_and_forget_none() {
        let list = MemoryRevocations::with_capacity(4);
        for moment in 1..=5 {
            list.revoke(revocation(&format!("k{moment}"), moment)).await.unwrap();
        }
        for moment in 1..=5 {
            assert!(at(&list, &format!("k{moment}")).await >= Some(moment.min(3)), "{moment}");
        }
        assert_eq!(at(&list, "other").await, Some(3), "whatever began until then");
        assert!(list.revocations.lock().entries.len() <= 4);
    }

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
