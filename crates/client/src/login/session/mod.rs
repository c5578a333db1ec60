//! What the application sees of whoever is logged in.
//!
//! [`Session`] is in the extensions of the request, and with the feature `axum` an extractor. [`Record`] is what is sealed,
//! [`keep`] where it is between two requests, [`refresh`] how its tokens become new ones, and [`ending`] how it is taken back.

pub(in crate::login) mod ending;
#[cfg(feature = "axum")]
mod extractor;
pub(in crate::login) mod keep;
mod record;
pub(in crate::login) mod refresh;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Map, Value};

pub(in crate::login) use record::Record;

use super::Login;
use super::refreshes::Refreshed;
use crate::clock::has_passed;
use crate::error::Error;
use crate::task::first;
use crate::verification::IdTokenClaims;
use crate::wire::{AccessToken, Scope};

/// How long before its end an access token is refreshed.
const AHEAD: Duration = Duration::from_secs(60);
/// How long an access token must last to be handed out: an API is a request away.
const SHORTEST: Duration = Duration::from_secs(5);
/// How long a token that is refreshed because it ends soon is used before that is tried again, in seconds: some providers
/// give tokens that live no longer than [`AHEAD`].
const PAUSE_SECONDS: i64 = 10;
/// How long after its beginning a refresh is waited for while the present token lasts, in seconds.
const PATIENCE_SECONDS: i64 = 5;

/// A user who is logged in. Cloning is cheap.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    login: Arc<Login>,
    record: Record,
    /// As the store had it.
    sealed: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    ended: bool,
    needs_login: bool,
}

/// Why there is no access token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionError {
    /// The session has ended, at the provider or here, or its access token has and there is no refresh token: the user has
    /// to log in again. A handler that answers 401 then sends the browser there.
    LoginRequired,
    /// The provider could not be asked; another attempt may work.
    Unavailable(Error),
}

impl SessionError {
    /// The status for an answer: 401 or 503.
    pub fn status(&self) -> http::StatusCode {
        match self {
            Self::LoginRequired => http::StatusCode::UNAUTHORIZED,
            Self::Unavailable(_) => http::StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoginRequired => formatter.write_str("the user has to log in again"),
            Self::Unavailable(error) => write!(formatter, "the access token cannot be refreshed: {error}"),
        }
    }
}

impl std::error::Error for SessionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::LoginRequired => None,
            Self::Unavailable(error) => Some(error),
        }
    }
}

impl Session {
    pub(super) fn new(login: Arc<Login>, record: Record, sealed: String) -> Self {
        Self(Arc::new(Inner { login, record, sealed, state: Mutex::default() }))
    }

    /// `sub`: the user, unique at the provider and never reused.
    pub fn subject(&self) -> &str {
        &self.0.record.subject
    }

    /// The claims of the ID token, of the login or of a refresh since.
    ///
    /// # Panics
    /// Never: a session without an ID token is not alive.
    #[expect(clippy::expect_used, reason = "Record::is_alive demands the ID token, and nobody takes it away")]
    pub fn claims(&self) -> &IdTokenClaims {
        &self.0.record.tokens.id_token.as_ref().expect("a session that is alive has an ID token").claims
    }

    /// The claims of userinfo at the login, if the layer was told to ask
    /// ([`LoginLayerBuilder::with_user_info`](super::LoginLayerBuilder::with_user_info)).
    pub fn user_info(&self) -> Option<&Map<String, Value>> {
        self.0.record.user_info.as_ref()
    }

    /// A claim that is a text: from userinfo if it is there, else from the ID token.
    pub fn claim(&self, name: &str) -> Option<&str> {
        let of_user_info = self.user_info().and_then(|claims| claims.get(name));
        of_user_info.or_else(|| self.claims().all.get(name)).and_then(Value::as_str)
    }

    /// What was granted.
    pub fn scope(&self) -> &Scope {
        &self.0.record.tokens.scope
    }

    /// When the user logged in here, Unix seconds.
    pub fn began_at(&self) -> i64 {
        self.0.record.began_at
    }

    /// When the session ends if it is not used before, Unix seconds.
    pub fn expires_at(&self) -> i64 {
        self.0.record.expires_at(self.0.login.lifetimes)
    }

    /// An access token for the APIs that the login asked for, refreshed a minute before its end, and once for all requests
    /// that ask at the same time. They wait for that, because some providers end the former token with it; five seconds at
    /// most while the former one lasts, which they get then. The answer to this request carries the new tokens to the browser
    /// where the session is in the cookie, so this is to be called before the answer begins.
    ///
    /// # Errors
    /// [`SessionError::LoginRequired`] when the provider has ended the session, or the token has expired and there is no
    /// refresh token; [`SessionError::Unavailable`] when the token has expired and the provider cannot be asked.
    pub async fn access_token(&self) -> Result<AccessToken, SessionError> {
        let Inner { login, record, .. } = &*self.0;
        let (clock, runtime) = (&login.client.inner().clock, login.client.inner().http.runtime());
        let newest = login.refreshes.newest(&record.tokens);
        if self.has_ended() || newest.ended {
            self.note_end();
            return Err(SessionError::LoginRequired);
        }
        let present = newest.tokens.access_token.clone();
        if !newest.tokens.expires_within_of(AHEAD, clock) {
            return Ok(present);
        }
        let lasts = !newest.tokens.expires_within_of(SHORTEST, clock);
        if lasts && newest.refreshed_at.is_some_and(|at| !has_passed(PAUSE_SECONDS, at, clock.now())) {
            return Ok(present);
        }
        let has_expired = newest.tokens.expires_within_of(Duration::ZERO, clock);
        let joined = login.refreshes.join(login, record, newest.tokens);
        let Some((refresh, begun_at)) = joined else {
            if has_expired {
                self.0.state.lock().needs_login = true;
                return Err(SessionError::LoginRequired);
            }
            return Ok(present);
        };
        let outcome = if lasts {
            let patience = if has_passed(PATIENCE_SECONDS, begun_at, clock.now()) { 0 } else { PATIENCE_SECONDS };
            let pause = runtime.sleep(Duration::from_secs(patience.unsigned_abs()));
            let Some(outcome) = first(refresh.outcome(), pause).await else { return Ok(present) };
            outcome
        } else {
            refresh.outcome().await
        };
        match outcome {
            Ok(Refreshed::Tokens(next)) => Ok(next.access_token),
            Ok(Refreshed::Ended) => {
                self.note_end();
                Err(SessionError::LoginRequired)
            }
            Ok(Refreshed::Failed { .. }) | Err(_) if !has_expired => Ok(present),
            Ok(Refreshed::Failed { error, .. }) | Err(error) => Err(SessionError::Unavailable(error)),
        }
    }

    /// Ends the session here, without the provider: the answer takes the cookie away, and no copy of it works any more.
    ///
    /// # Errors
    /// [`SessionError::Unavailable`] when the store does not answer; the session lives on then.
    pub async fn end(&self) -> Result<(), SessionError> {
        let ended = ending::end(&self.0.login, &(&self.0.record).into()).await;
        ended.map_err(|fault| SessionError::Unavailable(Error::UnexpectedAnswer(fault.to_string())))?;
        self.note_end();
        Ok(())
    }

    pub(super) fn record(&self) -> &Record {
        &self.0.record
    }

    pub(super) fn has_ended(&self) -> bool {
        self.0.state.lock().ended
    }

    /// Whether the application could not do with the session what it wanted.
    pub(super) fn needs_login(&self) -> bool {
        let state = self.0.state.lock();
        state.ended || state.needs_login
    }

    fn note_end(&self) {
        self.0.state.lock().ended = true;
    }

    fn sealed(&self) -> &str {
        &self.0.sealed
    }
}

/// Without anything about the user.
impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("began_at", &self.began_at()).finish_non_exhaustive()
    }
}
