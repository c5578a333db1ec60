//! What has ended or was used, in a table with an end: there are always more logouts than memory.

use std::collections::HashMap;
use std::fmt;
use std::future::ready;

use parking_lot::Mutex;

use super::FEW;
use crate::login::stores::{Revocation, RevocationList, StoreFuture};

const MOST: usize = 100_000;

/// Revocations in memory: they are forgotten with the process, so that a stolen copy of a cookie whose user logged out
/// works again after a restart, until it expires.
///
/// When there are too many, the oldest are put together: everything from before the last of them counts as revoked. So
/// some users have to log in again, and no logout is lost. What was used is counted apart from what has ended, so that
/// nobody can end the sessions of others with many logins that come to nothing.
pub struct MemoryRevocations {
    most: usize,
    ended: Mutex<Revocations>,
    used: Mutex<Revocations>,
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
    /// For 100,000 sessions that ended and 100,000 things that were used, about 150 bytes each.
    pub fn new() -> Self {
        Self::with_capacity(MOST)
    }

    /// For this number of each, but two at least.
    pub fn with_capacity(most: usize) -> Self {
        Self { most: most.max(2), ended: Mutex::default(), used: Mutex::default() }
    }

    fn part(&self, key: &str) -> &Mutex<Revocations> {
        if key.starts_with(Revocation::USED) { &self.used } else { &self.ended }
    }
}

impl Default for MemoryRevocations {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryRevocations {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.ended.lock().entries.len();
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
        let mut revocations = self.part(&revocation.key).lock();
        revocations.make_space(self.most, revocation.at);
        let Revocation { key, at, until } = revocation;
        let former = revocations.entries.get(&key).filter(|(_, until)| *until > at).copied();
        let entry =
            former.map_or((at, until), |(former_at, former_until)| (at.max(former_at), until.max(former_until)));
        revocations.entries.insert(key, entry);
        Box::pin(ready(Ok(former.is_none())))
    }

    fn revoked_at<'a>(&'a self, keys: &'a [String]) -> StoreFuture<'a, Vec<Option<i64>>> {
        let of_key = |key: &String| {
            let revocations = self.part(key).lock();
            revocations.entries.get(key).map(|(at, _)| *at).max(revocations.all_until)
        };
        let found = keys.iter().map(of_key).collect();
        Box::pin(ready(Ok(found)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn logins_that_come_to_nothing_end_no_session() {
        let list = MemoryRevocations::with_capacity(4);
        list.revoke(revocation("ended.k", 1)).await.unwrap();
        for moment in 10..100 {
            list.revoke(revocation(&format!("used.{moment}"), moment)).await.unwrap();
        }
        assert_eq!((at(&list, "ended.k").await, at(&list, "ended.other").await), (Some(1), None));
        assert!(at(&list, "used.10").await >= Some(10), "none can be used again");
    }

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
        assert!(list.ended.lock().entries.len() <= 4);
        assert_eq!(at(&list, "used.k").await, None, "of the other kind");
    }
}
