//! The refresh grant (RFC 6749 §6), so that no token is lost.
//!
//! Refresh tokens rotate: the answer to a refresh has the only token that counts from then on. So the request runs in a
//! task of its own, and its outcome is kept until somebody has taken it: a caller that went away in the middle (a browser
//! that closed, a time-out around the call) calls again with the same token and gets the answer that was made then. Two
//! callers with the same token at once get the same answer of one request.

use std::collections::HashMap;

use parking_lot::Mutex;
use symbolon_jose::digest::sha256;

use super::{Form, TokenSet};
use crate::client::Client;
use crate::clock::has_passed;
use crate::error::Error;
use crate::task::Task;
use crate::verification::{Expectations, IdTokenClaims};
use crate::wire::{RefreshToken, Scope};

/// How long an outcome that nobody took is kept, in seconds.
const KEPT_SECONDS: i64 = 600;
/// How many refreshes are remembered at once.
const MOST: usize = 4096;

/// Refreshes under way, and those whose outcome nobody has taken, by the hash of the refresh token.
#[derive(Default)]
pub(crate) struct Refreshes(Mutex<HashMap<[u8; 32], Refresh>>);

struct Refresh {
    task: Task<TokenSet>,
    begun_at: i64,
}

/// What of the tokens before is known: it fills in what the answer leaves out because it did not change.
#[derive(Clone, Default)]
struct Before {
    scope: Scope,
    id_token: Option<crate::token::IdToken>,
}

impl Client {
    /// Trades the refresh token of `tokens` for the next set. An ID token is carried over when the answer has none.
    ///
    /// Dropping the future loses nothing: the request is finished by itself, and a second call with the same `tokens`
    /// within ten minutes gives its outcome. So does a second call at the same time.
    ///
    /// # Errors
    /// [`Error::Configuration`] when `tokens` has no refresh token; [`Error::Api`] with `invalid_grant` when it is used
    /// up, expired or revoked: the user has to log in again.
    pub async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, Error> {
        let Some(refresh_token) = &tokens.refresh_token else {
            return Err(Error::Configuration("there is no refresh token; ask for the scope 'offline_access'".into()));
        };
        let before = Before { scope: tokens.scope.clone(), id_token: tokens.id_token.clone() };
        self.refresh_once(refresh_token, before).await
    }

    /// The same with a refresh token that was kept by itself. Whether the next ID token is about the same user as the
    /// first one is then the caller's to compare.
    ///
    /// # Errors
    /// As [`Client::refresh`].
    pub async fn refresh_with(&self, refresh_token: &RefreshToken) -> Result<TokenSet, Error> {
        self.refresh_once(refresh_token, Before::default()).await
    }

    async fn refresh_once(&self, refresh_token: &RefreshToken, before: Before) -> Result<TokenSet, Error> {
        let key = sha256(refresh_token.as_str().as_bytes());
        let now = self.inner().clock.now();
        let task = {
            let mut refreshes = self.inner().refreshes.0.lock();
            refreshes.retain(|_, refresh| !has_passed(KEPT_SECONDS, refresh.begun_at, now));
            let known = refreshes.get(&key).map(|refresh| refresh.task.clone());
            known.unwrap_or_else(|| {
                let (client, refresh_token) = (self.clone(), refresh_token.clone());
                let work = async move { client.refresh_now(&refresh_token, before).await };
                let task = Task::start(self.inner().http.runtime(), work);
                if refreshes.len() < MOST {
                    refreshes.insert(key, Refresh { task: task.clone(), begun_at: now });
                }
                task
            })
        };
        let outcome = task.outcome().await;
        // It was taken, so it need not be kept; whoever waits beside has the task.
        self.inner().refreshes.0.lock().remove(&key);
        outcome
    }

    async fn refresh_now(&self, refresh_token: &RefreshToken, before: Before) -> Result<TokenSet, Error> {
        let form: Form =
            vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh_token.as_str().to_owned())];
        let answer = self.request_tokens(form).await?;
        let previous: Option<&IdTokenClaims> = before.id_token.as_ref().map(|id_token| &id_token.claims);
        let id_token = match &answer.id_token {
            None => before.id_token.clone(),
            Some(raw) => {
                let access_token = Some(answer.access_token.as_str());
                let expected = Expectations { access_token, previous, ..self.expectations()? };
                Some(self.checked_id_token(raw, &expected).await?)
            }
        };
        let mut tokens = self.token_set(answer, &before.scope, id_token)?;
        // A server that rotates nothing leaves the token out (§6).
        tokens.refresh_token.get_or_insert_with(|| refresh_token.clone());
        Ok(tokens)
    }
}
