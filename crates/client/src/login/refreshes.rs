//! Refreshes of all sessions: one at a time for each refresh token, and a memory of what came out.
//!
//! A browser sends requests side by side, all with the same cookie and so with the same refresh token, which most providers
//! take once. The first request that needs it starts a task; the others, and those that arrive later with the same cookie
//! because the answer with the new one had not reached the browser, find its outcome here. From one outcome leads the next
//! one, so that even an old cookie finds the newest tokens.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use symbolon_jose::digest::sha256;

use super::Login;
use super::session::Record;
use super::session::refresh::refresh;
use crate::clock::has_passed;
use crate::error::Error;
use crate::task::Task;
use crate::token::TokenSet;

/// How long an outcome is remembered, in seconds.
const KEPT_SECONDS: i64 = 3600;
/// How many are remembered, a few KiB each.
const MOST: usize = 10_000;
/// How long after the end of a failure the provider is not asked again, in seconds.
const PAUSE_SECONDS: i64 = 5;
/// How long a chain of refreshes is followed. At five minutes for an access token, an hour has twelve.
const LONGEST_CHAIN: usize = 64;

/// What a refresh gave.
#[derive(Clone)]
pub(super) enum Refreshed {
    /// The next tokens.
    Tokens(Box<TokenSet>),
    /// The provider does not know the grant any more, or the session was ended meanwhile.
    Ended,
    /// The provider could not be asked, or the store.
    Failed { error: Error, at: i64 },
}

/// By the hash of the refresh token.
#[derive(Default)]
pub(super) struct Refreshes(Mutex<HashMap<[u8; 32], Entry>>);

struct Entry {
    task: Task<Refreshed>,
    begun_at: i64,
}

/// The newest tokens that are known.
pub(super) struct Newest {
    pub(super) tokens: TokenSet,
    /// When they were asked for, if it was here.
    pub(super) refreshed_at: Option<i64>,
    pub(super) ended: bool,
}

impl Refreshes {
    /// What became of `tokens`.
    pub(super) fn newest(&self, tokens: &TokenSet) -> Newest {
        let entries = self.0.lock();
        let mut newest = Newest { tokens: tokens.clone(), refreshed_at: None, ended: false };
        for _ in 0..LONGEST_CHAIN {
            let Some(key) = key(&newest.tokens) else { break };
            let Some(entry) = entries.get(&key) else { break };
            match entry.task.finished() {
                Some(Ok(Refreshed::Tokens(next))) => {
                    newest.tokens = *next;
                    newest.refreshed_at = Some(entry.begun_at);
                }
                Some(Ok(Refreshed::Ended)) => newest.ended = true,
                _ => {}
            }
            // A provider that does not rotate gives the same refresh token again; an end, or a failure, leads nowhere.
            if newest.ended || self::key(&newest.tokens) == Some(key) {
                break;
            }
        }
        newest
    }

    /// The refresh of `tokens`, the newest ones of the session `record`: one that runs, or has just come to something, or a new
    /// one; and when it began. `None` without a refresh token.
    pub(super) fn join(&self, login: &Arc<Login>, record: &Record, tokens: TokenSet) -> Option<(Task<Refreshed>, i64)> {
        let key = key(&tokens)?;
        let now = login.now();
        let mut entries = self.0.lock();
        if let Some(entry) = entries.get(&key).filter(|entry| entry.is_news(login, &tokens)) {
            return Some((entry.task.clone(), entry.begun_at));
        }
        forget(&mut entries, now);
        let (login, record) = (Arc::clone(login), record.clone());
        let runtime = Arc::clone(login.client.inner().http.runtime());
        let task = Task::start(&runtime, async move {
            let outcome = refresh(&login, record, tokens).await;
            Ok(outcome.unwrap_or_else(|error| Refreshed::Failed { error, at: login.now() }))
        });
        entries.insert(key, Entry { task: task.clone(), begun_at: now });
        Some((task, now))
    }
}

impl Entry {
    /// Whether it tells somebody who has `tokens` something new. Of a provider that does not rotate, the outcome may be what
    /// they are already.
    fn is_news(&self, login: &Login, tokens: &TokenSet) -> bool {
        match self.task.finished() {
            None => self.task.is_running(),
            Some(Ok(Refreshed::Tokens(next))) => {
                let has_expired = next.expires_within_of(Duration::ZERO, &login.client.inner().clock);
                !has_expired && next.access_token != tokens.access_token
            }
            Some(Ok(Refreshed::Ended)) => true,
            Some(Ok(Refreshed::Failed { at, .. })) => !has_passed(PAUSE_SECONDS, at, login.now()),
            Some(Err(_)) => false,
        }
    }
}

/// Forgets what is old, and if that is not enough, the older half of what has come to an end.
fn forget(entries: &mut HashMap<[u8; 32], Entry>, now: i64) {
    entries.retain(|_, entry| entry.task.is_running() || !has_passed(KEPT_SECONDS, entry.begun_at, now));
    if entries.len() >= MOST {
        let mut moments: Vec<i64> = entries.values().map(|entry| entry.begun_at).collect();
        moments.sort_unstable();
        let limit = moments[moments.len() / 2];
        entries.retain(|_, entry| entry.task.is_running() || entry.begun_at > limit);
    }
}

fn key(tokens: &TokenSet) -> Option<[u8; 32]> {
    tokens.refresh_token.as_ref().map(|token| sha256(token.as_str().as_bytes()))
}
