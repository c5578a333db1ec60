//! Token requests whose answer must not be lost.
//!
//! A refresh token that rotates, a device code, a CIBA request: the answer has the only tokens there will ever be. So such
//! a request runs in a task of its own, and its outcome is kept until somebody has taken it: a caller that went away in
//! the middle (a browser that closed, a time-out around the call) calls again and gets the answer that was made then. Two
//! callers with the same request at once get the same answer.

use std::collections::HashMap;

use parking_lot::Mutex;
use symbolon_jose::digest::sha256;

use super::{Form, TokenSet};
use crate::client::Client;
use crate::clock::has_passed;
use crate::error::Error;
use crate::task::{Task, Work};

/// How long an outcome that nobody took is kept, in seconds.
const KEPT_SECONDS: i64 = 600;
/// How many requests are remembered at once.
const MOST: usize = 4096;

/// Requests under way, and those whose outcome nobody has taken, by the hash of what was sent.
#[derive(Default)]
pub(crate) struct Outcomes(Mutex<HashMap<[u8; 32], Begun>>);

struct Begun {
    task: Task<TokenSet>,
    at: i64,
}

/// The hash under which the outcome of a request is found.
pub(crate) fn key_of(form: &Form) -> [u8; 32] {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(form);
    sha256(text.finish().as_bytes())
}

impl Client {
    /// The outcome of the request `key` that is under way or was not taken yet, else that of `work`.
    pub(crate) async fn once<W: Work<TokenSet>>(
        &self,
        key: [u8; 32],
        work: impl FnOnce(Self) -> W,
    ) -> Result<TokenSet, Error> {
        let now = self.inner().clock.now();
        let task = {
            let mut outcomes = self.inner().outcomes.0.lock();
            outcomes.retain(|_, begun| !has_passed(KEPT_SECONDS, begun.at, now));
            // A failure that nobody took is no answer to whoever asks now.
            let known = outcomes.get(&key).map(|begun| begun.task.clone()).filter(|task| !task.has_failed());
            known.unwrap_or_else(|| {
                let task = Task::start(self.inner().http.runtime(), work(self.clone()));
                if outcomes.len() < MOST {
                    outcomes.insert(key, Begun { task: task.clone(), at: now });
                }
                task
            })
        };
        let outcome = task.outcome().await;
        // It was taken, so it need not be kept; whoever waits beside has the task.
        let mut outcomes = self.inner().outcomes.0.lock();
        if outcomes.get(&key).is_some_and(|begun| begun.task.is_same(&task)) {
            outcomes.remove(&key);
        }
        drop(outcomes);
        outcome
    }
}
