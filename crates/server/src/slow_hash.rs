//! Where slow hashes run: beside the async threads, a few at once, with a short queue. Anybody who may send a password or
//! a secret can ask for such work, so what does not fit is turned away (503) instead of piling up. Each purpose has places
//! of its own: whoever fills those of client secrets keeps nobody from logging in, strangers who log in keep nobody out who
//! did so before in the same browser, and administrators always get through.

mod argon2id;

use std::sync::Arc;

use symbolon_jose::Secret;
use symbolon_types::ErrorCode;
use tokio::sync::Semaphore;

use crate::error::OAuthError;

pub use argon2id::{argon2_matches, argon2id};

/// How many of one purpose may run or wait.
pub const PLACES: usize = 64;

/// How many of one purpose run at once, as the machine has processors; each takes 19 MiB.
pub fn at_once() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 4)
}

/// What a slow hash is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Checking the password of somebody who logs in.
    Login,
    /// The same in a browser that the account knows.
    KnownBrowser,
    /// Checking the secret of a client, or keeping a new one that the client itself chose.
    ClientSecret,
    /// Keeping passwords and client secrets that an administrator set.
    Administration,
}

impl Purpose {
    /// All of them.
    const ALL: [Self; 4] = [Self::Login, Self::KnownBrowser, Self::ClientSecret, Self::Administration];

    /// Its name in metrics.
    fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::KnownBrowser => "known_browser",
            Self::ClientSecret => "client_secret",
            Self::Administration => "administration",
        }
    }
}

/// How many slow hashes of one purpose there are at the moment.
pub struct Occupation {
    /// The name of the purpose.
    pub purpose: &'static str,
    /// Those that run.
    pub running: usize,
    /// Those that wait for their turn.
    pub waiting: usize,
}

/// The places for slow hashes.
#[derive(Default)]
pub struct SlowHashes {
    logins: Places,
    known_browsers: Places,
    client_secrets: Places,
    administration: Places,
}

/// The places of one purpose.
struct Places {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once())), places: Arc::new(Semaphore::new(PLACES)) }
    }
}

impl SlowHashes {
    /// The stored form of something that a person chose (PHC string, argon2id with 19 MiB and 2 passes).
    pub async fn hash(&self, purpose: Purpose, chosen: &str) -> Result<String, OAuthError> {
        let chosen = Secret::new(chosen.to_owned());
        self.run(purpose, move || argon2id(chosen.expose())).await?.map_err(OAuthError::server)
    }

    /// Runs work in a turn of its own. The work keeps its place until it ends, even if nobody waits for the outcome any
    /// more: whoever hangs up and asks again gets no second turn meanwhile.
    pub async fn run<T: Send + 'static>(
        &self,
        purpose: Purpose,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, OAuthError> {
        let busy = || OAuthError::bare(ErrorCode::TemporarilyUnavailable).because("too many slow hashes wait");
        let Places { turns, places } = self.places(purpose);
        let place = places.clone().try_acquire_owned().map_err(|_| busy())?;
        let turn = turns.clone().acquire_owned().await.map_err(|_| busy())?;
        let work = move || {
            let outcome = work();
            drop((turn, place));
            outcome
        };
        tokio::task::spawn_blocking(work).await.map_err(|fault| OAuthError::server(fault.to_string()))
    }

    /// What runs and waits, for each purpose.
    pub fn occupations(&self) -> impl Iterator<Item = Occupation> + '_ {
        Purpose::ALL.into_iter().map(|purpose| {
            let Places { turns, places } = self.places(purpose);
            let running = at_once().saturating_sub(turns.available_permits());
            let all = PLACES.saturating_sub(places.available_permits());
            Occupation { purpose: purpose.as_str(), running, waiting: all.saturating_sub(running) }
        })
    }

    fn places(&self, purpose: Purpose) -> &Places {
        match purpose {
            Purpose::Login => &self.logins,
            Purpose::KnownBrowser => &self.known_browsers,
            Purpose::ClientSecret => &self.client_secrets,
            Purpose::Administration => &self.administration,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Work that runs until the sender is dropped.
    fn held() -> (mpsc::Sender<()>, impl FnOnce() + Send + 'static) {
        let (release, wait) = mpsc::channel::<()>();
        (release, move || {
            let _ = wait.recv();
        })
    }

    #[tokio::test]
    async fn a_full_purpose_turns_away_its_own_and_no_other() {
        for full in Purpose::ALL {
            let slow = Arc::new(SlowHashes::default());
            let mut running = Vec::new();
            for _ in 0..PLACES {
                let (release, work) = held();
                let shared = slow.clone();
                running.push((release, tokio::spawn(async move { shared.run(full, work).await })));
            }
            while slow.places(full).places.available_permits() > 0 {
                tokio::task::yield_now().await;
            }
            for occupation in slow.occupations() {
                let expected =
                    if occupation.purpose == full.as_str() { (at_once(), PLACES - at_once()) } else { (0, 0) };
                assert_eq!((occupation.running, occupation.waiting), expected, "{full:?} full, {}", occupation.purpose);
            }
            for purpose in Purpose::ALL {
                assert_eq!(slow.run(purpose, || ()).await.is_err(), purpose == full, "{full:?} full, {purpose:?}");
            }
            for (release, task) in running {
                drop(release);
                assert!(task.await.unwrap().is_ok());
            }
            assert!(slow.run(full, || ()).await.is_ok());
        }
    }

    #[tokio::test]
    async fn work_keeps_its_place_when_nobody_waits_any_more() {
        let slow = Arc::new(SlowHashes::default());
        let (release, work) = held();
        let shared = slow.clone();
        let (started, begun) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(async move {
            shared
                .run(Purpose::ClientSecret, move || {
                    started.send(()).unwrap();
                    work();
                })
                .await
        });
        begun.await.unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        let places = slow.places(Purpose::ClientSecret);
        let free = || (places.turns.available_permits(), places.places.available_permits());
        assert_eq!(free(), (at_once() - 1, PLACES - 1));
        drop(release);
        while free() != (at_once(), PLACES) {
            tokio::task::yield_now().await;
        }
    }
}
