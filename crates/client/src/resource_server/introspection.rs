//! What the authorization server says about a token that says nothing itself (RFC 7662), remembered for a while.
//!
//! An answer that a token is active counts until the token expires, and no longer than the setting; one that it is not
//! counts for a few seconds. Both kinds have a room of their own, so that invented tokens do not push out good ones. A
//! token is asked about once at a time, however many requests come with it, and a bounded number of tokens at once:
//! strangers must not turn this program into a load generator.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Map, Value};
use symbolon_jose::digest::sha256;
use tokio::sync::Semaphore;

use super::recent::Recent;
use crate::client::Client;
use crate::clock::has_passed;
use crate::error::Error;
use crate::task::{Task, first};
use crate::token::TokenTypeHint;
use crate::wire::AccessToken;

/// How long it is believed that a token is not active, in seconds.
const INACTIVE_SECONDS: i64 = 5;
/// How many tokens are asked about at once.
const AT_ONCE: usize = 64;

/// A token's hash: the cache must not be a store of tokens.
type Key = [u8; 32];
/// The members of an answer; `None` when the token is not active.
pub(super) type Answer = Option<Arc<Map<String, Value>>>;

#[derive(Debug, Clone, Copy)]
pub(super) struct IntrospectionSettings {
    pub(super) lifetime: Duration,
    pub(super) entries: usize,
    pub(super) timeout: Duration,
}

impl Default for IntrospectionSettings {
    fn default() -> Self {
        Self { lifetime: Duration::from_secs(30), entries: 10_000, timeout: Duration::from_secs(10) }
    }
}

/// Answers that were given, and questions that run.
pub(super) struct Introspections {
    client: Client,
    state: Mutex<State>,
    permits: Arc<Semaphore>,
    lifetime_seconds: i64,
    timeout: Duration,
}

struct State {
    active: Recent<Key, (Arc<Map<String, Value>>, i64)>,
    inactive: Recent<Key, i64>,
    /// With a number of its own for each, so that one that was withdrawn is told from the one that followed it.
    running: HashMap<Key, (u64, Task<Answer>)>,
    begun: u64,
}

enum Known {
    Answer(Answer),
    Running(Task<Answer>),
}

impl Introspections {
    pub(super) fn new(client: &Client, settings: IntrospectionSettings) -> Self {
        let state = State {
            active: Recent::new(settings.entries),
            inactive: Recent::new(settings.entries),
            running: HashMap::new(),
            begun: 0,
        };
        Self {
            client: client.with_timeout(settings.timeout),
            state: Mutex::new(state),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            lifetime_seconds: i64::try_from(settings.lifetime.as_secs()).unwrap_or(i64::MAX),
            timeout: settings.timeout,
        }
    }

    /// What the server says, or said a moment ago.
    pub(super) async fn ask(self: &Arc<Self>, token: &AccessToken) -> Result<Answer, Error> {
        let key = sha256(token.as_str().as_bytes());
        match self.known(&key) {
            Some(Known::Answer(answer)) => return Ok(answer),
            Some(Known::Running(task)) => return task.outcome().await,
            None => {}
        }
        let pause = self.client.inner().http.runtime().sleep(self.timeout);
        let permit = first(Arc::clone(&self.permits).acquire_owned(), pause).await.and_then(Result::ok);
        let permit = permit.ok_or(Error::Timeout)?;
        // Another request may have asked while this one waited; what is known then is taken in the same breath.
        let task = {
            let mut state = self.state.lock();
            match self.known_in(&mut state, &key) {
                Some(Known::Answer(answer)) => return Ok(answer),
                Some(Known::Running(task)) => task,
                None => {
                    state.begun += 1;
                    let (own, token, number) = (Arc::clone(self), token.clone(), state.begun);
                    let task = Task::start(self.client.inner().http.runtime(), async move {
                        let outcome = own.client.introspection(&token).await;
                        own.remember((key, number), outcome.as_ref().ok());
                        drop(permit);
                        outcome
                    });
                    // A question whose task was dropped, as at the end of a runtime, must not stay.
                    state.running.retain(|_, (_, task)| task.is_running());
                    state.running.insert(key, (number, task.clone()));
                    task
                }
            }
        };
        task.outcome().await
    }

    /// Forgets what is known about a token that the program itself has revoked.
    pub(super) fn forget(&self, token: &AccessToken) {
        let key = sha256(token.as_str().as_bytes());
        let mut state = self.state.lock();
        state.active.remove(&key);
        state.running.remove(&key);
    }

    fn known(&self, key: &Key) -> Option<Known> {
        self.known_in(&mut self.state.lock(), key)
    }

    fn known_in(&self, state: &mut State, key: &Key) -> Option<Known> {
        let now = self.client.inner().clock.now();
        if let Some((answer, asked_at)) = state.active.get(key)
            && !has_passed(self.lifetime_seconds, *asked_at, now)
        {
            return Some(Known::Answer(Some(Arc::clone(answer))));
        }
        if state.inactive.get(key).is_some_and(|asked_at| !has_passed(INACTIVE_SECONDS, *asked_at, now)) {
            return Some(Known::Answer(None));
        }
        let running = state.running.get(key).filter(|(_, task)| task.is_running());
        running.map(|(_, task)| Known::Running(task.clone()))
    }

    fn remember(&self, (key, number): (Key, u64), answer: Option<&Answer>) {
        let now = self.client.inner().clock.now();
        let mut state = self.state.lock();
        // A question that was withdrawn may have an answer that is older than what was learned since.
        if state.running.get(&key).is_none_or(|(running, _)| *running != number) {
            return;
        }
        state.running.remove(&key);
        match answer {
            Some(Some(members)) => state.active.insert(key, (Arc::clone(members), now)),
            Some(None) => {
                state.active.remove(&key);
                state.inactive.insert(key, now);
            }
            None => {}
        }
    }
}

impl Client {
    /// Asks the introspection endpoint about an access token (RFC 7662 §2.1).
    async fn introspection(&self, token: &AccessToken) -> Result<Answer, Error> {
        let members = self.introspected(token.as_str(), Some(TokenTypeHint::AccessToken)).await?;
        // §2.2: `active` is the one member that is always there.
        match members.get("active").and_then(Value::as_bool) {
            Some(true) => Ok(Some(Arc::new(members))),
            Some(false) => Ok(None),
            None => {
                Err(Error::UnexpectedAnswer("the introspection does not say whether the token is active".to_owned()))
            }
        }
    }
}
