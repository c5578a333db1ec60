//! What was fetched from addresses that clients name, and is used for a while. Anybody can make the server look at such an
//! address, so one task at a time fetches from each, those who come meanwhile wait for what it brings, and how soon the
//! next fetch may come does not depend on who asks. Each address has its own turn: a server that hangs holds up no other.

use std::convert::Infallible;
use std::sync::Arc;

use quick_cache::sync::Cache;
use tokio::sync::Mutex;
use tracing::Instrument as _;

use crate::trail;

use super::NamedAddress;
use crate::clock::Clock;

/// What is kept, by address and who named it: where a stranger names the address of an administrator's client, what
/// becomes of the stranger's call is nothing to that client.
pub struct Fetched<T> {
    kept: Arc<Cache<NamedAddress, Kept<T>>>,
    turns: Cache<NamedAddress, Arc<Mutex<()>>>,
    clock: Clock,
}

struct Kept<T> {
    /// When it was tried last, with or without success.
    at: i64,
    /// What there is to use; `None` where nothing could be fetched.
    value: Option<Arc<T>>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { at: self.at, value: self.value.clone() }
    }
}

impl<T: Send + Sync + 'static> Fetched<T> {
    /// Keeps what is at so many addresses at most; those that nobody asks for go first.
    pub fn new(clock: &Clock, most: usize) -> Self {
        Self { kept: Arc::new(Cache::new(most)), turns: Cache::new(most), clock: clock.clone() }
    }

    /// What is kept of an address, if that was tried less than `seconds` ago and brought something.
    pub fn kept(&self, address: &NamedAddress, seconds: i64) -> Option<Arc<T>> {
        self.recent(address, |_| seconds)?.value
    }

    /// What is at an address: what is kept, if it is younger than `lasts` says of it (in seconds; `None` is a failure), or
    /// else what `fetch` brings, which is given what was kept before. `None`: there is nothing to use.
    pub async fn get<F>(
        &self,
        address: &NamedAddress,
        lasts: impl Fn(Option<&T>) -> i64,
        fetch: impl FnOnce(Option<Arc<T>>) -> F,
    ) -> Option<Arc<T>>
    where
        F: Future<Output = Option<Arc<T>>> + Send + 'static,
    {
        let turn = self.turns.get_or_insert_with(address, || Ok::<_, Infallible>(Arc::<Mutex<()>>::default()));
        let turn = turn.unwrap_or_default().lock_owned().await;
        // Whoever had the turn before may have fetched the same.
        if let Some(recent) = self.recent(address, lasts) {
            return recent.value;
        }
        let fetching = fetch(self.kept.get(address).and_then(|kept| kept.value));
        let (kept, clock, address) = (Arc::clone(&self.kept), self.clock.clone(), address.clone());
        // The task goes on when the request is given up: otherwise somebody who hangs up at once could begin a fetch each
        // time.
        let task = async move {
            let _turn = turn;
            let value = fetching.await;
            kept.insert(address, Kept { at: clock.now(), value: value.clone() });
            value
        };
        tokio::spawn(trail::carried(task.in_current_span())).await.ok().flatten()
    }

    /// What was fetched is of no use: it counts as a failure of now.
    pub fn discard(&self, address: &NamedAddress) {
        self.kept.insert(address.clone(), Kept { at: self.clock.now(), value: None });
    }

    fn recent(&self, address: &NamedAddress, lasts: impl Fn(Option<&T>) -> i64) -> Option<Kept<T>> {
        let kept = self.kept.get(address)?;
        let age = self.clock.now().saturating_sub(kept.at);
        // What seems to come from the future does not count: the clock was set back.
        (0..lasts(kept.value.as_deref())).contains(&age).then_some(kept)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, ready};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::sync::Notify;

    use super::super::NamedBy;
    use super::*;

    const START: i64 = 1_800_000_000;

    /// A fetcher that counts.
    #[derive(Clone, Default)]
    struct Server {
        fetches: Arc<AtomicUsize>,
        /// Lets one fetch end.
        release: Arc<Notify>,
    }

    impl Server {
        fn count(&self) -> usize {
            self.fetches.load(Ordering::SeqCst)
        }

        /// A fetch that ends when it is let.
        async fn slow(self) -> Option<Arc<usize>> {
            let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
            self.release.notified().await;
            Some(Arc::new(number))
        }

        fn quick(self) -> Ready<Option<Arc<usize>>> {
            ready(Some(Arc::new(self.fetches.fetch_add(1, Ordering::SeqCst) + 1)))
        }

        fn failing(self) -> Ready<Option<Arc<usize>>> {
            self.fetches.fetch_add(1, Ordering::SeqCst);
            ready(None)
        }
    }

    fn address(number: usize) -> NamedAddress {
        NamedAddress::new(&format!("https://client.example/{number}"), NamedBy::Administrator)
    }

    fn fetched(most: usize) -> (Arc<Fetched<usize>>, Clock) {
        let clock = Clock::manual(START);
        (Arc::new(Fetched::new(&clock, most)), clock)
    }

    /// A value lasts a minute, a failure five seconds.
    fn lasts(value: Option<&usize>) -> i64 {
        if value.is_some() { 60 } else { 5 }
    }

    /// Asks for the first address, and gives up before there is an answer.
    async fn hang_up(fetched: &Fetched<usize>, server: &Server) {
        let first = address(1);
        let asking = fetched.get(&first, lasts, |_| server.clone().slow());
        assert!(tokio::time::timeout(Duration::from_millis(5), asking).await.is_err());
    }

    #[tokio::test]
    async fn sixty_four_that_wait_make_one_fetch() {
        let (fetched, _) = fetched(8);
        let server = Server::default();
        let tasks: Vec<_> = (0..64)
            .map(|_| {
                let (fetched, server) = (fetched.clone(), server.clone());
                tokio::spawn(async move { fetched.get(&address(1), lasts, |_| server.slow()).await })
            })
            .collect();
        while server.count() == 0 {
            tokio::task::yield_now().await;
        }
        server.release.notify_one();
        for task in tasks {
            assert_eq!(task.await.unwrap().as_deref(), Some(&1));
        }
        assert_eq!(server.count(), 1);
    }

    #[tokio::test]
    async fn who_hangs_up_neither_ends_the_fetch_nor_begins_another() {
        let (fetched, _) = fetched(8);
        let server = Server::default();
        for _ in 0..8 {
            hang_up(&fetched, &server).await;
        }
        assert_eq!(server.count(), 1);
        server.release.notify_one();
        let late = fetched.get(&address(1), lasts, |_| server.clone().slow()).await;
        assert_eq!((late.as_deref(), server.count()), (Some(&1), 1));
    }

    #[tokio::test]
    async fn an_address_that_hangs_holds_up_no_other() {
        let (fetched, _) = fetched(8);
        let server = Server::default();
        hang_up(&fetched, &server).await;
        let other = Server::default();
        assert_eq!(fetched.get(&address(2), lasts, |_| other.quick()).await.as_deref(), Some(&1));
        let stranger = NamedAddress::new("https://client.example/1", NamedBy::Stranger);
        let third = Server::default();
        assert_eq!(fetched.get(&stranger, lasts, |_| third.quick()).await.as_deref(), Some(&1));
    }

    #[tokio::test]
    async fn what_was_fetched_lasts_longer_than_a_failure() {
        let (fetched, clock) = fetched(8);
        let server = Server::default();
        for (after, fails, value, fetches) in [
            (0, true, None, 1),
            (4, false, None, 1),
            (1, false, Some(2), 2),
            (59, true, Some(2), 2),
            (1, true, None, 3),
            (4, false, None, 3),
            (1, false, Some(4), 4),
            // The clock was set back.
            (-1, false, Some(5), 5),
        ] {
            clock.advance(after);
            let once = server.clone();
            let fetch = move |_| if fails { once.failing() } else { once.quick() };
            let got = fetched.get(&address(1), lasts, fetch).await;
            assert_eq!((got.as_deref().copied(), server.count()), (value, fetches), "{after} {fails}");
        }
        assert_eq!(fetched.kept(&address(1), 1).as_deref(), Some(&5));
        clock.advance(1);
        assert_eq!(fetched.kept(&address(1), 1), None);
    }

    #[tokio::test]
    async fn a_fetch_may_keep_what_there_was() {
        let (fetched, clock) = fetched(8);
        assert_eq!(fetched.get(&address(1), lasts, |_| Server::default().quick()).await.as_deref(), Some(&1));
        clock.advance(60);
        let kept = fetched.get(&address(1), lasts, |before| async move { before }).await;
        assert_eq!(kept.as_deref(), Some(&1));
        assert_eq!(fetched.kept(&address(1), 60).as_deref(), Some(&1), "it counts from the last try");
    }

    #[tokio::test]
    async fn what_is_discarded_counts_as_a_failure() {
        let (fetched, clock) = fetched(8);
        let server = Server::default();
        assert_eq!(fetched.get(&address(1), lasts, |_| server.clone().quick()).await.as_deref(), Some(&1));
        fetched.discard(&address(1));
        assert_eq!(fetched.get(&address(1), lasts, |_| server.clone().quick()).await, None);
        clock.advance(5);
        assert_eq!(fetched.get(&address(1), lasts, |_| server.clone().quick()).await.as_deref(), Some(&2));
    }

    #[tokio::test]
    async fn a_fetch_that_panics_leaves_the_turn_to_the_next() {
        let (fetched, _) = fetched(8);
        let broken = fetched.get(&address(1), lasts, |_| async { panic!("a fault of this program") }).await;
        assert_eq!(broken, None);
        assert_eq!(fetched.get(&address(1), lasts, |_| Server::default().quick()).await.as_deref(), Some(&1));
    }

    #[tokio::test]
    async fn addresses_without_number_take_no_memory_without_end() {
        let (fetched, _) = fetched(64);
        for number in 0..1_000 {
            fetched.get(&address(number), lasts, |_| Server::default().quick()).await;
        }
        assert!(fetched.kept.len() <= 64 && fetched.turns.len() <= 64, "{}", fetched.kept.len());
    }
}
