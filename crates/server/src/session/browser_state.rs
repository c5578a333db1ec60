//! The state of a browser at this server (OpenID Connect Session Management §4.2), a cookie that a script of ours reads.
//! In a login session it is a keyed digest of the session's id, so that each node knows it and nobody can learn the one
//! from the other; without a session it is random. Both look alike. It opens nothing: what counts is the session's own
//! cookie, which no script reads. It changes when a session begins or ends in this browser; where one ends elsewhere
//! (by an administrator, or by its time), at the browser's next visit.

use symbolon_jose::digest::base64url;
use symbolon_jose::{HmacKey, seal};
use symbolon_store::Persistence;
use symbolon_types::SessionId;

use super::of_cookie;
use crate::config::Secrets;
use crate::context::Context;
use crate::cookies::{self, Lifetime, NewCookie};
use crate::error::OAuthError;
use crate::exchange::{Answer, Request};

/// How many bytes a state has, as text two thirds more.
const BYTES: usize = 32;
/// How many characters it has.
const LENGTH: usize = (BYTES * 4).div_ceil(3);

/// Makes and recognises the states of sessions.
pub struct BrowserStates {
    /// One key for each secret of cookies, the newest first.
    keys: Vec<HmacKey>,
}

impl BrowserStates {
    /// With keys derived from the secrets of cookies, or where there are none from the system's.
    pub fn new(secrets: &Secrets) -> Self {
        let own = if secrets.cookie.is_empty() { &secrets.system } else { &secrets.cookie };
        let key = |secret| HmacKey::new(&seal::derive(secret, "browser_state"));
        Self { keys: own.iter().map(key).collect() }
    }

    /// The states under which the browser of a session may be known, today's first.
    fn of_session(&self, id: SessionId) -> impl Iterator<Item = BrowserState> {
        self.keys.iter().map(move |key| BrowserState(base64url(&key.tag(&[id.as_bytes()]))))
    }
}

/// The state of one browser.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserState(String);

impl BrowserState {
    /// Its text, without spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A state that nobody can foresee, of a browser in which nobody is logged in.
    fn of_nobody(context: &Context) -> Self {
        Self(context.rng.token(BYTES))
    }
}

/// A browser's state, and whether the browser has to be told of it.
pub struct Settled {
    /// The state with which the browser goes on.
    pub state: BrowserState,
    cookie: Option<NewCookie>,
}

impl Settled {
    /// Tells the browser, if it does not know.
    pub fn tell(self, context: &Context, answer: &mut Answer) {
        if let Some(cookie) = self.cookie {
            cookies::set(context, answer, cookie);
        }
    }
}

/// A session begins, or goes on for longer.
pub(super) fn begin(context: &Context, answer: &mut Answer, id: SessionId, lifetime: Lifetime) {
    let state = context.browser_states.of_session(id).next();
    if let Some(state) = state.filter(|_| is_on(context)) {
        cookies::set(context, answer, cookie(context, state, lifetime));
    }
}

/// The session of the browser has ended.
pub(super) fn end(context: &Context, answer: &mut Answer) {
    if is_on(context) {
        cookies::set(context, answer, cookie(context, BrowserState::of_nobody(context), Lifetime::Browser));
    }
}

/// The state of a browser that is answered in this session. A browser that has the session's cookie and not its state,
/// because the state is a new thing here or was lost, is given it.
pub async fn in_session(context: &Context, http: &Request, id: SessionId) -> Result<Settled, OAuthError> {
    let mut states = context.browser_states.of_session(id).peekable();
    let today = states.peek().cloned().ok_or_else(|| OAuthError::server("no secret for states of browsers"))?;
    if let Some(state) = sent(context, http).filter(|sent| states.any(|state| state == *sent)) {
        return Ok(Settled { state, cookie: None });
    }
    // Without that cookie this browser goes on in another session, or this visit is one where it is kept back.
    if of_cookie(context, http) != Some(id) {
        return Ok(Settled { state: today, cookie: None });
    }
    let now = context.clock.now();
    let row = context.store.login_session(id).await?.filter(|row| row.expires_at > now);
    let cookie = row.map(|row| {
        let lifetime = match row.persistence {
            Persistence::Remembered => Lifetime::Seconds(row.expires_at.saturating_sub(now)),
            Persistence::UntilClosed => Lifetime::Browser,
        };
        cookie(context, today.clone(), lifetime)
    });
    Ok(Settled { state: today, cookie })
}

/// The state of a browser that is answered as it is. Where the session that it names is over, that shows from now on. A
/// missing cookie of a session says nothing: browsers keep it back from what other sites embed (`SameSite`), and a page
/// of somebody else's must not change what applications see.
pub async fn as_it_is(context: &Context, http: &Request) -> Result<Settled, OAuthError> {
    let sent = sent(context, http);
    let named = of_cookie(context, http);
    let goes_on = match named {
        Some(id) => super::by_id(context, id).await?.is_some(),
        None => false,
    };
    if let Some(id) = named.filter(|_| goes_on) {
        return in_session(context, http, id).await;
    }
    let is_over =
        |state: &BrowserState| named.is_some_and(|id| context.browser_states.of_session(id).any(|of| of == *state));
    if let Some(state) = sent.filter(|state| !is_over(state)) {
        return Ok(Settled { state, cookie: None });
    }
    let state = BrowserState::of_nobody(context);
    Ok(Settled { cookie: Some(cookie(context, state.clone(), Lifetime::Browser)), state })
}

/// Whether anybody may watch.
pub fn is_on(context: &Context) -> bool {
    context.config.symbolon.session_management.enabled
}

/// What the browser sent, the first that looks like a state; the script takes the same one.
fn sent(context: &Context, http: &Request) -> Option<BrowserState> {
    let name = cookies::browser_state_name(&context.config);
    let found = cookies::all(http).find(|cookie| cookie.name() == name && is_state(cookie.value()));
    found.map(|cookie| BrowserState(cookie.value().to_owned()))
}

fn is_state(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn cookie(context: &Context, state: BrowserState, lifetime: Lifetime) -> NewCookie {
    let name = cookies::browser_state_name(&context.config);
    NewCookie { name, value: state.0, path: "/".to_owned(), lifetime }
}
