//! A place where a valid access token can be had at any time.
//!
//! One request runs at a time, for everybody who waits, and to its end even when nobody does any more. A token that nears
//! its end is handed out while the next one is fetched beside; only one that is about to end is waited for. While the
//! server cannot be reached the token in hand is used as long as it is valid.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::{ClientCredentialsRequest, JwtBearerRequest, TokenSet};
use crate::client::Client;
use crate::clock::has_passed;
use crate::error::Error;
use crate::task::{SingleFlight, Task};
use crate::transport::BackgroundFuture;
use crate::wire::AccessToken;

/// The earliest moment before the end at which the next token is fetched, in seconds.
const LONGEST_AHEAD_SECONDS: i64 = 300;
/// Up to here before its end a token is not handed out while another one can be had: it would end on its way.
const LAST_SECONDS: i64 = 5;
/// The pause after a failed request, in seconds.
const PAUSE_SECONDS: i64 = 5;
/// The longest pause that a server can ask for with `Retry-After`, in seconds.
const LONGEST_PAUSE_SECONDS: u64 = 300;

/// Gives an access token that is valid now. Cloning is cheap, and clones share the token.
///
/// Each source is for one scope and one API: a program that calls two APIs makes two. A request is made when a token is
/// asked for and none is there, or the one that is there nears its end; a source that nobody asks sends nothing.
///
/// ```no_run
/// # async fn run(client: symbolon_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use symbolon_client::{ClientCredentialsRequest, reqwest};
///
/// let source = client.client_credentials_source(ClientCredentialsRequest::new().scope("orders.read"));
/// let http = reqwest::Client::new();
/// for _ in 0..2 {
///     let token = source.access_token().await?;
///     let answer = http.get("https://orders.example.com/").bearer_auth(token.as_str()).send().await?;
///     if answer.status() != reqwest::StatusCode::UNAUTHORIZED {
///         break;
///     }
///     // Revoked before its time: the next one is another.
///     source.invalidate(&token);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TokenSource(Arc<Inner>);

struct Inner {
    client: Client,
    grant: Grant,
    hook: Option<Hook>,
    state: Mutex<State>,
    flight: SingleFlight<TokenSet>,
}

type Hook = Arc<dyn Fn(TokenSet) -> BackgroundFuture + Send + Sync>;

/// Where the next token comes from.
#[derive(Clone)]
enum Grant {
    ClientCredentials(ClientCredentialsRequest),
    JwtBearer(JwtBearerRequest),
    Refresh,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// The last failure: when it was, and until what pause is over, in seconds.
    failure: Option<(i64, i64, Error)>,
    /// The refresh token is used up or revoked: nothing will come any more.
    end: Option<Error>,
}

/// The tokens in hand.
struct Held {
    tokens: TokenSet,
    since: i64,
    /// Somebody was refused with it.
    refused: bool,
}

/// What the time says about the tokens in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Freshness {
    Fresh,
    /// Good, and its end is near.
    Ageing,
    /// Good for a moment.
    Ending,
    Dead,
}

impl Held {
    fn freshness(&self, now: i64) -> Freshness {
        let Some(expires_at) = self.tokens.expires_at.filter(|_| !self.refused) else {
            return if self.refused { Freshness::Dead } else { Freshness::Fresh };
        };
        let left = expires_at.saturating_sub(now);
        let ahead = (expires_at.saturating_sub(self.since) / 4).clamp(0, LONGEST_AHEAD_SECONDS);
        match left {
            ..=0 => Freshness::Dead,
            _ if left <= LAST_SECONDS.min(ahead) => Freshness::Ending,
            _ if left <= ahead => Freshness::Ageing,
            _ => Freshness::Fresh,
        }
    }
}

impl Client {
    /// A source of tokens for this client itself (RFC 6749 §4.4). Nothing is sent yet.
    pub fn client_credentials_source(&self, request: ClientCredentialsRequest) -> TokenSource {
        TokenSource::new(self, Grant::ClientCredentials(request), State::default())
    }

    /// A source of tokens for an assertion (RFC 7523 §2.1), which should be one that is
    /// [signed anew](JwtBearerRequest::signed) each time. Nothing is sent yet.
    pub fn jwt_bearer_source(&self, request: JwtBearerRequest) -> TokenSource {
        TokenSource::new(self, Grant::JwtBearer(request), State::default())
    }

    /// A source that begins with these tokens and refreshes them: for what a program does for a user in the background.
    /// The refresh token changes with most providers, so the new set must be stored: [`TokenSource::on_renewal`].
    pub fn token_source(&self, tokens: TokenSet) -> TokenSource {
        let held = Held { tokens, since: self.inner().clock.now(), refused: false };
        TokenSource::new(self, Grant::Refresh, State { held: Some(held), ..State::default() })
    }
}

impl TokenSource {
    fn new(client: &Client, grant: Grant, state: State) -> Self {
        let (state, flight) = (Mutex::new(state), SingleFlight::default());
        Self(Arc::new(Inner { client: client.clone(), grant, hook: None, state, flight }))
    }

    /// Calls `hook` with each new set, and waits until it is done before anybody gets the new token: so what must be
    /// stored is stored before it is used. It is called in a task of its own and not interrupted. To be set before the
    /// source is cloned; a source that was cloned before begins again from the same tokens.
    ///
    /// ```no_run
    /// # async fn store(_: &symbolon_client::TokenSet) {}
    /// # fn run(client: symbolon_client::Client, tokens: symbolon_client::TokenSet) {
    /// let source = client.token_source(tokens).on_renewal(|tokens| Box::pin(async move { store(&tokens).await }));
    /// # }
    /// ```
    #[must_use]
    pub fn on_renewal(self, hook: impl Fn(TokenSet) -> BackgroundFuture + Send + Sync + 'static) -> Self {
        let state = std::mem::take(&mut *self.0.state.lock());
        let (client, grant) = (self.0.client.clone(), self.0.grant.clone());
        let (state, flight) = (Mutex::new(state), SingleFlight::default());
        Self(Arc::new(Inner { client, grant, hook: Some(Arc::new(hook)), state, flight }))
    }

    /// An access token that is valid now.
    ///
    /// # Errors
    /// That of the grant ([`Client::client_credentials`], [`Client::jwt_bearer`], [`Client::refresh`]) when there is no
    /// valid token and none can be had. For some seconds after a failure, or as long as the server says (`Retry-After`),
    /// it is told again without another request; a refresh token that is dead (`invalid_grant`) is never shown again.
    pub async fn access_token(&self) -> Result<AccessToken, Error> {
        self.tokens().await.map(|tokens| tokens.access_token)
    }

    /// The same with everything that belongs to it.
    ///
    /// # Errors
    /// As [`TokenSource::access_token`].
    pub async fn tokens(&self) -> Result<TokenSet, Error> {
        let (in_hand, renewal) = self.look()?;
        match (in_hand, renewal) {
            (Some(tokens), None) => Ok(tokens),
            (in_hand, Some(renewal)) => match (renewal.outcome().await, in_hand) {
                (Err(_), Some(tokens)) if !self.is_over(&tokens) => Ok(tokens),
                (outcome, _) => outcome,
            },
            (None, None) => Err(Error::Configuration("a token source has neither a token nor a request".to_owned())),
        }
    }

    /// Says that an API refused `token` although it should be valid. The next caller gets another one; nothing happens
    /// when the source has another one already.
    pub fn invalidate(&self, token: &AccessToken) {
        let mut state = self.0.state.lock();
        if let Some(held) = state.held.as_mut().filter(|held| held.tokens.access_token == *token) {
            held.refused = true;
        }
    }

    /// The tokens that may be used, and the request that has to be waited for. Between looking and asking nobody else may
    /// look, so that there is one request.
    fn look(&self) -> Result<(Option<TokenSet>, Option<Task<TokenSet>>), Error> {
        let now = self.0.client.inner().clock.now();
        let state = self.0.state.lock();
        let freshness = state.held.as_ref().map_or(Freshness::Dead, |held| held.freshness(now));
        let in_hand = || state.held.as_ref().map(|held| held.tokens.clone());
        let failure = state.failure.as_ref().filter(|(at, pause, _)| !has_passed(*pause, *at, now));
        let stopped = state.end.as_ref().or(failure.map(|(_, _, error)| error));
        match (freshness, stopped) {
            (Freshness::Fresh, _) | (Freshness::Ageing | Freshness::Ending, Some(_)) => Ok((in_hand(), None)),
            (Freshness::Ageing, None) => {
                self.renewal();
                Ok((in_hand(), None))
            }
            (Freshness::Ending, None) => Ok((in_hand(), Some(self.renewal()))),
            (Freshness::Dead, None) => Ok((None, Some(self.renewal()))),
            (Freshness::Dead, Some(error)) => Err(error.clone()),
        }
    }

    fn is_over(&self, tokens: &TokenSet) -> bool {
        tokens.expires_within_of(Duration::ZERO, &self.0.client.inner().clock)
    }

    /// The request that runs, or a new one.
    fn renewal(&self) -> Task<TokenSet> {
        let source = self.clone();
        let flight = &self.0.flight;
        flight.join(flight.seen(), self.0.client.inner().http.runtime(), || async move {
            let outcome = source.fetch().await;
            if let (Ok(tokens), Some(hook)) = (&outcome, &source.0.hook) {
                hook(tokens.clone()).await;
            }
            source.keep(&outcome);
            outcome
        })
    }

    async fn fetch(&self) -> Result<TokenSet, Error> {
        let client = &self.0.client;
        match &self.0.grant {
            Grant::ClientCredentials(request) => client.client_credentials(request).await,
            Grant::JwtBearer(request) => client.jwt_bearer(request).await,
            Grant::Refresh => {
                let held = self.0.state.lock().held.as_ref().map(|held| held.tokens.clone());
                let missing = || Error::Configuration("a token source has no tokens to refresh".to_owned());
                client.refresh(&held.ok_or_else(missing)?).await
            }
        }
    }

    fn keep(&self, outcome: &Result<TokenSet, Error>) {
        let now = self.0.client.inner().clock.now();
        let mut state = self.0.state.lock();
        match outcome {
            Ok(tokens) => {
                let held = Held { tokens: tokens.clone(), since: now, refused: false };
                *state = State { held: Some(held), ..State::default() };
            }
            Err(error) => {
                // RFC 6749 §5.2: the refresh token is invalid, expired or revoked, and stays so.
                if matches!(self.0.grant, Grant::Refresh) && error.code() == Some("invalid_grant") {
                    state.end = Some(error.clone());
                }
                let told = error.retry_after_seconds().unwrap_or(0).min(LONGEST_PAUSE_SECONDS);
                let pause = PAUSE_SECONDS.max(i64::try_from(told).unwrap_or(PAUSE_SECONDS));
                state.failure = Some((now, pause, error.clone()));
            }
        }
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TokenSource").field("client", &self.0.client).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(lifetime: Option<i64>) -> Held {
        let mut tokens = TokenSet::new("at");
        tokens.expires_at = lifetime.map(|lifetime| 1000 + lifetime);
        Held { tokens, since: 1000, refused: false }
    }

    #[test]
    fn tokens_age_by_their_lifetime() {
        use Freshness::{Ageing, Dead, Ending, Fresh};
        for (lifetime, at, freshness) in [
            (3600, 3299, Fresh),
            (3600, 3300, Ageing),
            (3600, 3594, Ageing),
            (3600, 3595, Ending),
            (3600, 3600, Dead),
            (60, 44, Fresh),
            (60, 45, Ageing),
            (8, 5, Fresh),
            (8, 6, Ending),
            (0, 0, Dead),
            (-5, 0, Dead),
            (i64::MAX - 1000, 1 << 40, Fresh),
        ] {
            assert_eq!(held(Some(lifetime)).freshness(1000 + at), freshness, "{lifetime} at {at}");
        }
    }

    #[test]
    fn without_an_end_only_a_refusal_ends_it() {
        let mut endless = held(None);
        assert_eq!(endless.freshness(i64::MAX), Freshness::Fresh);
        endless.refused = true;
        assert_eq!(endless.freshness(1000), Freshness::Dead);
    }
}
