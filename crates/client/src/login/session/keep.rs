//! Where a session is between two requests: whole in the cookie, or in a store with only its id in the cookie.

use std::sync::Arc;

use http::HeaderValue;
use serde_json::{Map, Value};
use symbolon_jose::digest::{base64url, sha256};

use super::{Record, Session, ending};
use crate::login::cookies::{Cookies, Keep};
use crate::login::stores::{StoreError, StoredSession};
use crate::login::{Login, SESSION, SESSION_ID, Switch};
use crate::token::TokenSet;

/// A session that a store has.
pub(super) struct Stored {
    pub(super) record: Record,
    pub(super) sealed: String,
}

/// Why a new session cannot be kept.
pub(in crate::login) enum KeepFault {
    Store(StoreError),
    /// It is longer than cookies may be.
    TooLong,
}

/// The session of the request, if its cookie opens one that is alive.
pub(in crate::login) async fn load(login: &Arc<Login>, cookies: &Cookies) -> Result<Option<Session>, StoreError> {
    let Some(value) = login.names.read_session(cookies) else { return Ok(None) };
    let (record, sealed) = if login.store.is_some() {
        let Some(id) = login.sealer.open(SESSION_ID, &value).and_then(|id| String::from_utf8(id).ok()) else {
            return Ok(None);
        };
        match load_stored(login, &id).await? {
            Some(stored) => (stored.record, stored.sealed),
            None => return Ok(None),
        }
    } else {
        let Some(record) = open(login, &value) else { return Ok(None) };
        if ending::is_revoked(login, &record).await? {
            return Ok(None);
        }
        (record, String::new())
    };
    if login.refreshes.newest(&record.tokens).ended {
        return Ok(None);
    }
    Ok(Some(Session::new(Arc::clone(login), record, sealed)))
}

/// Keeps a new session, with an id that nobody knew before. The headers set its cookie.
pub(in crate::login) async fn begin(
    login: &Login,
    tokens: TokenSet,
    user_info: Option<Map<String, Value>>,
    sent: &Cookies,
) -> Result<Vec<HeaderValue>, KeepFault> {
    let now = login.now();
    let Some(claims) = tokens.id_token.as_ref().map(|token| &token.claims) else { return Err(KeepFault::TooLong) };
    let record = Record {
        id: login.client.inner().rng.token(32),
        owner: login.owner(),
        began_at: now,
        used_at: now,
        subject: claims.subject.clone(),
        provider_session_id: claims.all.get("sid").and_then(Value::as_str).map(str::to_owned),
        tokens,
        user_info,
    };
    let Some(store) = &login.store else {
        return cookies_of(login, &record, sent).ok_or(KeepFault::TooLong);
    };
    let stored = to_store(login, &record).ok_or(KeepFault::TooLong)?;
    store.insert(stored).await.map_err(KeepFault::Store)?;
    cookies_of(login, &record, sent).ok_or(KeepFault::TooLong)
}

/// After the application has answered: carries new tokens to the browser, and puts off the end of a session in use.
pub(in crate::login) async fn renew(
    login: &Login,
    session: &Session,
    sent: &Cookies,
) -> Result<Vec<HeaderValue>, StoreError> {
    if session.has_ended() {
        return Ok(Vec::new());
    }
    let (former, newest) = (session.record(), login.refreshes.newest(&session.record().tokens));
    let now = login.now();
    let is_due = now.saturating_sub(former.used_at) >= login.lifetimes.idle_seconds.min(2400) / 8;
    let record = Record { used_at: now, tokens: newest.tokens, ..former.clone() };
    if login.store.is_some() {
        // The refresh has written its tokens itself; whoever wrote meanwhile has put off the end as well.
        if is_due && replace_stored(login, session.sealed(), &record).await? {
            return Ok(cookies_of(login, &record, sent).unwrap_or_default());
        }
        return Ok(Vec::new());
    }
    let is_new = record.tokens.access_token != former.tokens.access_token
        || record.tokens.refresh_token != former.tokens.refresh_token;
    if is_due || is_new { Ok(cookies_of(login, &record, sent).unwrap_or_default()) } else { Ok(Vec::new()) }
}

pub(super) async fn load_stored(login: &Login, id: &str) -> Result<Option<Stored>, StoreError> {
    let Some(store) = &login.store else { return Ok(None) };
    let Some(sealed) = store.load(&key_of(id)).await? else { return Ok(None) };
    let record = open(login, &sealed).filter(|record| record.id == id);
    Ok(record.map(|record| Stored { record, sealed }))
}

/// Writes a session in the store anew, unless somebody else did, or ended it.
pub(super) async fn replace_stored(login: &Login, former: &str, record: &Record) -> Result<bool, StoreError> {
    let Some(store) = &login.store else { return Ok(false) };
    let session = to_store(login, record).ok_or_else(|| StoreError::new("the session cannot be written"))?;
    store.replace(former, session).await
}

fn to_store(login: &Login, record: &Record) -> Option<StoredSession> {
    Some(StoredSession {
        key: key_of(&record.id),
        sealed: seal(login, record)?,
        subject: record.subject.clone(),
        provider_session_id: record.provider_session_id.clone(),
        written_at: login.now(),
        expires_at: record.expires_at(login.lifetimes),
    })
}

fn cookies_of(login: &Login, record: &Record, sent: &Cookies) -> Option<Vec<HeaderValue>> {
    let value = match &login.store {
        Some(_) => login.sealer.seal(&login.client.inner().rng, SESSION_ID, record.id.as_bytes()),
        None => seal(login, record)?,
    };
    let keep = if login.has(Switch::PersistentCookie) {
        Keep::Seconds(record.expires_at(login.lifetimes).saturating_sub(login.now()))
    } else {
        Keep::UntilBrowserEnds
    };
    login.names.set_session(&value, keep, sent)
}

fn seal(login: &Login, record: &Record) -> Option<String> {
    Some(login.sealer.seal(&login.client.inner().rng, SESSION, &record.to_bytes()?))
}

/// A session of this client that is alive.
fn open(login: &Login, sealed: &str) -> Option<Record> {
    let bytes = zeroize::Zeroizing::new(login.sealer.open(SESSION, sealed)?);
    let record = Record::from_bytes(&bytes)?;
    (record.owner == login.owner() && record.is_alive(login.lifetimes, login.now())).then_some(record)
}

pub(super) fn key_of(id: &str) -> String {
    base64url(&sha256(id.as_bytes()))
}
