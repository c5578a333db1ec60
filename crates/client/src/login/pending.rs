//! Logins under way: each has a sealed cookie of its own, so that several tabs can log in at once, and so that an answer of
//! the provider counts only in the browser that asked (RFC 6749 §10.12).

use http::HeaderValue;
use serde::{Deserialize, Serialize};
use symbolon_jose::digest::{base64url, sha256};
use zeroize::Zeroizing;

use super::cookies::{Cookies, Keep, SameSite};
use super::{Login, PENDING};
use crate::authorization::PendingAuthorization;

/// How many logins of one browser may be under way; the oldest go.
const MOST: usize = 5;
/// How long their cookies may be together. Any page can send a browser to the login with a long path, again and again, and
/// servers refuse requests whose headers are too long.
const MOST_BYTES: usize = 6000;

/// A login under way.
#[derive(Serialize, Deserialize)]
pub(super) struct PendingLogin {
    pub(super) authorization: PendingAuthorization,
    pub(super) return_to: String,
    pub(super) started_at: i64,
    /// Whether the provider was told not to ask the user.
    pub(super) silent: bool,
    /// How many logins before this one led to no session.
    pub(super) attempts: u32,
    /// The session that this login follows, where the answer may come without its cookie.
    pub(super) former: Option<FormerSession>,
}

/// What it takes to end a session.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct FormerSession {
    pub(super) id: String,
    pub(super) began_at: i64,
}

/// The headers that set the cookie of a login, and that take away those which are too many.
pub(super) fn begin(login: &Login, pending: &PendingLogin, sent: &Cookies) -> Option<Vec<HeaderValue>> {
    let text = Zeroizing::new(serde_json::to_vec(pending).ok()?);
    let sealed = login.sealer.seal(&login.client.inner().rng, PENDING, &text);
    let name = login.names.pending(&state_hash(pending.authorization.state()));
    let mut headers = vec![login.names.set(&name, &sealed, Keep::Seconds(login.pending_seconds), same_site(login))?];
    let prefix = login.names.pending_prefix();
    let mut others: Vec<(&str, usize, Option<i64>)> = sent
        .with_prefix(&prefix)
        .map(|(name, value)| (name, value.len(), open(login, value).map(|pending| pending.started_at)))
        .collect();
    // What does not open comes last, as if it were the oldest.
    others.sort_by_key(|(_, _, started_at)| std::cmp::Reverse(*started_at));
    let mut bytes = sealed.len();
    let mut has_room = |length: usize| {
        bytes += length;
        bytes <= MOST_BYTES
    };
    let is_kept = |(_, length, started_at): &&(&str, usize, Option<i64>)| started_at.is_some() && has_room(*length);
    let kept = others.iter().take(MOST - 1).take_while(is_kept).count();
    headers.extend(others.iter().skip(kept).filter_map(|(name, ..)| login.names.delete(name, same_site(login))));
    Some(headers)
}

/// The login that an answer with this `state` belongs to.
pub(super) fn find(login: &Login, sent: &Cookies, state: &str) -> Option<PendingLogin> {
    let pending = open(login, sent.get(&login.names.pending(&state_hash(state)))?)?;
    (pending.authorization.state() == state).then_some(pending)
}

/// The header that takes the cookie of a login away.
pub(super) fn end(login: &Login, sent: &Cookies, state: &str) -> Option<HeaderValue> {
    let name = login.names.pending(&state_hash(state));
    sent.get(&name).and_then(|_| login.names.delete(&name, same_site(login)))
}

/// A form that another site posts comes without cookies unless they say that they are for other sites.
fn same_site(login: &Login) -> SameSite {
    if login.is_posted() { SameSite::None } else { SameSite::Lax }
}

/// A login that is not over its time, by this clock alone: a browser may keep cookies longer than it was told.
fn open(login: &Login, value: &str) -> Option<PendingLogin> {
    let text = Zeroizing::new(login.sealer.open(PENDING, value)?);
    let pending: PendingLogin = serde_json::from_slice(&text).ok()?;
    let age = login.now().saturating_sub(pending.started_at);
    (-60..login.pending_seconds).contains(&age).then_some(pending)
}

fn state_hash(state: &str) -> String {
    base64url(&sha256(state.as_bytes())[..12])
}
