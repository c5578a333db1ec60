//! Names into addresses, by the system's resolver. Whoever names a host may also run the server that answers for it, so
//! the time for an answer, the questions at once and the addresses that are kept are bounded.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use super::guard::Guard;

/// Longest time for an answer, waiting for a place included.
const WITHIN: Duration = Duration::from_secs(5);
/// Questions at once. Each takes a thread until the system's resolver gives up, which may be long after we did.
const AT_ONCE: usize = 16;
/// Most addresses of a name that a connection is tried to.
const MOST_ADDRESSES: usize = 16;

/// Resolves names, and refuses those that the guard does not allow. A clone shares the places.
#[derive(Clone)]
pub(super) struct GuardedResolver {
    guard: Guard,
    places: Arc<Semaphore>,
}

impl GuardedResolver {
    pub(super) fn new(guard: Guard) -> Self {
        Self { guard, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The addresses of a name, all of which are allowed; there is one at least.
    pub(super) async fn resolve(&self, name: &str) -> std::io::Result<Vec<SocketAddr>> {
        let late = |_| std::io::Error::other("the name was not resolved in time");
        let found = tokio::time::timeout(WITHIN, self.look_up(name.to_owned())).await.map_err(late)??;
        judge(&self.guard, found)
    }

    async fn look_up(&self, name: String) -> std::io::Result<std::vec::IntoIter<SocketAddr>> {
        let place = self.places.clone().acquire_owned().await.map_err(std::io::Error::other)?;
        let asking = tokio::task::spawn_blocking(move || {
            // The place is taken as long as the thread is, also when nobody waits for the answer any more.
            let _place = place;
            (name.as_str(), 0).to_socket_addrs()
        });
        asking.await.map_err(std::io::Error::other)?
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move { Ok(Box::new(Self::resolve(&resolver, name.as_str()).await?.into_iter()) as Addrs) })
    }
}

/// All addresses are judged, and the first ones kept. One forbidden address forbids the name: a server that is partly
/// inside is not a client's.
fn judge(guard: &Guard, found: impl Iterator<Item = SocketAddr>) -> std::io::Result<Vec<SocketAddr>> {
    let mut kept = Vec::new();
    for address in found {
        if !guard.allows(address.ip()) {
            return Err(std::io::Error::other("the name has an address that must not be called"));
        }
        if kept.len() < MOST_ADDRESSES {
            kept.push(address);
        }
    }
    if kept.is_empty() { Err(std::io::Error::other("the name has no address")) } else { Ok(kept) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_resolves_to_loopback_is_refused() {
        let resolver = GuardedResolver::new(Guard::public_and(&[]));
        assert!(Resolve::resolve(&resolver, "localhost".parse().unwrap()).await.is_err());
    }

    #[test]
    fn of_many_addresses_a_few_are_kept_and_all_are_judged() {
        let guard = Guard::public_and(&[]);
        let public = (0..5000_u16).map(|number| {
            let [high, low] = number.to_be_bytes();
            SocketAddr::from(([1, 1, high, low], 0))
        });
        assert_eq!(judge(&guard, public.clone()).unwrap(), public.clone().take(16).collect::<Vec<_>>());
        let inside = SocketAddr::from(([10, 0, 0, 1], 0));
        assert!(judge(&guard, public.clone().chain([inside])).is_err());
        assert!(judge(&guard, [inside].into_iter().chain(public)).is_err());
        assert!(judge(&guard, std::iter::empty()).is_err());
    }

    #[tokio::test]
    async fn a_question_waits_for_a_place() {
        let resolver = GuardedResolver::new(Guard::anywhere());
        let places = resolver.places.clone().acquire_many_owned(16).await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(50), resolver.resolve("localhost")).await.is_err());
        drop(places);
        assert!(resolver.resolve("localhost").await.is_ok());
    }
}
